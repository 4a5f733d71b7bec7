import { t as EtlError } from "./error.js";
// src/action/plan-steps.ts
/** Which steps are taken: what the workflow asks for, as far as the event allows it; by default what the event suggests. */
const onRelease = [
	"test",
	"build",
	"push",
	"render",
	"validate",
	"deploy",
	"wait"
];
const onChange = [
	"test",
	"validate",
	"plan"
];
const onUntrusted = ["test", "validate"];
/** What changes something that others see: never before a change is merged. */
const released = [
	"push",
	"deploy",
	"wait"
];
/** @throws {EtlError} `usage`, where a step lacks what it needs */
function planSteps(inputs, event) {
	const { wait, resource } = inputs.deploy;
	const asked = (inputs.steps ?? usualSteps(event, resource.length > 0)).filter((step) => step !== "wait" || wait !== "none");
	const leftOut = asked.filter((step) => !mayTake(step, event));
	const steps = asked.filter((step) => !leftOut.includes(step));
	assertComplete(steps, inputs);
	return {
		steps,
		leftOut
	};
}
/** @param hasOwn whether the team has manifests of its own */
function usualSteps({ isUntrusted, isRelease, pullRequest }, hasOwn) {
	if (isUntrusted) return onUntrusted;
	if (!isRelease || pullRequest) return onChange;
	return onRelease.filter((step) => step !== "render" || !hasOwn);
}
function mayTake(step, { isUntrusted, pullRequest }) {
	if (isUntrusted && step === "plan") return false;
	return !(isUntrusted || pullRequest) || !released.includes(step);
}
function assertComplete(steps, { image, environment, deploy }) {
	const has = (step) => steps.includes(step);
	const isBuilt = hasVersion(image.address);
	if (has("push") && !has("build")) throw missing("`push` needs `build`", "The image is pushed by the job that has built it: name both.");
	if (has("build") && isBuilt) throw missing("`build` is named, and the input image has a version already", "Give the address alone, and the version as `tag`; or leave `build` and `push` out.");
	if (has("wait") && !has("deploy")) throw missing("`wait` needs `deploy`", "What is waited for begins with the deploy: name both.");
	if (!has("deploy")) return;
	if (environment === void 0) throw noEnvironment();
	const hasOwn = deploy.resource.length > 0;
	if (!has("render") && !hasOwn) throw missing("`deploy` needs `render`", "It is the rendered manifest that is deployed: name both, or your own manifests with `resource`.");
	if (!has("push") && !isBuilt && !hasOwn) throw missing("`deploy` needs an image", "Name `build` and `push` too, or give the one that an earlier job has pushed: `image: ${{ needs.build.outputs.image }}`.");
	if (isGithubs(image) && !image.allowGhcr) throw noGithubImages();
}
/** Whether it names an image that is built already: `name:tag`, `name@sha256:…`. */
function hasVersion(address) {
	return address !== void 0 && /[@:][^/]*$/.test(address);
}
function isGithubs({ registry, address }) {
	return address === void 0 ? registry === "ghcr" : address.startsWith("ghcr.io/");
}
function missing(message, hint) {
	return new EtlError({
		code: "usage",
		message: `input steps: ${message}`,
		hint
	});
}
function noEnvironment() {
	return new EtlError({
		code: "usage",
		message: "input environment: a deploy needs it",
		hint: "Say which cluster: `environment: prod-gcp`. To deploy nowhere, name the steps: `steps: test validate render`."
	});
}
function noGithubImages() {
	return new EtlError({
		code: "usage",
		message: "input registry: nais does not run images from ghcr.io",
		hint: "Leave `registry` out: the team's own registry is the usual. Where your cluster does run them, say so: `allow-ghcr: true`. To push there and deploy nothing: `steps: test build push`."
	});
}
export { planSteps as n, hasVersion as t };
