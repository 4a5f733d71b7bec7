import { a as formatProblem, p as info } from "./error.js";
import { a as createMask, i as scrub, o as runEffect, t as maskSecret } from "./log.js";
import { n as inRepository } from "./places.js";
import { styleText } from "node:util";
// src/util/log.ts
/**
* The log: text for people, one JSON object a line for machines. Secrets are masked here, at the door,
* so that nothing after `mask()` can print one.
*/
function createLogger({ write, format, verbose, colour, now }) {
	const { add: mask, scrub } = createMask();
	const emit = (level) => (message, fields = {}) => {
		if (level === "debug" && !verbose) return;
		const line = format === "json" ? JSON.stringify({
			time: now().toISOString(),
			level,
			message: message.trim(),
			...fields
		}, jsonValue) : formatText({
			level,
			message: `${prefixes[level]}${message}`,
			colour
		});
		write(`${scrub(line)}\n`);
	};
	const problem = ({ severity, message, ...rest }) => {
		const level = severity === "warning" ? "warn" : "error";
		if (format === "json") emit(level)(message, rest);
		else write(`${scrub(formatText({
			level,
			message: formatProblem({
				severity,
				message,
				...rest
			}),
			colour
		}))}\n`);
	};
	return {
		format,
		debug: emit("debug"),
		info: emit("info"),
		warn: emit("warn"),
		error: emit("error"),
		problem,
		mask,
		scrub,
		paint: (style, text) => colour && format === "text" ? styleText(style, text, { validateStream: false }) : text
	};
}
const prefixes = {
	debug: "",
	info: "",
	warn: "warning: ",
	error: "error: "
};
const colours = {
	debug: "dim",
	info: void 0,
	warn: "yellow",
	error: "red"
};
function formatText({ level, message, colour }) {
	const style = colours[level];
	return colour && style ? styleText(style, message, { validateStream: false }) : message;
}
function jsonValue(_key, value) {
	return typeof value === "bigint" ? Number(value) : value;
}
// src/action/context.ts
/** The context of commands that the Action calls itself, and not through the command line: those that hold credentials. */
function createContext({ inputs, places, runner, onProblem, effect = runEffect }) {
	const { now, signal, host, peakMemory, cpuSeconds, killGroup, tmpdir } = runner;
	const log = createLogger({
		write,
		format: "text",
		verbose: true,
		colour: false,
		now
	});
	const note = (problem) => onProblem(inRepository(problem, places));
	return {
		cwd: places.folder,
		env: environmentOf(inputs, runner),
		now,
		log: {
			...log,
			problem: (problem) => (note(problem), log.problem(problem)),
			warn: (message, fields) => (note({
				severity: "warning",
				message
			}), log.warn(message, fields)),
			mask: (text) => (maskSecret(text), log.mask(text))
		},
		print: (text) => info(scrub(text)),
		signal,
		effect,
		host,
		isTerminal: false,
		peakMemory,
		cpuSeconds,
		killGroup,
		tmpdir
	};
}
function write(line) {
	info(scrub(line.trimEnd()));
}
/** What the inputs say, as the command line knows it; the inputs themselves are no one's business. */
function environmentOf({ deploy, image, token }, { env }) {
	const given = Object.entries(env).filter(([name]) => !name.startsWith("INPUT_"));
	const { key, apiToken } = deploy;
	return {
		...Object.fromEntries(given),
		...image.user !== void 0 && { NAIS_ETL_REGISTRY_USER: image.user },
		...image.password !== void 0 && { NAIS_ETL_REGISTRY_PASSWORD: image.password },
		...key !== void 0 && { NAIS_DEPLOY_APIKEY: key },
		...apiToken !== void 0 && { NAIS_API_TOKEN: apiToken },
		...token !== void 0 && { GITHUB_TOKEN: token }
	};
}
export { createContext as t };
