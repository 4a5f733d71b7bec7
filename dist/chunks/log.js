import { f as group, p as info, y as setSecret } from "./error.js";
import { randomUUID } from "node:crypto";
// src/util/context.ts
const runEffect = (_name, act) => act();
// src/util/decodings.ts
/** JSON inside JSON that holds a URL. */
const deepest = 3;
const hexByte = "%[0-9a-f]{2}";
const continuation = "%[89ab][0-9a-f]";
const named = {
	amp: "&",
	lt: "<",
	gt: ">",
	quot: "\"",
	apos: "'"
};
const escaped = {
	b: "\b",
	f: "\f",
	n: "\n",
	r: "\r",
	t: "	"
};
const codes = [
	{
		pattern: new RegExp(`%[cd][0-9a-f]${continuation}|%e[0-9a-f](?:${continuation}){2}|%f[0-7](?:${continuation}){3}|${hexByte}`, "gi"),
		read: (match) => Buffer.from(match.replaceAll("%", ""), "hex").toString("utf8")
	},
	{
		pattern: /\\(?:u[0-9a-f]{4}|.)/gis,
		read: (match) => match.length === 6 ? String.fromCharCode(Number.parseInt(match.slice(2), 16)) : escaped[match[1]] ?? match[1]
	},
	{
		pattern: /&(?:amp|lt|gt|quot|apos|#\d{1,6}|#x[0-9a-f]{1,5});/gi,
		read: (match) => named[match.slice(1, -1).toLowerCase()] ?? String.fromCodePoint(codePointOf(match))
	},
	{
		pattern: /''|""/g,
		read: (match) => match[0]
	},
	{
		pattern: /'"'"'|'\\''/g,
		read: () => "'"
	}
];
function codePointOf(reference) {
	const number = reference.slice(2, -1);
	return /^x/i.test(number) ? Number.parseInt(number.slice(1), 16) : Number(number);
}
/** The text itself, and each other text that comes of reading it. */
function decodings(text) {
	const all = /* @__PURE__ */ new Map([[text, { text }]]);
	let last = [...all.values()];
	for (let depth = 0; depth < deepest; depth++) {
		last = last.flatMap((decoding) => codes.flatMap((code) => decode(decoding, code) ?? [])).filter((decoding) => !all.has(decoding.text));
		for (const decoding of last) all.set(decoding.text, decoding);
	}
	return [...all.values()];
}
/** Undefined where there is nothing to decode. */
function decode({ text, starts }, { pattern, read }) {
	const matches = [...text.matchAll(pattern)];
	if (matches.length === 0) return void 0;
	const startOf = (i) => starts?.[i] ?? i;
	const parts = [];
	const places = new Uint32Array(text.length + 1);
	let length = 0;
	let end = 0;
	const copyTo = (to) => {
		parts.push(text.slice(end, to));
		for (; end < to; end++) places[length++] = startOf(end);
	};
	for (const { index, 0: whole } of matches) {
		copyTo(index);
		const character = read(whole);
		parts.push(character);
		for (let i = 0; i < character.length; i++) places[length++] = startOf(index);
		end = index + whole.length;
	}
	copyTo(text.length);
	places[length] = startOf(text.length);
	return {
		text: parts.join(""),
		starts: places
	};
}
// src/util/mask.ts
/**
* Finds secrets in texts, and takes them out: as they are, a line at a time, and as URLs, JSON, HTML, SQL, base64 and
* hexadecimal write them, wholly or in part.
*/
/** Shorter ones are not looked for: masking `1` would make every text unreadable, and hide nothing. */
const shortestSecret = 3;
/** From this length on, a word that differs by its letters' case alone is no chance: hosts are written in small letters. */
const shortestAnyCase = 8;
/** What base64 and hexadecimal make of less is a few letters that stand in words, too. */
const shortestCode = 6;
const hidden = "***";
function createMask() {
	const [exact, anyCase] = [/* @__PURE__ */ new Set(), /* @__PURE__ */ new Set()];
	const replace = (text) => cutOut(text, spansOf(text, {
		exact,
		anyCase
	}));
	return {
		add(secret) {
			for (const form of formsOf(secret)) if (form.length < shortestAnyCase) exact.add(form);
			else anyCase.add(form.toLowerCase());
		},
		scrub(text) {
			if (exact.size + anyCase.size === 0) return text;
			const scrubbed = replace(text);
			return scrubbed === text ? text : scrubJson(text, replace) ?? scrubbed;
		}
	};
}
/** A secret may be shown a line at a time, in a query with `+` for each space, and encoded. */
function formsOf(secret) {
	const lines = secret.split(/\r?\n/).map((line) => line.trim());
	return [.../* @__PURE__ */ new Set([
		secret,
		secret.trim(),
		...lines
	])].filter((text) => text.length >= shortestSecret).flatMap((text) => [
		text,
		text.replaceAll(" ", "+"),
		...codesOf(Buffer.from(text, "utf8"))
	]);
}
/**
* What base64 makes of the bytes depends on where they begin in what is encoded (`Basic user:password`): three codes,
* without the letters at either end that also hold bits of a neighbour.
*/
function codesOf(bytes) {
	const base64 = [
		0,
		1,
		2
	].map((before) => {
		return Buffer.concat([Buffer.alloc(before), bytes]).toString("base64").slice(Math.ceil(before * 8 / 6), Math.floor((before + bytes.length) * 8 / 6));
	});
	const forUrls = base64.map((code) => code.replaceAll("+", "-").replaceAll("/", "_"));
	return [
		...base64,
		...forUrls,
		bytes.toString("hex")
	].filter((code) => code.length >= shortestCode);
}
/** Where secrets stand, in order. Of one that overlaps another, both are found. */
function spansOf(text, { exact, anyCase }) {
	const found = [];
	for (const { text: decoded, starts } of decodings(text)) {
		const small = decoded.toLowerCase();
		const searched = small.length === decoded.length ? small : decoded;
		const places = [...placesOf(decoded, exact), ...placesOf(searched, anyCase)];
		for (const { start, end } of places) found.push(starts ? {
			start: starts[start],
			end: starts[end]
		} : {
			start,
			end
		});
	}
	return merge(found);
}
function* placesOf(text, forms) {
	for (const form of forms) for (let start = text.indexOf(form); start >= 0; start = text.indexOf(form, start + form.length)) yield {
		start,
		end: start + form.length
	};
}
function merge(found) {
	const spans = [];
	for (const span of found.toSorted((a, b) => a.start - b.start)) {
		const last = spans.at(-1);
		if (last && span.start < last.end) last.end = Math.max(last.end, span.end);
		else spans.push({ ...span });
	}
	return spans;
}
function cutOut(text, spans) {
	let rest = "";
	let end = 0;
	for (const span of spans) {
		rest += text.slice(end, span.start) + hidden;
		({end} = span);
	}
	return rest + text.slice(end);
}
/** A secret that is a number, or a piece of JSON, must not break the JSON that it is taken out of. */
function scrubJson(text, replace) {
	if (!/^\s*[{[]/.test(text)) return void 0;
	try {
		const indent = /^\s*[{[]\n( *)/.exec(text)?.[1]?.length ?? 0;
		const end = /\s*$/.exec(text)[0];
		return JSON.stringify(scrubValue(JSON.parse(text), replace), void 0, indent) + end;
	} catch {
		return;
	}
}
function scrubValue(value, replace) {
	if (typeof value === "string") return replace(value);
	if (typeof value === "number") return replace(String(value)) === hidden ? hidden : value;
	if (Array.isArray(value)) return value.map((item) => scrubValue(item, replace));
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(Object.entries(value).map(([key, item]) => [replace(key), scrubValue(item, replace)]));
}
// src/action/log.ts
/** The step's log. What others wrote is shown as text: a line of theirs that looks like a command to the runner is none. */
/**
* One line outside of quotes, in which no command stands, whoever wrote it: neither at its start (`::name::`) nor, in
* the runner's older form, anywhere in it (`##[name]`). The runner compares as a language does and overlooks characters
* that are not seen, so those go too.
*
* @see https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
*/
function say(text) {
	const line = scrub(text).replace(/[\s\p{C}]+/gu, " ").trim();
	info(line.replaceAll("#[", "# [").replace(/^::/, ": :"));
}
/** With which the runner's commands can be switched on again, while they are off. */
let quoting;
/**
* Everything printed by `act` in a group of its own, with the runner's commands switched off until it ends.
*
* @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#stopping-and-starting-workflow-commands
*/
function quoteInGroup(title, act) {
	return group(title, async () => {
		quote();
		try {
			return await act();
		} finally {
			unquote();
		}
	});
}
function quote() {
	quoting = randomUUID();
	info(`::stop-commands::${quoting}`);
}
function unquote() {
	info(`::${quoting}::`);
	quoting = void 0;
}
const { add, scrub } = createMask();
const masked = /* @__PURE__ */ new Set();
/** From now on the runner shows it as `***`, and so do we. While its commands are off, it would print the secret instead. */
function maskSecret(text) {
	if (masked.has(text)) return;
	masked.add(text);
	const isQuoting = quoting !== void 0;
	if (isQuoting) unquote();
	for (const line of text.split(/\r?\n/)) if (line.trim() !== "") setSecret(line);
	add(text);
	if (isQuoting) quote();
}
export { createMask as a, scrub as i, quoteInGroup as n, runEffect as o, say as r, maskSecret as t };
