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

const onRelease: StepName[] = ["test", "build", "push", "render", "validate", "deploy", "wait"];
const onChange: StepName[] = ["test", "validate", "plan"];
const onUntrusted: StepName[] = ["test", "validate"];

/** What changes something that others see: never before a change is merged. */
const released: StepName[] = ["push", "deploy", "wait"];

/** What needs more than what is checked out: a query's cost is asked of BigQuery, and a Dockerfile is a program. */
const trusted: StepName[] = ["plan", "build"];

/** @throws {EtlError} `usage`, where a step lacks what it needs */
export function planSteps(inputs: Inputs, event: Event): StepPlan {
  const { wait, resource } = inputs.deploy;
  const wanted = inputs.steps ?? usualSteps(event, resource.length > 0);
  const asked = wanted.filter((step) => step !== "wait" || wait !== "none");
  const leftOut = asked.filter((step) => !mayTake(step, event));
  const steps = asked.filter((step) => !leftOut.includes(step));
  assertComplete(steps, inputs);
  return { steps, leftOut };
}

/** @param hasOwn whether the team has manifests of its own */
function usualSteps({ isUntrusted, isRelease, pullRequest }: Event, hasOwn: boolean): StepName[] {
  if (isUntrusted) return onUntrusted;
  if (!isRelease || pullRequest) return onChange;
  return onRelease.filter((step) => step !== "render" || !hasOwn);
}

function mayTake(step: StepName, event: Event): boolean {
  if (event.isUntrusted && trusted.includes(step)) return false;
  return !isChange(event) || !released.includes(step);
}

/** Something that is not merged. */
function isChange({ isUntrusted, pullRequest }: Event): boolean {
  return isUntrusted || pullRequest !== undefined;
}

/** A layer that a change has put into a cache would be in the image that is deployed. */
export function withoutCache(inputs: Inputs, event: Event): Inputs | undefined {
  if (!isChange(event) || inputs.build.cacheTo.length === 0) return undefined;
  return { ...inputs, build: { ...inputs.build, cacheTo: [] } };
}

function assertComplete(steps: StepName[], { image, environment, deploy }: Inputs): void {
  const has = (step: StepName) => steps.includes(step);
  const isBuilt = hasVersion(image.address);
  if (has("push") && !has("build"))
    throw missing("`push` needs `build`", "The image is pushed by the job that has built it: name both.");
  if (has("build") && isBuilt)
    throw missing(
      "`build` is named, and the input image has a version already",
      "Give the address alone, and the version as `tag`; or leave `build` and `push` out.",
    );
  if (has("wait") && !has("deploy"))
    throw missing("`wait` needs `deploy`", "What is waited for begins with the deploy: name both.");
  if (!has("deploy")) return;
  if (environment === undefined) throw noEnvironment();
  const hasOwn = deploy.resource.length > 0;
  if (!has("render") && !hasOwn)
    throw missing(
      "`deploy` needs `render`",
      "It is the rendered manifest that is deployed: name both, or your own manifests with `resource`.",
    );
  if (!has("push") && !isBuilt && !hasOwn)
    throw missing(
      "`deploy` needs an image",
      "Name `build` and `push` too, or give the one that an earlier job has pushed: `image: ${{ needs.build.outputs.image }}`.",
    );
  if (isGithubs(image) && !image.allowGhcr) throw noGithubImages();
}

/** Whether it names an image that is built already: `name:tag`, `name@sha256:…`. */
export function hasVersion(address: string | undefined): boolean {
  return address !== undefined && /[@:][^/]*$/.test(address);
}

function isGithubs({ registry, address }: Inputs["image"]): boolean {
  return address === undefined ? registry === "ghcr" : address.startsWith("ghcr.io/");
}

function missing(message: string, hint: string): EtlError {
  return new EtlError({ code: "usage", message: `input steps: ${message}`, hint });
}

function noEnvironment(): EtlError {
  const hint =
    "Say which cluster: `environment: prod-gcp`. To deploy nowhere, name the steps: `steps: test validate render`.";
  return new EtlError({ code: "usage", message: "input environment: a deploy needs it", hint });
}

function noGithubImages(): EtlError {
  return new EtlError({
    code: "usage",
    message: "input registry: nais does not run images from ghcr.io",
    hint: "Leave `registry` out: the team's own registry is the usual. Where your cluster does run them, say so: `allow-ghcr: true`. To push there and deploy nothing: `steps: test build push`.",
  });
}
