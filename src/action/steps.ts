/** The steps, one after the other, up to the first that fails. */
import * as core from "@actions/core";
import type { Call } from "./call.ts";
import type { Inputs, StepName } from "./inputs.ts";
import { quoteInGroup } from "./log.ts";
import type { Places } from "./places.ts";
import type { StepResult } from "./report.ts";
import type { Runner } from "./runner.ts";
import { render } from "./steps/render.ts";
import { test } from "./steps/test.ts";
import { validate } from "./steps/validate.ts";

export interface Work {
  inputs: Inputs;
  runner: Runner;
  places: Places;
  call: Call;
}

export type StepOutcome = Omit<StepResult, "step" | "seconds">;
export type Step = (work: Work) => Promise<StepOutcome>;

const steps: Record<StepName, Step> = { test, validate, render };

/** What is asked for stands in the order in which it is taken. */
export async function* takeSteps(work: Work): AsyncGenerator<StepResult> {
  for (const step of work.inputs.steps) {
    const started = work.runner.now().getTime();
    const outcome = await quoteInGroup(step, () => steps[step](work));
    const seconds = (work.runner.now().getTime() - started) / 1000;
    core.info(`${step}: ${outcome.sentence.replace(/\s+/g, " ")}`);
    yield { step, seconds, ...outcome };
    if (!outcome.passed) return;
  }
}
