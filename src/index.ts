/** The package's public face: what a team's own tools and tests may import. */
import { hostname, tmpdir } from "node:os";
import type { PipelineTest, PipelineTestsOptions } from "./commands/pipeline-tests.ts";
import { runEffect, type Context } from "./util/context.ts";
import { createLogger } from "./util/log.ts";

export { loadPipeline, type LoadedPipeline, type LoadOptions } from "./spec/load.ts";
export { findPipeline, type FindOptions } from "./spec/find.ts";
export type { Pipeline } from "./spec/pipeline.ts";
export type { RunRecord } from "./etl/record/run-record.ts";
export type { Context } from "./util/context.ts";
export type { PipelineTest, PipelineTestsOptions } from "./commands/pipeline-tests.ts";
export { EtlError, type Problem, type Where } from "./util/error.ts";

/**
 * A pipeline's tests, one by one, for a test runner of one's own:
 *
 * ```ts
 * for (const { name, run } of await pipelineTests("pipelines/apps-per-env")) test(name, run);
 * ```
 *
 * @param options the pipeline's folder, or more
 * @throws {EtlError} `invalid` where a pipeline or a file of tests cannot be read, `usage` where there is no such pipeline or test
 */
export async function pipelineTests(options: string | PipelineTestsOptions = {}): Promise<PipelineTest[]> {
  const commands = await import("./commands/pipeline-tests.ts");
  return commands.pipelineTests(typeof options === "string" ? { dir: options } : options, ownContext());
}

const now = () => new Date();

/** What a program that imports this is started in. Nothing is printed: results are returned. */
function ownContext(): Context {
  return {
    cwd: process.cwd(),
    env: process.env,
    now,
    log: createLogger({ write: () => undefined, format: "text", verbose: false, colour: false, now }),
    print: () => undefined,
    signal: new AbortController().signal,
    effect: runEffect,
    host: { name: hostname(), pid: process.pid, node: process.versions.node },
    isTerminal: false,
    peakMemory: () => process.resourceUsage().maxRSS * 1024,
    cpuSeconds: () => (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
    killGroup: (leader) => void process.kill(-leader, "SIGKILL"),
    tmpdir: tmpdir(),
  };
}
