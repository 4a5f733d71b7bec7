/** A command of ours, called without the command line. */
import type { Context, Effect } from "../util/context.ts";
import { EtlError, formatWhere, type Problem } from "../util/error.ts";
import { createContext } from "./context.ts";
import { inRepository } from "./places.ts";
import type { StepOutcome, Work } from "./step.ts";

export interface CarryOut {
  act: (context: Context) => Promise<Omit<StepOutcome, "passed" | "problems">>;
  effect?: Effect;
}

/** What the command cannot do is an outcome; a fault of ours stays an error. */
export async function carryOut({ act, effect }: CarryOut, work: Work): Promise<StepOutcome> {
  const problems: Problem[] = [];
  const onProblem = (problem: Problem) => void problems.push(problem);
  try {
    return { passed: true, problems, ...(await act(createContext({ ...work, onProblem, effect }))) };
  } catch (error) {
    if (!(error instanceof EtlError)) throw error;
    const all = error.problems.map((problem) => inRepository(problem, work.places));
    const [first = { message: error.message, hint: error.hint }, ...others] = all;
    // One without a place would stand there twice: it is the failure itself.
    problems.push(...all.filter(({ where }) => where !== undefined || others.length > 0));
    return { passed: false, problems, sentence: sentenceOf(first), ...(first.hint && { hint: first.hint }) };
  }
}

function sentenceOf({ message, where }: Pick<Problem, "message" | "where">): string {
  return where ? `${formatWhere(where)} ${message}` : message;
}
