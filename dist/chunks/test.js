import { a as formatWhere, f as info, n as count } from "./error.js";
import { n as readResult, r as reasonOf } from "./call.js";
import { n as inRepository } from "./places.js";
// src/util/table.ts
const gap = "  ";
/** @returns a line for each line of the head and for each row, without spaces at their ends */
function formatTable({ columns, rows, widest = Number.POSITIVE_INFINITY, headStyle }) {
	const depth = Math.max(0, ...columns.map(({ head }) => head.length));
	const cells = [...Array.from({ length: depth }, (_, line) => columns.map(({ head }) => ({
		text: head[line] ?? "",
		style: headStyle
	}))), ...rows].map((row) => row.map(({ text, style }) => ({
		text: cut(text, widest),
		style
	})));
	const widths = columns.map((_, i) => cells.reduce((width, row) => Math.max(width, widthOf(row[i].text)), 0));
	return cells.map((row) => formatRow(row, columns, widths));
}
function formatRow(row, columns, widths) {
	return row.map(({ text, style }, i) => {
		const padding = " ".repeat(widths[i] - widthOf(text));
		const shown = text !== "" && style ? style(text) : text;
		return columns[i].align === "right" ? padding + shown : shown + padding;
	}).join(gap).trimEnd();
}
/** At most so many places wide, with … at the end of what was cut. */
function cut(text, widest) {
	if (widthOf(text) <= widest) return text;
	let width = 0;
	let end = 0;
	for (const character of text) {
		width += widthOf(character);
		if (width > widest - 1) break;
		end += character.length;
	}
	return `${text.slice(0, end)}…`;
}
/** Marks that stand above or below a letter, and what joins others, take no place of their own. */
const narrow = /[\p{Mn}\p{Me}\p{Cf}]/u;
/** Scripts and pictures that terminals give two places. */
const wide = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\uFF01-\uFF60]/u;
const plain = /^[\x20-\x7E]*$/;
/** How many places a text takes on a terminal. */
function widthOf(text) {
	if (plain.test(text)) return text.length;
	let width = 0;
	for (const character of text) width += narrow.test(character) ? 0 : wide.test(character) ? 2 : 1;
	return width;
}
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
