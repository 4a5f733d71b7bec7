import { S as summary, _ as setFailed, b as warning, c as throwProblems, h as notice, i as formatNumber, l as debug, n as count, o as formatWhere, p as info, s as messageOf, t as EtlError, u as getInput, v as setOutput } from "./chunks/error.js";
import { r as ownFolder } from "./chunks/clean-up.js";
import { i as scrub, n as quoteInGroup, r as say, t as maskSecret } from "./chunks/log.js";
import { i as runChild, t as createCall } from "./chunks/call.js";
import { t as childEnvironment } from "./chunks/child.js";
import { i as repositoryOf, r as pathFrom, t as foldersUpTo } from "./chunks/places.js";
import { L as mayAskGithub, R as notAllowed, a as durationPattern, n as isPlainObject, r as formatBytes } from "./chunks/value.js";
import { t as didYouMean } from "./chunks/suggest.js";
import { hostname, tmpdir } from "node:os";
import { mkdtemp, readFile, realpath, stat, writeFile } from "node:fs/promises";
import { extname, join, resolve } from "node:path";
import { createHash } from "node:crypto";
// src/util/stop-signals.ts
/** SIGINT and SIGTERM, as an abort signal: a run stops at the next safe place, and says so. */
const codes = {
	SIGINT: "interrupted",
	SIGTERM: "terminated"
};
/** @returns a signal that is aborted with an {@link EtlError} when the process is told to stop */
function abortOnSignals(process) {
	const stopping = new AbortController();
	for (const [signal, code] of Object.entries(codes)) process.on(signal, () => stopping.abort(new EtlError({
		code,
		message: `stopped by ${signal}`,
		hint: "Nothing is half-published: run it again any time."
	})));
	return stopping.signal;
}
// package.json
var name = "nais-etl";
var version = "0.1.0";
// src/action/install.ts
/** Installs nais-etl with npm, into a folder of its own: nothing of the repository says where from, or runs on the way. */
const quiet = [
	"--no-audit",
	"--no-fund",
	"--no-package-lock",
	"--ignore-scripts",
	"--loglevel=error"
];
/**
* @param what `nais-etl@1.2.3`, or the path of a packed tarball
* @returns the folder that node_modules lies in
*/
async function install(what, runner) {
	const { env, tmpdir } = runner;
	const cwd = await mkdtemp(join(tmpdir, "nais-etl-"));
	await writeFile(join(cwd, "package.json"), "{ \"private\": true }\n");
	const lines = [];
	const onErrorLine = (line) => {
		lines.push(line);
		info(line);
	};
	const npm = {
		program: "npm",
		args: [
			"install",
			...quiet,
			what
		],
		cwd,
		env: childEnvironment(env),
		onErrorLine
	};
	const { exitCode } = await quoteInGroup(`install ${what}`, () => runChild(npm, runner).catch(cannotStart));
	if (exitCode === 0) return cwd;
	throw new EtlError({
		code: "failed",
		message: `npm could not install ${what}: ${reasonOf$1(lines) || `exit code ${exitCode}`}`,
		hint: "Install nais-etl in the pipeline's folder before this step (npm ci), or name another with the input cli."
	});
}
/** `code E404: 404 Not Found - GET https://…`: the first two lines that say something. */
function reasonOf$1(lines) {
	return lines.map((line) => line.replace(/^npm (error|ERR!) ?/, "").trim()).filter((line) => line !== "").slice(0, 2).join(": ");
}
function cannotStart(cause) {
	if (cause instanceof EtlError) throw cause;
	throw new EtlError({
		code: "failed",
		message: `npm, which installs nais-etl, cannot be started: ${messageOf(cause)}`,
		hint: "On a runner without npm, let the step actions/setup-node stand before this one.",
		cause
	});
}
// src/action/cli.ts
/** Which nais-etl does the work: what the input `cli` names, else the pipeline's own, else the Action's version from npm. */
const packageName = name;
const actionVersion = version;
/** @throws {EtlError} `usage` for an input that names none, `failed` where npm cannot install it. */
async function findCli(inputs, runner) {
	const { folder } = inputs;
	if (inputs.cli !== void 0) return namedCli(inputs.cli, runner);
	const installed = await installedCli(folder, runner.workspace);
	if (installed) return installed;
	const cli = await fromNpm(`${packageName}@${actionVersion}`, runner);
	return await isDeclared(folder) ? {
		...cli,
		warning: notInstalled(cli)
	} : cli;
}
async function isDeclared(folder) {
	const { dependencies, devDependencies } = await readPackage(folder) ?? {};
	return packageName in {
		...dependencies,
		...devDependencies
	};
}
/** Undefined where there is none that can be read: npm has more to say about those. */
async function readPackage(folder) {
	try {
		return JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
	} catch {
		return;
	}
}
function notInstalled({ shown }) {
	return {
		severity: "warning",
		rule: "not-installed",
		message: `package.json names ${packageName}, but it is not installed: ${shown} does the work`,
		hint: "Let a step with `npm ci` stand before this one."
	};
}
async function namedCli(given, runner) {
	if (given.startsWith(`${packageName}@`)) return fromNpm(given, runner);
	const path = resolve(runner.workspace, given);
	const found = await stat(path).catch(() => void 0);
	if (!found) throw noCli(`there is no ${given} in the workspace`);
	if (found.isDirectory()) return await packageAt(path, `from ${given}`) ?? Promise.reject(notPackage(given));
	if (/\.(tgz|tar\.gz)$/.test(path)) return fromNpm(path, runner);
	return scriptAt(await realpath(path), given);
}
/** The package's own file, wherever `node_modules/.bin` leads to: what lies in there may be a script for a shell. */
async function installedCli(folder, workspace) {
	for (const above of foldersUpTo(workspace, folder)) {
		const modules = join(above, "node_modules");
		const found = await packageAt(join(modules, packageName), `installed in ${pathFrom(workspace, modules)}`);
		if (found) return found;
	}
}
async function fromNpm(what, runner) {
	const folder = await install(what, runner);
	const origin = what.startsWith(`${packageName}@`) ? "from npm" : "from a packed tarball";
	return await packageAt(join(folder, "node_modules", packageName), origin) ?? Promise.reject(notPackage(what));
}
async function packageAt(folder, origin) {
	const { name, version, bin } = await readPackage(folder) ?? {};
	const script = bin?.[packageName];
	if (name !== packageName || script === void 0) return void 0;
	return {
		file: join(folder, script),
		shown: `${packageName} ${shownVersion(version)}, ${origin}`
	};
}
/** Whoever wrote the package wrote it: only what is a version is shown. https://semver.org */
function shownVersion(version) {
	return typeof version === "string" && /^\d+\.\d+\.\d+(?:[-+][\w.+-]+)?$/.test(version) && version.length <= longestVersion ? version : "of an unknown version";
}
const longestVersion = 64;
function scriptAt(file, given) {
	if ([
		".js",
		".mjs",
		".cjs"
	].includes(extname(file))) return {
		file,
		shown: `${packageName} of ${given}`
	};
	throw noCli(`${given} is not JavaScript`);
}
function notPackage(given) {
	return noCli(`${given} does not hold the package ${packageName}`);
}
function noCli(message) {
	return new EtlError({
		code: "usage",
		message: `input cli: ${message}`,
		hint: `Give a version (${packageName}@${actionVersion}), or the path of a packed tarball, of the package's folder, or of its bin/nais-etl.js. Paths start at the top of the repository.`
	});
}
// src/action/event.ts
/** What set the workflow off, and what follows from it. */
/**
* What only those set off who may write to the repository, or GitHub itself on the default branch. Of all others it is
* not known whose change they are about: a comment may be anybody's, on a pull request from anywhere.
*
* @see https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
*/
const writers = [
	"create",
	"deployment",
	"push",
	"registry_package",
	"release",
	"repository_dispatch",
	"schedule",
	"workflow_dispatch"
];
/** GitHub starts these on the default branch alone. */
const onDefault = ["repository_dispatch", "schedule"];
const dependabot = "dependabot[bot]";
async function readEvent({ env }) {
	const name = env["GITHUB_EVENT_NAME"] ?? "";
	const payload = await readPayload(env["GITHUB_EVENT_PATH"]);
	const { pull_request: pull } = payload;
	const pullRequest = pull && {
		number: Number(pull.number),
		fromFork: !isSame(pull.head?.repo, pull.base?.repo)
	};
	const isDependabot = env["GITHUB_ACTOR"] === dependabot || pull?.user?.login === dependabot;
	return {
		name,
		pullRequest,
		isDependabot,
		isUntrusted: isDependabot || !isOwn(name, payload),
		isRelease: onDefault.includes(name) || ["push", "workflow_dispatch"].includes(name) && isDefault(payload, env)
	};
}
function isOwn(name, { pull_request: pull, workflow_run: run, repository }) {
	if (pull) return isSame(pull.head?.repo, pull.base?.repo);
	if (name === "workflow_run") return isSame(run?.head_repository, repository);
	return writers.includes(name);
}
/** Two that are not known are not the same. */
function isSame(one, other) {
	return typeof one?.full_name === "string" && one.full_name !== "" && one.full_name === other?.full_name;
}
function isDefault({ repository }, env) {
	const branch = repository?.default_branch;
	return typeof branch === "string" && branch !== "" && env["GITHUB_REF"] === `refs/heads/${branch}`;
}
/** Empty where there is none that can be read. Whatever follows from it must be safe then. */
async function readPayload(path) {
	try {
		const payload = JSON.parse(await readFile(path ?? "", "utf8"));
		return withoutNull(Object(payload));
	} catch {
		return {};
	}
}
/** Where an object belongs, there is one, or nothing. */
function withoutNull(payload) {
	return Object.fromEntries(Object.entries(payload).filter(([, value]) => typeof value === "object" && value !== null));
}
/** @throws {EtlError} `usage`: there, a stranger's code would run beside the secrets */
function assertEvent({ name, isUntrusted }) {
	if (name !== "pull_request_target" || !isUntrusted) return;
	throw new EtlError({
		code: "usage",
		message: "the workflow runs on pull_request_target, for a change of somebody else",
		hint: targetHint
	});
}
const targetHint = "Its jobs hold the repository's secrets and a token that may write, and what they check out of a fork would run with both. Use `on: pull_request`: tests, validation and rendering need no secrets.";
function eventWarnings({ name }) {
	if (name !== "pull_request_target") return [];
	return [{
		severity: "warning",
		rule: "pull-request-target",
		message: "the workflow runs on pull_request_target",
		hint: targetHint
	}];
}
// src/action/foot-guns.ts
/** @throws {EtlError} `usage`: an image that was built and pushed, and cannot be deployed, would have been for nothing */
async function assertIdentity(inputs, steps, { env }) {
	if ((steps.includes("push") && pushesWithIt(inputs, env) || steps.includes("deploy") && deploysWithIt(inputs, env)) && !mayAskGithub({ env })) throw await notAllowed({ env });
}
/** The team's own registry, where no earlier step has logged in to Google. */
function pushesWithIt({ image }, env) {
	return image.address === void 0 && image.registry === "gar" && image.password === void 0 && !env["GOOGLE_APPLICATION_CREDENTIALS"];
}
function deploysWithIt({ deploy }, env) {
	return deploy.with !== "kubectl" && deploy.key === void 0 && !env["NAIS_DEPLOY_APIKEY"];
}
/** What a model, a program of whoever opened the pull request, could look up in the step that it runs below. */
function changeWarnings({ deploy, image }, { pullRequest }, { env }) {
	const held = [
		...mayAskGithub({ env }) ? ["`id-token: write`"] : [],
		...deploy.key === void 0 ? [] : ["the input deploy-key"],
		...deploy.apiToken === void 0 ? [] : ["the input nais-api-token"],
		...image.password === void 0 ? [] : ["the input registry-password"]
	];
	if (!pullRequest || held.length === 0) return [];
	return [{
		severity: "warning",
		rule: "secrets-on-pull-request",
		message: `this step runs the code of a pull request, and holds ${held.join(", ")}`,
		hint: "A program can read what the one that started it was given. Test pull requests in a job of their own, with `permissions: contents: read` and without secrets; build and deploy in another, on the default branch."
	}];
}
function inputWarnings({ build }) {
	return Object.keys(build.buildArg).filter((name) => /TOKEN|SECRET|PASSWORD|PASSWD|API_?KEY|CREDENTIAL/i.test(name)).map((name) => ({
		severity: "warning",
		rule: "secret-build-arg",
		message: `input build-args: ${name} can be read by everyone who has the image`,
		hint: "Give secrets with `build-secrets`, and read them with `RUN --mount=type=secret`."
	}));
}
// src/action/input-values.ts
/** Values of inputs, which GitHub knows as texts only. */
function refuse(input, message, hint) {
	return new EtlError({
		code: "usage",
		message: `input ${input}: ${message}`,
		hint
	});
}
/** Masked before anyone gets it. */
function secret(text) {
	if (text !== "") maskSecret(text);
	return text;
}
function listed(text, separator) {
	return text.split(separator).map((part) => part.trim()).filter((part) => part !== "");
}
function chosen(input, text, choices) {
	const found = choices.find((one) => one === text);
	if (found !== void 0) return found;
	throw refuse(input, `\`${text}\` is none of ${choices.join(", ")}`, didYouMean(text, choices));
}
function duration(input, text) {
	if (durationPattern.test(text)) return text;
	throw refuse(input, `\`${text}\` is no length of time`, "Write it with its unit: 90s, 10m, 1h.");
}
function yesOrNo(input, text) {
	if (/^(true|false)$/i.test(text)) return text.toLowerCase() === "true";
	throw refuse(input, `\`${text}\` is neither true nor false`, "Write true or false.");
}
/** `NAME=value`, one a line. What is wrong is told by its line: it may be a secret. */
function pairs(input, text) {
	const lines = listed(text, /\n/);
	const wrong = lines.findIndex((line) => !/^[A-Za-z_]\w*=/.test(line));
	if (wrong >= 0) throw refuse(input, `line ${wrong + 1} is not NAME=value`, "Write one NAME=value a line.");
	return Object.fromEntries(lines.map((line) => line.split(/=(.*)/s)));
}
function fileIn(workspace, text) {
	return text === "" ? void 0 : resolve(workspace, text);
}
async function folderIn(workspace, input, text) {
	const folder = resolve(workspace, text);
	if (await stat(folder).then((found) => found.isDirectory(), () => false)) return folder;
	throw refuse(input, `there is no folder ${text} in the workspace`, "It starts at the top of the repository. The step actions/checkout must stand before this one.");
}
// src/action/step-names.ts
/** The steps that there are, and how a workflow names them. */
/** In the order in which they are taken. */
const stepNames = [
	"test",
	"build",
	"push",
	"render",
	"validate",
	"plan",
	"deploy",
	"wait"
];
/** @returns in their order; undefined where nothing is named */
function readSteps(given) {
	const asked = listed(given, /[\s,]+/);
	for (const name of asked) {
		if (stepNames.some((known) => known === name)) continue;
		throw refuse("steps", `there is no step \`${name}\``, didYouMean(name, stepNames));
	}
	return asked.length === 0 ? void 0 : stepNames.filter((name) => asked.includes(name));
}
// src/action/unknown-inputs.ts
/** Inputs that action.yml does not have. The runner only warns of them, and what they were to say would be lost. */
/** What the same is called in the platform's own Actions, and in Docker's. */
const elsewhere = {
	cluster: "environment",
	apikey: "deploy-key",
	api_key: "deploy-key",
	manifest: "resource",
	manifests: "resource",
	vars: "vars-file",
	tags: "tag",
	file: "dockerfile",
	docker_context: "context",
	image_suffix: "suffix",
	secrets: "build-secrets",
	platforms: "platform",
	build_args: "build-args",
	token: "github-token",
	path: "working-directory"
};
/**
* @param known all inputs that there are
* @throws {EtlError} `invalid`, with each that there is not
*/
function refuseUnknown(env, known) {
	const problems = Object.keys(env).flatMap((name) => name.startsWith("INPUT_") ? [name.slice(6).toLowerCase()] : []).filter((name) => !known.includes(name)).map((name) => {
		const same = elsewhere[name];
		const hint = same === void 0 ? didYouMean(name, known) : `Here it is \`${same}\`.`;
		return {
			severity: "error",
			rule: "unknown-input",
			message: `there is no input \`${name}\``,
			hint
		};
	});
	throwProblems(problems, "the inputs are not valid");
}
// src/action/inputs.ts
/** What the workflow asks for. Defaults stand in action.yml alone. */
const waits = [
	"rollout",
	"run",
	"none"
];
const signs = [
	"",
	"keyless",
	"key"
];
const ways = [
	"nais",
	"nais-api",
	"kubectl"
];
/** @throws {EtlError} `usage`, naming the input. */
async function readInputs(runner) {
	const inputs = {
		pipeline: optional(input("pipeline")),
		team: optional(input("team")),
		environment: optional(input("environment")),
		steps: readSteps(input("steps")),
		comment: yesOrNo("comment", input("comment")),
		deploy: readDeploy(runner),
		image: readImage(),
		cli: optional(input("cli")),
		token: optional(secret(input("github-token"))),
		build: readBuild(runner)
	};
	const folder = input("working-directory");
	refuseUnknown(runner.env, [...asked]);
	return {
		...inputs,
		folder: await folderIn(runner.workspace, "working-directory", folder)
	};
}
/** All inputs that there are: whatever else the workflow gives is unknown. */
const asked = /* @__PURE__ */ new Set();
function input(name) {
	asked.add(name);
	return getInput(name);
}
function readImage() {
	return {
		registry: input("registry"),
		address: optional(input("image")),
		tags: listed(input("tag"), /[\s,]+/),
		suffix: optional(input("suffix")),
		user: optional(input("registry-user")),
		password: optional(secret(input("registry-password"))),
		allowGhcr: yesOrNo("allow-ghcr", input("allow-ghcr"))
	};
}
function readDeploy({ workspace }) {
	return {
		wait: chosen("wait", input("wait"), waits),
		timeout: duration("timeout", input("timeout")),
		runTimeout: optionalDuration("run-timeout", input("run-timeout")),
		with: chosen("deploy-with", input("deploy-with"), ways),
		server: optional(input("deploy-server")),
		key: optional(secret(input("deploy-key"))),
		apiToken: optional(secret(input("nais-api-token"))),
		resource: listed(input("resource"), /[\n,]/).map((file) => resolve(workspace, file)),
		var: listed(input("var"), /[\n,]/),
		varsFile: fileIn(workspace, input("vars-file"))
	};
}
function readBuild({ workspace }) {
	return {
		dockerfile: fileIn(workspace, input("dockerfile")),
		context: fileIn(workspace, input("context")),
		base: optional(input("base")),
		buildArg: pairs("build-args", input("build-args")),
		secret: listed(input("build-secrets"), /\n/),
		target: optional(input("stage")),
		platform: input("platform"),
		builder: optional(input("builder")),
		cacheFrom: listed(input("cache-from"), /\n/),
		cacheTo: listed(input("cache-to"), /\n/),
		check: yesOrNo("check", input("check")),
		sbom: fileIn(workspace, input("sbom")),
		sign: chosen("sign", input("sign"), signs) || void 0
	};
}
function optionalDuration(name, text) {
	return text === "" ? void 0 : duration(name, text);
}
function optional(text) {
	return text === "" ? void 0 : text;
}
// src/action/html.ts
/** Pieces of a job summary and of a comment: Markdown with HTML in it, in which nothing that others wrote is taken for either. */
/** All that Markdown, or whoever shows it, may take for the end of a line: behind two of them an HTML block ends. */
const lineEnd = /\r\n?|[\n\v\f\u0085\u2028\u2029]/g;
function escapeHtml(text) {
	return unmention(text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`).replace(lineEnd, "<br>"));
}
/** In a comment, `@name` sends a message to whoever is called so: `@interval_start`, too. */
function unmention(html) {
	return html.replace(/(^|\W)@(?=\w)/g, "$1@&#8203;");
}
function cut(text, most) {
	return text.length > most ? `${text.slice(0, most)} …` : text;
}
function heading(text, level) {
	return `<h${level}>${escapeHtml(text)}</h${level}>\n\n`;
}
/** @param html a piece of it; after the blank line Markdown begins again */
function paragraph(html) {
	return `<p>${html}</p>\n\n`;
}
/** Only to where it can be told by its start that a browser stays in the web. */
function link(text, url) {
	return /^https?:\/\//.test(url) ? `<a href="${escapeHtml(url)}">${escapeHtml(text)}</a>` : escapeHtml(text);
}
function code(text) {
	return `<code>${escapeHtml(text)}</code>`;
}
/** A block of code that opens on a click. Blank lines around the fence: only there Markdown begins again. */
function details({ label, code: all, language, most }) {
	const text = cut(all, most);
	const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
	return `<details><summary>${escapeHtml(label)}</summary>\n\n${fence}${language}\n${text.trimEnd()}\n${fence}\n\n</details>\n\n`;
}
/** How many backticks stand together: a fence is longer. */
function longestRun(text) {
	return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}
/** What a cell of a table holds; the log has the rest. */
const widestCell = 500;
/** @param heads none where the rows speak for themselves */
function table(heads, rows) {
	return `<table>${[...heads.length === 0 ? [] : [line(heads.map(escapeHtml), "th")], ...rows.map((row) => line(row.map(cellHtml), "td"))].join("")}</table>\n\n`;
}
function line(cells, tag) {
	return `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join("")}</tr>`;
}
function cellHtml(cell) {
	if (typeof cell !== "string") return cell.html;
	return escapeHtml(cut(cell, widestCell)) || "&nbsp;";
}
// src/action/parts/outcome.ts
/** What was asked for, and how it went. */
/** `apps-per-env · prod-gcp`. */
function titleOf({ inputs, results }) {
	const names = results.flatMap((result) => result.pipelines ?? []).map(({ name }) => name);
	return [names.length > 0 ? names.join(", ") : inputs?.pipeline ?? "nais-etl", inputs?.environment].filter(Boolean).join(" · ");
}
function outcome(report) {
	return failure(report) + leftOut(report) + steps$1(report);
}
function failure({ failure: text }) {
	return text === void 0 ? "" : paragraph(`<b>Failed.</b> ${escapeHtml(text)}`);
}
function leftOut({ leftOut: names, event }) {
	if (names.length === 0 || !event) return "";
	const list = names.map(code).join(", ");
	return paragraph(`Not done on ${escapeHtml(eventName(event))}: ${list}.`);
}
/** `a pull request from a fork`. */
function eventName({ name, pullRequest, isUntrusted, isDependabot }) {
	if (pullRequest?.fromFork) return "a pull request from a fork";
	if (isDependabot) return "a change of Dependabot";
	if (isUntrusted) return `event ${name || "without a name"}, of which it is not known whose change it is`;
	return pullRequest ? "a pull request" : `event ${name}`;
}
function steps$1({ steps: names, results }) {
	if (names.length === 0) return "";
	return table([
		"Step",
		"Outcome",
		"Result",
		"Time"
	], names.map((step) => {
		const result = results.find((one) => one.step === step);
		if (!result) return [
			step,
			"– not taken",
			"",
			""
		];
		return [
			step,
			markOf(result),
			result.sentence,
			{ html: `${result.seconds.toFixed(1)}&nbsp;s` }
		];
	}));
}
function markOf({ passed }) {
	return passed ? "✅ passed" : "❌ failed";
}
// src/action/plan-steps.ts
/** Which steps are taken: what the workflow asks for, as far as the event allows it; by default what the event suggests. */
const onRelease = [
	"test",
	"build",
	"push",
	"render",
	"validate",
	"deploy",
	"wait"
];
const onChange = [
	"test",
	"validate",
	"plan"
];
const onUntrusted = ["test", "validate"];
/** What changes something that others see: never before a change is merged. */
const released = [
	"push",
	"deploy",
	"wait"
];
/** What needs more than what is checked out: a query's cost is asked of BigQuery, and a Dockerfile is a program. */
const trusted = ["plan", "build"];
/** @throws {EtlError} `usage`, where a step lacks what it needs */
function planSteps(inputs, event) {
	const { wait, resource } = inputs.deploy;
	const asked = (inputs.steps ?? usualSteps(event, resource.length > 0)).filter((step) => step !== "wait" || wait !== "none");
	const leftOut = asked.filter((step) => !mayTake(step, event));
	const steps = asked.filter((step) => !leftOut.includes(step));
	assertComplete(steps, inputs);
	return {
		steps,
		leftOut
	};
}
/** @param hasOwn whether the team has manifests of its own */
function usualSteps({ isUntrusted, isRelease, pullRequest }, hasOwn) {
	if (isUntrusted) return onUntrusted;
	if (!isRelease || pullRequest) return onChange;
	return onRelease.filter((step) => step !== "render" || !hasOwn);
}
function mayTake(step, event) {
	if (event.isUntrusted && trusted.includes(step)) return false;
	return !isChange(event) || !released.includes(step);
}
/** Something that is not merged. */
function isChange({ isUntrusted, pullRequest }) {
	return isUntrusted || pullRequest !== void 0;
}
/** A layer that a change has put into a cache would be in the image that is deployed. */
function withoutCache(inputs, event) {
	if (!isChange(event) || inputs.build.cacheTo.length === 0) return void 0;
	return {
		...inputs,
		build: {
			...inputs.build,
			cacheTo: []
		}
	};
}
function assertComplete(steps, { image, environment, deploy }) {
	const has = (step) => steps.includes(step);
	const isBuilt = hasVersion(image.address);
	if (has("push") && !has("build")) throw missing("`push` needs `build`", "The image is pushed by the job that has built it: name both.");
	if (has("build") && isBuilt) throw missing("`build` is named, and the input image has a version already", "Give the address alone, and the version as `tag`; or leave `build` and `push` out.");
	if (has("wait") && !has("deploy")) throw missing("`wait` needs `deploy`", "What is waited for begins with the deploy: name both.");
	if (!has("deploy")) return;
	if (environment === void 0) throw noEnvironment();
	const hasOwn = deploy.resource.length > 0;
	if (!has("render") && !hasOwn) throw missing("`deploy` needs `render`", "It is the rendered manifest that is deployed: name both, or your own manifests with `resource`.");
	if (!has("push") && !isBuilt && !hasOwn) throw missing("`deploy` needs an image", "Name `build` and `push` too, or give the one that an earlier job has pushed: `image: ${{ needs.build.outputs.image }}`.");
	if (isGithubs(image) && !image.allowGhcr) throw noGithubImages();
}
/** Whether it names an image that is built already: `name:tag`, `name@sha256:…`. */
function hasVersion(address) {
	return address !== void 0 && /[@:][^/]*$/.test(address);
}
function isGithubs({ registry, address }) {
	return address === void 0 ? registry === "ghcr" : address.startsWith("ghcr.io/");
}
function missing(message, hint) {
	return new EtlError({
		code: "usage",
		message: `input steps: ${message}`,
		hint
	});
}
function noEnvironment() {
	return new EtlError({
		code: "usage",
		message: "input environment: a deploy needs it",
		hint: "Say which cluster: `environment: prod-gcp`. To deploy nowhere, name the steps: `steps: test validate render`."
	});
}
function noGithubImages() {
	return new EtlError({
		code: "usage",
		message: "input registry: nais does not run images from ghcr.io",
		hint: "Leave `registry` out: the team's own registry is the usual. Where your cluster does run them, say so: `allow-ghcr: true`. To push there and deploy nothing: `steps: test build push`."
	});
}
// src/action/steps.ts
/** The steps, one after the other, up to the first that fails. */
/** Each is loaded when it is taken: a test needs no registry. */
const steps = {
	test: async () => (await import("./chunks/test.js")).test,
	build: async () => (await import("./chunks/build2.js")).build,
	push: async () => (await import("./chunks/push.js")).push,
	render: async () => (await import("./chunks/render.js")).render,
	validate: async () => (await import("./chunks/validate.js")).validate,
	plan: async () => (await import("./chunks/plan.js")).plan,
	deploy: async () => (await import("./chunks/deploy.js")).deploy,
	wait: async () => (await import("./chunks/wait.js")).wait
};
/** What is to be taken stands in the order in which it is taken. */
async function* takeSteps(work) {
	for (const step of work.steps) {
		const started = work.runner.now().getTime();
		const outcome = await quoteInGroup(step, async () => (await steps[step]())(work));
		const seconds = (work.runner.now().getTime() - started) / 1e3;
		say(`${step}: ${outcome.sentence}`);
		yield {
			step,
			seconds,
			...outcome
		};
		if (!outcome.passed) return;
	}
}
// src/action/run.ts
/** The Action's work, from its inputs to a report. Whatever goes wrong stands in the report. */
async function runAction(runner) {
	const report = {
		steps: [],
		leftOut: [],
		results: [],
		warnings: []
	};
	try {
		await fill(report, runner);
	} catch (error) {
		report.failure = describeFailure(error);
	}
	return report;
}
async function fill(report, runner) {
	const event = report.event = await readEvent(runner);
	report.warnings.push(...eventWarnings(event));
	assertEvent(event);
	const given = await readInputs(runner);
	const inputs = report.inputs = withoutCache(given, event) ?? given;
	if (inputs !== given) notice(`not done on ${eventName(event)}: cache-to`);
	Object.assign(report, planSteps(inputs, event));
	if (report.leftOut.length > 0) notice(`not done on ${eventName(event)}: ${report.leftOut.join(", ")}`);
	report.warnings.push(...inputWarnings(inputs), ...changeWarnings(inputs, event, runner));
	await assertIdentity(inputs, report.steps, runner);
	const cli = await findCli(inputs, runner);
	report.cli = cli.shown;
	if (cli.warning) report.warnings.push(cli.warning);
	say(`Using ${cli.shown}.`);
	const { folder } = inputs;
	const places = {
		folder,
		repository: repositoryOf(folder, runner.workspace)
	};
	const call = createCall({
		cli,
		places,
		runner
	});
	const { address } = inputs.image;
	const made = { ...hasVersion(address) && { imageName: address } };
	for await (const result of takeSteps({
		inputs,
		steps: report.steps,
		runner,
		places,
		call,
		made
	})) {
		report.results.push(result);
		if (!result.passed) report.failure = failureOf(result);
	}
}
function failureOf({ step, sentence, hint }) {
	return withHint({
		message: `${step} failed: ${sentence}`,
		...hint && { hint }
	});
}
function describeFailure(error) {
	if (error instanceof EtlError) return error.problems.map(withHint).join("\n");
	if (error instanceof Error && error.stack) debug(error.stack);
	return `${messageOf(error)}\nThis is a fault in the Action. Run the job again with debug logging, and report what it prints.`;
}
function withHint({ message, hint }) {
	return hint ? `${message}\n${hint}` : message;
}
// src/action/runner.ts
/** Without the variables that GitHub sets, as on a laptop, what Node says itself. */
function describeRunner({ cwd, ...runner }) {
	return {
		...runner,
		workspace: runner.env["GITHUB_WORKSPACE"] || cwd,
		now: () => /* @__PURE__ */ new Date()
	};
}
// src/util/annotation.ts
/**
* `::error file=pipeline.yaml,line=3,col=7,title=unknown-key::…`
*
* @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
*/
function formatAnnotation({ severity, message, hint, where, rule }) {
	const properties = {
		file: where?.file,
		line: where?.line,
		col: where?.line === void 0 ? void 0 : where.column,
		title: rule
	};
	const shown = Object.entries(properties).flatMap(([key, value]) => value === void 0 ? [] : [`${key}=${escapeProperty(String(value))}`]);
	const text = hint ? `${message}\n${hint}` : message;
	return `::${severity}${shown.length > 0 ? ` ${shown.join(",")}` : ""}::${escapeData(text)}`;
}
function escapeData(text) {
	return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}
function escapeProperty(text) {
	return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
// src/action/problems-in.ts
/** All problems of a report, each once: two steps may see the same. */
function problemsIn({ warnings, results }) {
	const all = [...warnings, ...results.flatMap((result) => result.problems)];
	return [...new Map(all.map((one) => [`${placeOf(one)} ${one.message}`, one])).values()];
}
function placeOf({ where }) {
	return where ? formatWhere(where) : "";
}
// src/action/annotations.ts
/** Problems and failed tests, on the lines of the change. */
/**
* GitHub shows ten errors and ten warnings of a step, and the step's own failure is one of the errors.
*
* @see https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md#limitations
*/
const shown = {
	error: 9,
	warning: 10
};
function annotate(report) {
	const failed = report.results.flatMap((result) => result.tests ?? []).filter(({ passed }) => !passed);
	const problems = [...problemsIn(report), ...failed.map(asProblem)];
	for (const severity of ["error", "warning"]) {
		const some = problems.filter((problem) => problem.severity === severity).slice(0, shown[severity]);
		for (const problem of some) info(scrub(formatAnnotation(problem)));
	}
}
function asProblem({ name, message, diff, file, line }) {
	const hint = diff.join("\n");
	return {
		severity: "error",
		rule: "test failed",
		message: `${name}: ${message}`,
		...hint && { hint },
		where: {
			file,
			line
		}
	};
}
// src/action/page.ts
/** Parts that fit into a page that may not be longer than somebody else says. */
/** Each part that would make it too long is left out, and said to be. */
function makePage(parts, { most, measure, elsewhere }) {
	return parts.reduce((page, { name, text }) => {
		const longer = page + text;
		return measure(longer) < most ? longer : `${page}${heading(name, 3)}${paragraph(elsewhere)}`;
	}, "");
}
// src/action/parts/origin.ts
/** Which change, which nais-etl. */
function origin({ event, cli }) {
	return paragraph(`<sub>${escapeHtml([
		event && whatOf(event),
		cli,
		`Action ${actionVersion}`
	].filter((part) => part !== void 0).join(" · "))}</sub>`);
}
function whatOf({ name, pullRequest, isUntrusted }) {
	if (!pullRequest) return `Event ${name}`;
	const from = pullRequest.fromFork ? " from a fork" : isUntrusted ? " of Dependabot" : "";
	return `Pull request #${pullRequest.number}${from}`;
}
// src/commands/plan-words.ts
/** The parts of a plan in words, for a terminal and for a comment alike. */
function againstWords({ against }) {
	return against && `${against.ref} (${against.commit.slice(0, 7)})`;
}
function schemaWords(schema) {
	const words = changeWords(schema);
	return schema.needs_allow_schema_change ? `${words}; run it once with --allow-schema-change` : words;
}
function changeWords(schema) {
	const { moved_from: place } = schema;
	return place === void 0 ? placeWords(schema) : `${placeWords(schema)}; it was ${place}, which stays there as it is`;
}
function placeWords(schema) {
	const { change, impossible, compared_with: other, rows } = schema;
	if (change === "gone") return "is published no more; what is there stays as it is";
	if (change === "unknown") return "not known: there is nothing to compare with";
	if (change === "none" && rows !== void 0) return `as it is there; the last run published ${count(rows, "row")}`;
	if (change === "none") return other === "destination" ? "as it is there" : "as before";
	if (change === "new") return `a new ${other === "destination" ? "table" : "output"} of ${count(schema.added.length, "column")}`;
	return `${columnWords(schema).join(", ")}${impossible ? "; BigQuery cannot change it so" : ""}`;
}
function columnWords({ added, removed, retyped }) {
	return [
		...added.map(({ name, type }) => `+ ${name} ${type}`),
		...removed.map(({ name }) => `- ${name}`),
		...retyped.map(({ name, was, type }) => `${name} ${was} → ${type}`)
	];
}
function queryWords({ bytes, rows }) {
	const parts = [bytes === void 0 ? [] : formatBytes(bytes), rows === void 0 ? [] : count(rows, "row")].flat();
	return parts.length === 0 ? "not known" : parts.join(", ");
}
function manifestWords({ path, before, after }) {
	if (path === "") return after === void 0 ? "gone" : "new";
	const from = before === void 0 || after === void 0 ? 0 : firstDifference(before, after);
	return `${partOf(before, from)} → ${partOf(after, from)}`;
}
/** Who deploys a file of their own goes on doing so: nothing is changed by a pipeline beside it. */
function ownWords({ file, changes }) {
	const stays = `\`nais-etl deploy --resource ${file}\` leaves it as it is`;
	return changes.length === 0 ? `the cluster takes the rendered one as it takes yours; ${stays}` : stays;
}
const longest = 80;
/** What is shown in front of the first difference. */
const lead = 30;
/** Of a long text the part that differs. */
function partOf(text, from) {
	if (text === void 0) return "(none)";
	const start = text.length <= longest ? 0 : Math.max(0, from - lead);
	const end = start + longest;
	return `${start > 0 ? "…" : ""}${text.slice(start, end)}${end < text.length ? "…" : ""}`;
}
function firstDifference(a, b) {
	let i = 0;
	while (i < a.length && a[i] === b[i]) i++;
	return i;
}
function rowsWords({ added, removed, rows_changed: changed }) {
	const told = [
		[added, "added"],
		[removed, "removed"],
		[changed, "changed"]
	].filter(([rows]) => rows > 0).map(([rows, word]) => `${formatNumber(rows)} ${word}`);
	return told.length === 0 ? "the same rows" : told.join(", ");
}
function valuesWords({ changed, columns, key, unsteady }) {
	const values = Object.entries(changed).map(([name, rows]) => `${name} in ${count(rows, "row")}`);
	const notes = [...key ? [] : ["rows have no key: a changed one counts as removed and added"], ...unsteady ? ["its rows may differ each time it is run"] : []];
	return [
		...values,
		...columnWords(columns),
		...notes
	].join("; ");
}
function comparedWords({ compared, models_added: added, models_removed: removed }) {
	if (compared === void 0) return void 0;
	const others = [...added.length > 0 ? [`new: ${added.join(", ")}`] : [], ...removed.length > 0 ? [`gone: ${removed.join(", ")}`] : []];
	return [`${count(compared, "table")} compared on the same samples`, ...others].join("; ");
}
/** What a month costs, beside what a run does. */
function monthWords({ budget, month }) {
	if (!budget || !month) return [];
	const limit = budget.limit === void 0 ? "" : ` of the ${formatBytes(budget.limit)} that it may`;
	const past = `the last 30 days: ${formatBytes(month.past_bytes)} in ${count(month.past_runs, "run")}`;
	const next = `the next 30 days: ${formatBytes(month.next_bytes)} in ${count(month.next_runs, "run")}`;
	return [
		`a run is billed ${formatBytes(budget.run_bytes)}${limit}`,
		...month.past_runs > 0 ? [past] : [],
		...month.next_runs > 0 ? [next] : []
	];
}
// src/action/parts/plans.ts
/** What would change: counts and names, no rows. */
/** More would not be read. */
const mostRows = 60;
function plans({ results }) {
	const all = results.flatMap((result) => result.plans ?? []);
	return all.map((plan) => planOf(withAll(plan), all.length === 1 ? "Plan" : `Plan of ${plan.pipeline}`)).join("");
}
/** Of another version, what is missing is nothing. */
function withAll(plan) {
	const none = {
		target: "",
		offline: true,
		against: void 0,
		compared: void 0,
		budget: void 0,
		month: void 0
	};
	const lists = {
		schema: [],
		queries: [],
		manifest: [],
		data: [],
		models_added: [],
		models_removed: []
	};
	return {
		...none,
		...lists,
		notes: [],
		problems: [],
		...plan
	};
}
function planOf(plan, title) {
	return [
		heading(title, 3),
		lines([againstWords(plan) && `Compared with ${againstWords(plan)}.`, comparedWords(plan)]),
		part([
			"Table",
			"Rows",
			"Values and columns"
		], plan.data, (one) => [
			one.model,
			rowsWords(one),
			valuesWords(one)
		]),
		part([
			"Output",
			"Destination",
			"Columns"
		], plan.schema, (one) => [
			one.output,
			one.destination,
			schemaWords(one)
		]),
		part(["Source", "BigQuery bills"], plan.queries, (one) => [one.name, queryWords(one)]),
		lines(monthWords(plan)),
		part([
			"Resource",
			"Key",
			"Change"
		], plan.manifest, (one) => [
			one.resource,
			one.path,
			manifestWords(one)
		]),
		ownPart(plan),
		lines(plan.notes)
	].join("");
}
function ownPart({ own_manifest: own }) {
	if (!own) return "";
	return part([
		"Resource",
		"Key",
		`In place of ${own.file}`
	], own.changes, (one) => [
		one.resource,
		one.path,
		manifestWords(one)
	]) + lines([ownWords(own)]);
}
function lines(texts) {
	const told = texts.filter((text) => text !== void 0 && text !== "");
	return told.length === 0 ? "" : paragraph(told.map((text) => escapeHtml(text)).join("<br>"));
}
function part(heads, items, rowOf) {
	if (items.length === 0) return "";
	const rest = items.length - mostRows;
	const more = rest > 0 ? paragraph(`… and ${count(rest, "row")} more`) : "";
	return table(heads, items.slice(0, mostRows).map(rowOf)) + more;
}
// src/action/parts/problems.ts
/** What is wrong, and what to do. */
/** @param most more would not be read */
function problems(report, { most }) {
	const all = problemsIn(report);
	if (all.length === 0) return "";
	const rest = all.length - most;
	return [
		heading("Problems", 3),
		table([
			"Severity",
			"Where",
			"What, and what to do"
		], all.slice(0, most).map(rowOf$1)),
		...rest > 0 ? [paragraph(`… and ${count(rest, "problem")} more`)] : []
	].join("");
}
function rowOf$1(problem) {
	const { severity, message, hint } = problem;
	const what = `<b>${cellHtml(message)}</b>`;
	return [
		severity,
		placeOf(problem),
		{ html: hint ? `${what}<br>${cellHtml(hint)}` : what }
	];
}
// src/action/parts/tests.ts
/** Tests: how many, and those that failed. */
/** More would not be read. */
const most$1 = {
	tests: 30,
	diff: 8e3
};
/** @param withRows whether the rows that differ are shown */
function tests({ results }, { withRows }) {
	const all = results.flatMap((result) => result.tests ?? []);
	if (all.length === 0) return "";
	const failed = all.filter(({ passed }) => !passed);
	const counts = [String(all.length - failed.length), String(failed.length)];
	const some = failed.slice(0, most$1.tests);
	return [
		heading("Tests", 3),
		table(["Passed", "Failed"], [counts]),
		...failed.length === 0 ? [] : [table([
			"Failed test",
			"Model",
			"Where",
			"What"
		], some.map(rowOf))],
		...failed.length > most$1.tests ? [paragraph(`… and ${count(failed.length - most$1.tests, "failed test")} more`)] : [],
		...withRows ? some.flatMap(diffOf) : []
	].join("");
}
function rowOf({ name, model, file, line, message }) {
	return [
		name,
		model,
		formatWhere({
			file,
			line
		}),
		message
	];
}
function diffOf({ name, diff }) {
	if (diff.length === 0) return [];
	return [details({
		label: name,
		code: diff.join("\n"),
		language: "diff",
		most: most$1.diff
	})];
}
// src/action/comment-text.ts
/** The comment on a pull request: counts and names, no rows, and no more than GitHub takes. */
/** GitHub refuses longer ones ("body is too long (maximum is 65536 characters)"). What says that a part is left out has room besides. */
const limit$1 = {
	most: 64e3,
	measure: (text) => text.length,
	elsewhere: "Too long for a comment: look in the job's summary."
};
/** By which a comment is known for the one of this pipeline and environment. */
function markerOf({ folder, pipeline, environment }, { workspace }) {
	const which = [
		folder.slice(workspace.length),
		pipeline,
		environment
	].join("\n");
	return `<!-- nais-etl ${createHash("sha256").update(which).digest("hex").slice(0, 16)} -->`;
}
function commentText(report, { env }) {
	return makePage([
		{
			name: "Outcome",
			text: heading(titleOf(report), 3) + outcome(report)
		},
		{
			name: "Tests",
			text: tests(report, { withRows: false })
		},
		{
			name: "Plan",
			text: plans(report)
		},
		{
			name: "Problems",
			text: problems(report, { most: 20 })
		}
	], limit$1) + paragraph(link("The job, with its summary", jobUrl(env))) + origin(report);
}
function jobUrl(env) {
	return `${env["GITHUB_SERVER_URL"]}/${env["GITHUB_REPOSITORY"]}/actions/runs/${env["GITHUB_RUN_ID"]}`;
}
// src/action/comment.ts
/** One comment on a pull request, updated in place. That it cannot be written fails no job. */
async function comment(report, runner) {
	const { event, inputs } = report;
	if (!inputs?.comment || !event?.pullRequest || event.isUntrusted) return;
	if (inputs.token === void 0) return notice("no comment on the pull request: the input github-token is empty");
	const marker = markerOf(inputs, runner);
	const text = `${marker}\n${scrub(commentText(report, runner))}`;
	const { token } = inputs;
	try {
		await write({
			number: event.pullRequest.number,
			token,
			marker,
			text
		}, runner);
	} catch (error) {
		notice(`no comment on the pull request: ${reasonOf(error)}`);
	}
}
async function write({ number, token, marker, text }, { env }) {
	const api = (await import("./chunks/github.js")).getOctokit(token, { baseUrl: env["GITHUB_API_URL"] });
	const [owner = "", repo = ""] = (env["GITHUB_REPOSITORY"] ?? "").split("/");
	const place = {
		owner,
		repo
	};
	const isAuthor = await authorOf(api);
	for await (const { data } of api.paginate.iterator(api.rest.issues.listComments, {
		...place,
		issue_number: number,
		per_page: 100
	})) {
		const ours = data.find(({ body, user }) => body?.startsWith(marker) && user && isAuthor(user));
		if (ours) return void await api.rest.issues.updateComment({
			...place,
			comment_id: ours.id,
			body: text
		});
	}
	await api.rest.issues.createComment({
		...place,
		issue_number: number,
		body: text
	});
}
/**
* A person's token says whose it is. A job's own, and that of an app, may not ask (403); what they write is a bot's,
* and so is no comment of a person.
*
* @see https://docs.github.com/en/rest/users/users#get-the-authenticated-user
*/
async function authorOf(api) {
	const login = await api.rest.users.getAuthenticated().then(({ data }) => data.login, () => void 0);
	return (user) => login === void 0 ? user.type === "Bot" : user.login === login;
}
/** 403 for a token that may not, 404 where it may not even know: https://docs.github.com/en/rest/issues/comments */
function reasonOf(error) {
	const { status } = error;
	if (status !== 403 && status !== 404) return messageOf(error);
	return `GitHub refuses it (${status}). Give the job \`permissions: pull-requests: write\`, or say \`comment: false\`.`;
}
// src/action/outputs.ts
/** What later steps of the workflow can read. */
/** Also of a run that failed: what is known by then. */
function setOutputs({ results }) {
	const manifests = results.flatMap((result) => result.manifests ?? []);
	if (manifests.length > 0) setOutput("manifest", manifests.map(({ path }) => path).join("\n"));
	const pushed = results.find((result) => result.image)?.image;
	if (pushed) {
		setOutput("image", pushed.name);
		setOutput("digest", pushed.digest);
		if (pushed.sbom !== void 0) setOutput("sbom", pushed.sbom);
	}
	const deployed = results.find((result) => result.deployment)?.deployment;
	if (deployed?.deployment.id !== void 0) setOutput("deployment", deployed.deployment.id);
	const runs = results.flatMap((result) => result.runs ?? []);
	if (runs.length > 0) setOutput("run", runs.map(({ run }) => run).join("\n"));
	const tested = results.find(({ step }) => step === "test");
	if (!tested?.tests) return;
	setOutput("tests-passed", tested.tests.filter(({ passed }) => passed).length);
	setOutput("tests-failed", tested.tests.filter(({ passed }) => !passed).length);
}
// src/action/parts/deployment.ts
/** What became of the deploy: of each resource, and what the platform said on the way. */
/** More would not be read. */
const mostStatuses = 30;
function deployment({ results }) {
	const result = results.find((one) => one.deployment)?.deployment;
	if (!result) return "";
	const { target, team, deployment: sent, resources } = result;
	const { id, state, statuses } = sent;
	const rest = statuses.length - mostStatuses;
	const where = [
		`<b>${code(state)}</b>`,
		`cluster ${code(target)}`,
		`team ${code(team)}`,
		id && `deployment ${code(id)}`
	];
	return [
		heading("Deploy", 3),
		paragraph(where.filter(Boolean).join(", ")),
		table([
			"Resource",
			"State",
			"Problem"
		], resources.map((one) => [
			one.resource,
			one.state,
			one.errors.join("; ")
		])),
		...rest > 0 ? [paragraph(`The last ${mostStatuses} of ${count(statuses.length, "status", "statuses")}:`)] : [],
		table([
			"Time",
			"Status",
			"What the platform says"
		], statuses.slice(-30).map(({ time = "", state: status, message }) => [
			time.slice(11, 19),
			status,
			message
		]))
	].join("");
}
// src/action/parts/image.ts
/** The image that was pushed, and where a person finds it. */
function image({ results }) {
	const pushed = results.find((result) => result.image)?.image;
	if (!pushed) return "";
	const { name, digest, bytes, sbom, url } = pushed;
	const rows = [
		["Image", { html: code(name) }],
		["Digest", { html: code(digest) }],
		...bytes === void 0 ? [] : [["Size", `${formatBytes(bytes)} to fetch`]],
		...sbom === void 0 ? [] : [["What is in it", { html: code(sbom) }]],
		...url === void 0 ? [] : [["Look at it", { html: link(url, url) }]]
	];
	return heading("Image", 3) + table([], rows);
}
// src/action/parts/manifests.ts
/** What is given to the cluster. */
/** More would not be read. */
const most = {
	characters: 1e5,
	manifests: 5
};
function manifests({ results }) {
	const all = results.flatMap((result) => result.manifests ?? []);
	if (all.length === 0) return "";
	const rest = all.length - most.manifests;
	return [
		heading(all.length === 1 ? "Manifest" : "Manifests", 3),
		...all.slice(0, most.manifests).map(({ path, text }) => details({
			label: path,
			code: text,
			language: "yaml",
			most: most.characters
		})),
		...rest > 0 ? [paragraph(`… and ${count(rest, "manifest")} more`)] : []
	].join("");
}
// src/action/parts/runs.ts
/** The runs that were waited for: how each ended, and what it did, by its own record. */
const marks = {
	succeeded: "✅ succeeded",
	failed: "❌ failed",
	unknown: "❓ not seen to end"
};
/** Of the log; more is in the step's own. */
const mostCharacters = 2e4;
function runs({ results }) {
	return results.flatMap((result) => result.runs ?? []).map(runOf).join("");
}
function runOf(outcome) {
	const { run, state, reason, attempts, seconds, record, lastLines, whyCommand } = outcome;
	const how = [
		`<b>${marks[state]}</b>`,
		count(attempts, "attempt"),
		...seconds === void 0 ? [] : [`${Math.round(seconds)} s`],
		...reason === void 0 ? [] : [escapeHtml(reason)]
	];
	const steps = record === void 0 ? [] : kinds.flatMap(([key, kind]) => stepsOf(record[key], kind));
	return [
		heading(`Run ${run}`, 3),
		paragraph(how.join(", ")),
		...whyCommand === void 0 ? [] : [paragraph(`What happened, and the command that mends it: ${code(whyCommand)}`)],
		...record === void 0 ? [] : [paragraph(`Run id ${code(record.run_id)}`)],
		...steps.length === 0 ? [] : [table([
			"",
			"Name",
			"Outcome",
			"Rows",
			"Bytes",
			"Time"
		], steps)],
		...state === "succeeded" || lastLines.length === 0 ? [] : [lastOf(lastLines)]
	].join("");
}
const kinds = [
	["sources", "source"],
	["models", "model"],
	["checks", "check"],
	["outputs", "output"]
];
/** Of a record of another version, what is not as expected is left out. */
function stepsOf(list, kind) {
	return (Array.isArray(list) ? list : []).filter(isPlainObject).map((item) => {
		const amount = (key, format) => typeof item[key] === "number" ? format(item[key]) : "";
		const text = (key) => typeof item[key] === "string" ? item[key] : void 0;
		return [
			kind,
			text("name") ?? text(kind) ?? "",
			text("status") ?? "",
			amount("rows", formatNumber),
			amount("bytes", formatBytes),
			amount("seconds", (seconds) => `${seconds.toFixed(2)} s`)
		];
	});
}
function lastOf(lines) {
	return details({
		label: "The end of its log",
		code: lines.join("\n"),
		language: "text",
		most: mostCharacters
	});
}
// src/action/parts/schedules.ts
/** When each pipeline runs next. */
function schedules({ results }) {
	const pipelines = results.flatMap((result) => result.pipelines ?? []);
	const isOnly = pipelines.length === 1;
	return pipelines.map((pipeline) => scheduleOf(pipeline, isOnly ? "Schedule" : `Schedule of ${pipeline.name}`)).join("");
}
function scheduleOf({ schedule }, title) {
	if (!schedule) return "";
	const { cron, timeZone, words, nextRuns } = schedule;
	const rows = nextRuns.map(({ local, utc }) => [minuteOf(local), minuteOf(utc)]);
	return [
		heading(title, 3),
		paragraph(`${escapeHtml(words)} (${code(cron)}, ${escapeHtml(timeZone)})`),
		table([`Next runs, ${timeZone}`, "UTC"], rows)
	].join("");
}
/** `2026-11-05 07:30`. */
function minuteOf(time) {
	return time.slice(0, 16).replace("T", " ");
}
// src/action/summary.ts
/** The job's summary: a page for whoever opens the run. */
/**
* GitHub refuses a step's summary of more than 1 MiB as a whole. What says that a part is left out has room besides.
*
* @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#step-isolation-and-limits
*/
const limit = {
	most: 1e6,
	measure: (text) => Buffer.byteLength(text),
	elsewhere: "Too long for a summary: look in the log."
};
/** Where the runner takes no summary, there is none. */
async function writeSummary(report, { env }) {
	if (!env["GITHUB_STEP_SUMMARY"]) return;
	summary.addRaw(scrub(summaryOf(report)));
	await summary.write().catch((error) => warning(`no job summary: ${messageOf(error)}`));
}
function summaryOf(report) {
	return makePage([
		{
			name: "Outcome",
			text: heading(titleOf(report), 2) + outcome(report) + origin(report)
		},
		{
			name: "Tests",
			text: tests(report, { withRows: true })
		},
		{
			name: "Problems",
			text: problems(report, { most: 100 })
		},
		{
			name: "Plan",
			text: plans(report)
		},
		{
			name: "Image",
			text: image(report)
		},
		{
			name: "Deploy",
			text: deployment(report)
		},
		{
			name: "Run",
			text: runs(report)
		},
		{
			name: "Schedule",
			text: schedules(report)
		},
		{
			name: "Manifest",
			text: manifests(report)
		}
	], limit);
}
// src/action/tell.ts
/** Tells how it went, to everyone who may want to know. */
async function tell(report, runner) {
	setOutputs(report);
	annotate(report);
	await comment(report, runner);
	await writeSummary(report, runner);
}
// src/action/main.ts
/** The GitHub Action's entry. Only the Action's two entries and the command line's touch `process`. */
const { env } = process;
const runner = describeRunner({
	env,
	node: process.execPath,
	cwd: process.cwd(),
	tmpdir: await ownFolder(env["RUNNER_TEMP"] || tmpdir()),
	signal: abortOnSignals(process),
	host: {
		name: hostname(),
		pid: process.pid
	},
	peakMemory: () => process.resourceUsage().maxRSS * 1024,
	cpuSeconds: () => (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
	killGroup: (leader) => void process.kill(-leader, "SIGKILL")
});
const report = await runAction(runner);
await tell(report, runner);
if (report.failure !== void 0) setFailed(scrub(report.failure));
export {};
