import { n as count } from "./error.js";
import { n as inRepository } from "./places.js";
import { n as readResult, r as reasonOf } from "./call.js";
import { relative } from "node:path";
// src/action/steps/validate.ts
/** `nais-etl validate`: the file, its targets, the models' queries, the manifest that follows from them; and those that were rendered. */
async function validate(work) {
	const { inputs, made } = work;
	const pipelines = await ask(inputs.pipeline === void 0 ? [] : ["--pipeline", inputs.pipeline], work);
	const files = manifestsOf(work);
	if (!pipelines.passed || made.imageName === void 0 || files.length === 0) return pipelines;
	const manifests = await ask(files, work);
	const problems = [...pipelines.problems, ...manifests.problems];
	const sentence = manifests.passed ? valid(problems) : manifests.sentence;
	return {
		...pipelines,
		passed: manifests.passed,
		sentence,
		problems
	};
}
function manifestsOf({ inputs, made, places }) {
	const { resource, var: variables, varsFile } = inputs.deploy;
	if (resource.length === 0) return (made.manifests ?? []).map(({ file }) => relative(places.folder, file));
	const given = [...made.imageName === void 0 ? [] : [`image=${made.imageName}`], ...variables];
	return [
		...resource.map((file) => relative(places.folder, file)),
		...given.flatMap((one) => ["--var", one]),
		...varsFile === void 0 ? [] : ["--vars-file", varsFile]
	];
}
async function ask(args, { places, call }) {
	const answer = await call("validate", args);
	const result = readResult(answer, {
		command: "validate",
		list: "problems"
	});
	const problems = result?.problems.map((problem) => inRepository(problem, places)) ?? answer.problems;
	const pipelines = (result?.pipelines ?? []).map(({ name, schedule }) => ({
		name,
		...schedule && { schedule }
	}));
	const passed = answer.exitCode === 0;
	return {
		passed,
		problems,
		pipelines,
		sentence: passed ? valid(problems) : reasonOf(answer, problems)
	};
}
function valid(warnings) {
	return warnings.length === 0 ? "valid, no warnings" : `valid, ${count(warnings.length, "warning")}`;
}
export { validate };
