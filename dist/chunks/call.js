import { a as formatProblem, m as isDebug, n as count, o as formatWhere, p as info, t as EtlError } from "./error.js";
import { r as startChild, t as childEnvironment } from "./child.js";
import { n as inRepository } from "./places.js";
import { StringDecoder } from "node:string_decoder";
// src/action/child.ts
/** Programs that the Action starts: an argument list, never a line for a shell; their output to whoever asks for it. */
/** @throws {Error} where the program cannot be started, or the job is cancelled */
async function runChild({ program, args, cwd, env, onErrorLine }, runner) {
	const { signal, killGroup } = runner;
	const child = startChild({
		argv: [program, ...args],
		cwd,
		env
	}, {
		env: {},
		signal,
		killGroup
	});
	const stdout = [];
	const lines = splitLines(onErrorLine);
	child.process.stdout.on("data", (data) => void stdout.push(data));
	child.process.stderr.on("data", (data) => lines.write(data));
	const { exitCode } = await child.ended;
	lines.end();
	signal.throwIfAborted();
	return {
		exitCode: exitCode ?? void 0,
		stdout: Buffer.concat(stdout).toString("utf8")
	};
}
/** Lines from pieces that may end anywhere, inside a character too. */
function splitLines(onLine) {
	const decoder = new StringDecoder("utf8");
	let rest = "";
	return {
		write(data) {
			const lines = `${rest}${decoder.write(data)}`.split(/\r?\n/);
			rest = lines.pop();
			for (const line of lines) onLine(line);
		},
		end() {
			rest += decoder.end();
			if (rest !== "") onLine(rest);
		}
	};
}
// src/action/call.ts
/** Asks the command line for something, and takes its answer apart: the result, and the problems on the way to it. */
function createCall({ cli, places, runner }) {
	const env = {
		...childEnvironment(runner.env),
		NAIS_ETL_LOG: "json"
	};
	return async (command, args) => {
		const given = [
			command,
			...args,
			"--json",
			...isDebug() ? ["--debug"] : []
		];
		const problems = [];
		const noise = [];
		const onErrorLine = (line) => {
			const entry = readLogLine(line);
			if (entry?.problem) problems.push(inRepository(entry.problem, places));
			if (!entry && line.trim() !== "") noise.push(line);
			info(entry?.text ?? line);
		};
		info(`nais-etl ${given.join(" ")}`);
		const { exitCode, stdout } = await runChild({
			program: runner.node,
			args: [cli.file, ...given],
			cwd: places.folder,
			env,
			onErrorLine
		}, runner);
		return {
			exitCode,
			result: parseResult(stdout),
			problems,
			noise
		};
	};
}
/** A line of the log in its form for machines (src/util/log.ts). */
function readLogLine(line) {
	const entry = parseJson(line);
	if (typeof entry?.level !== "string" || typeof entry.message !== "string") return void 0;
	const { level, message, hint, where, rule } = entry;
	if (level !== "warn" && level !== "error") return { text: message };
	const problem = {
		severity: level === "warn" ? "warning" : "error",
		message,
		...hint && { hint },
		...where && { where },
		...rule && { rule }
	};
	return {
		text: formatProblem(problem),
		problem
	};
}
function parseResult(stdout) {
	return stdout.trim() === "" ? void 0 : parseJson(stdout);
}
function parseJson(text) {
	try {
		return JSON.parse(text);
	} catch {
		return;
	}
}
/**
* The result, if it is one: an object with that list. What a command that failed left out is no error of its own.
* @throws {EtlError} `failed` where a command that succeeded says something else.
*/
function readResult({ exitCode, result }, { command, list }) {
	if (Array.isArray(result?.[list])) return result;
	if (exitCode !== 0) return void 0;
	throw new EtlError({
		code: "failed",
		message: `nais-etl ${command} --json answered something that this Action cannot read`,
		hint: "The Action and nais-etl must fit each other: use the same release of both."
	});
}
/** Why a command failed, in a sentence. */
function reasonOf({ exitCode, noise }, problems) {
	const errors = problems.filter(({ severity }) => severity === "error");
	const [first] = errors;
	if (first) {
		const more = errors.length > 1 ? ` (and ${count(errors.length - 1, "more problem")})` : "";
		return `${first.where ? `${formatWhere(first.where)} ` : ""}${first.message}${more}`;
	}
	if (exitCode === void 0) return "it was killed, perhaps for want of memory";
	return noise[0] ?? `it ended with exit code ${exitCode}`;
}
export { runChild as i, readResult as n, reasonOf as r, createCall as t };
