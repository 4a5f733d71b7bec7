import { r as nameOf, t as buildHere } from "./build.js";
import { t as carryOut } from "./carry-out.js";
// src/action/steps/build.ts
/** `nais-etl build`: the image, made here. */
async function build(work) {
	return carryOut({ async act(context) {
		const made = await buildHere({
			...optionsOf(work.inputs),
			push: work.steps.includes("push")
		}, context);
		work.made.image = made;
		return { sentence: nameOf(made, void 0) };
	} }, work);
}
function optionsOf({ pipeline, team, image, build }) {
	const { registry, address, tags, suffix } = image;
	return {
		pipeline,
		team,
		...build,
		registry,
		image: address,
		tags,
		suffix
	};
}
export { build };
