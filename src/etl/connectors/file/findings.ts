/** What was found wrong in the files of a source: the first few in full, all of them counted. */
import { count, EtlError, type Problem } from "../../../util/error.ts";

/** So many are told of. */
const mostTold = 10;
/** After so many, a file is given up. */
const mostCounted = 1000;

export interface Findings {
  /** @param describe is only called for the problems that are told of */
  add(describe: () => Problem): void;
  /** Whether it is worth to go on looking. */
  isFull(): boolean;
  /** @throws {EtlError} `invalid`, if anything was found */
  throwAny(): void;
}

export function createFindings(source: string): Findings {
  const problems: Problem[] = [];
  let found = 0;
  return {
    add(describe) {
      found++;
      if (problems.length < mostTold) problems.push(describe());
    },
    isFull: () => found >= mostCounted,
    throwAny() {
      if (found === 0) return;
      const [first] = problems;
      const many = found >= mostCounted ? `${count(found, "problem")} or more` : count(found, "problem");
      const message =
        found === 1
          ? first!.message
          : `the files of source ${source} have ${many}${found > mostTold ? `; the first ${mostTold} are shown` : ""}`;
      const { hint, where } = first!;
      throw new EtlError({ code: "invalid", part: "file", message, problems, ...(found === 1 && { hint, where }) });
    },
  };
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
