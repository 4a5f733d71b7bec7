import { spawn } from "node:child_process";
import { once } from "node:events";
// src/util/child.ts
/**
* Other programs as children: with the least environment that works, so that no secret of ours reaches them, and in a
* process group of their own, so that whatever they have started ends with them.
*/
/** What programs need to find others, their packages, a language and a temporary folder. */
const kept = [
	"PATH",
	"HOME",
	"USER",
	"LOGNAME",
	"LANG",
	"LC_ALL",
	"LC_CTYPE",
	"TMPDIR",
	"VIRTUAL_ENV",
	"LD_LIBRARY_PATH"
];
/** Not for children: the inputs, the files and tokens through which a step speaks to the runner, and with which it pushes and deploys. */
const runnersOwn = /^(INPUT_.*|ACTIONS_.*|GITHUB_(OUTPUT|ENV|PATH|STATE|STEP_SUMMARY)|NAIS_(DEPLOY_APIKEY|API_TOKEN)|NAIS_ETL_REGISTRY_PASSWORD|COSIGN_.*)$/i;
/**
* What another program may have of ours, for one that looks its servers, contexts and helpers up there. A pipeline's
* tests and a Dockerfile are code of whoever wrote them: they have no use for a token that can log in to the cloud.
*/
function childEnvironment(env) {
	const kept = Object.entries(env).filter(([name, value]) => value !== void 0 && !runnersOwn.test(name));
	return Object.fromEntries(kept);
}
function startChild({ argv, cwd, env, input, pipes = 0 }, context) {
	const [command = "", ...args] = argv;
	const child = spawn(command, args, {
		cwd,
		env: {
			...leastEnvironment(context.env),
			...env
		},
		stdio: [
			input === void 0 ? "ignore" : "pipe",
			"pipe",
			"pipe",
			...Array.from({ length: pipes }, () => "pipe")
		],
		detached: true
	});
	child.stdin?.on("error", () => void 0).end(input);
	const kill = () => endGroup(child, context);
	context.signal.addEventListener("abort", kill, { once: true });
	child.once("exit", kill);
	const ended = endOf(child).finally(() => context.signal.removeEventListener("abort", kill));
	if (context.signal.aborted) kill();
	return {
		process: child,
		ended,
		kill
	};
}
function leastEnvironment(env) {
	const found = kept.flatMap((name) => env[name] === void 0 ? [] : [[name, env[name]]]);
	return Object.fromEntries(found);
}
async function endOf(child) {
	const [exitCode, signal] = await once(child, "close");
	return {
		exitCode,
		signal
	};
}
function endGroup({ pid }, { killGroup }) {
	if (pid === void 0) return;
	try {
		killGroup(pid);
	} catch {}
}
export { leastEnvironment as n, startChild as r, childEnvironment as t };
