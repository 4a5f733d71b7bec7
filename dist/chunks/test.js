import { n as count, o as formatWhere, p as info } from "./error.js";
import { n as readResult, r as reasonOf } from "./call.js";
import { t as formatTable } from "./table.js";
import { n as inRepository } from "./places.js";
// src/action/diff.ts
/** The difference that a failed test saw, as a table: a mark in front of each row, `expected → actual` where cells differ. */
const mostRows = 20;
const widestCell = 60;
/** @returns lines */
function formatDiff({ columns, changed, missing, unexpected, order = [] }) {
	const rows = [
		...changed.map((row) => ["~", ...columns.map((column) => changedCell(row, column))]),
		...missing.map((row) => ["-", ...columns.map((column) => shown(row[column]))]),
		...unexpected.map((row) => ["+", ...columns.map((column) => shown(row[column]))]),
		...order.map(({ row, place }, i) => [`${i + 1} → ${place}`, ...columns.map((column) => shown(row[column]))])
	];
	const cells = rows.slice(0, mostRows).map((row) => row.map((text) => ({ text })));
	const heads = ["", ...columns].map((name) => ({
		head: [name],
		align: "left"
	}));
	const more = rows.length > mostRows ? [`… and ${rows.length - mostRows} more`] : [];
	return [...formatTable({
		columns: heads,
		rows: cells,
		widest: widestCell
	}), ...more];
}
function changedCell({ expected, actual, columns }, column) {
	const before = shown(expected[column]);
	return columns.includes(column) ? `${before} → ${shown(actual[column])}` : before;
}
function shown(value) {
	if (value === void 0) return "";
	if (value === null) return "NULL";
	return typeof value === "string" ? value : JSON.stringify(value);
}
// src/action/steps/test.ts
/** `nais-etl test`: every test of every model. */
async function test({ inputs, places, call }) {
	const answer = await call("test", inputs.pipeline === void 0 ? [] : ["--pipeline", inputs.pipeline]);
	const result = readResult(answer, {
		command: "test",
		list: "tests"
	});
	const { problems } = answer;
	const passed = answer.exitCode === 0;
	if (!result) return {
		passed,
		problems,
		sentence: reasonOf(answer, problems)
	};
	const tests = result.tests.map((one) => readTest(one, places));
	for (const one of tests) info(lineOf(one));
	const failed = tests.filter((one) => !one.passed);
	return {
		passed,
		problems,
		sentence: failed[0] ? told(failed, tests) : passed ? allPassed(tests) : reasonOf(answer, problems),
		tests
	};
}
function readTest({ diff, status, message = "", ...test }, places) {
	const { name, model, line } = test;
	const { where } = inRepository({ where: {
		file: test.file,
		line
	} }, places);
	return {
		name,
		model,
		line,
		file: where.file,
		passed: status === "passed",
		message,
		diff: diff ? formatDiff(diff) : []
	};
}
function lineOf({ passed, name, message, diff }) {
	return passed ? `passed: ${name}` : [
		`FAILED: ${name}`,
		...message.split("\n"),
		...diff
	].join("\n    ");
}
function allPassed(tests) {
	return tests.length === 0 ? "there are no tests" : `${count(tests.length, "test")} passed`;
}
function told(failed, tests) {
	const { name, file, line } = failed[0];
	const others = failed.length > 1 ? " and others" : "";
	return `${failed.length} of ${count(tests.length, "test")} failed: "${name}"${others} (${formatWhere({
		file,
		line
	})})`;
}
export { test };
