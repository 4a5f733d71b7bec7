import { t as EtlError } from "./error.js";
// src/action/plan-steps.ts
/** Which steps are taken: what the workflow asks for, as far as the event allows it; by default what the event suggests. */
const onRelease = [
	"test",
	"build",
	"push",
	"render",
	"validate"
];
const onChange = [
	"test",
	"validate",
	"plan"
];
const onUntrusted = ["test", "validate"];
/** What changes something that others see: never before a change is merged. */
const released = ["push"];
/** @throws {EtlError} `usage`, where a step lacks what it needs */
function planSteps(inputs, event) {
	const asked = inputs.steps ?? usualSteps(event);
	const leftOut = asked.filter((step) => !mayTake(step, event));
	const steps = asked.filter((step) => !leftOut.includes(step));
	assertComplete(steps, inputs);
	return {
		steps,
		leftOut
	};
}
function usualSteps({ isUntrusted, isRelease, pullRequest }) {
	if (isUntrusted) return onUntrusted;
	return isRelease && !pullRequest ? onRelease : onChange;
}
function mayTake(step, { isUntrusted, pullRequest }) {
	if (isUntrusted && step === "plan") return false;
	return !(isUntrusted || pullRequest) || !released.includes(step);
}
function assertComplete(steps, { image }) {
	const has = (step) => steps.includes(step);
	const isBuilt = hasVersion(image.address);
	if (has("push") && !has("build")) throw missing("`push` needs `build`", "The image is pushed by the job that has built it: name both.");
	if (has("build") && isBuilt) throw missing("`build` is named, and the input image has a version already", "Give the address alone, and the version as `tag`; or leave `build` and `push` out.");
}
/** Whether it names an image that is built already: `name:tag`, `name@sha256:…`. */
function hasVersion(address) {
	return address !== void 0 && /[@:][^/]*$/.test(address);
}
function missing(message, hint) {
	return new EtlError({
		code: "usage",
		message: `input steps: ${message}`,
		hint
	});
}
export { planSteps as n, hasVersion as t };
