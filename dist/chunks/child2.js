import { t as startChild } from "./child.js";
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
/** Not for children: the inputs, the files and tokens through which a step speaks to the runner, and with which it pushes and deploys. */
const runnersOwn = /^(INPUT_.*|ACTIONS_.*|GITHUB_(OUTPUT|ENV|PATH|STATE|STEP_SUMMARY)|NAIS_(DEPLOY_APIKEY|API_TOKEN)|NAIS_ETL_REGISTRY_PASSWORD|COSIGN_.*)$/i;
/** A pipeline's tests run code of whoever wrote them: it has no use for a token that can log in to the cloud. */
function childEnvironment(env) {
	const kept = Object.entries(env).filter(([name, value]) => value !== void 0 && !runnersOwn.test(name));
	return Object.fromEntries(kept);
}
export { runChild as n, childEnvironment as t };
