import { o as formatWhere, t as EtlError } from "./error.js";
import { t as createContext } from "./context.js";
import { n as inRepository } from "./places.js";
// src/action/carry-out.ts
/** What the command cannot do is an outcome; a fault of ours stays an error. */
async function carryOut({ act, effect }, work) {
	const problems = [];
	const onProblem = (problem) => void problems.push(problem);
	try {
		return {
			passed: true,
			problems,
			...await act(createContext({
				...work,
				onProblem,
				effect
			}))
		};
	} catch (error) {
		if (!(error instanceof EtlError)) throw error;
		const all = error.problems.map((problem) => inRepository(problem, work.places));
		const [first = {
			message: error.message,
			hint: error.hint
		}, ...others] = all;
		problems.push(...all.filter(({ where }) => where !== void 0 || others.length > 0));
		return {
			passed: false,
			problems,
			sentence: sentenceOf(first),
			...first.hint && { hint: first.hint }
		};
	}
}
function sentenceOf({ message, where }) {
	return where ? `${formatWhere(where)} ${message}` : message;
}
export { carryOut as t };
