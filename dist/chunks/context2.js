import { a as formatProblem, p as info, t as EtlError } from "./error.js";
import { t as runEffect } from "./context.js";
import { a as scrub, o as createMask, r as maskSecret, t as didYouMean } from "./suggest.js";
import { n as inRepository } from "./places.js";
import { styleText } from "node:util";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
// src/spec/find.ts
/** Which pipeline is meant: the one in this folder, or one of several in pipelines/. */
const pipelineFile = "pipeline.yaml";
/**
* Absolute path of the chosen pipeline.yaml.
* @throws {EtlError} `usage`, listing the choices, when there are several or none of that name.
*/
async function findPipeline({ dir, pipeline }, { cwd, env }) {
	const folder = resolve(cwd, dir ?? ".");
	const wanted = [
		pipeline,
		env["NAIS_ETL_PIPELINE"],
		env["PRG_NAME"]
	].find((name) => name !== void 0 && name !== "");
	const files = await findPipelines(folder);
	const names = files.map((file) => nameOf(file, folder));
	if (wanted !== void 0) {
		const index = names.indexOf(wanted);
		if (index >= 0) return files[index];
		throw new EtlError({
			code: "usage",
			message: `there is no pipeline \`${wanted}\` in ${dir ?? "this folder"}`,
			hint: names.length > 0 ? `${didYouMean(wanted, names)}\nPipelines: ${names.join(", ")}.` : "There is no pipeline.yaml here."
		});
	}
	if (files.length === 1) return files[0];
	if (files.length === 0) return join(folder, pipelineFile);
	throw new EtlError({
		code: "usage",
		message: `there are ${files.length} pipelines here: say which one`,
		hint: `Add --pipeline NAME, or set NAIS_ETL_PIPELINE. Pipelines: ${names.join(", ")}.`
	});
}
/** Every pipeline.yaml of a repository: its own, and pipelines/NAME/pipeline.yaml. */
async function findPipelines(folder) {
	const own = join(folder, pipelineFile);
	if (await isFile(own)) return [own];
	const files = (await readdir(join(folder, "pipelines"), { withFileTypes: true }).catch(() => [])).filter((entry) => entry.isDirectory()).map((entry) => join(folder, "pipelines", entry.name, pipelineFile));
	const found = await Promise.all(files.map(isFile));
	return files.filter((_, i) => found[i]).toSorted();
}
function nameOf(file, folder) {
	return dirname(file) === folder ? basename(folder) : basename(dirname(file));
}
async function isFile(path) {
	return stat(path).then((found) => found.isFile(), () => false);
}
// src/commands/pipelines.ts
/** The pipelines that a command is for: one, or all of a repository. */
/** The pipeline that is named, or every one in the folder. Where there is none, the place where one should be. */
async function choosePipelines({ dir, pipeline }, context) {
	const folder = resolve(context.cwd, dir ?? ".");
	const files = pipeline === void 0 ? await findPipelines(folder) : [await findPipeline({
		dir,
		pipeline
	}, context)];
	return (files.length > 0 ? files : [join(folder, pipelineFile)]).map(foundAt);
}
/** A pipeline of several stands in `pipelines/NAME/`, below the repository's folder. */
function foundAt(file) {
	const folder = dirname(file);
	const above = dirname(folder);
	if (basename(above) !== "pipelines") return {
		file,
		root: folder
	};
	return {
		file,
		root: dirname(above),
		selected: basename(folder)
	};
}
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
	const { key } = deploy;
	return {
		...Object.fromEntries(given),
		...image.user !== void 0 && { NAIS_ETL_REGISTRY_USER: image.user },
		...image.password !== void 0 && { NAIS_ETL_REGISTRY_PASSWORD: image.password },
		...key !== void 0 && { NAIS_DEPLOY_APIKEY: key },
		...token !== void 0 && { GITHUB_TOKEN: token }
	};
}
export { choosePipelines as n, createContext as t };
