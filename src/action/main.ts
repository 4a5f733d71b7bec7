/** The GitHub Action's entry. Only the Action's two entries and the command line's touch `process`. */
import { hostname, tmpdir } from "node:os";
import * as core from "@actions/core";
import { abortOnSignals } from "../util/stop-signals.ts";
import { ownFolder } from "./clean-up.ts";
import { scrub } from "./log.ts";
import { runAction } from "./run.ts";
import { describeRunner } from "./runner.ts";
import { tell } from "./tell.ts";

const { env } = process;
const runner = describeRunner({
  env,
  node: process.execPath,
  cwd: process.cwd(),
  tmpdir: await ownFolder(env["RUNNER_TEMP"] || tmpdir()),
  signal: abortOnSignals(process),
  host: { name: hostname(), pid: process.pid },
  peakMemory: () => process.resourceUsage().maxRSS * 1024,
  cpuSeconds: () => (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
  killGroup: (leader) => void process.kill(-leader, "SIGKILL"),
});
const report = await runAction(runner);
await tell(report, runner);
if (report.failure !== undefined) core.setFailed(scrub(report.failure));
