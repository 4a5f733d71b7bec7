import { t as carryOut } from "./carry-out.js";
import { t as failureIn } from "./failure-in.js";
// src/action/steps/wait.ts
async function wait(work) {
	const { follow } = work.made.sent;
	const found = [];
	const outcome = await carryOut({ async act() {
		const followed = await follow();
		found.push(followed);
		return {
			sentence: sentenceOf(followed.runs),
			runs: followed.runs
		};
	} }, work);
	return failureIn(outcome, found.flatMap(({ problems }) => problems), work);
}
function sentenceOf(runs) {
	if (runs.length === 0) return "no run begins with this deploy: the next one is the schedule's";
	return runs.map(({ run, state }) => `${run} ${state}`).join(", ");
}
export { wait };
