/** Which steps are taken: what the workflow asks for, as far as the event allows it; by default what the event suggests. */
import { EtlError } from "../util/error.ts";
import type { Event } from "./event.ts";
import type { Inputs } from "./inputs.ts";
import type { StepName } from "./step-names.ts";

export interface StepPlan {
  steps: StepName[];
  /** Asked for, and not done on this event. */
  leftOut: StepName[];
}

const onRelease: StepName[] = ["test", "build", "push", "render", "validate"];
const onChange: StepName[] = ["test", "validate", "plan"];
const onUntrusted: StepName[] = ["test", "validate"];

/** What changes something that others see: never before a change is merged. */
const released: StepName[] = ["push"];

/** @throws {EtlError} `usage`, where a step lacks what it needs */
export function planSteps(inputs: Inputs, event: Event): StepPlan {
  const asked = inputs.steps ?? usualSteps(event);
  const leftOut = asked.filter((step) => !mayTake(step, event));
  const steps = asked.filter((step) => !leftOut.includes(step));
  assertComplete(steps, inputs);
  return { steps, leftOut };
}

function usualSteps({ isUntrusted, isRelease, pullRequest }: Event): StepName[] {
  if (isUntrusted) return onUntrusted;
  return isRelease && !pullRequest ? onRelease : onChange;
}

function mayTake(step: StepName, { isUntrusted, pullRequest }: Event): boolean {
  if (isUntrusted && step === "plan") return false;
  return !(isUntrusted || pullRequest) || !released.includes(step);
}

function assertComplete(steps: StepName[], { image }: Inputs): void {
  const has = (step: StepName) => steps.includes(step);
  const isBuilt = hasVersion(image.address);
  if (has("push") && !has("build"))
    throw missing("`push` needs `build`", "The image is pushed by the job that has built it: name both.");
  if (has("build") && isBuilt)
    throw missing(
      "`build` is named, and the input image has a version already",
      "Give the address alone, and the version as `tag`; or leave `build` and `push` out.",
    );
}

/** Whether it names an image that is built already: `name:tag`, `name@sha256:…`. */
export function hasVersion(address: string | undefined): boolean {
  return address !== undefined && /[@:][^/]*$/.test(address);
}

function missing(message: string, hint: string): EtlError {
  return new EtlError({ code: "usage", message: `input steps: ${message}`, hint });
}
