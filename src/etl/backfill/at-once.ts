/** How many intervals of a backfill work at the same time: what was asked for, unless something is against it. */
import { formatBytes } from "../../util/bytes.ts";
import { count, EtlError } from "../../util/error.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { memoryLimit, mostAmong, thisMachine, type Machine } from "../engine/limits.ts";
import { readModelFiles } from "../transform/model-file.ts";
import { readsBigQuery } from "../values.ts";
import { findOwnOutput } from "./own-output.ts";

/** More would gain little, since one at a time publishes, and be hard on those who are read from. */
const mostParallel = 16;

export interface AtOnce {
  atOnce: number;
  /** Why not as many as were asked for. */
  warnings: string[];
}

interface Asked {
  pipeline: LoadedPipeline;
  parallel: number;
  /** Those to run. */
  intervals: number;
  machine?: Machine;
}

export async function decideAtOnce({ pipeline, parallel, intervals, machine = thisMachine }: Asked): Promise<AtOnce> {
  const most = Math.min(parallel, intervals);
  if (most <= 1) return { atOnce: 1, warnings: [] };
  const own = findOwnOutput(pipeline);
  if (own) return { atOnce: 1, warnings: [ownWarning(own)] };
  const atOnce = await mostAmong(most, {
    reads: readsBigQuery(pipeline),
    shares: await hasPrograms(pipeline),
    machine,
  });
  if (atOnce === most) return { atOnce, warnings: [] };
  const limit = formatBytes((await memoryLimit(machine)) ?? machine.totalMemory);
  const warning = `--parallel ${parallel}: ${limit} of memory is enough for ${count(atOnce, "interval")} at a time`;
  return { atOnce, warnings: [warning] };
}

/** @throws {EtlError} `usage` */
export function refuseParallel(parallel: number): void {
  if (parallel >= 1 && parallel <= mostParallel) return;
  throw new EtlError({
    code: "usage",
    message: `--parallel ${parallel} is not from 1 to ${mostParallel}`,
    hint: "It says how many intervals are read and transformed at the same time; they are published one after the other.",
  });
}

function ownWarning({ source, output }: { source: string; output: string }): string {
  return `the source \`${source}\` reads what \`outputs.${output}\` publishes, so an interval may need the one before it: they run one at a time`;
}

async function hasPrograms(pipeline: LoadedPipeline): Promise<boolean> {
  const { files } = await readModelFiles(pipeline);
  return files.some(({ language }) => language === "python" || language === "command");
}
