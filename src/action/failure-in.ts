/** A command that has said what went wrong, and did not throw. */
import type { Problem } from "../util/error.ts";
import { inRepository } from "./places.ts";
import type { StepOutcome, Work } from "./step.ts";

/** @returns the outcome as it is, where none of the problems is an error */
export function failureIn(outcome: StepOutcome, problems: readonly Problem[], { places }: Work): StepOutcome {
  const errors = problems.filter(({ severity }) => severity === "error").map((one) => inRepository(one, places));
  const [first] = errors;
  if (!first) return outcome;
  const { message, hint } = first;
  // One without a place would stand there twice: it is the failure itself.
  const all = [...outcome.problems, ...errors.filter(({ where }) => where !== undefined || errors.length > 1)];
  return { ...outcome, passed: false, problems: all, sentence: message, ...(hint && { hint }) };
}
