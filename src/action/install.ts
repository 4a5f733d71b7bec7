/** Installs nais-etl with npm, into a folder of its own: nothing of the repository says where from, or runs on the way. */
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as core from "@actions/core";
import { childEnvironment } from "../util/child.ts";
import { EtlError, messageOf } from "../util/error.ts";
import { runChild } from "./child.ts";
import { quoteInGroup } from "./log.ts";
import type { Runner } from "./runner.ts";

const quiet = ["--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts", "--loglevel=error"];

/**
 * @param what `nais-etl@1.2.3`, or the path of a packed tarball
 * @returns the folder that node_modules lies in
 */
export async function install(what: string, runner: Runner): Promise<string> {
  const { env, tmpdir } = runner;
  const cwd = await mkdtemp(join(tmpdir, "nais-etl-"));
  await writeFile(join(cwd, "package.json"), '{ "private": true }\n');
  const lines: string[] = [];
  const onErrorLine = (line: string) => {
    lines.push(line);
    core.info(line);
  };
  const npm = { program: "npm", args: ["install", ...quiet, what], cwd, env: childEnvironment(env), onErrorLine };
  const { exitCode } = await quoteInGroup(`install ${what}`, () => runChild(npm, runner).catch(cannotStart));
  if (exitCode === 0) return cwd;
  throw new EtlError({
    code: "failed",
    message: `npm could not install ${what}: ${reasonOf(lines) || `exit code ${exitCode}`}`,
    hint: "Install nais-etl in the pipeline's folder before this step (npm ci), or name another with the input cli.",
  });
}

/** `code E404: 404 Not Found - GET https://…`: the first two lines that say something. */
function reasonOf(lines: string[]): string {
  const said = lines.map((line) => line.replace(/^npm (error|ERR!) ?/, "").trim()).filter((line) => line !== "");
  return said.slice(0, 2).join(": ");
}

function cannotStart(cause: unknown): never {
  if (cause instanceof EtlError) throw cause;
  throw new EtlError({
    code: "failed",
    message: `npm, which installs nais-etl, cannot be started: ${messageOf(cause)}`,
    hint: "On a runner without npm, let the step actions/setup-node stand before this one.",
    cause,
  });
}
