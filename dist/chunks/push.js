import { i as pushAndSign, n as consoleOf, r as nameOf } from "./build.js";
import { n as noteLogin } from "./clean-up.js";
import { t as carryOut } from "./carry-out.js";
import { r as pathFrom } from "./places.js";
import { resolve } from "node:path";
// src/action/steps/push.ts
/** The image that was made here, in the registry, with the digest that the registry has for it. */
async function push(work) {
	const made = work.made.image;
	const { build } = work.inputs;
	return carryOut({
		effect: noteLogin({
			builder: made.builder.name,
			registry: made.names[0].registry
		}),
		async act(context) {
			const { digest, bytes, sbom } = await pushAndSign(made, {
				sbom: build.sbom,
				sign: signOf(build)
			}, context);
			const [name, url] = [nameOf(made, digest), consoleOf(made, digest, context)];
			work.made.imageName = name;
			const image = {
				name,
				digest,
				...bytes !== void 0 && { bytes },
				...url !== void 0 && { url },
				...sbom !== void 0 && { sbom: pathFrom(work.runner.workspace, resolve(context.cwd, sbom)) }
			};
			context.log.info(`pushed ${name}`);
			return {
				sentence: `${nameOf(made, void 0)} is ${digest.slice(0, 19)}…`,
				image
			};
		}
	}, work);
}
function signOf({ sign }) {
	return sign === "key" ? true : sign;
}
export { push };
