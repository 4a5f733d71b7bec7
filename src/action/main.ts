/** The GitHub Action's entry. Only this file and the command line's entry touch `process`. */
import { tmpdir } from "node:os";
import * as core from "@actions/core";
import { context } from "@actions/github";
import { annotate } from "./annotations.ts";
import { describeEvent } from "./event.ts";
import { setOutputs } from "./outputs.ts";
import { runAction } from "./run.ts";
import { describeRunner } from "./runner.ts";
import { writeSummary } from "./summary.ts";

const runner = describeRunner({ env: process.env, node: process.execPath, cwd: process.cwd(), tmpdir: tmpdir() });
const report = await runAction(runner, describeEvent(context));
setOutputs(report);
annotate(report);
await writeSummary(report, runner);
if (report.failure !== undefined) core.setFailed(report.failure);
