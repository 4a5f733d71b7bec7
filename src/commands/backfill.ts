/** `nais-etl backfill`: runs the intervals that are missing, and says what became of each. */
import type { Context } from "../util/context.ts";
import { count, EtlError } from "../util/error.ts";
import type { Logger } from "../util/log.ts";
import { backfill as fill, type Backfill, type BackfilledInterval } from "../etl/backfill/backfill.ts";
import { backfillConsole, formatBackfill } from "../etl/backfill/console.ts";
import { version } from "../util/version.ts";
import { loadWhereItRan } from "./load-where-it-ran.ts";
import { waitOf } from "./wait-lock.ts";

export interface BackfillCommandOptions {
  dir?: string;
  pipeline?: string;
  target?: string;
  /** The first and the last interval. */
  from?: string;
  to?: string;
  param?: Record<string, string>;
  rerun?: boolean;
  parallel?: number;
  maxFailures?: number;
  waitLock?: string;
  allowSchemaChange?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

const usualFailures = 3;

/** @returns the exit code */
export async function backfill(options: BackfillCommandOptions, context: Context): Promise<number> {
  const { from, to, json = false, dryRun = false, maxFailures = usualFailures } = options;
  if (maxFailures === 0)
    throw new EtlError({
      code: "usage",
      message: "--max-failures 0 runs nothing",
      hint: "1 stops at the first failure.",
    });
  const pipeline = await loadWhereItRan(options, context);
  const { target } = pipeline;
  const log = json ? { ...context.log, info: () => undefined } : context.log;
  log.info(`nais-etl ${version()} · ${pipeline.spec.name} · target ${target}\n`, { step: "start", target });
  const done = await fill(
    {
      pipeline,
      params: options.param ?? {},
      from,
      to,
      rerun: options.rerun ?? false,
      parallel: options.parallel ?? 1,
      waitLock: waitOf(options.waitLock),
      allowSchemaChange: options.allowSchemaChange ?? false,
      mostFailures: maxFailures,
      dryRun,
    },
    { ...context, log },
    backfillConsole(log, pipeline),
  );
  if (json) context.print(JSON.stringify(done, undefined, 2));
  else tell(done, { mostFailures: maxFailures, isRerun: options.rerun ?? false }, log);
  return done.exit_code;
}

interface Asked {
  mostFailures: number;
  isRerun: boolean;
}

function tell(done: Backfill, asked: Asked, log: Logger): void {
  const { intervals, exit_code } = done;
  const lines = formatBackfill(intervals);
  if (log.format === "text" && lines.length > 0) log.info(["", ...lines].join("\n"));
  log.info(`\n${endLine(done, asked)}`, { step: "end", exit_code });
}

function endLine({ intervals, waiting }: Backfill, { mostFailures, isRerun }: Asked): string {
  const of = (...statuses: string[]) => intervals.filter(({ status }) => statuses.includes(status)).length;
  const [ran, failed, left] = [of("published", "skipped"), of("failed"), of("left", "interrupted")];
  if (of("to_run") > 0) return `${count(of("to_run"), "interval")} to run. Nothing was done.`;
  if (intervals.length === 0)
    return waiting.length > 0
      ? "Nothing to do: what is missing waits for its scheduled run. To run it now, name it with --to."
      : "Nothing to do yet: no interval of this range has ended.";
  if (failed + left === 0)
    return ran > 0 ? `Done: ${count(ran, "interval")} published.` : "Nothing to do: all of them are published already.";
  const why = failed >= mostFailures && left > 0 ? `: after ${count(failed, "failure")} the rest is left` : "";
  return `${count(ran, "interval")} published, ${failed} failed, ${left} left${why}. ${goOn(intervals, isRerun)}`;
}

/** With --rerun all of a range is run, however often that is said. */
function goOn(intervals: BackfilledInterval[], isRerun: boolean): string {
  if (!isRerun) return "Say the same again to go on: what is published is not done again.";
  const first = intervals.find(({ status }) => ["failed", "left", "interrupted"].includes(status))!;
  return `To go on, say the same with --from ${first.interval}: what was there before still stands.`;
}
