/** The steps, one after the other, up to the first that fails. */
import { quoteInGroup, say } from "./log.ts";
import type { StepResult } from "./report.ts";
import type { StepName } from "./step-names.ts";
import type { Step, Work } from "./step.ts";

/** Each is loaded when it is taken: a test needs no registry. */
const steps: Record<StepName, () => Promise<Step>> = {
  test: async () => (await import("./steps/test.ts")).test,
  build: async () => (await import("./steps/build.ts")).build,
  push: async () => (await import("./steps/push.ts")).push,
  render: async () => (await import("./steps/render.ts")).render,
  validate: async () => (await import("./steps/validate.ts")).validate,
  plan: async () => (await import("./steps/plan.ts")).plan,
  deploy: async () => (await import("./steps/deploy.ts")).deploy,
  wait: async () => (await import("./steps/wait.ts")).wait,
};

/** What is to be taken stands in the order in which it is taken. */
export async function* takeSteps(work: Work): AsyncGenerator<StepResult> {
  for (const step of work.steps) {
    const started = work.runner.now().getTime();
    const outcome = await quoteInGroup(step, async () => (await steps[step]())(work));
    const seconds = (work.runner.now().getTime() - started) / 1000;
    say(`${step}: ${outcome.sentence}`);
    yield { step, seconds, ...outcome };
    if (!outcome.passed) return;
  }
}
