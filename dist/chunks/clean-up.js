import { b as warning, d as getState, g as saveState, s as messageOf, x as exec } from "./error.js";
import { t as runEffect } from "./context.js";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
// src/action/clean-up.ts
/** What the step's end has to undo, noted before it is done: the end comes after a cancelled job, too. */
/** A folder for what this step writes besides its results: nothing of it, such as a credential, outlives the step. */
async function ownFolder(temp) {
	const folder = await mkdtemp(join(temp, "nais-etl-"));
	saveState("folder", folder);
	return folder;
}
/** @param logout the command line that takes a login back */
function noteLogin(logout) {
	return async (name, act) => {
		if (name === "image.login") saveState("logout", logout);
		const done = await runEffect(name, act);
		if (name === "image.logout") saveState("logout", "");
		return done;
	};
}
/** Nothing of it fails a job: what could not be undone is said. */
async function cleanUp() {
	const [logout, folder] = [getState("logout"), getState("folder")];
	if (logout !== "") await logOut(JSON.parse(logout)).catch(warn("the login to the registry"));
	if (folder !== "") await rm(folder, {
		recursive: true,
		force: true
	}).catch(warn(folder));
}
async function logOut([program = "", ...args]) {
	await exec(program, args);
}
function warn(what) {
	return (error) => warning(`${what} could not be removed: ${messageOf(error)}`);
}
export { noteLogin as n, ownFolder as r, cleanUp as t };
