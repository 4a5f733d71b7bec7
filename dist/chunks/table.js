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
export { formatTable as t };
