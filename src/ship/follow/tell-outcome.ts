/** What came of a run, for a person; and the exit code that a command ends with. */
import { formatTotals } from "../../spec/run-totals.ts";
import { isPlainObject } from "../../spec/value.ts";
import type { Context } from "../../util/context.ts";
import { count, exitCodes } from "../../util/error.ts";
import type { LoggedRecord } from "./run-log.ts";
import type { RunOutcome } from "./run-outcome.ts";

/** @returns 0, or 4 where the run has not been seen to succeed */
export function tellOutcome(outcome: RunOutcome, { log }: Context): number {
  const { run, state, reason, troubles, record } = outcome;
  for (const line of totalsOf(record)) log.info(line);
  const how = `${inTime(outcome)} (${count(outcome.attempts, "attempt")})`;
  if (state === "succeeded") {
    log.info(`${log.paint("green", "✓")} ${run} succeeded${how}`, { step: "outcome", run, state });
    return 0;
  }
  const what = state === "failed" ? `${run} failed${how}` : `nobody knows how ${run} ended`;
  log.problem({
    severity: "error",
    message: `${what}: ${reason}`,
    hint: [troubles.at(-1)?.cure, ...whereToLook(outcome)].filter(Boolean).join("\n"),
  });
  return exitCodes.deploy;
}

/** Of a run that has not succeeded: the commands that say more. */
export function whereToLook({ logCommand, whyCommand }: RunOutcome): string[] {
  return [...(whyCommand === undefined ? [] : [`What mends it: ${whyCommand}`]), `Its log: ${logCommand}`];
}

function inTime({ seconds }: RunOutcome): string {
  return seconds === undefined ? "" : ` in ${durationInWords(seconds)}`;
}

/** `45 s`, `3 min 20 s`, `1 h 5 min`. */
export function durationInWords(seconds: number): string {
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Of a record of another version, what is not as expected is left out. */
function totalsOf(record: LoggedRecord | undefined): string[] {
  if (record === undefined) return [];
  const parts = (key: string) => {
    const value = record[key];
    const items: unknown[] = Array.isArray(value) ? value : [];
    return items.flatMap((item) => (isPlainObject(item) && typeof item["status"] === "string" ? [partOf(item)] : []));
  };
  const [sources, models, checks, outputs] = [parts("sources"), parts("models"), parts("checks"), parts("outputs")];
  return formatTotals({ sources, models, checks, outputs });
}

function partOf(item: Record<string, unknown>) {
  const number = (key: string) => (typeof item[key] === "number" ? item[key] : undefined);
  const [rows, bytes, seconds] = [number("rows"), number("bytes"), number("seconds")];
  return { status: String(item["status"]), rows, bytes, ...(seconds !== undefined && { seconds }) };
}
