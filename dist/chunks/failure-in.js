import { n as inRepository } from "./places.js";
// src/action/failure-in.ts
/** @returns the outcome as it is, where none of the problems is an error */
function failureIn(outcome, problems, { places }) {
	const errors = problems.filter(({ severity }) => severity === "error").map((one) => inRepository(one, places));
	const [first] = errors;
	if (!first) return outcome;
	const { message, hint } = first;
	const all = [...outcome.problems, ...errors.filter(({ where }) => where !== void 0 || errors.length > 1)];
	return {
		...outcome,
		passed: false,
		problems: all,
		sentence: message,
		...hint && { hint }
	};
}
export { failureIn as t };
