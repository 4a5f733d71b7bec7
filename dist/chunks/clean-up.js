import { b as warning, d as getState, g as saveState, s as messageOf, x as exec } from "./error.js";
import { t as programEnvironment } from "./program-environment.js";
import { n as isHost } from "./reference.js";
import { n as leastEnvironment } from "./child.js";
import { n as quoteInGroup, o as runEffect } from "./log.js";
import { mkdtemp, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
// src/commands/logout-argv.ts
const programs = {
	"docker buildx": "docker",
	docker: "docker",
	buildah: "buildah",
	podman: "podman"
};
/** Undefined where the note is none of a login: of no builder that there is, or of no registry. */
function logoutArgv({ builder, registry }) {
	const known = Object.entries(programs).find(([name]) => name === builder);
	if (!known || typeof registry !== "string" || !isHost(registry)) return void 0;
	return [
		known[1],
		"logout",
		registry
	];
}
/** As the login had it, so that the builder finds what it noted. */
function logoutEnvironment(env) {
	return {
		...leastEnvironment(env),
		...programEnvironment(env)
	};
}
// src/action/clean-up.ts
/**
* What the step's end has to undo, noted before it is done: the end comes after a cancelled job, too.
* The note is no order: whoever can write to the log or the runner's files may have changed it.
*/
const prefix = "nais-etl-";
/** A folder for what this step writes besides its results: nothing of it, such as a credential, outlives the step. */
async function ownFolder(temp) {
	const folder = await mkdtemp(join(temp, prefix));
	saveState("folder", folder);
	return folder;
}
function noteLogin(login) {
	return async (name, act) => {
		if (name === "image.login") saveState("login", login);
		const done = await runEffect(name, act);
		if (name === "image.logout") saveState("login", "");
		return done;
	};
}
/** Nothing of it fails a job: what could not be undone is said. */
async function cleanUp({ temp, env }) {
	const [login, folder] = [getState("login"), getState("folder")];
	if (login !== "") await logOut(login, env).catch(warn("the login to the registry"));
	if (folder !== "") await removeOwn(folder, temp).catch(warn("the step's folder"));
}
async function logOut(noted, env) {
	const argv = logoutArgv(Object(JSON.parse(noted)));
	if (!argv) throw new Error("what was noted of it is no login");
	const [program = "", ...args] = argv;
	await quoteInGroup(argv.join(" "), () => exec(program, args, { env: logoutEnvironment(env) }));
}
async function removeOwn(folder, temp) {
	if (!(dirname(folder) === resolve(temp) && basename(folder).startsWith(prefix))) throw new Error("what was noted of it is no folder of this step");
	await rm(folder, {
		recursive: true,
		force: true
	});
}
function warn(what) {
	return (error) => warning(`${what} could not be removed: ${messageOf(error)}`);
}
export { noteLogin as n, ownFolder as r, cleanUp as t };
