import { t as choosePipelines } from "./pipelines.js";
import { n as count } from "./error.js";
import { n as readResult, r as reasonOf } from "./call.js";
import { t as createContext } from "./context.js";
import { n as inRepository } from "./places.js";
import { relative } from "node:path";
// src/action/steps/plan.ts
/** `nais-etl plan`: what would change in columns, rows, bytes and manifests, of each pipeline. */
async function plan(work) {
	const { pipeline } = work.inputs;
	const found = await choosePipelines({ pipeline }, createContext({
		...work,
		onProblem: () => void 0
	}));
	const outcomes = [];
	for (const { selected } of found) {
		const outcome = await planOne(selected, work);
		outcomes.push(outcome);
		if (!outcome.passed) break;
	}
	const plans = outcomes.flatMap((outcome) => outcome.plans ?? []);
	const problems = outcomes.flatMap((outcome) => outcome.problems);
	const last = outcomes.at(-1);
	const sentence = last.passed ? changesIn(plans) : last.sentence;
	return {
		passed: last.passed,
		sentence,
		problems,
		plans
	};
}
async function planOne(selected, { call, inputs, places }) {
	const { environment } = inputs;
	const { resource, var: variables, varsFile } = inputs.deploy;
	const answer = await call("plan", [
		...selected === void 0 ? [] : ["--pipeline", selected],
		...environment === void 0 ? [] : ["--target", environment],
		...resource.length === 0 ? [] : ownManifests({
			resource,
			variables,
			varsFile,
			folder: places.folder
		})
	]);
	const result = readResult(answer, {
		command: "plan",
		list: "schema"
	});
	if (!result) return {
		passed: false,
		problems: answer.problems,
		sentence: reasonOf(answer, answer.problems)
	};
	const problems = (result.problems ?? []).map((problem) => inRepository(problem, places));
	const passed = answer.exitCode === 0;
	return {
		passed,
		problems,
		plans: [result],
		sentence: passed ? changesIn([result]) : reasonOf(answer, problems)
	};
}
/** They are deployed, and not what is rendered. */
function ownManifests({ resource, variables, varsFile, folder }) {
	return [
		...resource.flatMap((file) => ["--resource", relative(folder, file)]),
		...variables.flatMap((one) => ["--var", one]),
		...varsFile === void 0 ? [] : ["--vars-file", varsFile]
	];
}
function changesIn(plans) {
	const all = (list) => plans.reduce((sum, plan) => sum + (list(plan)?.length ?? 0), 0);
	const told = [
		[all(({ schema }) => schema?.filter(({ change }) => change === "new" || change === "changed")), "output"],
		[all(({ data }) => data), "table"],
		[
			all(({ manifest }) => manifest),
			"key",
			"of manifests"
		]
	].filter(([n]) => n > 0).map(([n, noun, of]) => [count(n, noun), of].filter(Boolean).join(" "));
	return told.length === 0 ? "nothing changes" : `would change: ${told.join(", ")}`;
}
export { plan };
