/** The steps, one after the other, up to the first that fails. */
import * as core from "@actions/core";
import type { StepName } from "./inputs.ts";
import { quoteInGroup } from "./log.ts";
import type { StepResult } from "./report.ts";
import type { Step, Work } from "./step.ts";
import { render } from "./steps/render.ts";
import { test } from "./steps/test.ts";
import { validate } from "./steps/validate.ts";

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
