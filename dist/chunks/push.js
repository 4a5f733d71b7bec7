import { a as pushMade, i as nameOf, n as consoleOf, r as logoutOf } from "./build.js";
import { n as noteLogin } from "./clean-up.js";
import { t as carryOut } from "./carry-out.js";
// src/action/steps/push.ts
/** The image that was made here, in the registry, with the digest that the registry has for it. */
async function push(work) {
	const made = work.made.image;
	return carryOut({
		effect: noteLogin(logoutOf(made)),
		async act(context) {
			const { digest, bytes } = await pushMade(made, context);
			const [name, url] = [nameOf(made, digest), consoleOf(made, digest, context)];
			work.made.imageName = name;
			const image = {
				name,
				digest,
				...bytes !== void 0 && { bytes },
				...url !== void 0 && { url }
			};
			context.log.info(`pushed ${name}`);
			return {
				sentence: `${nameOf(made, void 0)} is ${digest.slice(0, 19)}…`,
				image
			};
		}
	}, work);
}
export { push };
