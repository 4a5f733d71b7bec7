/** The steps that there are, and how a workflow names them. */
import { didYouMean } from "../util/suggest.ts";
import { listed, refuse } from "./input-values.ts";

/** In the order in which they are taken. */
export const stepNames = ["test", "build", "push", "render", "validate", "plan", "deploy", "wait"] as const;
export type StepName = (typeof stepNames)[number];

/** @returns in their order; undefined where nothing is named */
export function readSteps(given: string): StepName[] | undefined {
  const asked = listed(given, /[\s,]+/);
  for (const name of asked) {
    if (stepNames.some((known) => known === name)) continue;
    throw refuse("steps", `there is no step \`${name}\``, didYouMean(name, stepNames));
  }
  return asked.length === 0 ? undefined : stepNames.filter((name) => asked.includes(name));
}
