import { n as count } from "./error.js";
import { n as readResult, r as reasonOf } from "./call.js";
import { r as pathFrom } from "./places.js";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
// src/action/steps/render.ts
/** `nais-etl render`: the manifest of each pipeline, as a file that later steps of the workflow can take. */
/** Inside the workspace, so that Actions that run in a container find them; in the folder that .gitignore names. */
const manifestFolder = ".nais-etl/manifests";
async function render(work) {
	const { pipeline, environment } = work.inputs;
	const { imageName } = work.made;
	const answer = await work.call("render", [
		...pipeline === void 0 ? [] : ["--pipeline", pipeline],
		...environment === void 0 ? [] : ["--target", environment],
		...imageName === void 0 ? [] : [
			"--image",
			imageName,
			...identity(work.runner)
		],
		"--output",
		manifestFolder
	]);
	const result = readResult(answer, {
		command: "render",
		list: "manifests"
	});
	const { problems } = answer;
	if (answer.exitCode !== 0 || !result) return {
		passed: false,
		problems,
		sentence: reasonOf(answer, problems)
	};
	const manifests = await Promise.all(result.manifests.map(({ file }) => readManifest(file, work)));
	work.made.manifests = manifests;
	return {
		passed: true,
		problems,
		manifests,
		sentence: manifests.length === 1 ? manifests[0].path : count(manifests.length, "manifest")
	};
}
/** The commit, and this attempt of this run of the workflow, which makes every deploy of it one that the platform acts on. */
function identity({ env }) {
	const { GITHUB_SHA: revision, GITHUB_RUN_ID: run, GITHUB_RUN_ATTEMPT: attempt = "1" } = env;
	return [...revision ? ["--revision", revision] : [], ...run ? ["--deployment", `${run}-${attempt}`] : []];
}
async function readManifest(file, { inputs, runner }) {
	const path = join(inputs.folder, manifestFolder, file);
	return {
		file: path,
		path: pathFrom(runner.workspace, path),
		text: await readFile(path, "utf8")
	};
}
export { render };
