/** What was found wrong in the files of a source: the first of each kind in full, all of them counted. */
import { count, EtlError, formatNumber, type Problem } from "../../../util/error.ts";

/** So many kinds are told of. */
const mostTold = 10;
/** After so many, a file is given up. */
const mostCounted = 1000;

export interface Findings {
  /**
   * @param describe is only called for the problems that are told of
   * @param like what it has in common with others, of which the first is told of; undefined where it is like none
   */
  add(describe: () => Problem, like?: string): void;
  /** Whether it is worth to go on looking. */
  isFull(): boolean;
  /** @throws {EtlError} `invalid`, if anything was found */
  throwAny(): void;
}

export function createFindings(source: string): Findings {
  const told: { problem: Problem; like: string | undefined; more: number }[] = [];
  let found = 0;
  let untold = 0;
  return {
    add(describe, like) {
      found++;
      const first = like === undefined ? undefined : told.find((one) => one.like === like);
      if (first) first.more++;
      else if (told.length < mostTold) told.push({ problem: describe(), like, more: 0 });
      else untold++;
    },
    isFull: () => found >= mostCounted,
    throwAny() {
      if (found === 0) return;
      const problems = told.map(({ problem, more }) => counted(problem, more));
      const [first] = problems;
      const many = found >= mostCounted ? `${count(found, "problem")} or more` : count(found, "problem");
      const message =
        found === 1
          ? first!.message
          : `the files of source ${source} have ${many}${untold > 0 ? `; the first ${mostTold} are shown` : ""}`;
      const { hint, where } = first!;
      throw new EtlError({ code: "invalid", part: "file", message, problems, ...(found === 1 && { hint, where }) });
    },
  };
}

function counted(problem: Problem, more: number): Problem {
  return more === 0 ? problem : { ...problem, message: `${problem.message} (and ${formatNumber(more)} more like it)` };
}

/** @throws {EtlError} `invalid` with these problems, if there are any */
export function throwAll(problems: Problem[]): void {
  const [first] = problems;
  if (!first) return;
  const { hint, where } = first;
  const message = problems.map((problem) => problem.message).join("; ");
  throw new EtlError({
    code: "invalid",
    part: "file",
    message,
    problems,
    ...(problems.length === 1 && { hint, where }),
  });
}
