/** Where missing intervals stand among the runs, and how they are told. */
import { count } from "../../util/error.ts";
import { statusWords, type Missing, type PastRun } from "./report-run.ts";

/** Rollbacks, and runs from before there were intervals, have ids of another form. */
export const isLabel = (id: string) => /^\d{4}-\d{2}/.test(id);

/** Of no run that is shown. */
export interface Gap {
  intervals: string[];
}

export type Past = (PastRun & { missing: boolean }) | Gap;

/** Gaps stand before the first run of a later interval. */
export function withGaps(history: PastRun[], missing: Missing | undefined): Past[] {
  const labels = missing?.intervals ?? [];
  const shown = new Set(history.map(({ run_id: id }) => id));
  const bare = labels.filter((label) => !shown.has(label));
  const places = Map.groupBy(bare, (label) => history.findIndex(({ run_id: id }) => isLabel(id) && id > label));
  return history.flatMap((run, i): Past[] => {
    const intervals = places.get(i);
    const isMissing = labels.includes(run.run_id) && !history.slice(i + 1).some(({ run_id: id }) => id === run.run_id);
    return [...(intervals ? [{ intervals }] : []), { ...run, missing: isMissing }];
  });
}

/** More are told by the first and the last. */
const mostNamed = 4;

/** `2 days are missing: 2022-01-14, 2022-01-16. To fill them:`, before the command. */
export function missingWords({ every, intervals }: Missing): string {
  const [verb, them] = intervals.length === 1 ? ["is", "it"] : ["are", "them"];
  const which =
    intervals.length <= mostNamed ? `: ${intervals.join(", ")}` : `, from ${intervals[0]} to ${intervals.at(-1)}`;
  return `${count(intervals.length, every)} ${verb} missing${which}. To fill ${them}:`;
}

export function rangeOf(intervals: string[]): string {
  const [first = "", last = ""] = [intervals[0], intervals.at(-1)];
  return first === last ? first : `${first} … ${last}`;
}

/** A run may have failed, or a rollback has taken back what it had published. */
export function endWords({ status, missing }: Exclude<Past, Gap>): string {
  return missing ? `${statusWords[status]}, and is missing` : statusWords[status];
}
