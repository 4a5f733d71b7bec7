import { a as __toCommonJS, n as __esmMin, o as __toESM, r as __exportAll, t as __commonJSMin } from "./rolldown-runtime.js";
import { C as effectiveResource, E as localTarget, S as bytesOf$2, T as runToEnd, _ as version, b as rawPlace, g as packageFacts, t as loadPipeline, v as applyIgnores, w as runProgram, y as platformOf } from "./load-pipeline.js";
import { c as throwProblems, n as count, s as messageOf, t as EtlError } from "./error.js";
import { i as suggestRepository, r as parseReference, t as formatReference } from "./reference.js";
import { F as githubToken, G as parseEndpoint, L as mayAskGithub, R as notAllowed$1, U as mayPass, V as HttpStatus, W as isLoopbackHost, i as parseBytes, z as retry } from "./value.js";
import { t as didYouMean } from "./suggest.js";
import { n as foundAt, t as choosePipelines } from "./pipelines.js";
import { n as looksLikeSecretFile, r as looksLikeSecretName } from "./program-environment.js";
import { chmod, copyFile, mkdtemp, open, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { dirname, extname, isAbsolute, join, posix, relative, resolve, sep } from "node:path";
import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { dirname as dirname$1, join as join$1 } from "node:path/posix";
import { buffer } from "node:stream/consumers";
// src/ship/image/registry.ts
/** What builders push, and indices of several platforms. */
const manifestTypes = [
	"application/vnd.oci.image.manifest.v1+json",
	"application/vnd.oci.image.index.v1+json",
	"application/vnd.docker.distribution.manifest.v2+json",
	"application/vnd.docker.distribution.manifest.list.v2+json"
].join(", ");
const timeout = 3e4;
const patience$2 = 6e4;
/**
* The digest of what a tag names now.
* @returns undefined where there is no such image
* @throws {EtlError} `failed`, where the registry refuses or cannot be reached
*/
async function digestOf(image, login, context) {
	const { repository, tag = "latest", digest } = image;
	const response = await ask({
		url: `${baseOf(image)}/v2/${repository}/manifests/${digest ?? tag}`,
		method: "HEAD",
		image,
		login,
		context
	});
	if (response.status === 404) return void 0;
	if (!response.ok) throw refused$2(response.status, image);
	const found = response.headers.get("docker-content-digest");
	if (found) return found;
	throw new EtlError({
		code: "failed",
		part: "registry",
		message: `${image.registry} does not say which digest ${formatReference(image)} has`
	});
}
/**
* Bytes that whoever runs it fetches, its layers as they are packed.
* @returns undefined where the registry does not say it: of an index of several platforms, or where it fails
*/
async function sizeOf(image, login, context) {
	const { repository, tag = "latest", digest } = image;
	const response = await ask({
		url: `${baseOf(image)}/v2/${repository}/manifests/${digest ?? tag}`,
		method: "GET",
		image,
		login,
		context
	}).catch(() => void 0);
	context.signal.throwIfAborted();
	if (!response?.ok) return void 0;
	const { config, layers } = await response.json();
	if (!config || !layers) return void 0;
	return [config, ...layers].reduce((sum, { size }) => sum + size, 0);
}
/** Registries on this machine have no certificate; builders take them so, too. */
function isLoopback(registry) {
	return isLoopbackHost(registry.replace(/:\d+$/, ""));
}
function baseOf({ registry }) {
	if (registry === "docker.io") return "https://registry-1.docker.io";
	return `${isLoopback(registry) ? "http" : "https"}://${registry}`;
}
async function ask({ url, method, image, login, context }) {
	const send = (headers) => request(url, {
		method,
		headers: {
			accept: manifestTypes,
			...headers
		}
	}, image, context);
	const first = await send({});
	if (first.status !== 401) return first;
	const authorization = await authorize(first.headers.get("www-authenticate") ?? "", {
		image,
		login,
		context
	});
	return authorization === void 0 ? first : send({ authorization });
}
/** As the challenge asks: `Basic`, or a token from the server that it names. */
async function authorize(challenge, { image, login, context }) {
	const basic = login && `Basic ${Buffer.from(`${login.user}:${login.password}`).toString("base64")}`;
	if (/^basic/i.test(challenge)) return basic;
	const parts = Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
	if (!/^bearer/i.test(challenge) || parts["realm"] === void 0) return void 0;
	const realm = new URL(parts["realm"]);
	if (realm.protocol !== "https:" && !isLoopback(realm.host)) return void 0;
	if (parts["service"] !== void 0) realm.searchParams.set("service", parts["service"]);
	realm.searchParams.set("scope", parts["scope"] ?? `repository:${image.repository}:pull`);
	const response = await request(realm.href, { headers: basic === void 0 ? {} : { authorization: basic } }, image, context);
	if (!response.ok) throw refused$2(response.status, image);
	const { token, access_token: other } = await response.json();
	const bearer = token ?? other;
	return bearer === void 0 ? void 0 : `Bearer ${bearer}`;
}
async function request(url, init, image, context) {
	const once = async () => {
		const signal = AbortSignal.any([context.signal, AbortSignal.timeout(timeout)]);
		const response = await fetch(url, {
			...init,
			signal
		});
		if (mayPass(response.status)) throw new HttpStatus(response.status);
		return response;
	};
	try {
		return await retry(once, {
			context,
			what: `ask ${image.registry}`,
			within: patience$2,
			judge: judge$1
		});
	} catch (cause) {
		context.signal.throwIfAborted();
		if (cause instanceof HttpStatus) throw refused$2(cause.status, image);
		const why = messageOf(cause.cause ?? cause);
		throw new EtlError({
			code: "failed",
			part: "registry",
			message: `${image.registry} cannot be reached: ${why}`,
			hint: "Check the name of the registry, and that this machine may connect to it.",
			cause
		});
	}
}
function judge$1(error) {
	return error.cause?.code === "ENOTFOUND" ? { again: "never" } : { again: "later" };
}
function refused$2(status, image) {
	const name = `${image.registry}/${image.repository}`;
	const denied = status === 401 || status === 403;
	return new EtlError({
		code: "failed",
		part: "registry",
		message: denied ? `${image.registry} refuses the login for ${name} (${status})` : `${image.registry} answers ${status} for ${name}`,
		hint: denied ? "Check the user and the password or token, and that they may read and write this repository." : "Try again later; the image that was built is still here."
	});
}
// src/ship/image/build-image.ts
/** Builds an image, pushes it, and asks the registry whether it has what was built. */
async function buildImage({ builder, build, context }) {
	const argv = builder.build(build);
	const env = {
		...tokensOf(build, context),
		...builder.env
	};
	await context.effect("image.build", () => runProgram({
		argv,
		cwd: build.context,
		env,
		what: "building the image",
		hint: buildHint
	}, context));
}
/** As BuildKit, buildah and registries say it. */
function buildHint(output) {
	if (/manifest unknown|name unknown|pull access denied|(@sha256:[0-9a-f]{64}|source metadata .*): .*not found/i.test(output)) return "The image that it begins with is not in its registry, or no longer: digests are taken away. `docker buildx imagetools inspect NAME:TAG` prints the one of today; `--base` names another image.";
	if (/no such host|i\/o timeout|connection refused|network is unreachable/i.test(output)) return "What the build fetches cannot be reached from here: the image that it begins with (`--base` names another one), or packages.";
}
/** With which BuildKit reaches the cache of GitHub Actions. https://docs.docker.com/build/cache/backends/gha/ */
const githubsCache = [
	"ACTIONS_RUNTIME_TOKEN",
	"ACTIONS_RESULTS_URL",
	"ACTIONS_CACHE_URL",
	"ACTIONS_CACHE_SERVICE_V2"
];
/** Of ours, what the build names: a secret that it reads, and the cache that it keeps. */
function tokensOf({ secrets, cacheFrom, cacheTo }, { env }) {
	const named = secrets.flatMap(({ from }) => "env" in from ? [from.env] : []);
	const isGithubs = [...cacheFrom, ...cacheTo].some((cache) => /(^|,)type=gha(,|$)/.test(cache));
	return pick(env, [...named, ...isGithubs ? githubsCache : []]);
}
function pick(env, names) {
	return Object.fromEntries(names.flatMap((name) => env[name] === void 0 ? [] : [[name, env[name]]]));
}
/**
* Pushes each name, and reads it back.
* @returns the digest that the registry has
* @throws {EtlError} `failed`; nothing that was built is lost then
*/
async function pushImage(options) {
	const { builder, names, login, context } = options;
	const folder = await mkdtemp(join(context.tmpdir, "nais-etl-push-"));
	const registry = names[0].registry;
	try {
		if (login) await logIn({
			builder,
			registry,
			login,
			context
		});
		const digests = [];
		for (const name of names) digests.push(await pushOne(name, join(folder, "digest"), options));
		return digests[0];
	} finally {
		if (login) await logOut({
			builder,
			registry,
			context
		});
		await rm(folder, {
			recursive: true,
			force: true
		});
	}
}
async function pushOne(name, digestFile, { builder, login, context }) {
	const text = formatReference(name);
	const argv = builder.push(text, digestFile);
	const output = await context.effect("image.push", () => runProgram({
		argv,
		cwd: context.cwd,
		env: builder.env,
		what: `pushing ${text}`,
		hint: pushHint
	}, context));
	const found = await digestOf(name, login, context);
	const pushed = builder.readDigest ? builder.readDigest(output) ?? found : (await readFile(digestFile, "utf8")).trim();
	if (found !== void 0 && found === pushed) return found;
	throw new EtlError({
		code: "failed",
		part: "registry",
		message: `${text} was pushed, but the registry has ${found === void 0 ? "nothing of this name" : `${found} instead of ${pushed}`}`,
		hint: "Somebody else may have pushed the same tag at the same time. Push again, with a tag of its own."
	});
}
/** Numbers stand alone: the digits of 403 stand in many a digest. */
function pushHint(output) {
	if (/tag does not exist|image does not exist locally/i.test(output)) return "What has built it did not hand it to Docker. Take `--builder 'docker buildx'`, which asks for that.";
	if (/name unknown|repository .*not found|\b404\b/i.test(output)) return "The registry has no such repository: check its name, or make it there first.";
	if (/denied|unauthorized|authentication required|invalid username|\b40[13]\b/i.test(output)) return "The login may not write there: check the user, the token's permissions (`packages: write` for ghcr.io) and the name of the repository.";
	if (/timeout|connection|\bEOF\b|reset|broken pipe|refused/i.test(output)) return "The connection broke. Run it again: layers that arrived are not sent twice.";
}
async function logIn({ builder, registry, login, context }) {
	const argv = builder.login(registry, login.user);
	const { cwd } = context;
	const input = `${login.password}\n`;
	const what = `logging in to ${registry}`;
	await context.effect("image.login", () => runProgram({
		argv,
		cwd,
		env: builder.env,
		input,
		what,
		hint: pushHint
	}, context));
}
/** A login that stays behind would be a password on the disk; that it cannot be removed is no reason to fail. */
async function logOut({ builder, registry, context }) {
	const argv = builder.logout(registry);
	const what = `logging out of ${registry}`;
	const act = () => runProgram({
		argv,
		cwd: context.cwd,
		env: builder.env,
		what
	}, context);
	await context.effect("image.logout", act).catch((error) => context.log.warn(`the login to ${registry} could not be removed: ${String(error)}`));
}
// src/ship/image/address.ts
/** Where the platform's registries are: nais/login and nais/docker-build-push. */
const garHost = "europe-north1-docker.pkg.dev";
/** Of NAIS_ETL_GAR, for tests, where that is a registry on this machine. */
function garHostOf(env) {
	const named = env["NAIS_ETL_GAR"];
	return named && isLoopback(named) ? named : garHost;
}
/** Those that take Google's access tokens as passwords. */
function isGoogleRegistry(registry) {
	return /(^|\.)pkg\.dev$|(^|\.)gcr\.io$/.test(registry);
}
/** The team's own registry, which is the only one that nais runs images from. */
function garImage({ host = garHost, project, team, name, suffix = "" }) {
	return {
		registry: host,
		repository: `${project}/${team}/${suggestRepository(`${name}${suffix}`)}`
	};
}
/** GitHub's registry: for KNADA and for other clusters, not for nais. */
function ghcrImage({ owner, name }) {
	return {
		registry: "ghcr.io",
		repository: suggestRepository(`${owner}/${name}`)
	};
}
/** `YYYY.MM.DD-HH.mm-<short sha>` in UTC, as the platform's own action makes it; never `latest`. */
function versionTag({ now, revision }) {
	if (!/^[0-9a-f]{7,64}$/.test(revision)) throw new EtlError({
		code: "usage",
		message: `\`${revision}\` is not a commit`,
		hint: "The tag ends with the commit: run it in a Git repository, or give `--tag`."
	});
	const [date = "", time = ""] = now.toISOString().split("T");
	return `${date.replaceAll("-", ".")}-${time.slice(0, 5).replace(":", ".")}-${revision.slice(0, 7)}`;
}
/**
* The page on which a person finds an image.
* @param repository the one on GitHub that it is made from: `owner/name`
* @returns undefined for registries that have none that we know
*/
function consoleUrl({ registry, repository: path, digest }, repository) {
	if (registry === "ghcr.io") return packageUrl(path, repository);
	const [, location] = /^([a-z0-9-]+)-docker\.pkg\.dev$/.exec(registry) ?? [];
	const [project, folder, ...name] = path.split("/");
	if (location === void 0 || name.length === 0) return void 0;
	const version = digest === void 0 ? "" : `/${digest}`;
	return `https://console.cloud.google.com/artifacts/docker/${project}/${location}/${folder}/${encodeURIComponent(name.join("/"))}${version}?project=${project}`;
}
/** A package stands with the repository of its owner that it is made from; of others, the registry's own address leads there. */
function packageUrl(path, repository = "") {
	const [owner = "", ...name] = path.split("/");
	if (!(repository.split("/")[0]?.toLowerCase() === owner)) return `https://ghcr.io/${path}`;
	return `https://github.com/${repository}/pkgs/container/${encodeURIComponent(name.join("/"))}`;
}
// src/ship/image/builders/builder.ts
/** What a program that builds images is asked for. Each builder says how its own command line says it. */
/** What all of them call the same. */
function sharedOptions(build) {
	return [
		"--file",
		build.dockerfile,
		...each("--tag", build.names),
		"--platform",
		build.platform,
		...each("--build-arg", pairs(build.arguments)),
		...each("--secret", build.secrets.map(secretText)),
		...each("--label", pairs(build.labels)),
		...each("--target", build.target === void 0 ? [] : [build.target]),
		...each("--cache-from", build.cacheFrom),
		...each("--cache-to", build.cacheTo)
	];
}
/** `--name value` for each. */
function each(option, values) {
	return values.flatMap((value) => [option, value]);
}
function pairs(values) {
	return Object.entries(values).map(([name, value]) => `${name}=${value}`);
}
function secretText({ id, from }) {
	return "env" in from ? `id=${id},env=${from.env}` : `id=${id},src=${from.file}`;
}
/** As builders print it: without `sha256:`, and short. */
function shortId(id) {
	return id.replace(/^sha256:/, "").slice(0, 12);
}
/** `113 kB`, `7.86 KB`, `0B`: builders print three digits, in powers of ten. */
function bytesOf$1(size) {
	if (typeof size === "number") return size;
	return typeof size === "string" ? parseBytes(size.trim()) : void 0;
}
/** In UTC; undefined for what is no time. */
function timeOf(text) {
	const time = new Date(text ?? NaN);
	return Number.isNaN(time.getTime()) ? void 0 : time.toISOString();
}
// src/ship/image/builders/buildah.ts
/** Buildah, and Podman, which builds with it: no daemon, so they work where no one may start one. */
function options$1(build) {
	return [
		...sharedOptions(build),
		"--ignorefile",
		build.ignoreFile,
		...build.pull ? ["--pull=always"] : [],
		...plain$1(build.names[0]),
		"--layers"
	];
}
/** Docker takes registries on this machine without TLS by itself. */
function plain$1(name) {
	return isLoopback(name.split("/")[0]) ? ["--tls-verify=false"] : [];
}
function readList$1(text) {
	return (JSON.parse(text.trim() || "[]") ?? []).flatMap((image) => {
		const created = timeOf(image.createdatraw ?? image.CreatedAt);
		const facts = {
			id: shortId(image.id ?? image.Id ?? ""),
			created,
			bytes: bytesOf$1(image.size ?? image.Size)
		};
		return (image.names ?? image.Names ?? []).map((name) => ({
			name,
			...facts
		}));
	});
}
function daemonless(program) {
	return {
		name: program,
		probes: [[program, "--version"]],
		build: (build) => [
			program,
			"build",
			...options$1(build),
			build.context
		],
		push: (name, digestFile) => [
			program,
			"push",
			...plain$1(name),
			"--digestfile",
			digestFile,
			name,
			`docker://${name}`
		],
		login: (registry, user) => [
			program,
			"login",
			...plain$1(registry),
			"--username",
			user,
			"--password-stdin",
			registry
		],
		logout: (registry) => [
			program,
			"logout",
			registry
		],
		save: (name, file) => program === "buildah" ? [
			program,
			"push",
			name,
			`docker-archive:${file}`
		] : [
			program,
			"save",
			"--format",
			"docker-archive",
			"--output",
			file,
			name
		],
		list: program === "buildah" ? [
			"buildah",
			"images",
			"--json"
		] : [
			"podman",
			"images",
			"--format",
			"json"
		],
		readList: readList$1,
		readDigest: void 0,
		env: {}
	};
}
const buildah = daemonless("buildah");
const podman = daemonless("podman");
// src/ship/image/builders/docker.ts
/** Docker with BuildKit, by buildx where it is installed, else the client's own `build`. */
function options(build) {
	return [
		...sharedOptions(build),
		...build.pull ? ["--pull"] : [],
		"--progress",
		"plain"
	];
}
/** A client alone, whose daemon is stopped, builds nothing. */
const daemon = [
	"docker",
	"version",
	"--format",
	"{{.Server.Version}}"
];
const shared$1 = {
	push: (name) => [
		"docker",
		"push",
		name
	],
	login: (registry, user) => [
		"docker",
		"login",
		"--username",
		user,
		"--password-stdin",
		registry
	],
	logout: (registry) => [
		"docker",
		"logout",
		registry
	],
	save: (name, file) => [
		"docker",
		"save",
		"--output",
		file,
		name
	],
	list: [
		"docker",
		"image",
		"ls",
		"--no-trunc",
		"--format",
		"{{json .}}"
	],
	readList,
	readDigest: (output) => /\bdigest: (sha256:[0-9a-f]{64})\b/.exec(output)?.[1]
};
/** A line for each name; what has lost its name is called `<none>`. */
function readList(text) {
	return text.split("\n").flatMap((line) => line.trim() === "" ? [] : [JSON.parse(line)]).flatMap(({ Repository, Tag, ID, CreatedAt, Size }) => {
		if ([Repository, Tag].includes("<none>")) return [];
		const [, date = "", time = "", zone = ""] = /^(\S+) (\S+) ([+-]\d{4})/.exec(CreatedAt) ?? [];
		const created = timeOf(`${date}T${time}${zone.replace(/(\d\d)$/, ":$1")}`);
		return [{
			name: `${Repository}:${Tag}`,
			id: shortId(ID),
			created,
			bytes: bytesOf$1(Size)
		}];
	});
}
// src/ship/image/choose-builder.ts
/** In the order in which they are looked for. */
const builders = [
	{
		...shared$1,
		name: "docker buildx",
		probes: [daemon, [
			"docker",
			"buildx",
			"version"
		]],
		build: (build) => [
			"docker",
			"buildx",
			"build",
			...options(build),
			"--provenance=false",
			"--load",
			build.context
		],
		env: {}
	},
	{
		...shared$1,
		name: "docker",
		probes: [daemon, [
			"docker",
			"build",
			"--help"
		]],
		build: (build) => [
			"docker",
			"build",
			...options(build),
			build.context
		],
		env: {
			DOCKER_BUILDKIT: "1",
			BUILDX_NO_DEFAULT_ATTESTATIONS: "1",
			BUILDX_BUILDER: ""
		}
	},
	buildah,
	podman
];
/** @throws {EtlError} `usage` for a name that is none, `failed` where none is here */
async function chooseBuilder(name, context) {
	const wanted = name === void 0 ? builders : [builderNamed(name)];
	for (const builder of wanted) if (await answers(builder, context)) return builder;
	throw new EtlError({
		code: "failed",
		message: name === void 0 ? "there is no program here that builds images" : `\`${name}\` is not here, or does not answer`,
		hint: `One of ${builders.map((builder) => builder.name).join(", ")} is needed; docker needs its daemon to run. In GitHub Actions docker is there.`
	});
}
/** `buildx` and `docker-buildx` are the same as `docker buildx`. */
function builderNamed(name) {
	const plain = name.replace("-", " ");
	const found = builders.find((builder) => builder.name === plain || builder.name === `docker ${plain}`);
	if (found) return found;
	const hint = didYouMean(name, builders.map((builder) => builder.name));
	throw new EtlError({
		code: "usage",
		message: `--builder: there is no builder \`${name}\``,
		hint
	});
}
async function answers({ probes, name, env }, context) {
	try {
		for (const argv of probes) await runProgram({
			argv,
			env,
			cwd: context.cwd,
			what: `looking for ${name}`
		}, context);
		return true;
	} catch (error) {
		context.signal.throwIfAborted();
		if (error instanceof EtlError) return false;
		throw error;
	}
}
// src/ship/image/fit/explain-end.ts
/** The first that fits counts: what is more certain, and more of a cause, goes first. */
function explainEnd(end) {
	const causes = [
		outOfMemory,
		wrongPlatform,
		noEntrypoint,
		noHome,
		readOnly,
		notAllowed,
		noNetwork
	];
	for (const cause of causes) {
		const found = cause(end);
		if (found) return found;
	}
	return {
		message: `it ended with exit code ${end.exitCode}`,
		hint: void 0
	};
}
const outOfMemory = ({ exitCode, isOutOfMemory, memory }) => {
	if (!isOutOfMemory && exitCode !== 137) return void 0;
	return {
		message: `${isOutOfMemory ? "it needs" : "it was killed (exit code 137), so most likely it needs"} more than the pod's ${memory} of memory`,
		hint: "Give it more, `nais: { resources: { limits: { memory: 1Gi } } }`, or let models hold less at a time: SQL goes through data without keeping it, frames hold all of it."
	};
};
const wrongPlatform = ({ output }) => {
	if (!/exec format error/i.test(output)) return void 0;
	return {
		message: "it was built for another processor than this machine has",
		hint: "The clusters run linux/amd64. On another machine it can only be run where emulation is set up: `docker run --privileged --rm tonistiigi/binfmt --install amd64`."
	};
};
const noEntrypoint = ({ exitCode, output }) => {
	if (/ld-linux|ld-musl/.test(output)) return {
		message: "it lacks the C library that its programs were built for",
		hint: musl
	};
	const program = notFound.map((pattern) => pattern.exec(output)?.[1]).find((name) => name !== void 0);
	if (exitCode !== 127 && program === void 0) return void 0;
	return {
		message: `${program === void 0 ? "what it starts" : `\`${program}\`, which it starts,`} is not in the image`,
		hint: "Check ENTRYPOINT and CMD, and `command` of the Naisjob: no shell looks at them, and PATH is that of the image. A script is not found either where the program of its first line is not."
	};
};
/** As runc, crun, the kernel and shells say it. */
const notFound = [
	/exec: "([^"]+)": (?:executable file not found|stat|no such file)/,
	/executable file `([^`]+)` not found/,
	/exec ([^\s:]+): no such file/,
	/sh: (?:\d+: |line \d+: )?([^\s:]+): (?:command )?not found/
];
const musl = "DuckDB and Node's own builds need glibc: take a base of Debian (`-slim`), not Alpine.";
const noHome = ({ output }) => {
	const needsHome = /KeyError: 'HOME'|could not determine home directory|\$?HOME(?: is)? (?:not set|unset|not defined)/i;
	const hidden = pathIn(output)?.match(/^\/\.[\w-]+/)?.[0];
	if (!needsHome.test(output) && hidden === void 0) return void 0;
	return {
		message: `it wants ${hidden === void 0 ? "a home folder" : `to write \`${hidden}\` in a home folder`}, and in a pod there is none`,
		hint: "Say where it may write, in the Dockerfile: `ENV HOME=/tmp`."
	};
};
const readOnly = ({ output, folder }) => {
	if (!/EROFS|read-only file system/i.test(output)) return void 0;
	const path = pathIn(output);
	const isOutput = path !== void 0 && folder !== "" && path.startsWith(`${folder}/`);
	return {
		message: `it writes ${path === void 0 ? "outside /tmp" : `\`${path}\``}, and in a pod only /tmp can be written`,
		hint: `Write below /tmp: most programs take a folder from TMPDIR or an option of their own.${isOutput ? " An output of type file has a folder of its own, `path: out/rows.csv`, which this trial can write; on the cluster it goes elsewhere." : ""}`
	};
};
const notAllowed = ({ output, writable }) => {
	if (!/EACCES|EPERM|permission denied|operation not permitted/i.test(output)) return void 0;
	const path = pathIn(output);
	const inTheWay = writable.find((folder) => path === folder || path?.startsWith(`${folder}/`));
	if (inTheWay !== void 0) return {
		message: `user 1069 may not write \`${inTheWay}\`: the image has this folder, and it belongs to somebody else`,
		hint: "What a run writes is no part of an image. Write the folder into `.dockerignore`, and let no instruction of the Dockerfile make or copy it."
	};
	return {
		message: `user 1069 may not use ${path === void 0 ? "what it needs" : `\`${path}\``}`,
		hint: "Files of the image belong to root, and must be readable by all: `COPY --chmod=755 …`, or `chmod -R a+rX` before the build. Ports below 1024 and changes of owner are for root alone."
	};
};
const noNetwork = ({ output }) => {
	const [, host] = /(?:ENOTFOUND|EAI_AGAIN|ENETUNREACH|ECONNREFUSED)\s+([\w.:-]+)/.exec(output) ?? [];
	if (host === void 0 && !/getaddrinfo|name resolution|network is unreachable/i.test(output)) return void 0;
	return {
		message: `it asks ${host === void 0 ? "the network" : `\`${host}\``}, and this trial has no network`,
		hint: "Give each source a `sample`, so that the trial reads that; `nais-etl sample` makes one. What a model fetches itself belongs into a source."
	};
};
const refused$1 = /EROFS|EACCES|EPERM|read-only|permission denied|not permitted/i;
/** As Node and Python put it into quotes, or shells in front. */
function pathIn(output) {
	return output.split("\n").filter((line) => refused$1.test(line)).map((line) => /['"`](\/[^'"`]+)['"`]/.exec(line)?.[1] ?? /(?:^|\s)(\/[^\s:]+): /.exec(line)?.[1]).find((path) => path !== void 0);
}
// src/ship/image/fit/pod-run.ts
/** As the platform's security context says it: nobody may become more than user 1069, and only /tmp can be written. */
const confined = [
	"--network",
	"none",
	"--read-only",
	"--user",
	"1069:1069",
	"--cap-drop",
	"ALL",
	"--security-opt",
	"no-new-privileges"
];
/** Podman gives /tmp, /run and an entry in /etc/passwd by itself; a pod has none of these. */
const ofPodman = ["--read-only-tmpfs=false", "--passwd=false"];
/** A folder that the image has keeps its mode, whatever is asked for: so it has to belong to the user. */
const owner = {
	docker: "uid=1069,gid=1069",
	podman: "U"
};
const fewFiles = [
	"--ulimit",
	"nofile=1024:1024",
	"--ulimit",
	"nproc=1024:1024"
];
function podRunArgs(run) {
	const [entrypoint, ...rest] = run.command;
	return [
		run.program,
		"run",
		"--name",
		run.name,
		"--pull",
		"never",
		...confined,
		...run.program === "podman" ? ofPodman : [],
		...run.hasFewFiles ? fewFiles : [],
		"--memory",
		`${run.memory}b`,
		"--memory-swap",
		`${run.memory}b`,
		...["/tmp", ...run.writable].flatMap((path) => ["--tmpfs", `${path}:rw,exec,mode=1777,${owner[run.program]}`]),
		...run.mounts.flatMap(({ from, to }) => ["--volume", `${from}:${to}:ro,z`]),
		...Object.entries(run.env).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
		...entrypoint === void 0 ? [] : ["--entrypoint", entrypoint],
		run.image,
		...rest
	];
}
// src/ship/image/fit/check-fit.ts
/** Runs an image as its pod would: on the samples, with nothing that a laptop has and a pod has not. */
/** @throws {EtlError} `check` where it does not run as a pod, `failed` where nothing here can run it */
async function checkFit({ builder, image, trial, context }) {
	const program = await runnerOf(builder, context);
	const folder = await workingFolder({
		program,
		image,
		context
	});
	const at = (path) => `${folder}/${path}`;
	const writable = trial.writable.map(at);
	const end = await withCopies(trial.samples, context, (copies) => runOnce({
		program,
		image,
		name: `nais-etl-check-${randomUUID().slice(0, 8)}`,
		memory: trial.bytes,
		mounts: copies.map(({ from, to }) => ({
			from,
			to: at(to)
		})),
		writable,
		env: trial.env,
		command: trial.command,
		hasFewFiles: false
	}, context));
	if (end.exitCode === 0) return;
	const { message, hint } = explainEnd({
		...end,
		memory: trial.memory,
		folder,
		writable
	});
	throw new EtlError({
		code: "check",
		part: "check",
		message: `${trial.pipeline} does not run in ${image} as its pod would run it: ${message}\n${context.log.scrub(end.output)}`,
		hint
	});
}
/** User 1069 must be able to read them, however the files here are kept from others. */
async function withCopies(samples, { tmpdir }, act) {
	const folder = await mkdtemp(join(tmpdir, "nais-etl-check-"));
	try {
		const copies = samples.map(({ from, to }, i) => ({
			from,
			copy: join(folder, String(i)),
			to
		}));
		for (const { from, copy } of copies) {
			await copyFile(from, copy);
			await chmod(copy, 420);
		}
		return await act(copies.map(({ copy, to }) => ({
			from: copy,
			to
		})));
	} finally {
		await rm(folder, {
			recursive: true,
			force: true
		});
	}
}
/** What buildah builds lies where Podman looks for images. */
async function runnerOf({ name }, context) {
	const program = name.startsWith("docker") ? "docker" : "podman";
	try {
		await runProgram({
			argv: [program, "--version"],
			cwd: context.cwd,
			isQuery: true,
			what: "looking for it"
		}, context);
		return program;
	} catch (cause) {
		context.signal.throwIfAborted();
		if (!(cause instanceof EtlError)) throw cause;
		throw new EtlError({
			code: "failed",
			part: "check",
			message: `${program} is not here, and nothing else can run what ${name} built`,
			hint: "Install it, or build with `--builder docker`; without --check the image is built and not tried.",
			cause
		});
	}
}
async function workingFolder({ program, image, context }) {
	const text = await runProgram({
		argv: [
			program,
			"image",
			"inspect",
			image
		],
		cwd: context.cwd,
		isQuery: true,
		what: `looking at ${image}`
	}, context);
	const [{ Architecture: architecture, Config: config }] = JSON.parse(text);
	if (architecture === "amd64") return config.WorkingDir?.replace(/\/$/, "") ?? "";
	throw new EtlError({
		code: "check",
		part: "check",
		message: `${image} is built for ${architecture}, and the clusters run amd64`,
		hint: "Build it with `--platform linux/amd64`, which is what `nais-etl build` does by itself."
	});
}
/** Containers are given limits that not every machine can give, such as one that is a container itself. */
async function runOnce(run, context) {
	const first = await runAndRemove(run, context);
	const end = first.exitCode === 126 && /setting rlimit/.test(first.output) ? await runAndRemove({
		...run,
		hasFewFiles: true
	}, context) : first;
	const isOfImage = /exec: "|executable file|exec format error/i.test(end.output);
	if (!(end.exitCode === 125 || end.exitCode === 126 && /OCI|runc|crun/.test(end.output)) || isOfImage) return end;
	throw new EtlError({
		code: "failed",
		part: run.program,
		message: `${run.program} cannot run images here:\n${context.log.scrub(end.output)}`,
		hint: "Without --check the image is built and not tried."
	});
}
async function runAndRemove(run, context) {
	const call = {
		cwd: context.cwd,
		isQuery: true
	};
	try {
		const { exitCode, said } = await context.effect("image.check", () => runToEnd({
			...call,
			argv: podRunArgs(run),
			what: "running the image"
		}, context));
		return {
			exitCode: exitCode ?? 137,
			isOutOfMemory: await wasOutOfMemory(run, context),
			output: said
		};
	} finally {
		const unstopped = {
			...context,
			signal: AbortSignal.timeout(3e4)
		};
		const argv = [
			run.program,
			"rm",
			"--force",
			run.name
		];
		await runToEnd({
			...call,
			argv,
			what: "removing the container"
		}, unstopped).catch(() => void 0);
	}
}
async function wasOutOfMemory({ program, name }, context) {
	const { stdout } = await runToEnd({
		argv: [
			program,
			"container",
			"inspect",
			"--format",
			"{{.State.OOMKilled}}",
			name
		],
		cwd: context.cwd,
		isQuery: true,
		what: "looking at the container"
	}, context);
	return stdout.trim() === "true";
}
// src/ship/image/left-out.ts
/** What of a folder is left out of its image: lines of a `.dockerignore`, and what they match. */
/** May hold secrets or rows, and no image needs it. A line of the team's own list that begins with `!` brings it back. */
const neverInside = [
	"**/.env",
	"**/.env.*",
	"!**/.env.example",
	"!**/.env.sample",
	"!**/.env.template",
	"**/.netrc",
	"**/.git-credentials",
	"**/id_rsa",
	"**/id_ecdsa",
	"**/id_ed25519",
	"**/.nais-etl"
];
/** Of a folder whose Dockerfile is generated, besides: what no run needs, and what is mostly a key. */
const neverNeeded = [
	"**/.env.*",
	"**/.git",
	"**/.github",
	"**/.nais",
	"**/.venv",
	"**/venv",
	"**/__pycache__",
	"**/node_modules",
	"**/.pytest_cache",
	"**/*.pem",
	"**/*.key",
	"**/.npmrc",
	"**/Dockerfile*",
	"**/*.Dockerfile",
	"**/.dockerignore",
	"**/.gitignore",
	"**/README.md",
	"**/sbom.cdx.json"
];
/** @param paths files below the folder that a run never reads */
function leftOutOfGenerated(paths, { written, own }) {
	return [
		...neverInside,
		...neverNeeded,
		...paths.toSorted(),
		...written,
		...own
	];
}
function leftOutOfOwn({ written, own }) {
	return [
		...neverInside,
		...written,
		...own
	];
}
/**
* The team's own list, as builders look for it.
* Source: https://docs.docker.com/build/concepts/context/#filename-and-location
*/
async function readOwnList({ folder, dockerfile }) {
	for (const path of [
		`${dockerfile}.dockerignore`,
		join(folder, ".containerignore"),
		join(folder, ".dockerignore")
	]) {
		const text = await readFile(path, "utf8").catch(() => void 0);
		if (text !== void 0) return text.split(/\r?\n/).filter(isRule);
	}
	return [];
}
function isRule(line) {
	return line.trim() !== "" && !line.startsWith("#");
}
/**
* Whether a path below the folder, with `/`, is left out: what matches a folder holds for all in it.
* Source of the rules: https://docs.docker.com/build/concepts/context/#dockerignore-files
*/
function matchLeftOut(lines) {
	const rules = lines.map((line) => {
		const isBack = line.startsWith("!");
		return {
			isBack,
			pattern: patternOf(line.slice(isBack ? 1 : 0))
		};
	});
	return (path) => rules.findLast(({ pattern }) => pattern.test(path))?.isBack === false;
}
/** Which of these paths are not left out; of a folder whose content is, nothing is left. */
function takenAlong(paths, lines) {
	const isLeftOut = matchLeftOut(lines);
	return paths.filter((path) => !isLeftOut(path) && !isLeftOut(`${path}/…`));
}
const wildcards = {
	"**/": "(?:.*/)?",
	"**": ".*",
	"*": "[^/]*",
	"?": "[^/]"
};
function patternOf(rule) {
	const source = rule.trim().replace(/^(\.?\/)+/, "").replace(/\/+$/, "").replaceAll(/\*\*\/|\*\*|\*|\?|\[[^\]]+\]|\\(.)|[$()+.^{|}\]]/g, (part, escaped) => wildcards[part] ?? (part.startsWith("[") ? part : `\\${escaped ?? part}`));
	return new RegExp(`^${source}(?:/.*)?$`, "s");
}
// src/ship/image/written-locally.ts
/** What a run on somebody's machine writes below its pipeline's folder: nothing of it is for an image. */
/** Where target `local` keeps tables, records and reports. */
const ownFolder = ".nais-etl";
/**
* Lines of a `.dockerignore`: folders where they hold nothing else, else files; what lies outside of the folder is none of its image.
* @param pipelines of one folder's image, each as target `local` has it, and as others do
* @param root the folder that is built, absolute
*/
function writtenLocally(pipelines, root) {
	const found = pipelines.flatMap((pipeline) => {
		const below = (path) => relative(root, resolve(pipeline.folder, path)).replaceAll(sep, "/");
		return [ownFolder, ...writtenBy(pipeline)].map(below);
	});
	return [...new Set(found)].filter((path) => path !== "" && path !== ".." && !path.startsWith("../"));
}
function writtenBy({ spec }) {
	const outputs = Object.values(spec.outputs ?? {}).flatMap((output) => output.type === "file" ? [output.path] : []);
	const sources = Object.values(spec.sources ?? {});
	const kept = sources.flatMap((source) => source.type === "http" && source.raw ? [rawFiles(source.raw)] : []);
	const read = [
		"models/*",
		"tests/*",
		...sources.flatMap(readBy)
	].map(globOf);
	return [...outputs, ...kept].filter((path) => !isAbsolute(path)).flatMap((path) => leaveOut(path, read));
}
/** @param read globs of what runs read */
function leaveOut(path, read) {
	const glob = globOf(path);
	if (matchLeftOut(read)(glob)) return [];
	const folder = folderOf(path);
	return [folder !== "." && !read.some((one) => mayLieIn(one, folder)) ? escaped(folder) : glob];
}
function rawFiles(raw) {
	const { folder, name } = rawPlace(raw);
	return `${folder}/${name}`;
}
function readBy(source) {
	const sample = source.sample === void 0 ? [] : [source.sample];
	return source.type === "file" ? [source.path, ...sample] : sample;
}
/** The folder that files of this name lie in, up to what a reference changes. */
function folderOf(path) {
	return plain(dirname(`${path.split(/\$?\{/)[0]}…`)) || ".";
}
/** Whether what a glob names may lie in that folder. */
function mayLieIn(glob, folder) {
	const parts = glob.split("/");
	const depth = folder.split("/").length;
	const start = parts.slice(0, depth);
	return start.includes("**") || parts.length > depth && matchLeftOut([start.join("/")])(folder);
}
/** What a reference stands for may be anything. */
function globOf(path) {
	return plain(path).replaceAll(/\$?\{[^}]*\}/g, "*");
}
function plain(path) {
	return path.replace(/^(\.\/)+/, "");
}
function escaped(path) {
	return path.replaceAll(/[*?[\]\\]/g, "\\$&");
}
// src/ship/image/fit/trial.ts
/** What a pipeline needs of a machine to run on its samples in its image. */
function trialOf({ pipeline: { file, folder, spec }, root }) {
	const { selected } = foundAt(file);
	const below = (path) => relative(root, resolve(folder, path)).replaceAll("\\", "/");
	const memory = effectiveResource(spec.nais, "limits", "memory") ?? "512Mi";
	const samples = Object.values(spec.sources ?? {}).flatMap(({ sample }) => sample === void 0 || /[*?[{]/.test(sample) ? [] : [sample]);
	const { command, env } = spec.nais ?? {};
	const plain = (env ?? []).flatMap(({ name, value }) => typeof value === "string" ? [[name, value]] : []);
	return {
		pipeline: spec.name,
		memory,
		bytes: bytesOf$2(memory) ?? bytesOf$2("512Mi"),
		samples: [...new Set(samples)].map((sample) => ({
			from: resolve(folder, sample),
			to: below(sample)
		})),
		writable: [...new Set([".nais-etl", ...foldersOfFiles(spec.outputs)].map(below))],
		env: {
			NAIS_ETL_LOG: "text",
			...Object.fromEntries(plain),
			...selected !== void 0 && { NAIS_ETL_PIPELINE: selected }
		},
		command: command ?? []
	};
}
/** Of file outputs, the folders that no reference changes and that are not the pipeline's own. */
function foldersOfFiles(outputs) {
	return Object.values(outputs ?? {}).flatMap((output) => output.type === "file" ? [folderOf(output.path)] : []).filter((folder) => !isAbsolute(folder) && folder !== ".");
}
// src/ship/image/labels.ts
/** Source: https://github.com/opencontainers/image-spec/blob/main/annotations.md */
function imageLabels({ image, env, more }) {
	const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_SHA: revision } = env;
	const labels = {
		title: image.repository.split("/").at(-1),
		version: image.tag,
		revision,
		source: server && repository && `${server}/${repository}`,
		...more
	};
	const given = Object.entries(labels).filter(([, value]) => value);
	return Object.fromEntries(given.map(([key, value]) => [`org.opencontainers.image.${key}`, value]));
}
// src/util/google-account.ts
const credentialsHint = "On a laptop: gcloud auth application-default login (on nais: nais login). In a pod: the Naisjob needs something under `gcp:`, so that it gets a service account.";
const emailScope = "https://www.googleapis.com/auth/userinfo.email";
/** @throws {EtlError} `failed`, when something is asked of it and there are no credentials */
async function defaultAccount({ scope, part, hint }) {
	const { GoogleAuth } = await import("./src.js").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
	const create = () => new GoogleAuth({ scopes: [scope, emailScope] });
	let auth = create();
	const fail = (error) => {
		throw credentialsError(error, {
			part,
			hint
		});
	};
	return {
		headers: async () => Object.fromEntries(await auth.getRequestHeaders().catch(fail)),
		renew: () => void (auth = create()),
		email: () => emailOf(auth).catch(() => void 0),
		project: () => auth.getProjectId().catch(() => void 0),
		kind: async () => kindOf(await auth.getClient().catch(fail))
	};
}
/** Source: https://cloud.google.com/docs/authentication/application-default-credentials */
async function kindOf(client) {
	const google = await import("./src.js").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
	const [, kind = "credentials of an unknown kind"] = [
		[google.Compute, "workload identity, or the machine's own account"],
		[google.Impersonated, "impersonation of a service account"],
		[google.JWT, "the key of a service account"],
		[google.UserRefreshClient, "a person"],
		[google.ExternalAccountAuthorizedUserClient, "a person, by workforce identity"],
		[google.BaseExternalAccountClient, "workload identity federation"]
	].find(([one]) => client instanceof one) ?? [];
	return {
		kind,
		quotaProject: client.quotaProjectId
	};
}
/** A service account's credentials say whose they are; a person's do not, but Google tells of a token. */
async function emailOf(auth) {
	const { client_email: email } = await auth.getCredentials().catch(() => ({ client_email: void 0 }));
	if (email !== void 0) return email;
	const client = await auth.getClient();
	const { token } = await client.getAccessToken();
	if (!token || !("getTokenInfo" in client)) return void 0;
	return (await client.getTokenInfo(token)).email;
}
function credentialsError(error, { part, hint }) {
	const isMissing = /Could not load the default credentials/.test(messageOf(error));
	return new EtlError({
		code: "failed",
		part,
		message: isMissing ? "there are no Google credentials here" : "the Google credentials cannot be used",
		hint: `${credentialsHint} ${hint}`,
		cause: error
	});
}
// src/ship/image/gar-refusal.ts
/** Sources: cloud.google.com/iam/docs/troubleshooting-workload-identity-federation and the answers of both services. */
const refusals = [
	{
		pattern: /invalid_target|audience.*(does not match|invalid)|invalid value for .?audience/i,
		hint: ({ provider }) => `Google knows no workload identity provider \`${provider}\`, or not for this. It comes from NAIS_WORKLOAD_IDENTITY_PROVIDER, else from the platform: do not set the variable, where your organisation uses nais.`
	},
	{
		pattern: /attribute condition|unauthorized_client/i,
		hint: ({ repository }) => `The platform's provider lets no workflow of ${repository} in: it takes repositories of its own organisations only. Is this a fork, or was the repository moved?`
	},
	{
		pattern: /getAccessToken|PERMISSION_DENIED|status code 403|not found|status code 404/i,
		hint: ({ repository, team, account }) => `The job may not act as ${account}. In Nais Console, open team ${team}, then Repositories, and add ${repository}; it takes a minute or two. Is \`team:\` right? Into a registry outside the platform, google-github-actions/auth logs in, in a step before.`
	},
	{
		pattern: /stale|expired|issued at|in the future|not yet valid/i,
		hint: () => "GitHub's token was too old, or too young, when Google saw it: run the job again. On a runner of your own, is its clock right?"
	}
];
const usual = "Run the job again; https://status.cloud.google.com says whether Google has trouble. Outside the platform, log in with the builder itself before.";
/**
* The error is not kept as the cause: Google's library puts whole requests into it, with their tokens.
* @param error what Google's library threw
*/
function explainRefusal(error, who, { log }) {
	const said = saidBy(error);
	const found = refusals.find(({ pattern }) => pattern.test(said));
	return new EtlError({
		code: "failed",
		part: "registry",
		message: `Google gives ${who.repository} no access to the registry of ${who.team}: ${log.scrub(said).slice(0, longestQuote)}`,
		hint: found?.hint(who) ?? usual
	});
}
const longestQuote = 400;
/** The library's message, which for one of the two services is that of Google, and the status of the answer. */
function saidBy(error) {
	const { status, cause } = error;
	const message = messageOf(error).replaceAll(/\s+/g, " ");
	const parts = [message, ...status === void 0 ? [] : [`(status code ${status})`]];
	return status === void 0 && cause instanceof Error ? `${message}: ${cause.message}` : parts.join(" ");
}
// src/ship/image/gar-login.ts
/**
* A workflow's way into the team's registry, without a stored key: GitHub's token, exchanged for one of Google's, which
* may act as the service account that pushes for the team. As nais/login does it.
*/
/** What its documentation calls the user of an access token: cloud.google.com/artifact-registry/docs/docker/authentication */
const googleUser = "oauth2accesstoken";
const googleScope = "https://www.googleapis.com/auth/cloud-platform";
/** Google's limit of google.subject: cloud.google.com/iam/docs/workload-identity-federation#mapping */
const longestSubject = 127;
/** Milliseconds for the whole exchange, in which Google's library tries again. */
const patience$1 = 6e4;
/** @throws {EtlError} `usage` where the job may not ask, `failed` with what to do where Google refuses */
async function garLogin({ project, team }, context) {
	const { workloadIdentityProvider: provider } = await platformOf({ needs: ["workloadIdentityProvider"] }, context);
	const account = pushAccount({
		project,
		team
	});
	const subject = await githubToken(`https://iam.googleapis.com/${provider}`, context);
	checkSubject(subject);
	const who = {
		team,
		account,
		provider,
		repository: context.env["GITHUB_REPOSITORY"] ?? "this repository"
	};
	try {
		return {
			user: googleUser,
			password: await exchange({
				subject,
				account,
				provider,
				context
			})
		};
	} catch (error) {
		context.signal.throwIfAborted();
		throw error instanceof EtlError ? error : explainRefusal(error, who, context);
	}
}
/**
* The service account that pushes for a team: `gar-nada-41a6@PROJECT.iam.gserviceaccount.com`.
* Source: nais/login, and SlugHashPrefixTruncate in nais/api-reconcilers, which makes it.
*/
function pushAccount({ project, team }) {
	const hash = createHash("sha256").update(team).digest("hex").slice(0, 4);
	const room = 25 - hash.length;
	return `gar-${team.slice(0, room).replace(/-$/, "")}-${hash}@${project}.iam.gserviceaccount.com`;
}
/** Google's own refusal comes late, and does not say what to do. */
function checkSubject({ subject }) {
	const bytes = Buffer.byteLength(subject);
	if (bytes <= longestSubject) return;
	throw new EtlError({
		code: "failed",
		part: "registry",
		message: `Google takes no token whose subject is longer than ${longestSubject} bytes, and that of this job has ${bytes}`,
		hint: "The subject is made of the repository's name and of the branch's, or the environment's. Take a shorter branch name; a job with `environment:` has that name in it instead."
	});
}
async function exchange({ subject, account, provider, context }) {
	const { IdentityPoolClient } = await import("./src.js").then((m) => /* @__PURE__ */ __toESM(m.default, 1));
	const { sts, iam } = endpoints(context.env);
	const { token } = await withPatience(new IdentityPoolClient({
		type: "external_account",
		audience: `//iam.googleapis.com/${provider}`,
		subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
		token_url: `${sts}/v1/token`,
		service_account_impersonation_url: `${iam}/v1/projects/-/serviceAccounts/${account}:generateAccessToken`,
		subject_token_supplier: { getSubjectToken: async () => subject.token },
		scopes: [googleScope]
	}).getAccessToken(), context);
	if (token) return token;
	throw new EtlError({
		code: "failed",
		part: "registry",
		message: "Google's answer holds no access token"
	});
}
/** A server on this machine may take the place of Google's, for tests; no other may. */
function endpoints(env) {
	const key = "NAIS_ETL_GOOGLE_LOGIN";
	const text = env[key];
	if (!text) return {
		sts: "https://sts.googleapis.com",
		iam: "https://iamcredentials.googleapis.com"
	};
	const { url, isLoopback } = parseEndpoint(text, {
		key,
		where: () => ({ file: "environment" })
	});
	if (isLoopback) return {
		sts: url,
		iam: url
	};
	throw new EtlError({
		code: "usage",
		message: `${key} is no server on this machine: ${text}`,
		hint: "It is for tests: a token that may push images is shown to Google alone."
	});
}
/** Google's library knows neither signals nor, here, an end. */
async function withPatience(act, { signal }) {
	const end = AbortSignal.any([signal, AbortSignal.timeout(patience$1)]);
	const stopped = new Promise((_, reject) => {
		end.addEventListener("abort", () => reject(end.reason), { once: true });
	});
	return Promise.race([act, stopped]);
}
// src/ship/image/login.ts
/** Undefined where the builder's own login, made before, is to be used. */
async function loginFor(image, context) {
	const login = await findLogin(image, context);
	if (login) context.log.mask(login.password);
	return login;
}
async function findLogin(image, context) {
	const { NAIS_ETL_REGISTRY_USER: user, NAIS_ETL_REGISTRY_PASSWORD: password, GITHUB_ACTOR: actor, GITHUB_TOKEN: token } = context.env;
	if (password) return {
		user: needed$2(user),
		password
	};
	if (image.registry === "ghcr.io" && token) return {
		user: actor || "token",
		password: token
	};
	const platform = teamRegistryOf(image, context);
	if (platform) return garLogin(platform, context);
	if (isGoogleRegistry(image.registry)) return googleLogin();
}
function needed$2(user) {
	if (user) return user;
	throw new EtlError({
		code: "usage",
		message: "NAIS_ETL_REGISTRY_PASSWORD is given, and NAIS_ETL_REGISTRY_USER is not",
		hint: "Give both, or neither to use the login that the builder has."
	});
}
/**
* The team's registry of the platform, where a workflow pushes there and has no other way.
* Credentials that an earlier step has left (google-github-actions/auth) go first.
*/
function teamRegistryOf({ registry, repository }, { env }) {
	if (env["GITHUB_ACTIONS"] !== "true" || env["GOOGLE_APPLICATION_CREDENTIALS"]) return void 0;
	const [project, team, name] = repository.split("/");
	return registry === garHostOf(env) && project && team && name ? {
		project,
		team
	} : void 0;
}
async function googleLogin() {
	const [, password = ""] = ((await (await defaultAccount({
		scope: "https://www.googleapis.com/auth/cloud-platform",
		part: "registry",
		hint: "Or log in with the builder itself: `gcloud auth configure-docker`."
	})).headers())["authorization"] ?? "").split(" ");
	return {
		user: googleUser,
		password
	};
}
// src/ship/image/name-image.ts
/** At least one, all of one repository, with tags. */
async function nameImage(options, named, context) {
	const place = await placeOf$1(options, named, context);
	const tags = options.tags?.length ? options.tags : [versionTag({
		now: context.now(),
		revision: await revisionOf(named.folder, context)
	})];
	if (tags.includes("latest")) context.log.problem(latest);
	return tags.map((tag) => parseReference(formatReference({
		...place,
		tag,
		digest: void 0
	})));
}
const latest = {
	severity: "warning",
	rule: "latest-tag",
	message: "the tag `latest` says not which version runs",
	hint: "Whoever pulls it later may get another one. Leave `--tag` out, or add a second one; and deploy by the digest that is printed."
};
async function placeOf$1(options, { name, team }, context) {
	const { image, registry, project, suffix } = options;
	const { env } = context;
	if (image !== void 0) return withoutVersion(image);
	const [owner, repository = name] = (env["GITHUB_REPOSITORY"] ?? "").split("/");
	if (registry === void 0) return {
		registry: "localhost",
		repository: suggestRepository(name)
	};
	if (registry === "gar") return garImage({
		host: garHostOf(env),
		project: project ?? (await platformOf({ needs: ["managementProject"] }, context)).managementProject,
		team: needed$1(team, "Write `team:` in pipeline.yaml."),
		name: repository,
		suffix
	});
	if (registry === "ghcr") return ghcrImage({
		owner: needed$1(owner || void 0, "Outside GitHub Actions, give the address: `--image ghcr.io/OWNER/NAME`."),
		name: `${repository}${suffix ?? ""}`
	});
	return withoutVersion(`${registry.replace(/\/$/, "")}/${suggestRepository(`${repository}${suffix ?? ""}`)}`);
}
function needed$1(value, hint) {
	if (value !== void 0 && value !== "") return value;
	throw new EtlError({
		code: "usage",
		message: "where the image belongs is not known",
		hint
	});
}
function withoutVersion(text) {
	const { registry, repository, tag, digest } = parseReference(text);
	if (tag === void 0 && digest === void 0) return {
		registry,
		repository
	};
	throw new EtlError({
		code: "usage",
		message: `\`${text}\` has a version already`,
		hint: "Give the address alone, and the version as `--tag`."
	});
}
/** The commit that is built: that of the workflow, or of the repository here. */
async function revisionOf(folder, context) {
	const given = context.env["GITHUB_SHA"];
	if (given) return given;
	return runProgram({
		argv: [
			"git",
			"rev-parse",
			"HEAD"
		],
		cwd: folder,
		what: "asking for the commit"
	}, context).catch((error) => {
		context.signal.throwIfAborted();
		if (error instanceof EtlError) return "none";
		throw error;
	});
}
// src/util/files.ts
/** What `node:fs` leaves to be said: whether something is there, and when it will still be after a power cut. */
async function exists(path) {
	return stat(path).then(() => true, () => false);
}
// src/util/map-limited.ts
/** So many files may be open at the same time: a container may allow no more than a few hundred. */
const mostAtOnce = 32;
/** As `Promise.all(items.map(act))`, but only a few at a time. What is under way when one fails, is waited for. */
async function mapLimited(items, act, atOnce = mostAtOnce) {
	const results = [];
	let next = 0;
	const work = async () => {
		while (next < items.length) {
			const i = next++;
			results[i] = await act(items[i]);
		}
	};
	const failed = (await Promise.allSettled(Array.from({ length: Math.min(atOnce, items.length) }, work))).find((outcome) => outcome.status === "rejected");
	if (failed) throw failed.reason;
	return results;
}
// src/ship/credentials/kinds.ts
const anywhere = "Make a new one, and revoke this one where it was made.";
const assigned = String.raw`["']?\s*(?:=>|[:=])\s*["']?`;
const credentialKinds = [
	{
		name: "private key",
		pattern: /-----BEGIN (?:(?:RSA|EC|DSA|OPENSSH|ENCRYPTED|PGP) )?PRIVATE KEY(?: BLOCK)?-----/,
		near: ["-----begin"],
		revoke: "Make a new pair of keys, and remove the public one of this pair wherever it is trusted."
	},
	{
		name: "key of a Google service account",
		pattern: /"private_key_id"\s*:\s*"(?<value>[0-9a-f]{40})"/,
		near: ["private_key_id"],
		revoke: "Delete the key in IAM. On nais a job needs none: it is its service account."
	},
	{
		name: "Google API key",
		pattern: /\bAIza[0-9A-Za-z_-]{35}(?![0-9A-Za-z_-])/,
		near: ["aiza"],
		revoke: anywhere
	},
	{
		name: "Google OAuth client secret",
		pattern: /\bGOCSPX-[0-9A-Za-z_-]{28}(?![0-9A-Za-z_-])/,
		near: ["gocspx-"],
		revoke: anywhere
	},
	{
		name: "Google OAuth token",
		pattern: /\bya29\.[0-9A-Za-z_-]{30,}/,
		near: ["ya29."],
		revoke: anywhere
	},
	{
		name: "GitHub token",
		pattern: /\b(?:gh[pousr]_[0-9A-Za-z]{36,}|github_pat_[0-9A-Za-z_]{60,})/,
		near: [
			"ghp_",
			"gho_",
			"ghu_",
			"ghs_",
			"ghr_",
			"github_pat_"
		],
		revoke: "Revoke it under Settings, Developer settings. In a workflow `GITHUB_TOKEN` is there by itself."
	},
	{
		name: "GitLab token",
		pattern: /\bglpat-[0-9A-Za-z_-]{20,}/,
		near: ["glpat-"],
		revoke: anywhere
	},
	{
		name: "AWS access key",
		pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/,
		near: ["akia", "asia"],
		revoke: "Deactivate it in IAM, then delete it."
	},
	{
		name: "AWS secret key",
		pattern: new RegExp(String.raw`aws_?secret_?access_?key${assigned}(?<value>[0-9A-Za-z/+=]{40})(?![0-9A-Za-z/+=])`, "i"),
		near: ["secret_access_key", "secretaccesskey"],
		revoke: "Deactivate it in IAM, then delete it."
	},
	{
		name: "Azure storage key",
		pattern: /AccountKey=(?<value>[0-9A-Za-z+/]{86}==)/,
		near: ["accountkey="],
		revoke: anywhere
	},
	{
		name: "Entra ID client secret",
		pattern: /(?<![0-9A-Za-z_~.-])(?<value>[0-9A-Za-z_~.-]{3}[78]Q~[0-9A-Za-z_~.-]{31,34})(?![0-9A-Za-z_~.-])/,
		near: ["7q~", "8q~"],
		revoke: anywhere
	},
	{
		name: "Slack token",
		pattern: /\bxox[abeoprs]-[0-9A-Za-z-]{10,}/,
		near: [
			"xoxa-",
			"xoxb-",
			"xoxe-",
			"xoxo-",
			"xoxp-",
			"xoxr-",
			"xoxs-"
		],
		revoke: anywhere
	},
	{
		name: "Slack webhook",
		pattern: /hooks\.slack\.com\/(?:services|workflows)\/T[0-9A-Z]{8,}\/[0-9A-Za-z/]{20,}/,
		near: ["hooks.slack.com"],
		revoke: "Who has the address can write to the channel: make a new webhook."
	},
	{
		name: "npm token",
		pattern: /\bnpm_[0-9A-Za-z]{36}\b/,
		near: ["npm_"],
		revoke: "Revoke it with `npm token revoke`."
	},
	{
		name: "token in .npmrc",
		pattern: /:_(?:authToken|auth|password)\s*=\s*(?<value>[^\s"$]{8,})/,
		near: [":_auth", ":_password"],
		revoke: "Write `${NPM_TOKEN}` there: npm fills it in from the environment."
	},
	{
		name: "PyPI token",
		pattern: /\bpypi-AgEI[0-9A-Za-z_-]{50,}/,
		near: ["pypi-agei"],
		revoke: anywhere
	},
	{
		name: "Stripe key",
		pattern: /\b[rs]k_live_[0-9A-Za-z]{20,}/,
		near: ["k_live_"],
		revoke: anywhere
	},
	{
		name: "SendGrid key",
		pattern: /\bSG\.[0-9A-Za-z_-]{22}\.[0-9A-Za-z_-]{43}/,
		near: ["sg."],
		revoke: anywhere
	},
	{
		name: "Hugging Face token",
		pattern: /\bhf_[0-9A-Za-z]{34}\b/,
		near: ["hf_"],
		revoke: anywhere
	},
	{
		name: "OpenAI or Anthropic key",
		pattern: /\bsk-(?:ant-|proj-|svcacct-)[0-9A-Za-z_-]{32,}/,
		near: ["sk-"],
		revoke: anywhere
	},
	{
		name: "Databricks token",
		pattern: /\bdapi[0-9a-f]{32}\b/,
		near: ["dapi"],
		revoke: anywhere
	},
	{
		name: "Grafana token",
		pattern: /\bgl(?:sa_[0-9A-Za-z]{32}_[0-9a-f]{8}|c_[0-9A-Za-z+/]{32,})/,
		near: ["glsa_", "glc_"],
		revoke: anywhere
	},
	{
		name: "age secret key",
		pattern: /\bAGE-SECRET-KEY-1[0-9A-Z]{58}\b/,
		near: ["age-secret-key-"],
		revoke: anywhere
	},
	{
		name: "JSON Web Token",
		pattern: /\beyJ[0-9A-Za-z_-]{10,}\.eyJ[0-9A-Za-z_-]{10,}\.[0-9A-Za-z_-]{20,}/,
		near: ["eyj"],
		revoke: "Whoever has it is let in until it expires: end the session it is of."
	},
	{
		name: "key of a kubeconfig",
		pattern: /\bclient-key-data:\s*(?<value>[0-9A-Za-z+/=]{40,})/,
		near: ["client-key-data"],
		revoke: anywhere
	},
	{
		name: "login of a registry",
		pattern: /"auth"\s*:\s*"(?<value>[0-9A-Za-z+/]{12,}={0,2})"/,
		near: ["\"auth\""],
		revoke: "Change the password, and log in anew."
	},
	{
		name: "password in an address",
		pattern: /\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@"'`<>]+:(?<value>[^\s:/@"'`<>{}$]{4,})@[^\s"'`]/i,
		near: ["://"],
		revoke: "Change the password, and write `${secret:NAME}` in its place."
	},
	{
		name: "hexadecimal key",
		pattern: new RegExp(String.raw`(?:api_?key|apikey|secret|token|passw(?:or)?d|private_?key|auth_?key)[\w-]*${assigned}(?<value>[0-9a-f]{32,128})(?![0-9a-f])`, "i"),
		near: [
			"key",
			"secret",
			"token",
			"passw"
		],
		revoke: anywhere
	},
	{
		name: "password",
		pattern: /(?:^|[\s"'{,;_-])(?:passwd|password|pwd|passord)["']?\s*(?:=>|=(?!=)|:(?!:))\s*(?<quote>["'])(?<value>[^"'\s$<>{}]{8,})\k<quote>/i,
		near: [
			"passwd",
			"password",
			"pwd",
			"passord"
		],
		revoke: "Change it, and name the new one under `secrets:`."
	}
];
// src/ship/credentials/scan-text.ts
/** What stands for a credential, and is none. */
const placeholder = /x{5,}|\*{3,}|\.{3}|…|changeme|change_me|example|dummy|placeholder|redacted|your[_-]|^(?:password|passord|secret|hemmelig|test(?:ing)?)\w{0,3}$|^[a-z]+[-_](?:password|passord|secret)$|^(.)\1+$|^(?:0123|1234|abcd)|insert|replace/i;
/** A line of which more is not looked at: minified programs and data. */
const longestLine = 4e3;
/**
* @param file as it is shown
* @returns an error for each; the credential itself is in none of them
*/
function scanText(text, file) {
	const problems = text.split("\n").flatMap((line, i) => scanLine(line, file, i + 1));
	return applyIgnores({
		text,
		file,
		problems,
		known: ["credential"]
	}).filter(({ rule }) => rule === "credential");
}
function scanLine(whole, file, number) {
	const line = whole.slice(0, longestLine);
	const small = line.toLowerCase();
	for (const { name, pattern, near, revoke } of credentialKinds) {
		if (!near.some((word) => small.includes(word))) continue;
		const match = pattern.exec(line);
		const value = match?.groups?.["value"] ?? match?.[0];
		if (!match || value === void 0 || placeholder.test(value)) continue;
		return [{
			severity: "error",
			rule: "credential",
			message: `this looks like a ${name}`,
			hint: `${revoke} Whoever can read the repository, or fetch the image, has it; so has the history of Git.`,
			where: {
				file,
				line: number,
				column: match.index + 1
			}
		}];
	}
	return [];
}
// src/ship/credentials/scan-folder.ts
/** Finds credentials in the files of a folder: what a build would put into the image. */
/** Never somebody's own text. */
const passedOver = /* @__PURE__ */ new Set([
	".git",
	"node_modules",
	".venv",
	"venv",
	"__pycache__",
	".nais-etl"
]);
/** Of larger files, this much: credentials stand in small ones, or at their beginning. */
const mostBytes = 1e6;
async function scanFolder({ folder, show, isWanted, signal }) {
	return (await mapLimited(await filesBelow(folder, "", isWanted), async (path) => {
		signal.throwIfAborted();
		const text = await readBeginning(join(folder, path));
		return text === void 0 ? [] : scanText(text, show(path));
	})).flat();
}
async function filesBelow(root, folder, isWanted) {
	const lists = (await readdir(join(root, folder), { withFileTypes: true })).toSorted((a, b) => a.name < b.name ? -1 : 1).map(async (entry) => {
		const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
		if (entry.isDirectory()) return passedOver.has(entry.name) ? [] : filesBelow(root, path, isWanted);
		return entry.isFile() && isWanted(path) ? [path] : [];
	});
	return (await Promise.all(lists)).flat();
}
/** Undefined for what is no text. */
async function readBeginning(path) {
	const file = await open(path);
	try {
		const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(mostBytes) });
		const bytes = buffer.subarray(0, bytesRead);
		return bytes.subarray(0, 8e3).includes(0) ? void 0 : bytes.toString("utf8");
	} finally {
		await file.close();
	}
}
// node_modules/dockerfile-ast/lib/argument.js
var require_argument = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Argument = void 0;
	var Argument = class {
		constructor(value, range) {
			this.value = value;
			this.range = range;
		}
		toString() {
			return this.value;
		}
		getRange() {
			return this.range;
		}
		getValue() {
			return this.value;
		}
		isAfter(position) {
			if (this.range.end.line < position.line) return false;
			return this.range.start.line > position.line ? true : this.range.start.character > position.character;
		}
		isBefore(position) {
			if (this.range.start.line < position.line) return true;
			return this.range.end.line > position.line ? false : this.range.end.character < position.character;
		}
	};
	exports.Argument = Argument;
}));
// node_modules/dockerfile-ast/lib/jsonArgument.js
var require_jsonArgument = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.JSONArgument = void 0;
	const argument_1 = require_argument();
	var JSONArgument = class extends argument_1.Argument {
		constructor(value, range, jsonRange) {
			super(value, range);
			this.jsonRange = jsonRange;
		}
		getJSONRange() {
			return this.jsonRange;
		}
		getJSONValue() {
			let value = super.getValue();
			value = value.substring(1, value.length - 1);
			return value;
		}
	};
	exports.JSONArgument = JSONArgument;
}));
// node_modules/vscode-languageserver-types/lib/esm/main.js
var main_exports$1 = /* @__PURE__ */ __exportAll({
	AnnotatedTextEdit: () => AnnotatedTextEdit,
	ApplyKind: () => ApplyKind,
	ChangeAnnotation: () => ChangeAnnotation,
	ChangeAnnotationIdentifier: () => ChangeAnnotationIdentifier,
	CodeAction: () => CodeAction,
	CodeActionContext: () => CodeActionContext,
	CodeActionKind: () => CodeActionKind,
	CodeActionTag: () => CodeActionTag,
	CodeActionTriggerKind: () => CodeActionTriggerKind,
	CodeDescription: () => CodeDescription,
	CodeLens: () => CodeLens,
	Color: () => Color,
	ColorInformation: () => ColorInformation,
	ColorPresentation: () => ColorPresentation,
	Command: () => Command,
	CompletionItem: () => CompletionItem,
	CompletionItemKind: () => CompletionItemKind,
	CompletionItemLabelDetails: () => CompletionItemLabelDetails,
	CompletionItemTag: () => CompletionItemTag,
	CompletionList: () => CompletionList,
	CreateFile: () => CreateFile,
	DeleteFile: () => DeleteFile,
	Diagnostic: () => Diagnostic,
	DiagnosticRelatedInformation: () => DiagnosticRelatedInformation,
	DiagnosticSeverity: () => DiagnosticSeverity,
	DiagnosticTag: () => DiagnosticTag,
	DocumentHighlight: () => DocumentHighlight,
	DocumentHighlightKind: () => DocumentHighlightKind,
	DocumentLink: () => DocumentLink,
	DocumentSymbol: () => DocumentSymbol,
	DocumentUri: () => DocumentUri,
	EOL: () => EOL,
	FoldingRange: () => FoldingRange,
	FoldingRangeKind: () => FoldingRangeKind,
	FormattingOptions: () => FormattingOptions,
	Hover: () => Hover,
	InlayHint: () => InlayHint,
	InlayHintKind: () => InlayHintKind,
	InlayHintLabelPart: () => InlayHintLabelPart,
	InlineCompletionContext: () => InlineCompletionContext,
	InlineCompletionItem: () => InlineCompletionItem,
	InlineCompletionList: () => InlineCompletionList,
	InlineCompletionTriggerKind: () => InlineCompletionTriggerKind,
	InlineValueContext: () => InlineValueContext,
	InlineValueEvaluatableExpression: () => InlineValueEvaluatableExpression,
	InlineValueText: () => InlineValueText,
	InlineValueVariableLookup: () => InlineValueVariableLookup,
	InsertReplaceEdit: () => InsertReplaceEdit,
	InsertTextFormat: () => InsertTextFormat,
	InsertTextMode: () => InsertTextMode,
	LanguageKind: () => LanguageKind,
	Location: () => Location,
	LocationLink: () => LocationLink,
	MarkedString: () => MarkedString,
	MarkupContent: () => MarkupContent,
	MarkupKind: () => MarkupKind,
	OptionalVersionedTextDocumentIdentifier: () => OptionalVersionedTextDocumentIdentifier,
	ParameterInformation: () => ParameterInformation,
	Position: () => Position,
	Range: () => Range,
	RenameFile: () => RenameFile,
	SelectedCompletionInfo: () => SelectedCompletionInfo,
	SelectionRange: () => SelectionRange,
	SemanticTokenModifiers: () => SemanticTokenModifiers,
	SemanticTokenTypes: () => SemanticTokenTypes,
	SemanticTokens: () => SemanticTokens,
	SignatureInformation: () => SignatureInformation,
	SnippetTextEdit: () => SnippetTextEdit,
	StringValue: () => StringValue,
	SymbolInformation: () => SymbolInformation,
	SymbolKind: () => SymbolKind,
	SymbolTag: () => SymbolTag,
	TextDocument: () => TextDocument$1,
	TextDocumentEdit: () => TextDocumentEdit,
	TextDocumentIdentifier: () => TextDocumentIdentifier,
	TextDocumentItem: () => TextDocumentItem,
	TextEdit: () => TextEdit,
	URI: () => URI,
	VersionedTextDocumentIdentifier: () => VersionedTextDocumentIdentifier,
	WorkspaceChange: () => WorkspaceChange,
	WorkspaceEdit: () => WorkspaceEdit,
	WorkspaceFolder: () => WorkspaceFolder,
	WorkspaceSymbol: () => WorkspaceSymbol,
	integer: () => integer,
	uinteger: () => uinteger
});
var DocumentUri, URI, integer, uinteger, Position, Range, Location, LocationLink, Color, ColorInformation, ColorPresentation, FoldingRangeKind, FoldingRange, DiagnosticRelatedInformation, DiagnosticSeverity, DiagnosticTag, CodeDescription, Diagnostic, Command, TextEdit, ChangeAnnotation, ChangeAnnotationIdentifier, AnnotatedTextEdit, TextDocumentEdit, CreateFile, RenameFile, DeleteFile, WorkspaceEdit, TextEditChangeImpl, SnippetTextEdit, ChangeAnnotations, WorkspaceChange, TextDocumentIdentifier, VersionedTextDocumentIdentifier, OptionalVersionedTextDocumentIdentifier, LanguageKind, TextDocumentItem, MarkupKind, MarkupContent, CompletionItemKind, InsertTextFormat, CompletionItemTag, InsertReplaceEdit, InsertTextMode, ApplyKind, CompletionItemLabelDetails, CompletionItem, CompletionList, MarkedString, Hover, ParameterInformation, SignatureInformation, DocumentHighlightKind, DocumentHighlight, SymbolKind, SymbolTag, SymbolInformation, WorkspaceSymbol, DocumentSymbol, CodeActionKind, CodeActionTriggerKind, CodeActionContext, CodeActionTag, CodeAction, CodeLens, FormattingOptions, DocumentLink, SelectionRange, SemanticTokenTypes, SemanticTokenModifiers, SemanticTokens, InlineValueText, InlineValueVariableLookup, InlineValueEvaluatableExpression, InlineValueContext, InlayHintKind, InlayHintLabelPart, InlayHint, StringValue, InlineCompletionItem, InlineCompletionList, InlineCompletionTriggerKind, SelectedCompletionInfo, InlineCompletionContext, WorkspaceFolder, EOL, TextDocument$1, FullTextDocument$1, Is;
var init_main$1 = __esmMin((() => {
	(function(DocumentUri) {
		function is(value) {
			return typeof value === "string";
		}
		DocumentUri.is = is;
	})(DocumentUri || (DocumentUri = {}));
	(function(URI) {
		function is(value) {
			return typeof value === "string";
		}
		URI.is = is;
	})(URI || (URI = {}));
	(function(integer) {
		integer.MIN_VALUE = -2147483648;
		integer.MAX_VALUE = 2147483647;
		function is(value) {
			return typeof value === "number" && integer.MIN_VALUE <= value && value <= integer.MAX_VALUE;
		}
		integer.is = is;
	})(integer || (integer = {}));
	(function(uinteger) {
		uinteger.MIN_VALUE = 0;
		uinteger.MAX_VALUE = 2147483647;
		function is(value) {
			return typeof value === "number" && uinteger.MIN_VALUE <= value && value <= uinteger.MAX_VALUE;
		}
		uinteger.is = is;
	})(uinteger || (uinteger = {}));
	(function(Position) {
		/**
		* Creates a new Position literal from the given line and character.
		* @param line The position's line.
		* @param character The position's character.
		*/
		function create(line, character) {
			if (line === Number.MAX_VALUE) line = uinteger.MAX_VALUE;
			if (character === Number.MAX_VALUE) character = uinteger.MAX_VALUE;
			return {
				line,
				character
			};
		}
		Position.create = create;
		/**
		* Checks whether the given literal conforms to the {@link Position} interface.
		*/
		function is(value) {
			const candidate = value;
			return Is.objectLiteral(candidate) && Is.uinteger(candidate.line) && Is.uinteger(candidate.character);
		}
		Position.is = is;
	})(Position || (Position = {}));
	(function(Range) {
		function create(one, two, three, four) {
			if (Is.uinteger(one) && Is.uinteger(two) && Is.uinteger(three) && Is.uinteger(four)) return {
				start: Position.create(one, two),
				end: Position.create(three, four)
			};
			else if (Position.is(one) && Position.is(two)) return {
				start: one,
				end: two
			};
			else throw new Error(`Range#create called with invalid arguments[${one}, ${two}, ${three}, ${four}]`);
		}
		Range.create = create;
		/**
		* Checks whether the given literal conforms to the {@link Range} interface.
		*/
		function is(value) {
			const candidate = value;
			return Is.objectLiteral(candidate) && Position.is(candidate.start) && Position.is(candidate.end);
		}
		Range.is = is;
	})(Range || (Range = {}));
	(function(Location) {
		/**
		* Creates a Location literal.
		* @param uri The location's uri.
		* @param range The location's range.
		*/
		function create(uri, range) {
			return {
				uri,
				range
			};
		}
		Location.create = create;
		/**
		* Checks whether the given literal conforms to the {@link Location} interface.
		*/
		function is(value) {
			const candidate = value;
			return Is.objectLiteral(candidate) && Range.is(candidate.range) && (Is.string(candidate.uri) || Is.undefined(candidate.uri));
		}
		Location.is = is;
	})(Location || (Location = {}));
	(function(LocationLink) {
		/**
		* Creates a LocationLink literal.
		* @param targetUri The definition's uri.
		* @param targetRange The full range of the definition.
		* @param targetSelectionRange The span of the symbol definition at the target.
		* @param originSelectionRange The span of the symbol being defined in the originating source file.
		*/
		function create(targetUri, targetRange, targetSelectionRange, originSelectionRange) {
			return {
				targetUri,
				targetRange,
				targetSelectionRange,
				originSelectionRange
			};
		}
		LocationLink.create = create;
		/**
		* Checks whether the given literal conforms to the {@link LocationLink} interface.
		*/
		function is(value) {
			const candidate = value;
			return Is.objectLiteral(candidate) && Range.is(candidate.targetRange) && Is.string(candidate.targetUri) && Range.is(candidate.targetSelectionRange) && (Range.is(candidate.originSelectionRange) || Is.undefined(candidate.originSelectionRange));
		}
		LocationLink.is = is;
	})(LocationLink || (LocationLink = {}));
	(function(Color) {
		/**
		* Creates a new Color literal.
		*/
		function create(red, green, blue, alpha) {
			return {
				red,
				green,
				blue,
				alpha
			};
		}
		Color.create = create;
		/**
		* Checks whether the given literal conforms to the {@link Color} interface.
		*/
		function is(value) {
			const candidate = value;
			return Is.objectLiteral(candidate) && Is.numberRange(candidate.red, 0, 1) && Is.numberRange(candidate.green, 0, 1) && Is.numberRange(candidate.blue, 0, 1) && Is.numberRange(candidate.alpha, 0, 1);
		}
		Color.is = is;
	})(Color || (Color = {}));
	(function(ColorInformation) {
		/**
		* Creates a new ColorInformation literal.
		*/
		function create(range, color) {
			return {
				range,
				color
			};
		}
		ColorInformation.create = create;
		/**
		* Checks whether the given literal conforms to the {@link ColorInformation} interface.
		*/
		function is(value) {
			const candidate = value;
			return Is.objectLiteral(candidate) && Range.is(candidate.range) && Color.is(candidate.color);
		}
		ColorInformation.is = is;
	})(ColorInformation || (ColorInformation = {}));
	(function(ColorPresentation) {
		/**
		* Creates a new ColorInformation literal.
		*/
		function create(label, textEdit, additionalTextEdits) {
			return {
				label,
				textEdit,
				additionalTextEdits
			};
		}
		ColorPresentation.create = create;
		/**
		* Checks whether the given literal conforms to the {@link ColorInformation} interface.
		*/
		function is(value) {
			const candidate = value;
			return Is.objectLiteral(candidate) && Is.string(candidate.label) && (Is.undefined(candidate.textEdit) || TextEdit.is(candidate.textEdit)) && (Is.undefined(candidate.additionalTextEdits) || Is.typedArray(candidate.additionalTextEdits, TextEdit.is));
		}
		ColorPresentation.is = is;
	})(ColorPresentation || (ColorPresentation = {}));
	(function(FoldingRangeKind) {
		/**
		* Folding range for a comment
		*/
		FoldingRangeKind.Comment = "comment";
		/**
		* Folding range for an import or include
		*/
		FoldingRangeKind.Imports = "imports";
		/**
		* Folding range for a region (e.g. `#region`)
		*/
		FoldingRangeKind.Region = "region";
	})(FoldingRangeKind || (FoldingRangeKind = {}));
	(function(FoldingRange) {
		/**
		* Creates a new FoldingRange literal.
		*/
		function create(startLine, endLine, startCharacter, endCharacter, kind, collapsedText) {
			const result = {
				startLine,
				endLine
			};
			if (Is.defined(startCharacter)) result.startCharacter = startCharacter;
			if (Is.defined(endCharacter)) result.endCharacter = endCharacter;
			if (Is.defined(kind)) result.kind = kind;
			if (Is.defined(collapsedText)) result.collapsedText = collapsedText;
			return result;
		}
		FoldingRange.create = create;
		/**
		* Checks whether the given literal conforms to the {@link FoldingRange} interface.
		*/
		function is(value) {
			const candidate = value;
			return Is.objectLiteral(candidate) && Is.uinteger(candidate.startLine) && Is.uinteger(candidate.endLine) && (Is.undefined(candidate.startCharacter) || Is.uinteger(candidate.startCharacter)) && (Is.undefined(candidate.endCharacter) || Is.uinteger(candidate.endCharacter)) && (Is.undefined(candidate.kind) || Is.string(candidate.kind));
		}
		FoldingRange.is = is;
	})(FoldingRange || (FoldingRange = {}));
	(function(DiagnosticRelatedInformation) {
		/**
		* Creates a new DiagnosticRelatedInformation literal.
		*/
		function create(location, message) {
			return {
				location,
				message
			};
		}
		DiagnosticRelatedInformation.create = create;
		/**
		* Checks whether the given literal conforms to the {@link DiagnosticRelatedInformation} interface.
		*/
		function is(value) {
			const candidate = value;
			return Is.defined(candidate) && Location.is(candidate.location) && Is.string(candidate.message);
		}
		DiagnosticRelatedInformation.is = is;
	})(DiagnosticRelatedInformation || (DiagnosticRelatedInformation = {}));
	(function(DiagnosticSeverity) {
		/**
		* Reports an error.
		*/
		DiagnosticSeverity.Error = 1;
		/**
		* Reports a warning.
		*/
		DiagnosticSeverity.Warning = 2;
		/**
		* Reports an information.
		*/
		DiagnosticSeverity.Information = 3;
		/**
		* Reports a hint.
		*/
		DiagnosticSeverity.Hint = 4;
	})(DiagnosticSeverity || (DiagnosticSeverity = {}));
	(function(DiagnosticTag) {
		/**
		* Unused or unnecessary code.
		*
		* Clients are allowed to render diagnostics with this tag faded out instead of having
		* an error squiggle.
		*/
		DiagnosticTag.Unnecessary = 1;
		/**
		* Deprecated or obsolete code.
		*
		* Clients are allowed to rendered diagnostics with this tag strike through.
		*/
		DiagnosticTag.Deprecated = 2;
	})(DiagnosticTag || (DiagnosticTag = {}));
	(function(CodeDescription) {
		function is(value) {
			const candidate = value;
			return Is.objectLiteral(candidate) && Is.string(candidate.href);
		}
		CodeDescription.is = is;
	})(CodeDescription || (CodeDescription = {}));
	(function(Diagnostic) {
		/**
		* Creates a new Diagnostic literal.
		*/
		function create(range, message, severity, code, source, relatedInformation) {
			const result = {
				range,
				message
			};
			if (Is.defined(severity)) result.severity = severity;
			if (Is.defined(code)) result.code = code;
			if (Is.defined(source)) result.source = source;
			if (Is.defined(relatedInformation)) result.relatedInformation = relatedInformation;
			return result;
		}
		Diagnostic.create = create;
		/**
		* Checks whether the given literal conforms to the {@link Diagnostic} interface.
		*/
		function is(value) {
			var _a;
			const candidate = value;
			return Is.defined(candidate) && Range.is(candidate.range) && (Is.string(candidate.message) || MarkupContent.is(candidate.message)) && (Is.number(candidate.severity) || Is.undefined(candidate.severity)) && (Is.integer(candidate.code) || Is.string(candidate.code) || Is.undefined(candidate.code)) && (Is.undefined(candidate.codeDescription) || Is.string((_a = candidate.codeDescription) === null || _a === void 0 ? void 0 : _a.href)) && (Is.string(candidate.source) || Is.undefined(candidate.source)) && (Is.undefined(candidate.relatedInformation) || Is.typedArray(candidate.relatedInformation, DiagnosticRelatedInformation.is));
		}
		Diagnostic.is = is;
		/**
		* Checks whether the given diagnostic's message conforms to the 3.17.0
		* version of the protocol where the message is a string.
		*
		* @param value the diagnostic
		* @returns true if the diagnostic's message is a string, false otherwise.
		*/
		function is3_17(value) {
			return Is.string(value.message);
		}
		Diagnostic.is3_17 = is3_17;
		/**
		* Gets the message string of a diagnostic. If the message is already a
		* string, it is returned as is. If the message is a MarkupContent,
		* the value of the MarkupContent is returned. Otherwise an error is thrown.
		*
		* @param diagnostic the diagnostic to get the message string from.
		* @returns the message string of the given diagnostic.
		*/
		function getMessageString(diagnostic) {
			if (Is.string(diagnostic.message)) return diagnostic.message;
			else if (MarkupContent.is(diagnostic.message)) return diagnostic.message.value;
			else throw new Error(`Unknown message type ${typeof diagnostic.message}`);
		}
		Diagnostic.getMessageString = getMessageString;
	})(Diagnostic || (Diagnostic = {}));
	(function(Command) {
		/**
		* Creates a new Command literal.
		*/
		function create(title, command, ...args) {
			const result = {
				title,
				command
			};
			if (Is.defined(args) && args.length > 0) result.arguments = args;
			return result;
		}
		Command.create = create;
		/**
		* Checks whether the given literal conforms to the {@link Command} interface.
		*/
		function is(value) {
			const candidate = value;
			return Is.defined(candidate) && Is.string(candidate.title) && (candidate.tooltip === void 0 || Is.string(candidate.tooltip)) && Is.string(candidate.command);
		}
		Command.is = is;
	})(Command || (Command = {}));
	(function(TextEdit) {
		/**
		* Creates a replace text edit.
		* @param range The range of text to be replaced.
		* @param newText The new text.
		*/
		function replace(range, newText) {
			return {
				range,
				newText
			};
		}
		TextEdit.replace = replace;
		/**
		* Creates an insert text edit.
		* @param position The position to insert the text at.
		* @param newText The text to be inserted.
		*/
		function insert(position, newText) {
			return {
				range: {
					start: position,
					end: position
				},
				newText
			};
		}
		TextEdit.insert = insert;
		/**
		* Creates a delete text edit.
		* @param range The range of text to be deleted.
		*/
		function del(range) {
			return {
				range,
				newText: ""
			};
		}
		TextEdit.del = del;
		function is(value) {
			const candidate = value;
			return Is.objectLiteral(candidate) && Is.string(candidate.newText) && Range.is(candidate.range);
		}
		TextEdit.is = is;
	})(TextEdit || (TextEdit = {}));
	(function(ChangeAnnotation) {
		function create(label, needsConfirmation, description) {
			const result = { label };
			if (needsConfirmation !== void 0) result.needsConfirmation = needsConfirmation;
			if (description !== void 0) result.description = description;
			return result;
		}
		ChangeAnnotation.create = create;
		function is(value) {
			const candidate = value;
			return Is.objectLiteral(candidate) && Is.string(candidate.label) && (Is.boolean(candidate.needsConfirmation) || candidate.needsConfirmation === void 0) && (Is.string(candidate.description) || candidate.description === void 0);
		}
		ChangeAnnotation.is = is;
	})(ChangeAnnotation || (ChangeAnnotation = {}));
	(function(ChangeAnnotationIdentifier) {
		function is(value) {
			const candidate = value;
			return Is.string(candidate);
		}
		ChangeAnnotationIdentifier.is = is;
	})(ChangeAnnotationIdentifier || (ChangeAnnotationIdentifier = {}));
	(function(AnnotatedTextEdit) {
		/**
		* Creates an annotated replace text edit.
		*
		* @param range The range of text to be replaced.
		* @param newText The new text.
		* @param annotation The annotation.
		*/
		function replace(range, newText, annotation) {
			return {
				range,
				newText,
				annotationId: annotation
			};
		}
		AnnotatedTextEdit.replace = replace;
		/**
		* Creates an annotated insert text edit.
		*
		* @param position The position to insert the text at.
		* @param newText The text to be inserted.
		* @param annotation The annotation.
		*/
		function insert(position, newText, annotation) {
			return {
				range: {
					start: position,
					end: position
				},
				newText,
				annotationId: annotation
			};
		}
		AnnotatedTextEdit.insert = insert;
		/**
		* Creates an annotated delete text edit.
		*
		* @param range The range of text to be deleted.
		* @param annotation The annotation.
		*/
		function del(range, annotation) {
			return {
				range,
				newText: "",
				annotationId: annotation
			};
		}
		AnnotatedTextEdit.del = del;
		function is(value) {
			const candidate = value;
			return TextEdit.is(candidate) && (ChangeAnnotation.is(candidate.annotationId) || ChangeAnnotationIdentifier.is(candidate.annotationId));
		}
		AnnotatedTextEdit.is = is;
	})(AnnotatedTextEdit || (AnnotatedTextEdit = {}));
	(function(TextDocumentEdit) {
		/**
		* Creates a new `TextDocumentEdit`
		*/
		function create(textDocument, edits) {
			return {
				textDocument,
				edits
			};
		}
		TextDocumentEdit.create = create;
		function is(value) {
			const candidate = value;
			return Is.defined(candidate) && OptionalVersionedTextDocumentIdentifier.is(candidate.textDocument) && Array.isArray(candidate.edits);
		}
		TextDocumentEdit.is = is;
	})(TextDocumentEdit || (TextDocumentEdit = {}));
	(function(CreateFile) {
		function create(uri, options, annotation) {
			const result = {
				kind: "create",
				uri
			};
			if (options !== void 0 && (options.overwrite !== void 0 || options.ignoreIfExists !== void 0)) result.options = options;
			if (annotation !== void 0) result.annotationId = annotation;
			return result;
		}
		CreateFile.create = create;
		function is(value) {
			const candidate = value;
			return candidate && candidate.kind === "create" && Is.string(candidate.uri) && (candidate.options === void 0 || (candidate.options.overwrite === void 0 || Is.boolean(candidate.options.overwrite)) && (candidate.options.ignoreIfExists === void 0 || Is.boolean(candidate.options.ignoreIfExists))) && (candidate.annotationId === void 0 || ChangeAnnotationIdentifier.is(candidate.annotationId));
		}
		CreateFile.is = is;
	})(CreateFile || (CreateFile = {}));
	(function(RenameFile) {
		function create(oldUri, newUri, options, annotation) {
			const result = {
				kind: "rename",
				oldUri,
				newUri
			};
			if (options !== void 0 && (options.overwrite !== void 0 || options.ignoreIfExists !== void 0)) result.options = options;
			if (annotation !== void 0) result.annotationId = annotation;
			return result;
		}
		RenameFile.create = create;
		function is(value) {
			const candidate = value;
			return candidate && candidate.kind === "rename" && Is.string(candidate.oldUri) && Is.string(candidate.newUri) && (candidate.options === void 0 || (candidate.options.overwrite === void 0 || Is.boolean(candidate.options.overwrite)) && (candidate.options.ignoreIfExists === void 0 || Is.boolean(candidate.options.ignoreIfExists))) && (candidate.annotationId === void 0 || ChangeAnnotationIdentifier.is(candidate.annotationId));
		}
		RenameFile.is = is;
	})(RenameFile || (RenameFile = {}));
	(function(DeleteFile) {
		function create(uri, options, annotation) {
			const result = {
				kind: "delete",
				uri
			};
			if (options !== void 0 && (options.recursive !== void 0 || options.ignoreIfNotExists !== void 0)) result.options = options;
			if (annotation !== void 0) result.annotationId = annotation;
			return result;
		}
		DeleteFile.create = create;
		function is(value) {
			const candidate = value;
			return candidate && candidate.kind === "delete" && Is.string(candidate.uri) && (candidate.options === void 0 || (candidate.options.recursive === void 0 || Is.boolean(candidate.options.recursive)) && (candidate.options.ignoreIfNotExists === void 0 || Is.boolean(candidate.options.ignoreIfNotExists))) && (candidate.annotationId === void 0 || ChangeAnnotationIdentifier.is(candidate.annotationId));
		}
		DeleteFile.is = is;
	})(DeleteFile || (DeleteFile = {}));
	(function(WorkspaceEdit) {
		function is(value) {
			const candidate = value;
			return candidate && (candidate.changes !== void 0 || candidate.documentChanges !== void 0) && (candidate.documentChanges === void 0 || candidate.documentChanges.every((change) => {
				if (Is.string(change.kind)) return CreateFile.is(change) || RenameFile.is(change) || DeleteFile.is(change);
				else return TextDocumentEdit.is(change);
			}));
		}
		WorkspaceEdit.is = is;
	})(WorkspaceEdit || (WorkspaceEdit = {}));
	TextEditChangeImpl = class {
		constructor(edits, changeAnnotations) {
			this.edits = edits;
			this.changeAnnotations = changeAnnotations;
		}
		insert(position, newText, annotation) {
			let edit;
			let id;
			if (annotation === void 0) edit = TextEdit.insert(position, newText);
			else if (ChangeAnnotationIdentifier.is(annotation)) {
				id = annotation;
				edit = AnnotatedTextEdit.insert(position, newText, annotation);
			} else {
				this.assertChangeAnnotations(this.changeAnnotations);
				id = this.changeAnnotations.manage(annotation);
				edit = AnnotatedTextEdit.insert(position, newText, id);
			}
			this.edits.push(edit);
			if (id !== void 0) return id;
		}
		replace(range, newText, annotation) {
			let edit;
			let id;
			if (annotation === void 0) edit = TextEdit.replace(range, newText);
			else if (ChangeAnnotationIdentifier.is(annotation)) {
				id = annotation;
				edit = AnnotatedTextEdit.replace(range, newText, annotation);
			} else {
				this.assertChangeAnnotations(this.changeAnnotations);
				id = this.changeAnnotations.manage(annotation);
				edit = AnnotatedTextEdit.replace(range, newText, id);
			}
			this.edits.push(edit);
			if (id !== void 0) return id;
		}
		delete(range, annotation) {
			let edit;
			let id;
			if (annotation === void 0) edit = TextEdit.del(range);
			else if (ChangeAnnotationIdentifier.is(annotation)) {
				id = annotation;
				edit = AnnotatedTextEdit.del(range, annotation);
			} else {
				this.assertChangeAnnotations(this.changeAnnotations);
				id = this.changeAnnotations.manage(annotation);
				edit = AnnotatedTextEdit.del(range, id);
			}
			this.edits.push(edit);
			if (id !== void 0) return id;
		}
		add(edit) {
			this.edits.push(edit);
		}
		all() {
			return this.edits;
		}
		clear() {
			this.edits.splice(0, this.edits.length);
		}
		assertChangeAnnotations(value) {
			if (value === void 0) throw new Error(`Text edit change is not configured to manage change annotations.`);
		}
	};
	(function(SnippetTextEdit) {
		function is(value) {
			const candidate = value;
			return Is.objectLiteral(candidate) && Range.is(candidate.range) && StringValue.isSnippet(candidate.snippet) && (candidate.annotationId === void 0 || ChangeAnnotation.is(candidate.annotationId) || ChangeAnnotationIdentifier.is(candidate.annotationId));
		}
		SnippetTextEdit.is = is;
	})(SnippetTextEdit || (SnippetTextEdit = {}));
	ChangeAnnotations = class {
		constructor(annotations) {
			this._annotations = annotations === void 0 ? Object.create(null) : annotations;
			this._counter = 0;
			this._size = 0;
		}
		all() {
			return this._annotations;
		}
		get size() {
			return this._size;
		}
		manage(idOrAnnotation, annotation) {
			let id;
			if (ChangeAnnotationIdentifier.is(idOrAnnotation)) id = idOrAnnotation;
			else {
				id = this.nextId();
				annotation = idOrAnnotation;
			}
			if (this._annotations[id] !== void 0) throw new Error(`Id ${id} is already in use.`);
			if (annotation === void 0) throw new Error(`No annotation provided for id ${id}`);
			this._annotations[id] = annotation;
			this._size++;
			return id;
		}
		nextId() {
			this._counter++;
			return this._counter.toString();
		}
	};
	WorkspaceChange = class {
		constructor(workspaceEdit) {
			this._textEditChanges = Object.create(null);
			if (workspaceEdit !== void 0) {
				this._workspaceEdit = workspaceEdit;
				if (workspaceEdit.documentChanges) {
					this._changeAnnotations = new ChangeAnnotations(workspaceEdit.changeAnnotations);
					workspaceEdit.changeAnnotations = this._changeAnnotations.all();
					workspaceEdit.documentChanges.forEach((change) => {
						if (TextDocumentEdit.is(change)) {
							const textEditChange = new TextEditChangeImpl(change.edits, this._changeAnnotations);
							this._textEditChanges[change.textDocument.uri] = textEditChange;
						}
					});
				} else if (workspaceEdit.changes) Object.keys(workspaceEdit.changes).forEach((key) => {
					const textEditChange = new TextEditChangeImpl(workspaceEdit.changes[key]);
					this._textEditChanges[key] = textEditChange;
				});
			} else this._workspaceEdit = {};
		}
		/**
		* Returns the underlying {@link WorkspaceEdit} literal
		* use to be returned from a workspace edit operation like rename.
		*/
		get edit() {
			this.initDocumentChanges();
			if (this._changeAnnotations !== void 0) {
				if (this._changeAnnotations.size === 0) this._workspaceEdit.changeAnnotations = void 0;
				else this._workspaceEdit.changeAnnotations = this._changeAnnotations.all();
			}
			return this._workspaceEdit;
		}
		getTextEditChange(key) {
			if (OptionalVersionedTextDocumentIdentifier.is(key)) {
				this.initDocumentChanges();
				if (this._workspaceEdit.documentChanges === void 0) throw new Error("Workspace edit is not configured for document changes.");
				const textDocument = {
					uri: key.uri,
					version: key.version
				};
				let result = this._textEditChanges[textDocument.uri];
				if (!result) {
					const edits = [];
					const textDocumentEdit = {
						textDocument,
						edits
					};
					this._workspaceEdit.documentChanges.push(textDocumentEdit);
					result = new TextEditChangeImpl(edits, this._changeAnnotations);
					this._textEditChanges[textDocument.uri] = result;
				}
				return result;
			} else {
				this.initChanges();
				if (this._workspaceEdit.changes === void 0) throw new Error("Workspace edit is not configured for normal text edit changes.");
				let result = this._textEditChanges[key];
				if (!result) {
					const edits = [];
					this._workspaceEdit.changes[key] = edits;
					result = new TextEditChangeImpl(edits);
					this._textEditChanges[key] = result;
				}
				return result;
			}
		}
		initDocumentChanges() {
			if (this._workspaceEdit.documentChanges === void 0 && this._workspaceEdit.changes === void 0) {
				this._changeAnnotations = new ChangeAnnotations();
				this._workspaceEdit.documentChanges = [];
				this._workspaceEdit.changeAnnotations = this._changeAnnotations.all();
			}
		}
		initChanges() {
			if (this._workspaceEdit.documentChanges === void 0 && this._workspaceEdit.changes === void 0) this._workspaceEdit.changes = Object.create(null);
		}
		createFile(uri, optionsOrAnnotation, options) {
			this.initDocumentChanges();
			if (this._workspaceEdit.documentChanges === void 0) throw new Error("Workspace edit is not configured for document changes.");
			let annotation;
			if (ChangeAnnotation.is(optionsOrAnnotation) || ChangeAnnotationIdentifier.is(optionsOrAnnotation)) annotation = optionsOrAnnotation;
			else options = optionsOrAnnotation;
			let operation;
			let id;
			if (annotation === void 0) operation = CreateFile.create(uri, options);
			else {
				id = ChangeAnnotationIdentifier.is(annotation) ? annotation : this._changeAnnotations.manage(annotation);
				operation = CreateFile.create(uri, options, id);
			}
			this._workspaceEdit.documentChanges.push(operation);
			if (id !== void 0) return id;
		}
		renameFile(oldUri, newUri, optionsOrAnnotation, options) {
			this.initDocumentChanges();
			if (this._workspaceEdit.documentChanges === void 0) throw new Error("Workspace edit is not configured for document changes.");
			let annotation;
			if (ChangeAnnotation.is(optionsOrAnnotation) || ChangeAnnotationIdentifier.is(optionsOrAnnotation)) annotation = optionsOrAnnotation;
			else options = optionsOrAnnotation;
			let operation;
			let id;
			if (annotation === void 0) operation = RenameFile.create(oldUri, newUri, options);
			else {
				id = ChangeAnnotationIdentifier.is(annotation) ? annotation : this._changeAnnotations.manage(annotation);
				operation = RenameFile.create(oldUri, newUri, options, id);
			}
			this._workspaceEdit.documentChanges.push(operation);
			if (id !== void 0) return id;
		}
		deleteFile(uri, optionsOrAnnotation, options) {
			this.initDocumentChanges();
			if (this._workspaceEdit.documentChanges === void 0) throw new Error("Workspace edit is not configured for document changes.");
			let annotation;
			if (ChangeAnnotation.is(optionsOrAnnotation) || ChangeAnnotationIdentifier.is(optionsOrAnnotation)) annotation = optionsOrAnnotation;
			else options = optionsOrAnnotation;
			let operation;
			let id;
			if (annotation === void 0) operation = DeleteFile.create(uri, options);
			else {
				id = ChangeAnnotationIdentifier.is(annotation) ? annotation : this._changeAnnotations.manage(annotation);
				operation = DeleteFile.create(uri, options, id);
			}
			this._workspaceEdit.documentChanges.push(operation);
			if (id !== void 0) return id;
		}
	};
	(function(TextDocumentIdentifier) {
		/**
		* Creates a new TextDocumentIdentifier literal.
		* @param uri The document's uri.
		*/
		function create(uri) {
			return { uri };
		}
		TextDocumentIdentifier.create = create;
		/**
		* Checks whether the given literal conforms to the {@link TextDocumentIdentifier} interface.
		*/
		function is(value) {
			const candidate = value;
			return Is.defined(candidate) && Is.string(candidate.uri);
		}
		TextDocumentIdentifier.is = is;
	})(TextDocumentIdentifier || (TextDocumentIdentifier = {}));
	(function(VersionedTextDocumentIdentifier) {
		/**
		* Creates a new VersionedTextDocumentIdentifier literal.
		* @param uri The document's uri.
		* @param version The document's version.
		*/
		function create(uri, version) {
			return {
				uri,
				version
			};
		}
		VersionedTextDocumentIdentifier.create = create;
		/**
		* Checks whether the given literal conforms to the {@link VersionedTextDocumentIdentifier} interface.
		*/
		function is(value) {
			const candidate = value;
			return Is.defined(candidate) && Is.string(candidate.uri) && Is.integer(candidate.version);
		}
		VersionedTextDocumentIdentifier.is = is;
	})(VersionedTextDocumentIdentifier || (VersionedTextDocumentIdentifier = {}));
	(function(OptionalVersionedTextDocumentIdentifier) {
		/**
		* Creates a new OptionalVersionedTextDocumentIdentifier literal.
		* @param uri The document's uri.
		* @param version The document's version.
		*/
		function create(uri, version) {
			return {
				uri,
				version
			};
		}
		OptionalVersionedTextDocumentIdentifier.create = create;
		/**
		* Checks whether the given literal conforms to the {@link OptionalVersionedTextDocumentIdentifier} interface.
		*/
		function is(value) {
			const candidate = value;
			return Is.defined(candidate) && Is.string(candidate.uri) && (candidate.version === null || Is.integer(candidate.version));
		}
		OptionalVersionedTextDocumentIdentifier.is = is;
	})(OptionalVersionedTextDocumentIdentifier || (OptionalVersionedTextDocumentIdentifier = {}));
	(function(LanguageKind) {
		LanguageKind.ABAP = "abap";
		LanguageKind.WindowsBat = "bat";
		LanguageKind.BibTeX = "bibtex";
		LanguageKind.Clojure = "clojure";
		LanguageKind.Coffeescript = "coffeescript";
		LanguageKind.C = "c";
		LanguageKind.CPP = "cpp";
		LanguageKind.CSharp = "csharp";
		LanguageKind.CSS = "css";
		/**
		* @since 3.18.0
		*/
		LanguageKind.D = "d";
		/**
		* @since 3.18.0
		*/
		LanguageKind.Delphi = "pascal";
		LanguageKind.Diff = "diff";
		LanguageKind.Dart = "dart";
		LanguageKind.Dockerfile = "dockerfile";
		LanguageKind.Elixir = "elixir";
		LanguageKind.Erlang = "erlang";
		LanguageKind.FSharp = "fsharp";
		LanguageKind.GitCommit = "git-commit";
		LanguageKind.GitRebase = "git-rebase";
		LanguageKind.Go = "go";
		LanguageKind.Groovy = "groovy";
		LanguageKind.Handlebars = "handlebars";
		LanguageKind.Haskell = "haskell";
		LanguageKind.HTML = "html";
		LanguageKind.Ini = "ini";
		LanguageKind.Java = "java";
		LanguageKind.JavaScript = "javascript";
		LanguageKind.JavaScriptReact = "javascriptreact";
		LanguageKind.JSON = "json";
		LanguageKind.LaTeX = "latex";
		LanguageKind.Less = "less";
		LanguageKind.Lua = "lua";
		LanguageKind.Makefile = "makefile";
		LanguageKind.Markdown = "markdown";
		LanguageKind.ObjectiveC = "objective-c";
		LanguageKind.ObjectiveCPP = "objective-cpp";
		/**
		* @since 3.18.0
		*/
		LanguageKind.Pascal = "pascal";
		LanguageKind.Perl = "perl";
		LanguageKind.Perl6 = "perl6";
		LanguageKind.PHP = "php";
		LanguageKind.Plaintext = "plaintext";
		LanguageKind.Powershell = "powershell";
		LanguageKind.Pug = "jade";
		LanguageKind.Python = "python";
		LanguageKind.R = "r";
		LanguageKind.Razor = "razor";
		LanguageKind.Ruby = "ruby";
		LanguageKind.Rust = "rust";
		LanguageKind.SCSS = "scss";
		LanguageKind.SASS = "sass";
		LanguageKind.Scala = "scala";
		LanguageKind.ShaderLab = "shaderlab";
		LanguageKind.ShellScript = "shellscript";
		LanguageKind.SQL = "sql";
		LanguageKind.Swift = "swift";
		LanguageKind.TypeScript = "typescript";
		LanguageKind.TypeScriptReact = "typescriptreact";
		LanguageKind.TeX = "tex";
		LanguageKind.VisualBasic = "vb";
		LanguageKind.XML = "xml";
		LanguageKind.XSL = "xsl";
		LanguageKind.YAML = "yaml";
	})(LanguageKind || (LanguageKind = {}));
	(function(TextDocumentItem) {
		/**
		* Creates a new TextDocumentItem literal.
		* @param uri The document's uri.
		* @param languageId The document's language identifier.
		* @param version The document's version number.
		* @param text The document's text.
		*/
		function create(uri, languageId, version, text) {
			return {
				uri,
				languageId,
				version,
				text
			};
		}
		TextDocumentItem.create = create;
		/**
		* Checks whether the given literal conforms to the {@link TextDocumentItem} interface.
		*/
		function is(value) {
			const candidate = value;
			return Is.defined(candidate) && Is.string(candidate.uri) && Is.string(candidate.languageId) && Is.integer(candidate.version) && Is.string(candidate.text);
		}
		TextDocumentItem.is = is;
	})(TextDocumentItem || (TextDocumentItem = {}));
	(function(MarkupKind) {
		/**
		* Plain text is supported as a content format
		*/
		MarkupKind.PlainText = "plaintext";
		/**
		* Markdown is supported as a content format
		*/
		MarkupKind.Markdown = "markdown";
		/**
		* Checks whether the given value is a value of the {@link MarkupKind} type.
		*/
		function is(value) {
			const candidate = value;
			return candidate === MarkupKind.PlainText || candidate === MarkupKind.Markdown;
		}
		MarkupKind.is = is;
	})(MarkupKind || (MarkupKind = {}));
	(function(MarkupContent) {
		/**
		* Checks whether the given value conforms to the {@link MarkupContent} interface.
		*/
		function is(value) {
			const candidate = value;
			return Is.objectLiteral(value) && MarkupKind.is(candidate.kind) && Is.string(candidate.value);
		}
		MarkupContent.is = is;
	})(MarkupContent || (MarkupContent = {}));
	(function(CompletionItemKind) {
		CompletionItemKind.Text = 1;
		CompletionItemKind.Method = 2;
		CompletionItemKind.Function = 3;
		CompletionItemKind.Constructor = 4;
		CompletionItemKind.Field = 5;
		CompletionItemKind.Variable = 6;
		CompletionItemKind.Class = 7;
		CompletionItemKind.Interface = 8;
		CompletionItemKind.Module = 9;
		CompletionItemKind.Property = 10;
		CompletionItemKind.Unit = 11;
		CompletionItemKind.Value = 12;
		CompletionItemKind.Enum = 13;
		CompletionItemKind.Keyword = 14;
		CompletionItemKind.Snippet = 15;
		CompletionItemKind.Color = 16;
		CompletionItemKind.File = 17;
		CompletionItemKind.Reference = 18;
		CompletionItemKind.Folder = 19;
		CompletionItemKind.EnumMember = 20;
		CompletionItemKind.Constant = 21;
		CompletionItemKind.Struct = 22;
		CompletionItemKind.Event = 23;
		CompletionItemKind.Operator = 24;
		CompletionItemKind.TypeParameter = 25;
	})(CompletionItemKind || (CompletionItemKind = {}));
	(function(InsertTextFormat) {
		/**
		* The primary text to be inserted is treated as a plain string.
		*/
		InsertTextFormat.PlainText = 1;
		/**
		* The primary text to be inserted is treated as a snippet.
		*
		* A snippet can define tab stops and placeholders with `$1`, `$2`
		* and `${3:foo}`. `$0` defines the final tab stop, it defaults to
		* the end of the snippet. Placeholders with equal identifiers are linked,
		* that is typing in one will update others too.
		*
		* See also: https://microsoft.github.io/language-server-protocol/specifications/specification-current/#snippet_syntax
		*/
		InsertTextFormat.Snippet = 2;
	})(InsertTextFormat || (InsertTextFormat = {}));
	(function(CompletionItemTag) {
		/**
		* Render a completion as obsolete, usually using a strike-out.
		*/
		CompletionItemTag.Deprecated = 1;
	})(CompletionItemTag || (CompletionItemTag = {}));
	(function(InsertReplaceEdit) {
		/**
		* Creates a new insert / replace edit
		*/
		function create(newText, insert, replace) {
			return {
				newText,
				insert,
				replace
			};
		}
		InsertReplaceEdit.create = create;
		/**
		* Checks whether the given literal conforms to the {@link InsertReplaceEdit} interface.
		*/
		function is(value) {
			const candidate = value;
			return candidate && Is.string(candidate.newText) && Range.is(candidate.insert) && Range.is(candidate.replace);
		}
		InsertReplaceEdit.is = is;
	})(InsertReplaceEdit || (InsertReplaceEdit = {}));
	(function(InsertTextMode) {
		/**
		* The insertion or replace strings is taken as it is. If the
		* value is multi line the lines below the cursor will be
		* inserted using the indentation defined in the string value.
		* The client will not apply any kind of adjustments to the
		* string.
		*/
		InsertTextMode.asIs = 1;
		/**
		* The editor adjusts leading whitespace of new lines so that
		* they match the indentation up to the cursor of the line for
		* which the item is accepted.
		*
		* Consider a line like this: <2tabs><cursor><3tabs>foo. Accepting a
		* multi line completion item is indented using 2 tabs and all
		* following lines inserted will be indented using 2 tabs as well.
		*/
		InsertTextMode.adjustIndentation = 2;
	})(InsertTextMode || (InsertTextMode = {}));
	(function(ApplyKind) {
		/**
		* The value from the individual item (if provided and not `null`) will be
		* used instead of the default.
		*/
		ApplyKind.Replace = 1;
		/**
		* The value from the item will be merged with the default.
		*
		* The specific rules for mergeing values are defined against each field
		* that supports merging.
		*/
		ApplyKind.Merge = 2;
	})(ApplyKind || (ApplyKind = {}));
	(function(CompletionItemLabelDetails) {
		function is(value) {
			const candidate = value;
			return candidate && (Is.string(candidate.detail) || candidate.detail === void 0) && (Is.string(candidate.description) || candidate.description === void 0);
		}
		CompletionItemLabelDetails.is = is;
	})(CompletionItemLabelDetails || (CompletionItemLabelDetails = {}));
	(function(CompletionItem) {
		/**
		* Create a completion item and seed it with a label.
		* @param label The completion item's label
		*/
		function create(label) {
			return { label };
		}
		CompletionItem.create = create;
	})(CompletionItem || (CompletionItem = {}));
	(function(CompletionList) {
		/**
		* Creates a new completion list.
		*
		* @param items The completion items.
		* @param isIncomplete The list is not complete.
		*/
		function create(items, isIncomplete) {
			return {
				items: items ? items : [],
				isIncomplete: !!isIncomplete
			};
		}
		CompletionList.create = create;
	})(CompletionList || (CompletionList = {}));
	(function(MarkedString) {
		/**
		* Creates a marked string from plain text.
		*
		* @param plainText The plain text.
		*/
		function fromPlainText(plainText) {
			return plainText.replace(/[\\`*_{}[\]()#+\-.!]/g, "\\$&");
		}
		MarkedString.fromPlainText = fromPlainText;
		/**
		* Checks whether the given value conforms to the {@link MarkedString} type.
		*/
		function is(value) {
			const candidate = value;
			return Is.string(candidate) || Is.objectLiteral(candidate) && Is.string(candidate.language) && Is.string(candidate.value);
		}
		MarkedString.is = is;
	})(MarkedString || (MarkedString = {}));
	(function(Hover) {
		/**
		* Checks whether the given value conforms to the {@link Hover} interface.
		*/
		function is(value) {
			const candidate = value;
			return !!candidate && Is.objectLiteral(candidate) && (MarkupContent.is(candidate.contents) || MarkedString.is(candidate.contents) || Is.typedArray(candidate.contents, MarkedString.is)) && (value.range === void 0 || Range.is(value.range));
		}
		Hover.is = is;
	})(Hover || (Hover = {}));
	(function(ParameterInformation) {
		/**
		* Creates a new parameter information literal.
		*
		* @param label A label string.
		* @param documentation A doc string.
		*/
		function create(label, documentation) {
			return documentation ? {
				label,
				documentation
			} : { label };
		}
		ParameterInformation.create = create;
	})(ParameterInformation || (ParameterInformation = {}));
	(function(SignatureInformation) {
		function create(label, documentation, ...parameters) {
			const result = { label };
			if (Is.defined(documentation)) result.documentation = documentation;
			if (Is.defined(parameters)) result.parameters = parameters;
			else result.parameters = [];
			return result;
		}
		SignatureInformation.create = create;
	})(SignatureInformation || (SignatureInformation = {}));
	(function(DocumentHighlightKind) {
		/**
		* A textual occurrence.
		*/
		DocumentHighlightKind.Text = 1;
		/**
		* Read-access of a symbol, like reading a variable.
		*/
		DocumentHighlightKind.Read = 2;
		/**
		* Write-access of a symbol, like writing to a variable.
		*/
		DocumentHighlightKind.Write = 3;
	})(DocumentHighlightKind || (DocumentHighlightKind = {}));
	(function(DocumentHighlight) {
		/**
		* Create a DocumentHighlight object.
		* @param range The range the highlight applies to.
		* @param kind The highlight kind
		*/
		function create(range, kind) {
			const result = { range };
			if (Is.number(kind)) result.kind = kind;
			return result;
		}
		DocumentHighlight.create = create;
	})(DocumentHighlight || (DocumentHighlight = {}));
	(function(SymbolKind) {
		SymbolKind.File = 1;
		SymbolKind.Module = 2;
		SymbolKind.Namespace = 3;
		SymbolKind.Package = 4;
		SymbolKind.Class = 5;
		SymbolKind.Method = 6;
		SymbolKind.Property = 7;
		SymbolKind.Field = 8;
		SymbolKind.Constructor = 9;
		SymbolKind.Enum = 10;
		SymbolKind.Interface = 11;
		SymbolKind.Function = 12;
		SymbolKind.Variable = 13;
		SymbolKind.Constant = 14;
		SymbolKind.String = 15;
		SymbolKind.Number = 16;
		SymbolKind.Boolean = 17;
		SymbolKind.Array = 18;
		SymbolKind.Object = 19;
		SymbolKind.Key = 20;
		SymbolKind.Null = 21;
		SymbolKind.EnumMember = 22;
		SymbolKind.Struct = 23;
		SymbolKind.Event = 24;
		SymbolKind.Operator = 25;
		SymbolKind.TypeParameter = 26;
	})(SymbolKind || (SymbolKind = {}));
	(function(SymbolTag) {
		/**
		* Render a symbol as obsolete, usually using a strike-out.
		*/
		SymbolTag.Deprecated = 1;
	})(SymbolTag || (SymbolTag = {}));
	(function(SymbolInformation) {
		/**
		* Creates a new symbol information literal.
		*
		* @param name The name of the symbol.
		* @param kind The kind of the symbol.
		* @param range The range of the location of the symbol.
		* @param uri The resource of the location of symbol.
		* @param containerName The name of the symbol containing the symbol.
		*/
		function create(name, kind, range, uri, containerName) {
			const result = {
				name,
				kind,
				location: {
					uri,
					range
				}
			};
			if (containerName) result.containerName = containerName;
			return result;
		}
		SymbolInformation.create = create;
	})(SymbolInformation || (SymbolInformation = {}));
	(function(WorkspaceSymbol) {
		/**
		* Create a new workspace symbol.
		*
		* @param name The name of the symbol.
		* @param kind The kind of the symbol.
		* @param uri The resource of the location of the symbol.
		* @param range An options range of the location.
		* @returns A WorkspaceSymbol.
		*/
		function create(name, kind, uri, range) {
			return range !== void 0 ? {
				name,
				kind,
				location: {
					uri,
					range
				}
			} : {
				name,
				kind,
				location: { uri }
			};
		}
		WorkspaceSymbol.create = create;
	})(WorkspaceSymbol || (WorkspaceSymbol = {}));
	(function(DocumentSymbol) {
		/**
		* Creates a new symbol information literal.
		*
		* @param name The name of the symbol.
		* @param detail The detail of the symbol.
		* @param kind The kind of the symbol.
		* @param range The range of the symbol.
		* @param selectionRange The selectionRange of the symbol.
		* @param children Children of the symbol.
		*/
		function create(name, detail, kind, range, selectionRange, children) {
			const result = {
				name,
				detail,
				kind,
				range,
				selectionRange
			};
			if (children !== void 0) result.children = children;
			return result;
		}
		DocumentSymbol.create = create;
		/**
		* Checks whether the given literal conforms to the {@link DocumentSymbol} interface.
		*/
		function is(value) {
			const candidate = value;
			return candidate && Is.string(candidate.name) && Is.number(candidate.kind) && Range.is(candidate.range) && Range.is(candidate.selectionRange) && (candidate.detail === void 0 || Is.string(candidate.detail)) && (candidate.deprecated === void 0 || Is.boolean(candidate.deprecated)) && (candidate.children === void 0 || Array.isArray(candidate.children)) && (candidate.tags === void 0 || Array.isArray(candidate.tags));
		}
		DocumentSymbol.is = is;
	})(DocumentSymbol || (DocumentSymbol = {}));
	(function(CodeActionKind) {
		/**
		* Empty kind.
		*/
		CodeActionKind.Empty = "";
		/**
		* Base kind for quickfix actions: 'quickfix'
		*/
		CodeActionKind.QuickFix = "quickfix";
		/**
		* Base kind for refactoring actions: 'refactor'
		*/
		CodeActionKind.Refactor = "refactor";
		/**
		* Base kind for refactoring extraction actions: 'refactor.extract'
		*
		* Example extract actions:
		*
		* - Extract method
		* - Extract function
		* - Extract variable
		* - Extract interface from class
		* - ...
		*/
		CodeActionKind.RefactorExtract = "refactor.extract";
		/**
		* Base kind for refactoring inline actions: 'refactor.inline'
		*
		* Example inline actions:
		*
		* - Inline function
		* - Inline variable
		* - Inline constant
		* - ...
		*/
		CodeActionKind.RefactorInline = "refactor.inline";
		/**
		* Base kind for refactoring move actions: `refactor.move`
		*
		* Example move actions:
		*
		* - Move a function to a new file
		* - Move a property between classes
		* - Move method to base class
		* - ...
		*
		* @since 3.18.0
		*/
		CodeActionKind.RefactorMove = "refactor.move";
		/**
		* Base kind for refactoring rewrite actions: 'refactor.rewrite'
		*
		* Example rewrite actions:
		*
		* - Convert JavaScript function to class
		* - Add or remove parameter
		* - Encapsulate field
		* - Make method static
		* - Move method to base class
		* - ...
		*/
		CodeActionKind.RefactorRewrite = "refactor.rewrite";
		/**
		* Base kind for source actions: `source`
		*
		* Source code actions apply to the entire file.
		*/
		CodeActionKind.Source = "source";
		/**
		* Base kind for an organize imports source action: `source.organizeImports`
		*/
		CodeActionKind.SourceOrganizeImports = "source.organizeImports";
		/**
		* Base kind for auto-fix source actions: `source.fixAll`.
		*
		* Fix all actions automatically fix errors that have a clear fix that do not require user input.
		* They should not suppress errors or perform unsafe fixes such as generating new types or classes.
		*
		* @since 3.15.0
		*/
		CodeActionKind.SourceFixAll = "source.fixAll";
		/**
		* Base kind for all code actions applying to the entire notebook's scope. CodeActionKinds using
		* this should always begin with `notebook.`
		*
		* @since 3.18.0
		*/
		CodeActionKind.Notebook = "notebook";
	})(CodeActionKind || (CodeActionKind = {}));
	(function(CodeActionTriggerKind) {
		/**
		* Code actions were explicitly requested by the user or by an extension.
		*/
		CodeActionTriggerKind.Invoked = 1;
		/**
		* Code actions were requested automatically.
		*
		* This typically happens when current selection in a file changes, but can
		* also be triggered when file content changes.
		*/
		CodeActionTriggerKind.Automatic = 2;
	})(CodeActionTriggerKind || (CodeActionTriggerKind = {}));
	(function(CodeActionContext) {
		/**
		* Creates a new CodeActionContext literal.
		*/
		function create(diagnostics, only, triggerKind) {
			const result = { diagnostics };
			if (only !== void 0 && only !== null) result.only = only;
			if (triggerKind !== void 0 && triggerKind !== null) result.triggerKind = triggerKind;
			return result;
		}
		CodeActionContext.create = create;
		/**
		* Checks whether the given literal conforms to the {@link CodeActionContext} interface.
		*/
		function is(value) {
			const candidate = value;
			return Is.defined(candidate) && Is.typedArray(candidate.diagnostics, Diagnostic.is) && (candidate.only === void 0 || Is.typedArray(candidate.only, Is.string)) && (candidate.triggerKind === void 0 || candidate.triggerKind === CodeActionTriggerKind.Invoked || candidate.triggerKind === CodeActionTriggerKind.Automatic);
		}
		CodeActionContext.is = is;
	})(CodeActionContext || (CodeActionContext = {}));
	(function(CodeActionTag) {
		/**
		* Marks the code action as LLM-generated.
		*/
		CodeActionTag.LLMGenerated = 1;
		/**
		* Checks whether the given literal conforms to the {@link CodeActionTag} interface.
		*/
		function is(value) {
			return Is.defined(value) && value === CodeActionTag.LLMGenerated;
		}
		CodeActionTag.is = is;
	})(CodeActionTag || (CodeActionTag = {}));
	(function(CodeAction) {
		function create(title, kindOrCommandOrEdit, kind) {
			const result = { title };
			let checkKind = true;
			if (typeof kindOrCommandOrEdit === "string") {
				checkKind = false;
				result.kind = kindOrCommandOrEdit;
			} else if (Command.is(kindOrCommandOrEdit)) result.command = kindOrCommandOrEdit;
			else result.edit = kindOrCommandOrEdit;
			if (checkKind && kind !== void 0) result.kind = kind;
			return result;
		}
		CodeAction.create = create;
		function is(value) {
			const candidate = value;
			return candidate && Is.string(candidate.title) && (candidate.diagnostics === void 0 || Is.typedArray(candidate.diagnostics, Diagnostic.is)) && (candidate.kind === void 0 || Is.string(candidate.kind)) && (candidate.edit !== void 0 || candidate.command !== void 0) && (candidate.command === void 0 || Command.is(candidate.command)) && (candidate.isPreferred === void 0 || Is.boolean(candidate.isPreferred)) && (candidate.edit === void 0 || WorkspaceEdit.is(candidate.edit)) && (candidate.tags === void 0 || Is.typedArray(candidate.tags, CodeActionTag.is));
		}
		CodeAction.is = is;
	})(CodeAction || (CodeAction = {}));
	(function(CodeLens) {
		/**
		* Creates a new CodeLens literal.
		*/
		function create(range, data) {
			const result = { range };
			if (Is.defined(data)) result.data = data;
			return result;
		}
		CodeLens.create = create;
		/**
		* Checks whether the given literal conforms to the {@link CodeLens} interface.
		*/
		function is(value) {
			const candidate = value;
			return Is.defined(candidate) && Range.is(candidate.range) && (Is.undefined(candidate.command) || Command.is(candidate.command));
		}
		CodeLens.is = is;
	})(CodeLens || (CodeLens = {}));
	(function(FormattingOptions) {
		/**
		* Creates a new FormattingOptions literal.
		*/
		function create(tabSize, insertSpaces) {
			return {
				tabSize,
				insertSpaces
			};
		}
		FormattingOptions.create = create;
		/**
		* Checks whether the given literal conforms to the {@link FormattingOptions} interface.
		*/
		function is(value) {
			const candidate = value;
			return Is.defined(candidate) && Is.uinteger(candidate.tabSize) && Is.boolean(candidate.insertSpaces);
		}
		FormattingOptions.is = is;
	})(FormattingOptions || (FormattingOptions = {}));
	(function(DocumentLink) {
		/**
		* Creates a new DocumentLink literal.
		*/
		function create(range, target, data) {
			return {
				range,
				target,
				data
			};
		}
		DocumentLink.create = create;
		/**
		* Checks whether the given literal conforms to the {@link DocumentLink} interface.
		*/
		function is(value) {
			const candidate = value;
			return Is.defined(candidate) && Range.is(candidate.range) && (Is.undefined(candidate.target) || Is.string(candidate.target));
		}
		DocumentLink.is = is;
	})(DocumentLink || (DocumentLink = {}));
	(function(SelectionRange) {
		/**
		* Creates a new SelectionRange
		* @param range the range.
		* @param parent an optional parent.
		*/
		function create(range, parent) {
			return {
				range,
				parent
			};
		}
		SelectionRange.create = create;
		function is(value) {
			const candidate = value;
			return Is.objectLiteral(candidate) && Range.is(candidate.range) && (candidate.parent === void 0 || SelectionRange.is(candidate.parent));
		}
		SelectionRange.is = is;
	})(SelectionRange || (SelectionRange = {}));
	(function(SemanticTokenTypes) {
		SemanticTokenTypes["namespace"] = "namespace";
		/**
		* Represents a generic type. Acts as a fallback for types which can't be mapped to
		* a specific type like class or enum.
		*/
		SemanticTokenTypes["type"] = "type";
		SemanticTokenTypes["class"] = "class";
		SemanticTokenTypes["enum"] = "enum";
		SemanticTokenTypes["interface"] = "interface";
		SemanticTokenTypes["struct"] = "struct";
		SemanticTokenTypes["typeParameter"] = "typeParameter";
		SemanticTokenTypes["parameter"] = "parameter";
		SemanticTokenTypes["variable"] = "variable";
		SemanticTokenTypes["property"] = "property";
		SemanticTokenTypes["enumMember"] = "enumMember";
		SemanticTokenTypes["event"] = "event";
		SemanticTokenTypes["function"] = "function";
		SemanticTokenTypes["method"] = "method";
		SemanticTokenTypes["macro"] = "macro";
		SemanticTokenTypes["keyword"] = "keyword";
		SemanticTokenTypes["modifier"] = "modifier";
		SemanticTokenTypes["comment"] = "comment";
		SemanticTokenTypes["string"] = "string";
		SemanticTokenTypes["number"] = "number";
		SemanticTokenTypes["regexp"] = "regexp";
		SemanticTokenTypes["operator"] = "operator";
		/**
		* @since 3.17.0
		*/
		SemanticTokenTypes["decorator"] = "decorator";
		/**
		* @since 3.18.0
		*/
		SemanticTokenTypes["label"] = "label";
	})(SemanticTokenTypes || (SemanticTokenTypes = {}));
	(function(SemanticTokenModifiers) {
		SemanticTokenModifiers["declaration"] = "declaration";
		SemanticTokenModifiers["definition"] = "definition";
		SemanticTokenModifiers["readonly"] = "readonly";
		SemanticTokenModifiers["static"] = "static";
		SemanticTokenModifiers["deprecated"] = "deprecated";
		SemanticTokenModifiers["abstract"] = "abstract";
		SemanticTokenModifiers["async"] = "async";
		SemanticTokenModifiers["modification"] = "modification";
		SemanticTokenModifiers["documentation"] = "documentation";
		SemanticTokenModifiers["defaultLibrary"] = "defaultLibrary";
	})(SemanticTokenModifiers || (SemanticTokenModifiers = {}));
	(function(SemanticTokens) {
		function is(value) {
			const candidate = value;
			return Is.objectLiteral(candidate) && (candidate.resultId === void 0 || typeof candidate.resultId === "string") && Array.isArray(candidate.data) && (candidate.data.length === 0 || typeof candidate.data[0] === "number");
		}
		SemanticTokens.is = is;
	})(SemanticTokens || (SemanticTokens = {}));
	(function(InlineValueText) {
		/**
		* Creates a new InlineValueText literal.
		*/
		function create(range, text) {
			return {
				range,
				text
			};
		}
		InlineValueText.create = create;
		function is(value) {
			const candidate = value;
			return candidate !== void 0 && candidate !== null && Range.is(candidate.range) && Is.string(candidate.text);
		}
		InlineValueText.is = is;
	})(InlineValueText || (InlineValueText = {}));
	(function(InlineValueVariableLookup) {
		/**
		* Creates a new InlineValueText literal.
		*/
		function create(range, variableName, caseSensitiveLookup) {
			return {
				range,
				variableName,
				caseSensitiveLookup
			};
		}
		InlineValueVariableLookup.create = create;
		function is(value) {
			const candidate = value;
			return candidate !== void 0 && candidate !== null && Range.is(candidate.range) && Is.boolean(candidate.caseSensitiveLookup) && (Is.string(candidate.variableName) || candidate.variableName === void 0);
		}
		InlineValueVariableLookup.is = is;
	})(InlineValueVariableLookup || (InlineValueVariableLookup = {}));
	(function(InlineValueEvaluatableExpression) {
		/**
		* Creates a new InlineValueEvaluatableExpression literal.
		*/
		function create(range, expression) {
			return {
				range,
				expression
			};
		}
		InlineValueEvaluatableExpression.create = create;
		function is(value) {
			const candidate = value;
			return candidate !== void 0 && candidate !== null && Range.is(candidate.range) && (Is.string(candidate.expression) || candidate.expression === void 0);
		}
		InlineValueEvaluatableExpression.is = is;
	})(InlineValueEvaluatableExpression || (InlineValueEvaluatableExpression = {}));
	(function(InlineValueContext) {
		/**
		* Creates a new InlineValueContext literal.
		*/
		function create(frameId, stoppedLocation) {
			return {
				frameId,
				stoppedLocation
			};
		}
		InlineValueContext.create = create;
		/**
		* Checks whether the given literal conforms to the {@link InlineValueContext} interface.
		*/
		function is(value) {
			const candidate = value;
			return Is.defined(candidate) && Range.is(value.stoppedLocation);
		}
		InlineValueContext.is = is;
	})(InlineValueContext || (InlineValueContext = {}));
	(function(InlayHintKind) {
		/**
		* An inlay hint that for a type annotation.
		*/
		InlayHintKind.Type = 1;
		/**
		* An inlay hint that is for a parameter.
		*/
		InlayHintKind.Parameter = 2;
		function is(value) {
			return value === 1 || value === 2;
		}
		InlayHintKind.is = is;
	})(InlayHintKind || (InlayHintKind = {}));
	(function(InlayHintLabelPart) {
		function create(value) {
			return { value };
		}
		InlayHintLabelPart.create = create;
		function is(value) {
			const candidate = value;
			return Is.objectLiteral(candidate) && (candidate.tooltip === void 0 || Is.string(candidate.tooltip) || MarkupContent.is(candidate.tooltip)) && (candidate.location === void 0 || Location.is(candidate.location)) && (candidate.command === void 0 || Command.is(candidate.command));
		}
		InlayHintLabelPart.is = is;
	})(InlayHintLabelPart || (InlayHintLabelPart = {}));
	(function(InlayHint) {
		function create(position, label, kind) {
			const result = {
				position,
				label
			};
			if (kind !== void 0) result.kind = kind;
			return result;
		}
		InlayHint.create = create;
		function is(value) {
			const candidate = value;
			return Is.objectLiteral(candidate) && Position.is(candidate.position) && (Is.string(candidate.label) || Is.typedArray(candidate.label, InlayHintLabelPart.is)) && (candidate.kind === void 0 || InlayHintKind.is(candidate.kind)) && candidate.textEdits === void 0 || Is.typedArray(candidate.textEdits, TextEdit.is) && (candidate.tooltip === void 0 || Is.string(candidate.tooltip) || MarkupContent.is(candidate.tooltip)) && (candidate.paddingLeft === void 0 || Is.boolean(candidate.paddingLeft)) && (candidate.paddingRight === void 0 || Is.boolean(candidate.paddingRight));
		}
		InlayHint.is = is;
	})(InlayHint || (InlayHint = {}));
	(function(StringValue) {
		function createSnippet(value) {
			return {
				kind: "snippet",
				value
			};
		}
		StringValue.createSnippet = createSnippet;
		function isSnippet(value) {
			const candidate = value;
			return Is.objectLiteral(candidate) && candidate.kind === "snippet" && Is.string(candidate.value);
		}
		StringValue.isSnippet = isSnippet;
	})(StringValue || (StringValue = {}));
	(function(InlineCompletionItem) {
		function create(insertText, filterText, range, command) {
			return {
				insertText,
				filterText,
				range,
				command
			};
		}
		InlineCompletionItem.create = create;
	})(InlineCompletionItem || (InlineCompletionItem = {}));
	(function(InlineCompletionList) {
		function create(items) {
			return { items };
		}
		InlineCompletionList.create = create;
	})(InlineCompletionList || (InlineCompletionList = {}));
	(function(InlineCompletionTriggerKind) {
		/**
		* Completion was triggered explicitly by a user gesture.
		*/
		InlineCompletionTriggerKind.Invoked = 1;
		/**
		* Completion was triggered automatically while editing.
		*/
		InlineCompletionTriggerKind.Automatic = 2;
	})(InlineCompletionTriggerKind || (InlineCompletionTriggerKind = {}));
	(function(SelectedCompletionInfo) {
		function create(range, text) {
			return {
				range,
				text
			};
		}
		SelectedCompletionInfo.create = create;
	})(SelectedCompletionInfo || (SelectedCompletionInfo = {}));
	(function(InlineCompletionContext) {
		function create(triggerKind, selectedCompletionInfo) {
			return {
				triggerKind,
				selectedCompletionInfo
			};
		}
		InlineCompletionContext.create = create;
	})(InlineCompletionContext || (InlineCompletionContext = {}));
	(function(WorkspaceFolder) {
		function is(value) {
			const candidate = value;
			return Is.objectLiteral(candidate) && URI.is(candidate.uri) && Is.string(candidate.name);
		}
		WorkspaceFolder.is = is;
	})(WorkspaceFolder || (WorkspaceFolder = {}));
	EOL = [
		"\n",
		"\r\n",
		"\r"
	];
	(function(TextDocument) {
		/**
		* Creates a new ITextDocument literal from the given uri and content.
		* @param uri The document's uri.
		* @param languageId The document's language Id.
		* @param version The document's version.
		* @param content The document's content.
		*/
		function create(uri, languageId, version, content) {
			return new FullTextDocument$1(uri, languageId, version, content);
		}
		TextDocument.create = create;
		/**
		* Checks whether the given literal conforms to the {@link ITextDocument} interface.
		*/
		function is(value) {
			const candidate = value;
			return Is.defined(candidate) && Is.string(candidate.uri) && (Is.undefined(candidate.languageId) || Is.string(candidate.languageId)) && Is.uinteger(candidate.lineCount) && Is.func(candidate.getText) && Is.func(candidate.positionAt) && Is.func(candidate.offsetAt) ? true : false;
		}
		TextDocument.is = is;
		function applyEdits(document, edits) {
			let text = document.getText();
			const sortedEdits = mergeSort(edits, (a, b) => {
				const diff = a.range.start.line - b.range.start.line;
				if (diff === 0) return a.range.start.character - b.range.start.character;
				return diff;
			});
			let lastModifiedOffset = text.length;
			for (let i = sortedEdits.length - 1; i >= 0; i--) {
				const e = sortedEdits[i];
				const startOffset = document.offsetAt(e.range.start);
				const endOffset = document.offsetAt(e.range.end);
				if (endOffset <= lastModifiedOffset) text = text.substring(0, startOffset) + e.newText + text.substring(endOffset, text.length);
				else throw new Error("Overlapping edit");
				lastModifiedOffset = startOffset;
			}
			return text;
		}
		TextDocument.applyEdits = applyEdits;
		function mergeSort(data, compare) {
			if (data.length <= 1) return data;
			const p = data.length / 2 | 0;
			const left = data.slice(0, p);
			const right = data.slice(p);
			mergeSort(left, compare);
			mergeSort(right, compare);
			let leftIdx = 0;
			let rightIdx = 0;
			let i = 0;
			while (leftIdx < left.length && rightIdx < right.length) if (compare(left[leftIdx], right[rightIdx]) <= 0) data[i++] = left[leftIdx++];
			else data[i++] = right[rightIdx++];
			while (leftIdx < left.length) data[i++] = left[leftIdx++];
			while (rightIdx < right.length) data[i++] = right[rightIdx++];
			return data;
		}
	})(TextDocument$1 || (TextDocument$1 = {}));
	FullTextDocument$1 = class {
		constructor(uri, languageId, version, content) {
			this._uri = uri;
			this._languageId = languageId;
			this._version = version;
			this._content = content;
			this._lineOffsets = void 0;
		}
		get uri() {
			return this._uri;
		}
		get languageId() {
			return this._languageId;
		}
		get version() {
			return this._version;
		}
		getText(range) {
			if (range) {
				const start = this.offsetAt(range.start);
				const end = this.offsetAt(range.end);
				return this._content.substring(start, end);
			}
			return this._content;
		}
		update(event, version) {
			this._content = event.text;
			this._version = version;
			this._lineOffsets = void 0;
		}
		getLineOffsets() {
			if (this._lineOffsets === void 0) {
				const lineOffsets = [];
				const text = this._content;
				let isLineStart = true;
				for (let i = 0; i < text.length; i++) {
					if (isLineStart) {
						lineOffsets.push(i);
						isLineStart = false;
					}
					const ch = text.charAt(i);
					isLineStart = ch === "\r" || ch === "\n";
					if (ch === "\r" && i + 1 < text.length && text.charAt(i + 1) === "\n") i++;
				}
				if (isLineStart && text.length > 0) lineOffsets.push(text.length);
				this._lineOffsets = lineOffsets;
			}
			return this._lineOffsets;
		}
		positionAt(offset) {
			offset = Math.max(Math.min(offset, this._content.length), 0);
			const lineOffsets = this.getLineOffsets();
			let low = 0, high = lineOffsets.length;
			if (high === 0) return Position.create(0, offset);
			while (low < high) {
				const mid = Math.floor((low + high) / 2);
				if (lineOffsets[mid] > offset) high = mid;
				else low = mid + 1;
			}
			const line = low - 1;
			return Position.create(line, offset - lineOffsets[line]);
		}
		offsetAt(position) {
			const lineOffsets = this.getLineOffsets();
			if (position.line >= lineOffsets.length) return this._content.length;
			else if (position.line < 0) return 0;
			const lineOffset = lineOffsets[position.line];
			const nextLineOffset = position.line + 1 < lineOffsets.length ? lineOffsets[position.line + 1] : this._content.length;
			return Math.max(Math.min(lineOffset + position.character, nextLineOffset), lineOffset);
		}
		get lineCount() {
			return this.getLineOffsets().length;
		}
	};
	(function(Is) {
		const toString = Object.prototype.toString;
		function defined(value) {
			return typeof value !== "undefined";
		}
		Is.defined = defined;
		function undefined(value) {
			return typeof value === "undefined";
		}
		Is.undefined = undefined;
		function boolean(value) {
			return value === true || value === false;
		}
		Is.boolean = boolean;
		function string(value) {
			return toString.call(value) === "[object String]";
		}
		Is.string = string;
		function number(value) {
			return toString.call(value) === "[object Number]";
		}
		Is.number = number;
		function numberRange(value, min, max) {
			return toString.call(value) === "[object Number]" && min <= value && value <= max;
		}
		Is.numberRange = numberRange;
		function integer(value) {
			return toString.call(value) === "[object Number]" && -2147483648 <= value && value <= 2147483647;
		}
		Is.integer = integer;
		function uinteger(value) {
			return toString.call(value) === "[object Number]" && 0 <= value && value <= 2147483647;
		}
		Is.uinteger = uinteger;
		function func(value) {
			return toString.call(value) === "[object Function]";
		}
		Is.func = func;
		function objectLiteral(value) {
			return value !== null && typeof value === "object";
		}
		Is.objectLiteral = objectLiteral;
		function typedArray(value, check) {
			return Array.isArray(value) && value.every(check);
		}
		Is.typedArray = typedArray;
	})(Is || (Is = {}));
}));
// node_modules/dockerfile-ast/lib/line.js
var require_line = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Line = void 0;
	var Line = class {
		constructor(document, range) {
			this.document = document;
			this.range = range;
		}
		getRange() {
			return this.range;
		}
		getTextContent() {
			return this.document.getText().substring(this.document.offsetAt(this.range.start), this.document.offsetAt(this.range.end));
		}
		isAfter(line) {
			return this.range.start.line > line.range.start.line;
		}
		isBefore(line) {
			return this.range.start.line < line;
		}
	};
	exports.Line = Line;
}));
// node_modules/dockerfile-ast/lib/util.js
var require_util = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Util = void 0;
	exports.Util = class Util {
		static isUTF8BOM(char) {
			const uintArray = Uint8Array.from(Buffer.from(char, "UTF-8"));
			return uintArray[0] === 239 && uintArray[1] == 187 && uintArray[2] == 191;
		}
		static isWhitespace(char) {
			return char === " " || char === "	" || Util.isNewline(char);
		}
		static isNewline(char) {
			return char === "\r" || char === "\n";
		}
		static findLeadingNonWhitespace(content, escapeChar) {
			whitespaceCheck: for (let i = 0; i < content.length; i++) switch (content.charAt(i)) {
				case " ":
				case "	": continue;
				case escapeChar:
					escapeCheck: for (let j = i + 1; j < content.length; j++) switch (content.charAt(j)) {
						case " ":
						case "	": continue;
						case "\r":
							i = j + 1;
							continue whitespaceCheck;
						case "\n":
							i = j;
							continue whitespaceCheck;
						default: break escapeCheck;
					}
					return -1;
				default: return i;
			}
			return -1;
		}
		/**
		* Determines if the given position is contained within the given range.
		*
		* @param position the position to check
		* @param range the range to see if the position is inside of
		*/
		static isInsideRange(position, range) {
			if (range.start.line === range.end.line) return range.start.line === position.line && range.start.character <= position.character && position.character <= range.end.character;
			else if (range.start.line === position.line) return range.start.character <= position.character;
			else if (range.end.line === position.line) return position.character <= range.end.character;
			return range.start.line < position.line && position.line < range.end.line;
		}
		static parseHeredocName(value) {
			value = value.substring(2);
			if (value.charAt(0) === "-") value = value.substring(1);
			if (value.charAt(0) === "\"") {
				if (value.charAt(value.length - 1) !== "\"") return null;
				value = value.substring(1, value.length - 1);
			}
			if (value.charAt(0) === "'") {
				if (value.charAt(value.length - 1) !== "'") return null;
				value = value.substring(1, value.length - 1);
			}
			if (value.charAt(0) === "<") return null;
			return value;
		}
	};
}));
// node_modules/dockerfile-ast/lib/comment.js
var require_comment = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Comment = void 0;
	const vscode_languageserver_types_1 = (init_main$1(), __toCommonJS(main_exports$1));
	const line_1 = require_line();
	const util_1 = require_util();
	var Comment = class extends line_1.Line {
		constructor(document, range) {
			super(document, range);
		}
		toString() {
			const content = this.getContent();
			if (content) return "# " + content;
			return "#";
		}
		/**
		* Returns the content of this comment. This excludes leading and
		* trailing whitespace as well as the # symbol. If the comment only
		* consists of whitespace, the empty string will be returned.
		*/
		getContent() {
			let range = this.getContentRange();
			if (range === null) return "";
			return this.document.getText().substring(this.document.offsetAt(range.start), this.document.offsetAt(range.end));
		}
		/**
		* Returns a range that includes the content of the comment
		* excluding any leading and trailing whitespace as well as the #
		* symbol. May return null if the comment only consists of whitespace
		* characters.
		*/
		getContentRange() {
			let range = this.getRange();
			const startOffset = this.document.offsetAt(range.start);
			let raw = this.document.getText().substring(startOffset, this.document.offsetAt(range.end));
			let start = -1;
			let end = -1;
			for (let i = 1; i < raw.length; i++) if (!util_1.Util.isWhitespace(raw.charAt(i))) {
				start = i;
				break;
			}
			if (start === -1) return null;
			for (let i = raw.length - 1; i >= 1; i--) if (!util_1.Util.isWhitespace(raw.charAt(i))) {
				end = i + 1;
				break;
			}
			return vscode_languageserver_types_1.Range.create(this.document.positionAt(startOffset + start), this.document.positionAt(startOffset + end));
		}
	};
	exports.Comment = Comment;
}));
// node_modules/vscode-languageserver-textdocument/lib/esm/main.js
var main_exports = /* @__PURE__ */ __exportAll({ TextDocument: () => TextDocument });
function mergeSort(data, compare) {
	if (data.length <= 1) return data;
	const p = data.length / 2 | 0;
	const left = data.slice(0, p);
	const right = data.slice(p);
	mergeSort(left, compare);
	mergeSort(right, compare);
	let leftIdx = 0;
	let rightIdx = 0;
	let i = 0;
	while (leftIdx < left.length && rightIdx < right.length) if (compare(left[leftIdx], right[rightIdx]) <= 0) data[i++] = left[leftIdx++];
	else data[i++] = right[rightIdx++];
	while (leftIdx < left.length) data[i++] = left[leftIdx++];
	while (rightIdx < right.length) data[i++] = right[rightIdx++];
	return data;
}
function computeLineOffsets(text, isAtLineStart, textOffset = 0) {
	const result = isAtLineStart ? [textOffset] : [];
	for (let i = 0; i < text.length; i++) {
		const ch = text.charCodeAt(i);
		if (isEOL(ch)) {
			if (ch === 13 && i + 1 < text.length && text.charCodeAt(i + 1) === 10) i++;
			result.push(textOffset + i + 1);
		}
	}
	return result;
}
function isEOL(char) {
	return char === 13 || char === 10;
}
function getWellformedRange(range) {
	const start = range.start;
	const end = range.end;
	if (start.line > end.line || start.line === end.line && start.character > end.character) return {
		start: end,
		end: start
	};
	return range;
}
function getWellformedEdit(textEdit) {
	const range = getWellformedRange(textEdit.range);
	if (range !== textEdit.range) return {
		newText: textEdit.newText,
		range
	};
	return textEdit;
}
var FullTextDocument, TextDocument;
var init_main = __esmMin((() => {
	FullTextDocument = class FullTextDocument {
		constructor(uri, languageId, version, content) {
			this._uri = uri;
			this._languageId = languageId;
			this._version = version;
			this._content = content;
			this._lineOffsets = void 0;
		}
		get uri() {
			return this._uri;
		}
		get languageId() {
			return this._languageId;
		}
		get version() {
			return this._version;
		}
		getText(range) {
			if (range) {
				const start = this.offsetAt(range.start);
				const end = this.offsetAt(range.end);
				return this._content.substring(start, end);
			}
			return this._content;
		}
		update(changes, version) {
			for (const change of changes) if (FullTextDocument.isIncremental(change)) {
				const range = getWellformedRange(change.range);
				const startOffset = this.offsetAt(range.start);
				const endOffset = this.offsetAt(range.end);
				this._content = this._content.substring(0, startOffset) + change.text + this._content.substring(endOffset, this._content.length);
				const insertedEndOffset = startOffset + change.text.length;
				const crlfAtStart = this._content.charCodeAt(startOffset - 1) === 13 && this._content.charCodeAt(startOffset) === 10;
				const crlfAtEnd = this._content.charCodeAt(insertedEndOffset - 1) === 13 && this._content.charCodeAt(insertedEndOffset) === 10;
				if (crlfAtStart || crlfAtEnd) {
					this._lineOffsets = void 0;
					continue;
				}
				const startLine = Math.max(range.start.line, 0);
				const endLine = Math.max(range.end.line, 0);
				let lineOffsets = this._lineOffsets;
				const addedLineOffsets = computeLineOffsets(change.text, false, startOffset);
				if (endLine - startLine === addedLineOffsets.length) for (let i = 0, len = addedLineOffsets.length; i < len; i++) lineOffsets[i + startLine + 1] = addedLineOffsets[i];
				else if (addedLineOffsets.length < 1e4) lineOffsets.splice(startLine + 1, endLine - startLine, ...addedLineOffsets);
				else this._lineOffsets = lineOffsets = lineOffsets.slice(0, startLine + 1).concat(addedLineOffsets, lineOffsets.slice(endLine + 1));
				const diff = change.text.length - (endOffset - startOffset);
				if (diff !== 0) for (let i = startLine + 1 + addedLineOffsets.length, len = lineOffsets.length; i < len; i++) lineOffsets[i] = lineOffsets[i] + diff;
			} else if (FullTextDocument.isFull(change)) {
				this._content = change.text;
				this._lineOffsets = void 0;
			} else throw new Error("Unknown change event received");
			this._version = version;
		}
		getLineOffsets() {
			if (this._lineOffsets === void 0) this._lineOffsets = computeLineOffsets(this._content, true);
			return this._lineOffsets;
		}
		positionAt(offset) {
			offset = Math.max(Math.min(offset, this._content.length), 0);
			const lineOffsets = this.getLineOffsets();
			let low = 0, high = lineOffsets.length;
			if (high === 0) return {
				line: 0,
				character: offset
			};
			while (low < high) {
				const mid = Math.floor((low + high) / 2);
				if (lineOffsets[mid] > offset) high = mid;
				else low = mid + 1;
			}
			const line = low - 1;
			offset = this.ensureBeforeEOL(offset, lineOffsets[line]);
			return {
				line,
				character: offset - lineOffsets[line]
			};
		}
		offsetAt(position) {
			const lineOffsets = this.getLineOffsets();
			if (position.line >= lineOffsets.length) return this._content.length;
			else if (position.line < 0) return 0;
			const lineOffset = lineOffsets[position.line];
			if (position.character <= 0) return lineOffset;
			const nextLineOffset = position.line + 1 < lineOffsets.length ? lineOffsets[position.line + 1] : this._content.length;
			const offset = Math.min(lineOffset + position.character, nextLineOffset);
			return this.ensureBeforeEOL(offset, lineOffset);
		}
		getLineRange(line) {
			const lineOffsets = this.getLineOffsets();
			if (line >= lineOffsets.length) {
				const lastLine = lineOffsets.length - 1;
				return {
					start: {
						line: lastLine,
						character: 0
					},
					end: {
						line: lastLine,
						character: this._content.length - lineOffsets[lastLine]
					}
				};
			} else if (line < 0) return {
				start: {
					line: 0,
					character: 0
				},
				end: {
					line: 0,
					character: 0
				}
			};
			const startOffset = lineOffsets[line];
			const nextLineOffset = line + 1 < lineOffsets.length ? lineOffsets[line + 1] : this._content.length;
			const endOffset = this.ensureBeforeEOL(nextLineOffset, startOffset);
			return {
				start: {
					line,
					character: 0
				},
				end: {
					line,
					character: endOffset - startOffset
				}
			};
		}
		getEOLCharacters(line) {
			const lineOffsets = this.getLineOffsets();
			if (line >= lineOffsets.length) return "";
			else if (line < 0) return "";
			const nextLineOffset = line + 1 < lineOffsets.length ? lineOffsets[line + 1] : this._content.length;
			const eolOffset = this.ensureBeforeEOL(nextLineOffset, lineOffsets[line]);
			return this._content.substring(eolOffset, nextLineOffset);
		}
		ensureBeforeEOL(offset, lineOffset) {
			while (offset > lineOffset && isEOL(this._content.charCodeAt(offset - 1))) offset--;
			return offset;
		}
		get lineCount() {
			return this.getLineOffsets().length;
		}
		static isIncremental(event) {
			const candidate = event;
			return candidate !== void 0 && candidate !== null && typeof candidate.text === "string" && candidate.range !== void 0 && (candidate.rangeLength === void 0 || typeof candidate.rangeLength === "number");
		}
		static isFull(event) {
			const candidate = event;
			return candidate !== void 0 && candidate !== null && typeof candidate.text === "string" && candidate.range === void 0 && candidate.rangeLength === void 0;
		}
	};
	(function(TextDocument) {
		/**
		* Creates a new text document.
		*
		* @param uri The document's uri.
		* @param languageId  The document's language Id.
		* @param version The document's initial version number.
		* @param content The document's content.
		*/
		function create(uri, languageId, version, content) {
			return new FullTextDocument(uri, languageId, version, content);
		}
		TextDocument.create = create;
		/**
		* Updates a TextDocument by modifying its content.
		*
		* @param document the document to update. Only documents created by TextDocument.create are valid inputs.
		* @param changes the changes to apply to the document.
		* @param version the changes version for the document.
		* @returns The updated TextDocument. Note: That's the same document instance passed in as first parameter.
		*
		*/
		function update(document, changes, version) {
			if (document instanceof FullTextDocument) {
				document.update(changes, version);
				return document;
			} else throw new Error("TextDocument.update: document must be created by TextDocument.create");
		}
		TextDocument.update = update;
		function applyEdits(document, edits) {
			const text = document.getText();
			const sortedEdits = mergeSort(edits.map(getWellformedEdit), (a, b) => {
				const diff = a.range.start.line - b.range.start.line;
				if (diff === 0) return a.range.start.character - b.range.start.character;
				return diff;
			});
			let lastModifiedOffset = 0;
			const spans = [];
			for (const e of sortedEdits) {
				const startOffset = document.offsetAt(e.range.start);
				if (startOffset < lastModifiedOffset) throw new Error("Overlapping edit");
				else if (startOffset > lastModifiedOffset) spans.push(text.substring(lastModifiedOffset, startOffset));
				if (e.newText.length) spans.push(e.newText);
				lastModifiedOffset = document.offsetAt(e.range.end);
			}
			spans.push(text.substr(lastModifiedOffset));
			return spans.join("");
		}
		TextDocument.applyEdits = applyEdits;
	})(TextDocument || (TextDocument = {}));
}));
// node_modules/dockerfile-ast/lib/parserDirective.js
var require_parserDirective = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.ParserDirective = void 0;
	const main_1 = require_main();
	const line_1 = require_line();
	var ParserDirective = class extends line_1.Line {
		constructor(document, range, nameRange, valueRange) {
			super(document, range);
			this.nameRange = nameRange;
			this.valueRange = valueRange;
		}
		toString() {
			return "# " + this.getName() + "=" + this.getValue();
		}
		getNameRange() {
			return this.nameRange;
		}
		getValueRange() {
			return this.valueRange;
		}
		getName() {
			return this.document.getText().substring(this.document.offsetAt(this.nameRange.start), this.document.offsetAt(this.nameRange.end));
		}
		getValue() {
			return this.document.getText().substring(this.document.offsetAt(this.valueRange.start), this.document.offsetAt(this.valueRange.end));
		}
		getDirective() {
			const directive = main_1.Directive[this.getName().toLowerCase()];
			return directive === void 0 ? null : directive;
		}
	};
	exports.ParserDirective = ParserDirective;
}));
// node_modules/dockerfile-ast/lib/heredoc.js
var require_heredoc = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Heredoc = void 0;
	/**
	* Heredoc represents a here-document that has been embedded in a
	* Dockerfile.
	*
	* This API is experimental and subject to change.
	*/
	var Heredoc = class {
		constructor(startRange, name, nameRange, contentRange, endRange) {
			this.startRange = startRange;
			this.name = name;
			this.nameRange = nameRange;
			this.contentRange = contentRange;
			this.endRange = endRange;
		}
		/**
		* Returns the name of the here-document.
		*
		* This API is experimental and subject to change.
		*/
		getName() {
			return this.name;
		}
		/**
		* Returns the range of the start operator and the name. If the
		* here-document is initialized with <<EOT then the start range would
		* encompass all five characters.
		*
		* This API is experimental and subject to change.
		*/
		getStartRange() {
			return this.startRange;
		}
		/**
		* Returns the range of this here-document's name that is declared at
		* the beginning of the here-document with the operator. If the
		* here-document is initialized with <<EOT then the name range would
		* encompass the latter three "EOT" characters.
		*
		* This API is experimental and subject to change.
		*/
		getNameRange() {
			return this.nameRange;
		}
		/**
		* Returns the range of the content of this here-document. This may
		* be null if the here-document has no content because:
		* - the start range is the only thing that was declared
		* - the end range was declared immediately and there is no content
		*
		* This API is experimental and subject to change.
		*/
		getContentRange() {
			return this.contentRange;
		}
		/**
		* Returns the range of the here-document's name on a line that
		* represents the end of the here-document.
		*
		* This API is experimental and subject to change.
		*/
		getDelimiterRange() {
			return this.endRange;
		}
	};
	exports.Heredoc = Heredoc;
}));
// node_modules/dockerfile-ast/lib/variable.js
var require_variable = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Variable = void 0;
	var Variable = class {
		constructor(name, nameRange, range, modifier, modifierRange, substitutionParameter, substitutionRange, defined, buildVariable, stringValue) {
			this.name = name;
			this.nameRange = nameRange;
			this.range = range;
			this.modifier = modifier;
			this.modifierRange = modifierRange;
			this.substitutionParameter = substitutionParameter;
			this.substitutionRange = substitutionRange;
			this.defined = defined;
			this.buildVariable = buildVariable;
			this.stringValue = stringValue;
		}
		toString() {
			return this.stringValue;
		}
		getName() {
			return this.name;
		}
		getNameRange() {
			return this.nameRange;
		}
		/**
		* Returns the range of the entire variable. This includes the symbols for
		* the declaration of the variable such as the $, {, and } symbols.
		*
		* @return the range in the document that this variable encompasses in its
		*         entirety
		*/
		getRange() {
			return this.range;
		}
		/**
		* Returns the modifier character that has been set for
		* specifying how this variable should be expanded and resolved.
		* If this variable is ${variable:+value} then the modifier
		* character is '+'. Will be the empty string if the variable is
		* declared as ${variable:}. Otherwise, will be null if this
		* variable will not use variable substitution at all (such as
		* ${variable} or $variable).
		*
		* @return this variable's modifier character, or the empty
		*         string if it does not have one, or null if this
		*         variable will not use variable substitution
		*/
		getModifier() {
			return this.modifier;
		}
		getModifierRange() {
			return this.modifierRange;
		}
		/**
		* Returns the parameter that will be used for substitution if
		* this variable uses modifiers to define how its value should be
		* resolved. If this variable is ${variable:+value} then the
		* substitution value will be 'value'. Will be the empty string
		* if the variable is declared as ${variable:+} or some other
		* variant where the only thing that follows the modifier
		* character (excluding considerations of escape characters and
		* so on) is the variable's closing bracket. May be null if this
		* variable does not have a modifier character defined (such as
		* ${variable} or $variable).
		*
		* @return this variable's substitution parameter, or the empty
		*         string if it does not have one, or null if there is
		*         not one defined
		*/
		getSubstitutionParameter() {
			return this.substitutionParameter;
		}
		getSubstitutionRange() {
			return this.substitutionRange;
		}
		/**
		* Returns whether this variable has been defined or not.
		*
		* @return true if this variable has been defined, false otherwise
		*/
		isDefined() {
			return this.defined;
		}
		isBuildVariable() {
			return this.buildVariable === true;
		}
		isEnvironmentVariable() {
			return this.buildVariable === false;
		}
	};
	exports.Variable = Variable;
}));
// node_modules/dockerfile-ast/lib/instruction.js
var require_instruction = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Instruction = void 0;
	const vscode_languageserver_types_1 = (init_main$1(), __toCommonJS(main_exports$1));
	const util_1 = require_util();
	const line_1 = require_line();
	const argument_1 = require_argument();
	const heredoc_1 = require_heredoc();
	const variable_1 = require_variable();
	const main_1 = require_main();
	var Instruction = class extends line_1.Line {
		constructor(document, range, dockerfile, escapeChar, instruction, instructionRange) {
			super(document, range);
			this.dockerfile = dockerfile;
			this.escapeChar = escapeChar;
			this.instruction = instruction;
			this.instructionRange = instructionRange;
		}
		toString() {
			let value = this.getKeyword();
			for (let arg of this.getRawArguments()) {
				value += " ";
				value += arg.getValue();
			}
			return value;
		}
		getRangeContent(range) {
			if (range === null) return null;
			return this.document.getText().substring(this.document.offsetAt(range.start), this.document.offsetAt(range.end));
		}
		getInstructionRange() {
			return this.instructionRange;
		}
		getInstruction() {
			return this.instruction;
		}
		getKeyword() {
			return this.getInstruction().toUpperCase();
		}
		getArgumentsRange() {
			let args = this.getArguments();
			if (args.length === 0) return null;
			return vscode_languageserver_types_1.Range.create(args[0].getRange().start, args[args.length - 1].getRange().end);
		}
		getArgumentsRanges() {
			let args = this.getArguments();
			if (args.length === 0) return [];
			if (args[0].getRange().start.line === args[args.length - 1].getRange().end.line) return [vscode_languageserver_types_1.Range.create(args[0].getRange().start, args[args.length - 1].getRange().end)];
			let ranges = [];
			let end = -1;
			let startPosition = args[0].getRange().start;
			let range = this.getInstructionRange();
			let extra = this.document.offsetAt(startPosition) - this.document.offsetAt(range.start);
			let fullArgs = this.getTextContent().substring(extra, this.document.offsetAt(args[args.length - 1].getRange().end) - this.document.offsetAt(range.start));
			let offset = this.document.offsetAt(range.start) + extra;
			let comment = false;
			for (let i = 0; i < fullArgs.length; i++) {
				let char = fullArgs.charAt(i);
				if (char === this.escapeChar) {
					let next = fullArgs.charAt(i + 1);
					if (next === " " || next === "	") whitespaceCheck: for (let j = i + 2; j < fullArgs.length; j++) switch (fullArgs.charAt(j)) {
						case " ":
						case "	": continue;
						case "\r": j++;
						case "\n":
							if (startPosition !== null) ranges.push(vscode_languageserver_types_1.Range.create(startPosition, this.document.positionAt(offset + end + 1)));
							startPosition = null;
							comment = false;
							i = j;
							break whitespaceCheck;
						default: break whitespaceCheck;
					}
					else if (next === "\r") {
						if (startPosition !== null) {
							ranges.push(vscode_languageserver_types_1.Range.create(startPosition, this.document.positionAt(offset + end + 1)));
							startPosition = null;
						}
						comment = false;
						i += 2;
					} else if (next === "\n") {
						if (startPosition !== null) ranges.push(vscode_languageserver_types_1.Range.create(startPosition, this.document.positionAt(offset + end + 1)));
						startPosition = null;
						comment = false;
						i++;
					} else i++;
				} else if (util_1.Util.isNewline(char)) {
					if (comment) {
						startPosition = null;
						comment = false;
					}
				} else if (!comment) {
					if (startPosition === null) {
						if (char === "#") {
							comment = true;
							continue;
						}
						let position = this.document.positionAt(offset + i);
						if (position.character !== 0) startPosition = vscode_languageserver_types_1.Position.create(position.line, 0);
					}
					end = i;
				}
			}
			if (startPosition === null) ranges.push(vscode_languageserver_types_1.Range.create(this.document.positionAt(offset + end), this.document.positionAt(offset + end + 1)));
			else ranges.push(vscode_languageserver_types_1.Range.create(startPosition, this.document.positionAt(offset + end + 1)));
			return ranges;
		}
		getRawArgumentsContent() {
			let args = this.getArguments();
			if (args.length === 0) return null;
			return this.getRangeContent(vscode_languageserver_types_1.Range.create(args[0].getRange().start, args[args.length - 1].getRange().end));
		}
		getArgumentsContent() {
			if (this.getArguments().length === 0) return null;
			let content = "";
			let ranges = this.getArgumentsRanges();
			let documentText = this.document.getText();
			for (let range of ranges) content += documentText.substring(this.document.offsetAt(range.start), this.document.offsetAt(range.end));
			return content;
		}
		getArguments() {
			return this.getRawArguments();
		}
		getRawArguments() {
			let args = [];
			let range = this.getInstructionRange();
			let extra = this.document.offsetAt(range.end) - this.document.offsetAt(range.start);
			let fullArgs = this.getTextContent().substring(extra);
			let offset = this.document.offsetAt(range.start) + extra;
			let start = false;
			let comment = false;
			let found = -1;
			let escapedWhitespaceDetected = false;
			let escaping = false;
			let escapeMarker = -1;
			let escapedArg = "";
			for (let i = 0; i < fullArgs.length; i++) {
				let char = fullArgs.charAt(i);
				if (util_1.Util.isWhitespace(char)) {
					if (escaping) {
						escapedWhitespaceDetected = true;
						if (util_1.Util.isNewline(char)) {
							escapedWhitespaceDetected = false;
							if (comment) {
								comment = false;
								start = true;
							}
						}
						continue;
					} else if (found !== -1) {
						if (escapeMarker === -1) args.push(new argument_1.Argument(escapedArg, vscode_languageserver_types_1.Range.create(this.document.positionAt(offset + found), this.document.positionAt(offset + i))));
						else args.push(new argument_1.Argument(escapedArg, vscode_languageserver_types_1.Range.create(this.document.positionAt(offset + found), this.document.positionAt(offset + escapeMarker))));
						escapeMarker = -1;
						escapedArg = "";
						found = -1;
					}
				} else if (char === this.escapeChar) {
					let next = fullArgs.charAt(i + 1);
					if (next === " " || next === "	") whitespaceCheck: for (let j = i + 2; j < fullArgs.length; j++) switch (fullArgs.charAt(j)) {
						case " ":
						case "	": continue;
						case "\r": j++;
						case "\n":
							comment = false;
							escaping = true;
							start = true;
							if (found !== -1) escapeMarker = i;
							i = j;
							break whitespaceCheck;
						default:
							escapeMarker = i;
							if (found === -1) i = j - 1;
							break whitespaceCheck;
					}
					else if (next === "\r") {
						comment = false;
						escaping = true;
						start = true;
						if (found !== -1 && escapeMarker === -1) escapeMarker = i;
						i += 2;
					} else if (next === "\n") {
						comment = false;
						escaping = true;
						start = true;
						if (found !== -1 && escapeMarker === -1) escapeMarker = i;
						i++;
					} else {
						if (escapedWhitespaceDetected && escapeMarker !== -1) {
							args.push(new argument_1.Argument(escapedArg, vscode_languageserver_types_1.Range.create(this.document.positionAt(offset + found), this.document.positionAt(offset + escapeMarker))));
							escapedArg = "";
							found = -1;
						}
						escapeMarker = -1;
						escapedWhitespaceDetected = false;
						escaping = false;
						if (next === "$") escapedArg = escapedArg + char + next;
						else if (next === "") break;
						else escapedArg = escapedArg + next;
						if (found === -1) found = i;
						i++;
					}
				} else if (!comment) {
					if (start && char === "#") comment = true;
					else {
						if (escapedWhitespaceDetected && escapeMarker !== -1) {
							args.push(new argument_1.Argument(escapedArg, vscode_languageserver_types_1.Range.create(this.document.positionAt(offset + found), this.document.positionAt(offset + escapeMarker))));
							escapedArg = "";
							found = -1;
						}
						escapedWhitespaceDetected = false;
						escaping = false;
						escapeMarker = -1;
						escapedArg = escapedArg + char;
						if (found === -1) found = i;
					}
					start = false;
				}
			}
			if (found !== -1) {
				if (escapeMarker === -1) args.push(new argument_1.Argument(escapedArg, vscode_languageserver_types_1.Range.create(this.document.positionAt(offset + found), this.document.positionAt(offset + fullArgs.length))));
				else args.push(new argument_1.Argument(escapedArg, vscode_languageserver_types_1.Range.create(this.document.positionAt(offset + found), this.document.positionAt(offset + escapeMarker))));
			}
			return args;
		}
		getExpandedArguments() {
			let args = this.getArguments();
			for (let i = 0; i < args.length; i++) {
				const argRange = args[i].getRange();
				let offset = this.document.offsetAt(argRange.start);
				const variables = this.parseVariables(offset, args[i].getValue());
				const swaps = [];
				let requiresExpansion = false;
				for (let variable of variables) {
					const value = this.dockerfile.resolveVariable(variable.getName(), variable.getNameRange().start.line);
					swaps.push(value);
					requiresExpansion = requiresExpansion || value !== void 0;
				}
				if (requiresExpansion) {
					let expanded = "";
					for (let j = 0; j < swaps.length; j++) {
						const variableRange = variables[j].getRange();
						const start = this.document.offsetAt(variableRange.start);
						const end = this.document.offsetAt(variableRange.end);
						if (swaps[j]) {
							expanded += this.document.getText().substring(offset, start);
							expanded += swaps[j];
							offset = end;
						} else {
							expanded += this.document.getText().substring(offset, end);
							offset = end;
						}
					}
					const argEnd = this.document.offsetAt(argRange.end);
					if (argEnd !== offset) expanded += this.document.getText().substring(offset, argEnd);
					args[i] = new argument_1.Argument(expanded, argRange);
				}
			}
			return args;
		}
		getVariables() {
			const variables = [];
			const args = this.getRawArguments();
			for (const arg of args) {
				let range = arg.getRange();
				let rawValue = this.document.getText().substring(this.document.offsetAt(range.start), this.document.offsetAt(range.end));
				const parsedVariables = this.parseVariables(this.document.offsetAt(arg.getRange().start), rawValue);
				for (const parsedVariable of parsedVariables) variables.push(parsedVariable);
			}
			return variables;
		}
		parseVariables(offset, arg) {
			let variables = [];
			variableLoop: for (let i = 0; i < arg.length; i++) switch (arg.charAt(i)) {
				case this.escapeChar:
					if (arg.charAt(i + 1) === "$") i++;
					break;
				case "$":
					if (arg.charAt(i + 1) === "{") {
						let escapedString = "${";
						let escapedName = "";
						let nameEnd = -1;
						let escapedSubstitutionParameter = "";
						let substitutionStart = -1;
						let substitutionEnd = -1;
						let modifierRead = -1;
						nameLoop: for (let j = i + 2; j < arg.length; j++) {
							let char = arg.charAt(j);
							switch (char) {
								case this.escapeChar:
									for (let k = j + 1; k < arg.length; k++) switch (arg.charAt(k)) {
										case " ":
										case "	":
										case "\r": continue;
										case "\n":
											j = k;
											continue nameLoop;
									}
									break;
								case "}":
									escapedString += "}";
									let modifier = null;
									let modifierRange = null;
									let substitutionParameter = modifierRead !== -1 ? escapedSubstitutionParameter : null;
									let substitutionRange = null;
									if (nameEnd === -1) nameEnd = j;
									else if (nameEnd + 1 === j) {
										modifier = "";
										modifierRange = vscode_languageserver_types_1.Range.create(this.document.positionAt(offset + nameEnd + 1), this.document.positionAt(offset + nameEnd + 1));
									} else {
										if (substitutionStart === -1) {
											substitutionStart = modifierRead + 1;
											substitutionEnd = modifierRead + 1;
										} else substitutionEnd = substitutionEnd + 1;
										modifier = arg.substring(modifierRead, modifierRead + 1);
										modifierRange = vscode_languageserver_types_1.Range.create(this.document.positionAt(offset + modifierRead), this.document.positionAt(offset + modifierRead + 1));
										substitutionRange = vscode_languageserver_types_1.Range.create(this.document.positionAt(offset + substitutionStart), this.document.positionAt(offset + substitutionEnd));
									}
									let start = this.document.positionAt(offset + i);
									variables.push(new variable_1.Variable(escapedName, vscode_languageserver_types_1.Range.create(this.document.positionAt(offset + i + 2), this.document.positionAt(offset + nameEnd)), vscode_languageserver_types_1.Range.create(start, this.document.positionAt(offset + j + 1)), modifier, modifierRange, substitutionParameter, substitutionRange, this.dockerfile.resolveVariable(escapedName, start.line) !== void 0, this.isBuildVariable(escapedName, start.line), escapedString));
									i = j;
									continue variableLoop;
								case ":":
									if (nameEnd === -1) nameEnd = j;
									else if (modifierRead !== -1) {
										if (substitutionStart === -1) {
											substitutionStart = j;
											substitutionEnd = j;
										} else substitutionEnd = j;
										escapedSubstitutionParameter += ":";
									} else modifierRead = j;
									escapedString += ":";
									break;
								case "\n":
								case "\r":
								case " ":
								case "	": break;
								default:
									if (nameEnd === -1) escapedName += char;
									else if (modifierRead !== -1) {
										if (substitutionStart === -1) {
											substitutionStart = j;
											substitutionEnd = j;
										} else substitutionEnd = j;
										escapedSubstitutionParameter += char;
									} else modifierRead = j;
									escapedString += char;
							}
						}
						break variableLoop;
					} else if (util_1.Util.isWhitespace(arg.charAt(i + 1)) || i === arg.length - 1) continue;
					else {
						let escapedName = "";
						nameLoop: for (let j = i + 1; j < arg.length; j++) {
							let char = arg.charAt(j);
							switch (char) {
								case "\r":
								case "\n":
								case " ":
								case "	": continue;
								case "$":
								case "'":
								case "\"":
									let varStart = this.document.positionAt(offset + i);
									variables.push(new variable_1.Variable(escapedName, vscode_languageserver_types_1.Range.create(this.document.positionAt(offset + i + 1), this.document.positionAt(offset + j)), vscode_languageserver_types_1.Range.create(varStart, this.document.positionAt(offset + j)), null, null, null, null, this.dockerfile.resolveVariable(escapedName, varStart.line) !== void 0, this.isBuildVariable(escapedName, varStart.line), "$" + escapedName));
									i = j - 1;
									continue variableLoop;
								case this.escapeChar:
									for (let k = j + 1; k < arg.length; k++) switch (arg.charAt(k)) {
										case " ":
										case "	":
										case "\r": continue;
										case "\n":
											j = k;
											continue nameLoop;
									}
									let start = this.document.positionAt(offset + i);
									variables.push(new variable_1.Variable(escapedName, vscode_languageserver_types_1.Range.create(this.document.positionAt(offset + i + 1), this.document.positionAt(offset + j)), vscode_languageserver_types_1.Range.create(start, this.document.positionAt(offset + j)), null, null, null, null, this.dockerfile.resolveVariable(escapedName, start.line) !== void 0, this.isBuildVariable(escapedName, start.line), "$" + escapedName));
									break variableLoop;
							}
							if (char.match(/^[a-z0-9_]+$/i) === null) {
								let varStart = this.document.positionAt(offset + i);
								variables.push(new variable_1.Variable(escapedName, vscode_languageserver_types_1.Range.create(this.document.positionAt(offset + i + 1), this.document.positionAt(offset + j)), vscode_languageserver_types_1.Range.create(varStart, this.document.positionAt(offset + j)), null, null, null, null, this.dockerfile.resolveVariable(escapedName, varStart.line) !== void 0, this.isBuildVariable(escapedName, varStart.line), "$" + escapedName));
								i = j - 1;
								continue variableLoop;
							}
							escapedName += char;
						}
						let start = this.document.positionAt(offset + i);
						variables.push(new variable_1.Variable(escapedName, vscode_languageserver_types_1.Range.create(this.document.positionAt(offset + i + 1), this.document.positionAt(offset + arg.length)), vscode_languageserver_types_1.Range.create(start, this.document.positionAt(offset + arg.length)), null, null, null, null, this.dockerfile.resolveVariable(escapedName, start.line) !== void 0, this.isBuildVariable(escapedName, start.line), "$" + escapedName));
					}
					break variableLoop;
			}
			return variables;
		}
		isBuildVariable(variable, line) {
			if (this.getKeyword() === main_1.Keyword.FROM) {
				for (const initialArg of this.dockerfile.getInitialARGs()) {
					const property = initialArg.getProperty();
					if (property && variable === property.getName()) return true;
				}
				return;
			}
			let image = this.dockerfile.getContainingImage(vscode_languageserver_types_1.Position.create(line, 0));
			let envs = image.getENVs();
			for (let i = envs.length - 1; i >= 0; i--) if (envs[i].isBefore(line)) {
				for (let property of envs[i].getProperties()) if (property.getName() === variable) return false;
			}
			let args = image.getARGs();
			for (let i = args.length - 1; i >= 0; i--) if (args[i].isBefore(line)) {
				let property = args[i].getProperty();
				if (property && property.getName() === variable) return true;
			}
		}
		createSingleLineHeredocs(args) {
			const heredocs = [];
			for (const arg of args) {
				const value = arg.getValue();
				if (value.startsWith("<<") && util_1.Util.parseHeredocName(value) !== null) {
					const startRange = arg.getRange();
					const nameRange = this.getNameRange(startRange);
					const name = this.getName(nameRange);
					heredocs.push(new heredoc_1.Heredoc(startRange, name, nameRange, null, null));
				}
			}
			return heredocs;
		}
		getName(nameRange) {
			const content = this.document.getText(nameRange);
			let escaping = false;
			let name = "";
			nameLoop: for (let i = 0; i < content.length; i++) {
				const ch = content.charAt(i);
				switch (ch) {
					case this.escapeChar:
						escaping = true;
						for (let j = i + 1; j < content.length; j++) switch (content.charAt(j)) {
							case " ":
							case "	": break;
							case "\r":
								i = j + 1;
								continue nameLoop;
							case "\n":
								i = j;
								continue nameLoop;
							default:
								name += content.charAt(j);
								i = j;
								continue nameLoop;
						}
						break;
					case "#": if (escaping) for (let j = i + 1; j < content.length; j++) switch (content.charAt(j)) {
						case "\n":
							i = j;
							continue nameLoop;
					}
					case " ":
					case "	":
					case "\r":
					case "\n": if (escaping) break;
					default: name += ch;
				}
			}
			return name;
		}
		getNameRange(startRange) {
			const content = this.document.getText(startRange);
			let endFound = false;
			let searchHyphen = false;
			let start = -1;
			let end = -1;
			let escaping = false;
			let quote = null;
			contentLoop: for (let i = 0; i < content.length; i++) {
				const ch = content.charAt(i);
				switch (ch) {
					case "\"":
					case "'":
						if (quote === ch) break contentLoop;
						quote = ch;
						continue;
					case this.escapeChar:
						for (let j = i + 1; j < content.length; j++) switch (content.charAt(j)) {
							case "\n":
								escaping = true;
								j = i;
								continue contentLoop;
						}
						break;
					case " ":
					case "	":
					case "\r":
					case "\n": break;
					case "<":
						if (endFound) searchHyphen = true;
						else endFound = true;
						break;
					case "-": if (searchHyphen) {
						searchHyphen = false;
						break;
					}
					case "#": if (escaping) for (let j = i + 1; j < content.length; j++) switch (content.charAt(j)) {
						case "\n":
							i = j;
							continue contentLoop;
					}
					default:
						if (start === -1) start = i;
						if (quote !== null) {
							end = i + 1;
							break;
						}
						break contentLoop;
				}
			}
			if (start === -1) return vscode_languageserver_types_1.Range.create(startRange.end, startRange.end);
			const nameStart = this.document.positionAt(this.document.offsetAt(startRange.start) + start);
			const nameEnd = quote !== null ? this.document.positionAt(this.document.offsetAt(startRange.start) + end) : startRange.end;
			return vscode_languageserver_types_1.Range.create(nameStart, nameEnd);
		}
		getHeredocs() {
			const args = this.getArguments();
			if (args.length === 0) return [];
			const heredocs = [];
			const range = this.getRange();
			if (range.start.line === range.end.line) return this.createSingleLineHeredocs(args);
			const heredocDefinitions = [];
			let heredocsProcessed = false;
			let escaping = false;
			let contentStart = -1;
			let contentEnd = -1;
			let lineStart = -1;
			let currentHeredoc = 0;
			const startOffset = this.document.offsetAt(args[0].getRange().start);
			const content = this.getRangeContent(vscode_languageserver_types_1.Range.create(args[0].getRange().start, this.getRange().end));
			contentLoop: for (let i = 0; i < content.length; i++) switch (content.charAt(i)) {
				case this.escapeChar:
					escaping = true;
					for (let j = i + 1; j < content.length; j++) switch (content.charAt(j)) {
						case " ":
						case "	": break;
						case "\r": j++;
						case "\n":
							i = j;
							continue contentLoop;
						default:
							i = j;
							continue contentLoop;
					}
					break;
				case "\r": break;
				case "\n":
					if (escaping) break;
					if (heredocsProcessed) {
						if (contentStart === -1) contentStart = i;
						contentEnd = i;
						const arg = heredocDefinitions[currentHeredoc];
						const startRange = arg.getRange();
						const nameRange = this.getNameRange(startRange);
						const name = this.getName(nameRange);
						const delimiterRange = this.getDelimiterRange(arg, name, vscode_languageserver_types_1.Range.create(this.document.positionAt(startOffset + lineStart), this.document.positionAt(startOffset + i)));
						if (delimiterRange !== null) {
							const contentRange = vscode_languageserver_types_1.Range.create(this.document.positionAt(startOffset + contentStart), this.document.positionAt(startOffset + lineStart - 1));
							heredocs.push(new heredoc_1.Heredoc(startRange, name, nameRange, contentRange, delimiterRange));
							contentStart = -1;
							currentHeredoc++;
						}
						lineStart = -1;
					} else {
						const offsetLimit = startOffset + i;
						for (const arg of args) if (this.document.offsetAt(arg.getRange().start) < offsetLimit) {
							if (arg.getValue().startsWith("<<")) heredocDefinitions.push(arg);
						} else break;
						heredocsProcessed = true;
						lineStart = -1;
						continue contentLoop;
					}
					break;
				case " ":
				case "	": if (escaping) break;
				case "#": if (escaping) for (let j = i + 1; j < content.length; j++) switch (content.charAt(j)) {
					case "\n":
						i = j;
						continue contentLoop;
				}
				default:
					if (escaping) escaping = false;
					if (heredocsProcessed) {
						if (contentStart === -1) contentStart = i;
						if (lineStart === -1) lineStart = i;
					}
			}
			if (heredocsProcessed) {
				const arg = heredocDefinitions[currentHeredoc];
				const startRange = arg.getRange();
				const nameRange = this.getNameRange(startRange);
				const name = this.getName(nameRange);
				let contentRange = null;
				const delimiterRange = this.getDelimiterRange(arg, name, vscode_languageserver_types_1.Range.create(this.document.positionAt(startOffset + lineStart), range.end));
				if (delimiterRange === null) contentRange = vscode_languageserver_types_1.Range.create(this.document.positionAt(startOffset + contentStart), range.end);
				else if (contentEnd !== -1) contentRange = vscode_languageserver_types_1.Range.create(this.document.positionAt(startOffset + contentStart), this.document.positionAt(startOffset + contentEnd));
				heredocs.push(new heredoc_1.Heredoc(startRange, name, nameRange, contentRange, delimiterRange));
				currentHeredoc++;
				for (let i = currentHeredoc; i < heredocDefinitions.length; i++) {
					const startRange = heredocDefinitions[currentHeredoc].getRange();
					const nameRange = this.getNameRange(startRange);
					const name = this.getName(nameRange);
					heredocs.push(new heredoc_1.Heredoc(startRange, name, nameRange, null, null));
					currentHeredoc++;
				}
			} else return this.createSingleLineHeredocs(args);
			return heredocs;
		}
		getDelimiterRange(startArg, name, candidateRange) {
			const text = this.document.getText(candidateRange);
			if (startArg.getValue().startsWith("<<-")) {
				let index = 0;
				while (text.charAt(index) === "	") index++;
				if (text.substring(index) === name) return vscode_languageserver_types_1.Range.create(vscode_languageserver_types_1.Position.create(candidateRange.start.line, index), candidateRange.end);
				return null;
			}
			return text === name ? candidateRange : null;
		}
	};
	exports.Instruction = Instruction;
}));
// node_modules/dockerfile-ast/lib/flagOption.js
var require_flagOption = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.FlagOption = void 0;
	var FlagOption = class {
		constructor(range, name, nameRange, value, valueRange) {
			this.range = range;
			this.name = name;
			this.nameRange = nameRange;
			this.value = value;
			this.valueRange = valueRange;
		}
		toString() {
			if (this.valueRange !== null) return this.name + "=" + this.value;
			return this.name;
		}
		getRange() {
			return this.range;
		}
		getName() {
			return this.name;
		}
		getNameRange() {
			return this.nameRange;
		}
		getValue() {
			return this.value;
		}
		getValueRange() {
			return this.valueRange;
		}
	};
	exports.FlagOption = FlagOption;
}));
// node_modules/dockerfile-ast/lib/flag.js
var require_flag = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Flag = void 0;
	const vscode_languageserver_types_1 = (init_main$1(), __toCommonJS(main_exports$1));
	const flagOption_1 = require_flagOption();
	var Flag = class {
		constructor(document, range, name, nameRange, value, valueRange) {
			this.options = [];
			this.range = range;
			this.name = name;
			this.nameRange = nameRange;
			this.value = value;
			this.valueRange = valueRange;
			if (this.value !== null) {
				let offset = document.offsetAt(valueRange.start);
				let nameStart = -1;
				let valueStart = -1;
				let hasOptions = false;
				for (let i = 0; i < value.length; i++) switch (value.charAt(i)) {
					case "=":
						hasOptions = true;
						if (valueStart === -1) {
							valueStart = i + 1;
							break;
						}
						break;
					case ",":
						this.options.push(this.createFlagOption(document, value, offset, nameStart, valueStart, i));
						nameStart = -1;
						valueStart = -1;
						break;
					default: if (nameStart === -1) nameStart = i;
				}
				if (hasOptions && nameStart !== -1) this.options.push(this.createFlagOption(document, value, offset, nameStart, valueStart, value.length));
			}
		}
		createFlagOption(document, content, documentOffset, nameStart, valueStart, valueEnd) {
			const optionRange = vscode_languageserver_types_1.Range.create(document.positionAt(documentOffset + nameStart), document.positionAt(documentOffset + valueEnd));
			if (valueStart === -1) return new flagOption_1.FlagOption(optionRange, content.substring(nameStart, valueEnd), optionRange, null, null);
			return new flagOption_1.FlagOption(optionRange, content.substring(nameStart, valueStart - 1), vscode_languageserver_types_1.Range.create(document.positionAt(documentOffset + nameStart), document.positionAt(documentOffset + valueStart - 1)), content.substring(valueStart, valueEnd), vscode_languageserver_types_1.Range.create(document.positionAt(documentOffset + valueStart), document.positionAt(documentOffset + valueEnd)));
		}
		toString() {
			if (this.valueRange) return "--" + this.name + "=" + this.value;
			return "--" + this.name;
		}
		/**
		* Returns the range that encompasses this entire flag. This includes the
		* -- prefix in the beginning to the last character of the flag's value (if
		* it has been defined).
		*
		* @return the entire range of this flag
		*/
		getRange() {
			return this.range;
		}
		/**
		* Returns the name of this flag. The name does not include the -- prefix.
		* Thus, for HEALTHCHECK's --interval flag, interval is the flag's name and
		* not --interval.
		*
		* @return this flag's name
		*/
		getName() {
			return this.name;
		}
		/**
		* Returns the range that encompasses the flag's name
		*
		* @return the range containing the flag's name
		*/
		getNameRange() {
			return this.nameRange;
		}
		/**
		* Returns the value that has been set to this flag. May be null if the
		* flag is invalid and has no value set like a --start-period. If the flag
		* is instead a --start-period= with an equals sign then the flag's value
		* is the empty string.
		*
		* @return this flag's value if it has been defined, null otherwise
		*/
		getValue() {
			return this.value;
		}
		/**
		* Returns the range that encompasses this flag's value. If no value has
		* been set then null will be returned.
		*
		* @return the range containing this flag's value, or null if the flag
		*         has no value defined
		*/
		getValueRange() {
			return this.valueRange;
		}
		getOption(name) {
			for (const option of this.options) if (option.getName() === name) return option;
			return null;
		}
		getOptions() {
			return this.options;
		}
		hasOptions() {
			return this.options.length > 0;
		}
	};
	exports.Flag = Flag;
}));
// node_modules/dockerfile-ast/lib/modifiableInstruction.js
var require_modifiableInstruction = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.ModifiableInstruction = void 0;
	const vscode_languageserver_types_1 = (init_main$1(), __toCommonJS(main_exports$1));
	const flag_1 = require_flag();
	const instruction_1 = require_instruction();
	var ModifiableInstruction = class extends instruction_1.Instruction {
		constructor(document, range, dockerfile, escapeChar, instruction, instructionRange) {
			super(document, range, dockerfile, escapeChar, instruction, instructionRange);
		}
		getFlags() {
			if (!this.flags) {
				this.flags = [];
				for (let arg of this.getArguments()) {
					let value = arg.getValue();
					if (this.stopSearchingForFlags(value)) return this.flags;
					else if (value.indexOf("--") === 0) {
						let range = arg.getRange();
						let rawValue = this.document.getText().substring(this.document.offsetAt(range.start), this.document.offsetAt(range.end));
						let nameIndex = value.indexOf("=");
						let index = rawValue.indexOf("=");
						let firstMatch = false;
						let secondMatch = false;
						let startIndex = -1;
						nameSearchLoop: for (let i = 0; i < rawValue.length; i++) switch (rawValue.charAt(i)) {
							case "\\":
							case " ":
							case "	":
							case "\r":
							case "\n": break;
							case "-":
								if (secondMatch) {
									startIndex = i;
									break nameSearchLoop;
								} else if (firstMatch) secondMatch = true;
								else firstMatch = true;
								break;
							default:
								startIndex = i;
								break nameSearchLoop;
						}
						let nameStart = this.document.positionAt(this.document.offsetAt(range.start) + startIndex);
						if (index === -1) this.flags.push(new flag_1.Flag(this.document, range, value.substring(2), vscode_languageserver_types_1.Range.create(nameStart, range.end), null, null));
						else if (index === value.length - 1) {
							let nameEnd = this.document.positionAt(this.document.offsetAt(range.start) + index);
							this.flags.push(new flag_1.Flag(this.document, range, value.substring(2, index), vscode_languageserver_types_1.Range.create(nameStart, nameEnd), "", vscode_languageserver_types_1.Range.create(range.end, range.end)));
						} else {
							let nameEnd = this.document.positionAt(this.document.offsetAt(range.start) + index);
							this.flags.push(new flag_1.Flag(this.document, range, value.substring(2, nameIndex), vscode_languageserver_types_1.Range.create(nameStart, nameEnd), value.substring(nameIndex + 1), vscode_languageserver_types_1.Range.create(this.document.positionAt(this.document.offsetAt(range.start) + index + 1), range.end)));
						}
					}
				}
			}
			return this.flags;
		}
		getArguments() {
			const args = super.getArguments();
			const flags = this.getFlags();
			if (flags.length === 0) return args;
			for (let i = 0; i < flags.length; i++) args.shift();
			return args;
		}
	};
	exports.ModifiableInstruction = ModifiableInstruction;
}));
// node_modules/dockerfile-ast/lib/jsonInstruction.js
var require_jsonInstruction = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.JSONInstruction = void 0;
	const vscode_languageserver_types_1 = (init_main$1(), __toCommonJS(main_exports$1));
	const argument_1 = require_argument();
	const jsonArgument_1 = require_jsonArgument();
	const modifiableInstruction_1 = require_modifiableInstruction();
	var JSONInstruction = class extends modifiableInstruction_1.ModifiableInstruction {
		constructor(document, range, dockerfile, escapeChar, instruction, instructionRange) {
			super(document, range, dockerfile, escapeChar, instruction, instructionRange);
			this.openingBracket = null;
			this.closingBracket = null;
			this.jsonStrings = [];
			const argsContent = this.getRawArgumentsContent();
			if (argsContent === null) return;
			const args = this.getArguments();
			if (args.length === 1 && args[0].getValue() === "[]") {
				let argRange = args[0].getRange();
				this.openingBracket = new argument_1.Argument("[", vscode_languageserver_types_1.Range.create(argRange.start.line, argRange.start.character, argRange.start.line, argRange.start.character + 1));
				this.closingBracket = new argument_1.Argument("]", vscode_languageserver_types_1.Range.create(argRange.start.line, argRange.start.character + 1, argRange.end.line, argRange.end.character));
				return;
			} else if (args.length === 2 && args[0].getValue() === "[" && args[1].getValue() === "]") {
				this.openingBracket = args[0];
				this.closingBracket = args[1];
				return;
			}
			const argsOffset = document.offsetAt(this.getArgumentsRange().start);
			let start = -1;
			let last = "";
			let quoted = false;
			let escapedArg = "";
			argsCheck: for (let i = 0; i < argsContent.length; i++) {
				let char = argsContent.charAt(i);
				switch (char) {
					case "[":
						if (last === "") {
							this.openingBracket = new argument_1.Argument("[", vscode_languageserver_types_1.Range.create(document.positionAt(argsOffset + i), document.positionAt(argsOffset + i + 1)));
							last = "[";
						} else if (quoted) escapedArg = escapedArg + char;
						else break argsCheck;
						break;
					case "\"":
						if (last === "[" || last === ",") {
							start = i;
							quoted = true;
							last = "\"";
							escapedArg = escapedArg + char;
							continue;
						} else if (last === "\"") {
							if (quoted) {
								escapedArg = escapedArg + char;
								quoted = false;
								this.jsonStrings.push(new jsonArgument_1.JSONArgument(escapedArg, vscode_languageserver_types_1.Range.create(document.positionAt(argsOffset + start), document.positionAt(argsOffset + i + 1)), vscode_languageserver_types_1.Range.create(document.positionAt(argsOffset + start + 1), document.positionAt(argsOffset + i))));
								escapedArg = "";
							} else break argsCheck;
						} else break argsCheck;
						break;
					case ",":
						if (quoted) escapedArg = escapedArg + char;
						else if (last === "\"") last = ",";
						else break argsCheck;
						break;
					case "]":
						if (quoted) escapedArg = escapedArg + char;
						else if (last !== "") {
							this.closingBracket = new argument_1.Argument("]", vscode_languageserver_types_1.Range.create(document.positionAt(argsOffset + i), document.positionAt(argsOffset + i + 1)));
							break argsCheck;
						}
						break;
					case " ":
					case "	": break;
					case "\\":
						if (quoted) switch (argsContent.charAt(i + 1)) {
							case "\"":
							case "\\":
								escapedArg = escapedArg + argsContent.charAt(i + 1);
								i++;
								continue;
							case " ":
							case "	":
								escapeCheck: for (let j = i + 2; j < argsContent.length; j++) switch (argsContent.charAt(j)) {
									case "\r": j++;
									case "\n":
										i = j;
										continue argsCheck;
									case " ":
									case "	": break;
									default: break escapeCheck;
								}
								break;
							case "\r": i++;
							default:
								i++;
								continue;
						}
						else escapeCheck: for (let j = i + 1; j < argsContent.length; j++) switch (argsContent.charAt(j)) {
							case "\r": j++;
							case "\n":
								i = j;
								continue argsCheck;
							case " ":
							case "	": break;
							default: break escapeCheck;
						}
						break argsCheck;
					default:
						if (!quoted) break argsCheck;
						escapedArg = escapedArg + char;
				}
			}
		}
		stopSearchingForFlags(_value) {
			return true;
		}
		getOpeningBracket() {
			return this.openingBracket;
		}
		getJSONStrings() {
			return this.jsonStrings;
		}
		getClosingBracket() {
			return this.closingBracket;
		}
	};
	exports.JSONInstruction = JSONInstruction;
}));
// node_modules/dockerfile-ast/lib/instructions/add.js
var require_add = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Add = void 0;
	const jsonInstruction_1 = require_jsonInstruction();
	var Add = class extends jsonInstruction_1.JSONInstruction {
		constructor(document, range, dockerfile, escapeChar, instruction, instructionRange) {
			super(document, range, dockerfile, escapeChar, instruction, instructionRange);
		}
		stopSearchingForFlags(argument) {
			return argument.indexOf("--") === -1;
		}
	};
	exports.Add = Add;
}));
// node_modules/dockerfile-ast/lib/property.js
var require_property = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Property = void 0;
	const vscode_languageserver_types_1 = (init_main$1(), __toCommonJS(main_exports$1));
	const util_1 = require_util();
	exports.Property = class Property {
		constructor(document, escapeChar, arg, arg2) {
			this.assignmentOperatorRange = null;
			this.assignmentOperator = null;
			this.valueRange = null;
			this.value = null;
			this.document = document;
			this.escapeChar = escapeChar;
			this.nameRange = Property.getNameRange(document, arg);
			let value = document.getText().substring(document.offsetAt(this.nameRange.start), document.offsetAt(this.nameRange.end));
			this.name = Property.getValue(value, escapeChar);
			if (arg2) {
				this.valueRange = arg2.getRange();
				value = document.getText().substring(document.offsetAt(this.valueRange.start), document.offsetAt(this.valueRange.end));
				this.value = Property.getValue(value, escapeChar);
				this.range = vscode_languageserver_types_1.Range.create(this.nameRange.start, this.valueRange.end);
			} else {
				let argRange = arg.getRange();
				if (this.nameRange.start.line === argRange.start.line && this.nameRange.start.character === argRange.start.character && this.nameRange.end.line === argRange.end.line && this.nameRange.end.character === argRange.end.character) {} else {
					this.valueRange = Property.getValueRange(document, arg);
					value = document.getText().substring(document.offsetAt(this.valueRange.start), document.offsetAt(this.valueRange.end));
					this.value = Property.getValue(value, escapeChar);
					this.assignmentOperatorRange = vscode_languageserver_types_1.Range.create(this.nameRange.end, this.valueRange.start);
					this.assignmentOperator = "=";
				}
				this.range = argRange;
			}
		}
		getRange() {
			return this.range;
		}
		getName() {
			return this.name;
		}
		getNameRange() {
			return this.nameRange;
		}
		getValue() {
			return this.value;
		}
		getValueRange() {
			return this.valueRange;
		}
		/**
		* Retrieves the operator used for delimiting between the name and
		* value of this property. This will either be the "=" character
		* or null if a character was not used or if this property has no
		* value defined.
		*/
		getAssignmentOperator() {
			return this.assignmentOperator;
		}
		getAssignmentOperatorRange() {
			return this.assignmentOperatorRange;
		}
		/**
		* Returns the value of this property including any enclosing
		* single or double quotes and relevant escape characters.
		* Escaped newlines and its associated contiguous whitespace
		* characters however will not be returned as they are deemed to
		* be uninteresting to clients trying to return a Dockerfile.
		*
		* @return the unescaped value of this property or null if this
		*         property has no associated value
		*/
		getUnescapedValue() {
			if (this.valueRange === null) return null;
			let escaped = false;
			let rawValue = "";
			let value = this.document.getText().substring(this.document.offsetAt(this.valueRange.start), this.document.offsetAt(this.valueRange.end));
			rawLoop: for (let i = 0; i < value.length; i++) {
				let char = value.charAt(i);
				switch (char) {
					case this.escapeChar:
						for (let j = i + 1; j < value.length; j++) switch (value.charAt(j)) {
							case "\r": j++;
							case "\n":
								escaped = true;
								i = j;
								continue rawLoop;
							case " ":
							case "	": break;
							default:
								rawValue = rawValue + char;
								continue rawLoop;
						}
						rawValue = rawValue + char;
						break;
					case "\r":
					case "\n": break;
					case " ":
					case "	":
						if (!escaped) rawValue = rawValue + char;
						break;
					case "#":
						if (escaped) for (let j = i + 1; j < value.length; j++) switch (value.charAt(j)) {
							case "\r": j++;
							case "\n":
								i = j;
								continue rawLoop;
						}
						else rawValue = rawValue + char;
						break;
					default:
						rawValue = rawValue + char;
						escaped = false;
				}
			}
			return rawValue;
		}
		static getNameRange(document, arg) {
			let value = arg.getValue();
			let index = value.indexOf("=");
			if (index !== -1) {
				let initial = value.charAt(0);
				let before = value.charAt(index - 1);
				if (initial === "\"" && before === "\"" || initial === "'" && before === "'" || initial !== "\"" && initial !== "'") return vscode_languageserver_types_1.Range.create(arg.getRange().start, document.positionAt(document.offsetAt(arg.getRange().start) + index));
			}
			return arg.getRange();
		}
		static getValueRange(document, arg) {
			return vscode_languageserver_types_1.Range.create(document.positionAt(document.offsetAt(arg.getRange().start) + arg.getValue().indexOf("=") + 1), document.positionAt(document.offsetAt(arg.getRange().end)));
		}
		/**
		* Returns the actual value of this key-value pair. The value will
		* have its escape characters removed if applicable. If the value
		* spans multiple lines and there are comments nested within the
		* lines, they too will be removed.
		*
		* @return the value that this key-value pair will actually be, may
		*         be null if no value is defined, may be the empty string
		*         if the value only consists of whitespace
		*/
		static getValue(value, escapeChar) {
			let escaped = false;
			const skip = util_1.Util.findLeadingNonWhitespace(value, escapeChar);
			if (skip !== 0 && value.charAt(skip) === "#") escaped = true;
			value = value.substring(skip);
			let first = value.charAt(0);
			let last = value.charAt(value.length - 1);
			let literal = first === "'" || first === "\"";
			let inSingle = first === "'" && last === "'";
			let inDouble = false;
			if (first === "\"") {
				for (let i = 1; i < value.length; i++) if (value.charAt(i) === escapeChar) i++;
				else if (value.charAt(i) === "\"" && i === value.length - 1) inDouble = true;
			}
			if (inSingle || inDouble) value = value.substring(1, value.length - 1);
			let commentCheck = -1;
			let escapedValue = "";
			parseValue: for (let i = 0; i < value.length; i++) {
				let char = value.charAt(i);
				switch (char) {
					case escapeChar:
						if (i + 1 === value.length) {
							escapedValue = escapedValue + escapeChar;
							break parseValue;
						}
						char = value.charAt(i + 1);
						if (char === " " || char === "	") whitespaceCheck: for (let j = i + 2; j < value.length; j++) {
							let char2 = value.charAt(j);
							switch (char2) {
								case " ":
								case "	": break;
								case "\r": j++;
								case "\n":
									escaped = true;
									i = j;
									continue parseValue;
								default:
									if (!inDouble && !inSingle && !literal) {
										if (char2 === escapeChar) {
											escapedValue = escapedValue + char;
											i = i + 1;
										} else {
											escapedValue = escapedValue + char + char2;
											i = j;
										}
										continue parseValue;
									}
									break whitespaceCheck;
							}
						}
						if (inDouble) {
							if (char === "\r") {
								escaped = true;
								i = i + 2;
							} else if (char === "\n") {
								escaped = true;
								i++;
							} else if (char !== "\"") {
								if (char === escapeChar) i++;
								escapedValue = escapedValue + escapeChar;
							}
							continue parseValue;
						} else if (inSingle || literal) {
							if (char === "\r") {
								escaped = true;
								i = i + 2;
							} else if (char === "\n") {
								escaped = true;
								i++;
							} else escapedValue = escapedValue + escapeChar;
							continue parseValue;
						} else if (char === escapeChar) {
							escapedValue = escapedValue + escapeChar;
							i++;
						} else if (char === "\r") {
							escaped = true;
							i = i + 2;
						} else if (char === "\n") {
							escaped = true;
							i++;
						} else {
							escapedValue = escapedValue + char;
							i++;
						}
						break;
					case " ":
					case "	":
						if (escaped && commentCheck === -1) commentCheck = i;
						escapedValue = escapedValue + char;
						break;
					case "\r": i++;
					case "\n":
						if (escaped && commentCheck !== -1) {
							escapedValue = escapedValue.substring(0, escapedValue.length - (i - commentCheck - 1));
							commentCheck = -1;
						}
						break;
					case "#": if (escaped) {
						if (commentCheck !== -1) {
							escapedValue = escapedValue.substring(0, escapedValue.length - (i - commentCheck));
							commentCheck = -1;
						}
						newlineCheck: for (let j = i + 1; j < value.length; j++) switch (value.charAt(j)) {
							case "\r": j++;
							case "\n":
								i = j;
								break newlineCheck;
						}
						continue parseValue;
					}
					default:
						if (escaped) {
							escaped = false;
							commentCheck = -1;
						}
						escapedValue = escapedValue + char;
				}
			}
			return escapedValue;
		}
	};
}));
// node_modules/dockerfile-ast/lib/propertyInstruction.js
var require_propertyInstruction = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.PropertyInstruction = void 0;
	const vscode_languageserver_types_1 = (init_main$1(), __toCommonJS(main_exports$1));
	const instruction_1 = require_instruction();
	const property_1 = require_property();
	const argument_1 = require_argument();
	const util_1 = require_util();
	var PropertyInstruction = class extends instruction_1.Instruction {
		constructor(document, range, dockerfile, escapeChar, instruction, instructionRange) {
			super(document, range, dockerfile, escapeChar, instruction, instructionRange);
			this.properties = void 0;
		}
		getProperties() {
			if (this.properties === void 0) {
				let args = this.getPropertyArguments();
				if (args.length === 0) this.properties = [];
				else if (args.length === 1) this.properties = [new property_1.Property(this.document, this.escapeChar, args[0])];
				else if (args.length === 2) {
					if (args[0].getValue().indexOf("=") === -1) this.properties = [new property_1.Property(this.document, this.escapeChar, args[0], args[1])];
					else this.properties = [new property_1.Property(this.document, this.escapeChar, args[0]), new property_1.Property(this.document, this.escapeChar, args[1])];
				} else if (args[0].getValue().indexOf("=") === -1) {
					let text = this.document.getText();
					let start = args[1].getRange().start;
					let end = args[args.length - 1].getRange().end;
					text = text.substring(this.document.offsetAt(start), this.document.offsetAt(end));
					this.properties = [new property_1.Property(this.document, this.escapeChar, args[0], new argument_1.Argument(text, vscode_languageserver_types_1.Range.create(args[1].getRange().start, args[args.length - 1].getRange().end)))];
				} else {
					this.properties = [];
					for (let i = 0; i < args.length; i++) this.properties.push(new property_1.Property(this.document, this.escapeChar, args[i]));
				}
			}
			return this.properties;
		}
		/**
		* Goes from the back of the string and returns the first
		* non-whitespace character that is found. If an escape character
		* is found with newline characters, the escape character will
		* not be considered a non-whitespace character and its index in
		* the string will not be returned.
		*
		* @param content the string to search through
		* @return the index in the string for the first non-whitespace
		*         character when searching from the end of the string
		*/
		findTrailingNonWhitespace(content) {
			let index = content.length;
			whitespaceCheck: for (let i = content.length - 1; i >= 0; i--) switch (content.charAt(i)) {
				case " ":
				case "	": continue;
				case "\n": if (content.charAt(i - 1) === "\r") i = i - 1;
				case "\r":
					newlineCheck: for (let j = i - 1; j >= 0; j--) switch (content.charAt(j)) {
						case " ":
						case "	":
						case "\r":
						case "\n":
						case this.escapeChar: continue;
						default:
							index = j;
							break newlineCheck;
					}
					break whitespaceCheck;
				default:
					index = i;
					break whitespaceCheck;
			}
			return index;
		}
		getPropertyArguments() {
			const args = [];
			let range = this.getInstructionRange();
			let instructionNameEndOffset = this.document.offsetAt(range.end);
			let extra = instructionNameEndOffset - this.document.offsetAt(range.start);
			let content = this.getTextContent();
			let fullArgs = content.substring(extra);
			let start = util_1.Util.findLeadingNonWhitespace(fullArgs, this.escapeChar);
			if (start === -1) return [];
			const startPosition = this.document.positionAt(instructionNameEndOffset + start);
			let escaped = range.start.line !== startPosition.line;
			let endingEscape = false;
			let mark = -1;
			let end = this.findTrailingNonWhitespace(fullArgs);
			content = fullArgs.substring(start, end + 1);
			let argStart = escaped ? -1 : 0;
			let spaced = false;
			argumentLoop: for (let i = 0; i < content.length; i++) {
				let char = content.charAt(i);
				switch (char) {
					case this.escapeChar:
						if (i + 1 === content.length) {
							endingEscape = true;
							break argumentLoop;
						}
						if (!escaped) mark = i;
						switch (content.charAt(i + 1)) {
							case " ":
							case "	":
								if (!util_1.Util.isWhitespace(content.charAt(i + 2))) {
									i = i + 1;
									continue argumentLoop;
								}
								whitespaceCheck: for (let j = i + 2; j < content.length; j++) switch (content.charAt(j)) {
									case "\r": j++;
									case "\n":
										escaped = true;
										i = j;
										continue argumentLoop;
									case " ":
									case "	": break;
									default:
										args.push(new argument_1.Argument(content.substring(argStart, i), vscode_languageserver_types_1.Range.create(this.document.positionAt(instructionNameEndOffset + start + argStart), this.document.positionAt(instructionNameEndOffset + start + i + 2))));
										argStart = j;
										break whitespaceCheck;
								}
								i = argStart - 1;
								continue argumentLoop;
							case "\r": i++;
							case "\n":
								escaped = true;
								i = i + 1;
								continue argumentLoop;
							case this.escapeChar:
								if (argStart === -1) argStart = i;
								i = i + 1;
								continue argumentLoop;
							default:
								if (argStart === -1) argStart = i;
								continue argumentLoop;
						}
					case "'":
					case "\"":
						if (spaced) {
							this.createSpacedArgument(argStart, args, content, mark, instructionNameEndOffset, start);
							argStart = i;
							spaced = false;
						}
						if (argStart === -1) argStart = i;
						for (let j = i + 1; j < content.length; j++) switch (content.charAt(j)) {
							case char:
								if (content.charAt(j + 1) !== " " && content.charAt(j + 1) !== "") {
									i = j;
									continue argumentLoop;
								}
								args.push(new argument_1.Argument(content.substring(argStart, j + 1), vscode_languageserver_types_1.Range.create(this.document.positionAt(instructionNameEndOffset + start + argStart), this.document.positionAt(instructionNameEndOffset + start + j + 1))));
								i = j;
								argStart = -1;
								continue argumentLoop;
							case this.escapeChar: j++;
						}
						break argumentLoop;
					case " ":
					case "	":
						if (escaped) {
							if (argStart !== -1) spaced = true;
						} else if (argStart !== -1) {
							args.push(new argument_1.Argument(content.substring(argStart, i), vscode_languageserver_types_1.Range.create(this.document.positionAt(instructionNameEndOffset + start + argStart), this.document.positionAt(instructionNameEndOffset + start + i))));
							argStart = -1;
						}
						break;
					case "\r": i++;
					case "\n":
						spaced = false;
						break;
					case "#":
						if (escaped) {
							for (let j = i + 1; j < content.length; j++) switch (content.charAt(j)) {
								case "\r": j++;
								case "\n":
									i = j;
									spaced = false;
									continue argumentLoop;
							}
							if (argStart !== -1) {
								let value = content.substring(argStart, mark);
								args.push(new argument_1.Argument(value, vscode_languageserver_types_1.Range.create(this.document.positionAt(instructionNameEndOffset + start + argStart), this.document.positionAt(instructionNameEndOffset + start + mark))));
								argStart = -1;
							}
							break argumentLoop;
						} else if (argStart === -1) argStart = i;
						break;
					default:
						if (spaced) {
							this.createSpacedArgument(argStart, args, content, mark, instructionNameEndOffset, start);
							argStart = i;
							spaced = false;
						}
						escaped = false;
						if (argStart === -1) argStart = i;
						if (char === "$" && content.charAt(i + 1) === "{") {
							let singleQuotes = false;
							let doubleQuotes = false;
							let escaped = false;
							for (let j = i + 1; j < content.length; j++) switch (content.charAt(j)) {
								case this.escapeChar:
									escaped = true;
									break;
								case "\r":
								case "\n": break;
								case "'":
									singleQuotes = !singleQuotes;
									escaped = false;
									break;
								case "\"":
									doubleQuotes = !doubleQuotes;
									escaped = false;
									break;
								case " ":
								case "	":
									if (escaped || singleQuotes || doubleQuotes) break;
									i = j - 1;
									continue argumentLoop;
								case "}":
									i = j;
									continue argumentLoop;
								default: escaped = false;
							}
							break argumentLoop;
						}
				}
			}
			if (argStart !== -1 && argStart !== content.length) {
				let end = endingEscape ? content.length - 1 : content.length;
				let value = content.substring(argStart, end);
				args.push(new argument_1.Argument(value, vscode_languageserver_types_1.Range.create(this.document.positionAt(instructionNameEndOffset + start + argStart), this.document.positionAt(instructionNameEndOffset + start + end))));
			}
			return args;
		}
		createSpacedArgument(argStart, args, content, mark, instructionNameEndOffset, start) {
			if (argStart !== -1) args.push(new argument_1.Argument(content.substring(argStart, mark), vscode_languageserver_types_1.Range.create(this.document.positionAt(instructionNameEndOffset + start + argStart), this.document.positionAt(instructionNameEndOffset + start + mark))));
		}
	};
	exports.PropertyInstruction = PropertyInstruction;
}));
// node_modules/dockerfile-ast/lib/instructions/arg.js
var require_arg = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Arg = void 0;
	const property_1 = require_property();
	const propertyInstruction_1 = require_propertyInstruction();
	var Arg = class extends propertyInstruction_1.PropertyInstruction {
		constructor(document, range, dockerfile, escapeChar, instruction, instructionRange) {
			super(document, range, dockerfile, escapeChar, instruction, instructionRange);
			this.property = null;
			const args = this.getPropertyArguments();
			if (args.length === 1) this.property = new property_1.Property(this.document, this.escapeChar, args[0]);
			else this.property = null;
		}
		/**
		* Returns the variable defined by this ARG. This may be null if
		* this ARG instruction is malformed and has no variable
		* declaration.
		*/
		getProperty() {
			return this.property;
		}
	};
	exports.Arg = Arg;
}));
// node_modules/dockerfile-ast/lib/instructions/cmd.js
var require_cmd = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Cmd = void 0;
	const jsonInstruction_1 = require_jsonInstruction();
	var Cmd = class extends jsonInstruction_1.JSONInstruction {
		constructor(document, range, dockerfile, escapeChar, instruction, instructionRange) {
			super(document, range, dockerfile, escapeChar, instruction, instructionRange);
		}
	};
	exports.Cmd = Cmd;
}));
// node_modules/dockerfile-ast/lib/instructions/copy.js
var require_copy = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Copy = void 0;
	const jsonInstruction_1 = require_jsonInstruction();
	var Copy = class extends jsonInstruction_1.JSONInstruction {
		constructor(document, range, dockerfile, escapeChar, instruction, instructionRange) {
			super(document, range, dockerfile, escapeChar, instruction, instructionRange);
		}
		stopSearchingForFlags(argument) {
			return argument.indexOf("--") === -1;
		}
		getFromFlag() {
			let flags = super.getFlags();
			return flags.length === 1 && flags[0].getName() === "from" ? flags[0] : null;
		}
		/**
		* Returns there here-documents that are defined in this RUN
		* instruction.
		*
		* This API is experimental and subject to change.
		*/
		getHeredocs() {
			return super.getHeredocs();
		}
	};
	exports.Copy = Copy;
}));
// node_modules/dockerfile-ast/lib/instructions/env.js
var require_env = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Env = void 0;
	const propertyInstruction_1 = require_propertyInstruction();
	var Env = class extends propertyInstruction_1.PropertyInstruction {
		constructor(document, range, dockerfile, escapeChar, instruction, instructionRange) {
			super(document, range, dockerfile, escapeChar, instruction, instructionRange);
		}
		getProperties() {
			return super.getProperties();
		}
	};
	exports.Env = Env;
}));
// node_modules/dockerfile-ast/lib/instructions/entrypoint.js
var require_entrypoint = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Entrypoint = void 0;
	const jsonInstruction_1 = require_jsonInstruction();
	var Entrypoint = class extends jsonInstruction_1.JSONInstruction {
		constructor(document, range, dockerfile, escapeChar, instruction, instructionRange) {
			super(document, range, dockerfile, escapeChar, instruction, instructionRange);
		}
	};
	exports.Entrypoint = Entrypoint;
}));
// node_modules/dockerfile-ast/lib/instructions/from.js
var require_from = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.From = void 0;
	const vscode_languageserver_types_1 = (init_main$1(), __toCommonJS(main_exports$1));
	const modifiableInstruction_1 = require_modifiableInstruction();
	var From = class extends modifiableInstruction_1.ModifiableInstruction {
		constructor(document, range, dockerfile, escapeChar, instruction, instructionRange) {
			super(document, range, dockerfile, escapeChar, instruction, instructionRange);
		}
		stopSearchingForFlags(argument) {
			return argument.indexOf("--") === -1;
		}
		getImage() {
			const args = this.getArguments();
			return args.length > 0 ? args[0].getValue() : null;
		}
		/**
		* Returns the name of the image that will be used as the base image.
		*
		* @return the base image's name, or null if unspecified
		*/
		getImageName() {
			const imageName = this.getRangeContent(this.getImageNameRange());
			if (imageName === null) return null;
			let commented = false;
			let escaped = false;
			let name = "";
			for (let i = 0; i < imageName.length; i++) {
				const ch = imageName.charAt(i);
				switch (ch) {
					case this.escapeChar:
						escaped = true;
						break;
					case "\r": continue;
					case "\n":
						commented = false;
						break;
					case " ":
					case "	": break;
					case "#":
						if (escaped) commented = true;
						else {
							name = name + ch;
							escaped = false;
						}
						break;
					default: if (!commented) {
						name = name + ch;
						escaped = false;
					}
				}
			}
			return name;
		}
		/**
		* Returns the range that covers the name of the image used by
		* this instruction.
		*
		* @return the range of the name of this instruction's argument,
		*         or null if no image has been specified
		*/
		getImageNameRange() {
			let range = this.getImageRange();
			if (range) {
				let registryRange = this.getRegistryRange();
				if (registryRange) range.start = this.document.positionAt(this.document.offsetAt(registryRange.end) + 1);
				let tagRange = this.getImageTagRange();
				let digestRange = this.getImageDigestRange();
				if (tagRange === null) {
					if (digestRange !== null) range.end = this.document.positionAt(this.document.offsetAt(digestRange.start) - 1);
				} else range.end = this.document.positionAt(this.document.offsetAt(tagRange.start) - 1);
				return range;
			}
			return null;
		}
		/**
		* Returns the range that covers the image argument of this
		* instruction. This includes the tag or digest of the image if
		* it has been specified by the instruction.
		*
		* @return the range of the image argument, or null if no image
		*         has been specified
		*/
		getImageRange() {
			let args = this.getArguments();
			return args.length !== 0 ? args[0].getRange() : null;
		}
		getImageTag() {
			return this.getRangeContent(this.getImageTagRange());
		}
		/**
		* Returns the range in the document that the tag of the base
		* image encompasses.
		*
		* @return the base image's tag's range in the document, or null
		*         if no tag has been specified
		*/
		getImageTagRange() {
			const range = this.getImageRange();
			if (range) {
				const rangeStartOffset = this.document.offsetAt(range.start);
				const content = this.getRangeContent(range);
				const atIndex = this.indexOf(rangeStartOffset, content, "@");
				const slashIndex = content.indexOf("/");
				if (atIndex === -1) {
					const colonIndex = this.lastIndexOf(rangeStartOffset, content, ":");
					if (colonIndex > slashIndex) return vscode_languageserver_types_1.Range.create(this.document.positionAt(rangeStartOffset + colonIndex + 1), range.end);
				}
				const subcontent = content.substring(0, atIndex);
				const subcolonIndex = subcontent.indexOf(":");
				if (subcolonIndex === -1) return null;
				if (slashIndex === -1) return vscode_languageserver_types_1.Range.create(this.document.positionAt(rangeStartOffset + subcolonIndex + 1), this.document.positionAt(rangeStartOffset + atIndex));
				if (subcolonIndex < slashIndex) return null;
				return vscode_languageserver_types_1.Range.create(this.document.positionAt(rangeStartOffset + subcolonIndex + 1), this.document.positionAt(rangeStartOffset + subcontent.length));
			}
			return null;
		}
		getImageDigest() {
			return this.getRangeContent(this.getImageDigestRange());
		}
		/**
		* Returns the range in the document that the digest of the base
		* image encompasses.
		*
		* @return the base image's digest's range in the document, or null
		*         if no digest has been specified
		*/
		getImageDigestRange() {
			let range = this.getImageRange();
			if (range) {
				let content = this.getRangeContent(range);
				let index = this.lastIndexOf(this.document.offsetAt(range.start), content, "@");
				if (index !== -1) return vscode_languageserver_types_1.Range.create(range.start.line, range.start.character + index + 1, range.end.line, range.end.character);
			}
			return null;
		}
		indexOf(documentOffset, content, searchString) {
			let index = content.indexOf(searchString);
			const variables = this.getVariables();
			for (let i = 0; i < variables.length; i++) {
				const position = documentOffset + index;
				const variableRange = variables[i].getRange();
				if (this.document.offsetAt(variableRange.start) < position && position < this.document.offsetAt(variableRange.end)) {
					const offset = this.document.offsetAt(variableRange.end) - documentOffset;
					const subIndex = content.substring(offset).indexOf(searchString);
					if (subIndex === -1) return -1;
					index = subIndex + offset;
					i = -1;
					continue;
				}
			}
			return index;
		}
		lastIndexOf(documentOffset, content, searchString) {
			let index = content.lastIndexOf(searchString);
			const variables = this.getVariables();
			for (let i = 0; i < variables.length; i++) {
				const position = documentOffset + index;
				const variableRange = variables[i].getRange();
				if (this.document.offsetAt(variableRange.start) < position && position < this.document.offsetAt(variableRange.end)) {
					index = content.substring(0, index).lastIndexOf(searchString);
					if (index === -1) return -1;
					i = -1;
					continue;
				}
			}
			return index;
		}
		getRegistry() {
			return this.getRangeContent(this.getRegistryRange());
		}
		getRegistryRange() {
			const range = this.getImageRange();
			if (range) {
				const tagRange = this.getImageTagRange();
				const digestRange = this.getImageDigestRange();
				if (tagRange === null) {
					if (digestRange !== null) range.end = this.document.positionAt(this.document.offsetAt(digestRange.start) - 1);
				} else range.end = this.document.positionAt(this.document.offsetAt(tagRange.start) - 1);
				const content = this.getRangeContent(range);
				const rangeStart = this.document.offsetAt(range.start);
				const startingSlashIndex = this.indexOf(rangeStart, content, "/");
				if (startingSlashIndex === -1) return null;
				const portIndex = this.indexOf(rangeStart, content, ":");
				const dotIndex = this.indexOf(rangeStart, content, ".");
				if (portIndex !== -1 || dotIndex !== -1) return vscode_languageserver_types_1.Range.create(range.start, this.document.positionAt(rangeStart + startingSlashIndex));
				if (content.substring(0, startingSlashIndex) === "localhost") return vscode_languageserver_types_1.Range.create(range.start, this.document.positionAt(rangeStart + startingSlashIndex));
			}
			return null;
		}
		getBuildStage() {
			let range = this.getBuildStageRange();
			return range === null ? null : this.getRangeContent(range);
		}
		getBuildStageRange() {
			let args = this.getArguments();
			if (args.length > 2 && args[1].getValue().toUpperCase() === "AS") return args[2].getRange();
			return null;
		}
		getPlatformFlag() {
			let flags = super.getFlags();
			return flags.length === 1 && flags[0].getName() === "platform" ? flags[0] : null;
		}
	};
	exports.From = From;
}));
// node_modules/dockerfile-ast/lib/instructions/healthcheck.js
var require_healthcheck = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Healthcheck = void 0;
	const modifiableInstruction_1 = require_modifiableInstruction();
	var Healthcheck = class extends modifiableInstruction_1.ModifiableInstruction {
		constructor(document, range, dockerfile, escapeChar, instruction, instructionRange) {
			super(document, range, dockerfile, escapeChar, instruction, instructionRange);
		}
		stopSearchingForFlags(argument) {
			argument = argument.toUpperCase();
			return argument === "CMD" || argument === "NONE";
		}
		getSubcommand() {
			let args = this.getArguments();
			return args.length !== 0 ? args[0] : null;
		}
	};
	exports.Healthcheck = Healthcheck;
}));
// node_modules/dockerfile-ast/lib/instructions/label.js
var require_label = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Label = void 0;
	const propertyInstruction_1 = require_propertyInstruction();
	const util_1 = require_util();
	var Label = class extends propertyInstruction_1.PropertyInstruction {
		constructor(document, range, dockerfile, escapeChar, instruction, instructionRange) {
			super(document, range, dockerfile, escapeChar, instruction, instructionRange);
		}
		getVariables() {
			const variables = super.getVariables();
			const properties = this.getProperties();
			for (const property of properties) {
				const value = property.getUnescapedValue();
				if (value !== null && value.length > 2 && value.charAt(0) === "'" && value.charAt(value.length - 1) === "'") {
					const range = property.getValueRange();
					for (let i = 0; i < variables.length; i++) if (util_1.Util.isInsideRange(variables[i].getRange().start, range)) {
						variables.splice(i, 1);
						i--;
					}
				}
			}
			return variables;
		}
		getProperties() {
			return super.getProperties();
		}
	};
	exports.Label = Label;
}));
// node_modules/dockerfile-ast/lib/instructions/onbuild.js
var require_onbuild = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Onbuild = void 0;
	const vscode_languageserver_types_1 = (init_main$1(), __toCommonJS(main_exports$1));
	const parser_1 = require_parser();
	const instruction_1 = require_instruction();
	var Onbuild = class extends instruction_1.Instruction {
		constructor(document, range, dockerfile, escapeChar, instruction, instructionRange) {
			super(document, range, dockerfile, escapeChar, instruction, instructionRange);
		}
		getTrigger() {
			let trigger = this.getTriggerWord();
			return trigger === null ? null : trigger.toUpperCase();
		}
		getTriggerWord() {
			return this.getRangeContent(this.getTriggerRange());
		}
		getTriggerRange() {
			let args = this.getArguments();
			return args.length > 0 ? args[0].getRange() : null;
		}
		getTriggerInstruction() {
			let triggerRange = this.getTriggerRange();
			if (triggerRange === null) return null;
			let args = this.getArguments();
			return parser_1.Parser.createInstruction(this.document, this.dockerfile, this.escapeChar, vscode_languageserver_types_1.Range.create(args[0].getRange().start, this.getRange().end), this.getTriggerWord(), triggerRange);
		}
	};
	exports.Onbuild = Onbuild;
}));
// node_modules/dockerfile-ast/lib/instructions/run.js
var require_run = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Run = void 0;
	const jsonInstruction_1 = require_jsonInstruction();
	var Run = class extends jsonInstruction_1.JSONInstruction {
		constructor(document, range, dockerfile, escapeChar, instruction, instructionRange) {
			super(document, range, dockerfile, escapeChar, instruction, instructionRange);
		}
		stopSearchingForFlags(argument) {
			return argument.indexOf("--") === -1;
		}
		/**
		* Returns there here-documents that are defined in this RUN
		* instruction.
		*
		* This API is experimental and subject to change.
		*/
		getHeredocs() {
			return super.getHeredocs();
		}
	};
	exports.Run = Run;
}));
// node_modules/dockerfile-ast/lib/instructions/shell.js
var require_shell = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Shell = void 0;
	const jsonInstruction_1 = require_jsonInstruction();
	var Shell = class extends jsonInstruction_1.JSONInstruction {
		constructor(document, range, dockerfile, escapeChar, instruction, instructionRange) {
			super(document, range, dockerfile, escapeChar, instruction, instructionRange);
		}
	};
	exports.Shell = Shell;
}));
// node_modules/dockerfile-ast/lib/instructions/stopsignal.js
var require_stopsignal = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Stopsignal = void 0;
	const instruction_1 = require_instruction();
	var Stopsignal = class extends instruction_1.Instruction {
		constructor(document, range, dockerfile, escapeChar, instruction, instructionRange) {
			super(document, range, dockerfile, escapeChar, instruction, instructionRange);
		}
	};
	exports.Stopsignal = Stopsignal;
}));
// node_modules/dockerfile-ast/lib/instructions/workdir.js
var require_workdir = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Workdir = void 0;
	const instruction_1 = require_instruction();
	var Workdir = class extends instruction_1.Instruction {
		constructor(document, range, dockerfile, escapeChar, instruction, instructionRange) {
			super(document, range, dockerfile, escapeChar, instruction, instructionRange);
		}
		/**
		* Returns the path that has been defined. Note that this path may
		* be absolute or relative depending on what was written in the
		* instruction.
		*
		* @return the working directory's path, or null if this
		*         instruction has no arguments
		*/
		getPath() {
			return this.getArgumentsContent();
		}
		/**
		* Returns the absolute path that this instruction resolves to. The
		* function will inspect prior WORKDIR instructions in the current
		* image or another build stage in the Dockerfile to try to
		* determine this.
		*
		* @return the absolute path of the working directory, or null if
		*         this instruction has no arguments, or undefined if it
		*         cannot be determined because only relative paths could be
		*         found
		*/
		getAbsolutePath() {
			const path = this.getPath();
			if (path === null || path.startsWith("/")) return path;
			const startLine = this.getRange().start.line;
			const hierarchy = this.dockerfile.getStageHierarchy(startLine);
			for (let i = hierarchy.length - 1; i >= 0; i--) {
				const workdirs = hierarchy[i].getWORKDIRs();
				for (let j = workdirs.length - 1; j >= 0; j--) if (workdirs[j].getRange().start.line < startLine) {
					const parent = workdirs[j].getAbsolutePath();
					if (parent === void 0 || parent === null) return;
					return parent.endsWith("/") ? parent + path : parent + "/" + path;
				}
			}
		}
	};
	exports.Workdir = Workdir;
}));
// node_modules/dockerfile-ast/lib/instructions/user.js
var require_user = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.User = void 0;
	const instruction_1 = require_instruction();
	var User = class extends instruction_1.Instruction {
		constructor(document, range, dockerfile, escapeChar, instruction, instructionRange) {
			super(document, range, dockerfile, escapeChar, instruction, instructionRange);
		}
	};
	exports.User = User;
}));
// node_modules/dockerfile-ast/lib/instructions/volume.js
var require_volume = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Volume = void 0;
	const jsonInstruction_1 = require_jsonInstruction();
	var Volume = class extends jsonInstruction_1.JSONInstruction {
		constructor(document, range, dockerfile, escapeChar, instruction, instructionRange) {
			super(document, range, dockerfile, escapeChar, instruction, instructionRange);
		}
	};
	exports.Volume = Volume;
}));
// node_modules/dockerfile-ast/lib/imageTemplate.js
var require_imageTemplate = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.ImageTemplate = void 0;
	const vscode_languageserver_types_1 = (init_main$1(), __toCommonJS(main_exports$1));
	const arg_1 = require_arg();
	const cmd_1 = require_cmd();
	const copy_1 = require_copy();
	const env_1 = require_env();
	const entrypoint_1 = require_entrypoint();
	const from_1 = require_from();
	const healthcheck_1 = require_healthcheck();
	const onbuild_1 = require_onbuild();
	const util_1 = require_util();
	const workdir_1 = require_workdir();
	var ImageTemplate = class {
		constructor() {
			this.comments = [];
			this.instructions = [];
		}
		addComment(comment) {
			this.comments.push(comment);
		}
		getComments() {
			return this.comments;
		}
		addInstruction(instruction) {
			this.instructions.push(instruction);
		}
		getInstructions() {
			return this.instructions;
		}
		getInstructionAt(line) {
			for (let instruction of this.instructions) if (util_1.Util.isInsideRange(vscode_languageserver_types_1.Position.create(line, 0), instruction.getRange())) return instruction;
			return null;
		}
		/**
		* Gets all the ARG instructions that are defined in this image.
		*/
		getARGs() {
			let args = [];
			for (let instruction of this.instructions) if (instruction instanceof arg_1.Arg) args.push(instruction);
			return args;
		}
		/**
		* Gets all the CMD instructions that are defined in this image.
		*/
		getCMDs() {
			let cmds = [];
			for (let instruction of this.instructions) if (instruction instanceof cmd_1.Cmd) cmds.push(instruction);
			return cmds;
		}
		/**
		* Gets all the COPY instructions that are defined in this image.
		*/
		getCOPYs() {
			let copies = [];
			for (let instruction of this.instructions) if (instruction instanceof copy_1.Copy) copies.push(instruction);
			return copies;
		}
		/**
		* Gets all the ENTRYPOINT instructions that are defined in this image.
		*/
		getENTRYPOINTs() {
			let froms = [];
			for (let instruction of this.instructions) if (instruction instanceof entrypoint_1.Entrypoint) froms.push(instruction);
			return froms;
		}
		/**
		* Gets all the ENV instructions that are defined in this image.
		*/
		getENVs() {
			let args = [];
			for (let instruction of this.instructions) if (instruction instanceof env_1.Env) args.push(instruction);
			return args;
		}
		getFROM() {
			for (const instruction of this.instructions) if (instruction instanceof from_1.From) return instruction;
			return null;
		}
		/**
		* Gets all the FROM instructions that are defined in this image.
		*/
		getFROMs() {
			let froms = [];
			for (let instruction of this.instructions) if (instruction instanceof from_1.From) froms.push(instruction);
			return froms;
		}
		/**
		* Gets all the HEALTHCHECK instructions that are defined in this image.
		*/
		getHEALTHCHECKs() {
			let froms = [];
			for (let instruction of this.instructions) if (instruction instanceof healthcheck_1.Healthcheck) froms.push(instruction);
			return froms;
		}
		getWORKDIRs() {
			const workdirs = [];
			for (const instruction of this.instructions) if (instruction instanceof workdir_1.Workdir) workdirs.push(instruction);
			return workdirs;
		}
		getOnbuildTriggers() {
			let triggers = [];
			for (let instruction of this.instructions) if (instruction instanceof onbuild_1.Onbuild) {
				let trigger = instruction.getTriggerInstruction();
				if (trigger) triggers.push(trigger);
			}
			return triggers;
		}
		getAvailableVariables(currentLine) {
			const variables = [];
			for (const arg of this.getARGs()) if (arg.isBefore(currentLine)) {
				const property = arg.getProperty();
				if (property) {
					const variable = property.getName();
					if (variables.indexOf(variable) === -1) variables.push(variable);
				}
			}
			for (const env of this.getENVs()) if (env.isBefore(currentLine)) for (const property of env.getProperties()) {
				const variable = property.getName();
				if (variables.indexOf(variable) === -1) variables.push(variable);
			}
			return variables;
		}
		/**
		* Resolves a variable with the given name at the specified line
		* to its value. If null is returned, then the variable has been
		* defined but no value was given. If undefined is returned, then
		* a variable with the given name has not been defined yet as of
		* the given line.
		*
		* @param variable the name of the variable to resolve
		* @param line the line number that the variable is on, zero-based
		* @return the value of the variable as defined by an ARG or ENV
		*         instruction, or null if no value has been specified, or
		*         undefined if a variable with the given name has not
		*         been defined
		*/
		resolveVariable(variable, line) {
			let envs = this.getENVs();
			for (let i = envs.length - 1; i >= 0; i--) if (envs[i].isBefore(line)) {
				for (let property of envs[i].getProperties()) if (property.getName() === variable) return property.getValue();
			}
			let args = this.getARGs();
			for (let i = args.length - 1; i >= 0; i--) if (args[i].isBefore(line)) {
				let property = args[i].getProperty();
				if (property && property.getName() === variable) return property.getValue();
			}
		}
		getRange() {
			const instructions = this.getInstructions();
			if (instructions.length === 0) return vscode_languageserver_types_1.Range.create(0, 0, 0, 0);
			const instructionStart = instructions[0].getRange().start;
			const instructionEnd = instructions[instructions.length - 1].getRange().end;
			return vscode_languageserver_types_1.Range.create(instructionStart, instructionEnd);
		}
		contains(position) {
			const range = this.getRange();
			if (range === null) return false;
			return util_1.Util.isInsideRange(position, range);
		}
	};
	exports.ImageTemplate = ImageTemplate;
}));
// node_modules/dockerfile-ast/lib/dockerfile.js
var require_dockerfile = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Dockerfile = void 0;
	const vscode_languageserver_types_1 = (init_main$1(), __toCommonJS(main_exports$1));
	const ast = require_main();
	const imageTemplate_1 = require_imageTemplate();
	const from_1 = require_from();
	const util_1 = require_util();
	const main_1 = require_main();
	var Dockerfile = class extends imageTemplate_1.ImageTemplate {
		constructor(document) {
			super();
			this.initialInstructions = new imageTemplate_1.ImageTemplate();
			this.buildStages = [];
			this.directives = [];
			/**
			* Whether a FROM instruction has been added to this Dockerfile or not.
			*/
			this.foundFrom = false;
			this.document = document;
		}
		getEscapeCharacter() {
			for (const directive of this.directives) if (directive.getDirective() === ast.Directive.escape) {
				const value = directive.getValue();
				if (value === "\\" || value === "`") return value;
			}
			return "\\";
		}
		getInitialARGs() {
			return this.initialInstructions.getARGs();
		}
		getContainingImage(position) {
			let range = vscode_languageserver_types_1.Range.create(vscode_languageserver_types_1.Position.create(0, 0), this.document.positionAt(this.document.getText().length));
			if (!util_1.Util.isInsideRange(position, range)) return null;
			if (this.initialInstructions.getComments().length > 0 || this.initialInstructions.getInstructions().length > 0) {
				if (util_1.Util.isInsideRange(position, this.initialInstructions.getRange())) return this.initialInstructions;
			}
			for (const buildStage of this.buildStages) if (util_1.Util.isInsideRange(position, buildStage.getRange())) return buildStage;
			return this;
		}
		addInstruction(instruction) {
			if (instruction.getKeyword() === main_1.Keyword.FROM) {
				this.currentBuildStage = new imageTemplate_1.ImageTemplate();
				this.buildStages.push(this.currentBuildStage);
				this.foundFrom = true;
			} else if (!this.foundFrom) this.initialInstructions.addInstruction(instruction);
			if (this.foundFrom) this.currentBuildStage.addInstruction(instruction);
			super.addInstruction(instruction);
		}
		setDirectives(directives) {
			this.directives = directives;
		}
		getDirective() {
			return this.directives.length === 0 ? null : this.directives[0];
		}
		getDirectives() {
			return this.directives;
		}
		resolveVariable(variable, line) {
			for (let from of this.getFROMs()) {
				let range = from.getRange();
				if (range.start.line <= line && line <= range.end.line) {
					let initialARGs = new imageTemplate_1.ImageTemplate();
					for (let instruction of this.initialInstructions.getARGs()) initialARGs.addInstruction(instruction);
					return initialARGs.resolveVariable(variable, line);
				}
			}
			let image = this.getContainingImage(vscode_languageserver_types_1.Position.create(line, 0));
			if (image === null) return;
			let resolvedVariable = image.resolveVariable(variable, line);
			if (resolvedVariable === null) {
				let initialARGs = new imageTemplate_1.ImageTemplate();
				for (let instruction of this.initialInstructions.getARGs()) initialARGs.addInstruction(instruction);
				return initialARGs.resolveVariable(variable, line);
			}
			return resolvedVariable;
		}
		getAvailableVariables(currentLine) {
			if (this.getInstructionAt(currentLine) instanceof from_1.From) {
				let variables = [];
				for (let arg of this.getInitialARGs()) {
					let property = arg.getProperty();
					if (property) variables.push(property.getName());
				}
				return variables;
			}
			let image = this.getContainingImage(vscode_languageserver_types_1.Position.create(currentLine, 0));
			return image ? image.getAvailableVariables(currentLine) : [];
		}
		getParentStage(image) {
			const templateFrom = image.getFROM();
			const imageName = templateFrom === null ? null : templateFrom.getImageName();
			if (imageName === null) return null;
			for (const from of this.getFROMs()) if (from.getBuildStage() === imageName) {
				const range = from.getRange();
				if (range.start.line === templateFrom.getRange().start.line) return null;
				return this.getContainingImage(range.start);
			}
			return null;
		}
		getStageHierarchy(line) {
			const image = this.getContainingImage(vscode_languageserver_types_1.Position.create(line, 0));
			if (image === null) return [];
			const stages = [image];
			let stage = this.getParentStage(image);
			while (stage !== null) {
				stages.splice(0, 0, stage);
				stage = this.getParentStage(stage);
			}
			return stages;
		}
		getAvailableWorkingDirectories(line) {
			const availableDirectories = /* @__PURE__ */ new Set();
			for (const image of this.getStageHierarchy(line)) for (const workdir of image.getWORKDIRs()) if (workdir.getRange().end.line < line) {
				let directory = workdir.getAbsolutePath();
				if (directory !== void 0 && directory !== null) {
					if (!directory.endsWith("/")) directory += "/";
					availableDirectories.add(directory);
				}
			}
			return Array.from(availableDirectories);
		}
		/**
		* Internally reorganize the comments in the Dockerfile and allocate
		* them to the relevant build stages that they belong to.
		*/
		organizeComments() {
			const comments = this.getComments();
			for (let i = 0; i < comments.length; i++) if (util_1.Util.isInsideRange(comments[i].getRange().end, this.initialInstructions.getRange())) this.initialInstructions.addComment(comments[i]);
			else for (const buildStage of this.buildStages) if (util_1.Util.isInsideRange(comments[i].getRange().start, buildStage.getRange())) buildStage.addComment(comments[i]);
		}
		getRange() {
			const comments = this.getComments();
			const instructions = this.getInstructions();
			let range = null;
			if (comments.length === 0) {
				if (instructions.length > 0) range = vscode_languageserver_types_1.Range.create(instructions[0].getRange().start, instructions[instructions.length - 1].getRange().end);
			} else if (instructions.length === 0) range = vscode_languageserver_types_1.Range.create(comments[0].getRange().start, comments[comments.length - 1].getRange().end);
			else {
				const commentStart = comments[0].getRange().start;
				const commentEnd = comments[comments.length - 1].getRange().end;
				const instructionStart = instructions[0].getRange().start;
				const instructionEnd = instructions[instructions.length - 1].getRange().end;
				if (commentStart.line < instructionStart.line) {
					if (commentEnd.line < instructionEnd.line) range = vscode_languageserver_types_1.Range.create(commentStart, instructionEnd);
					range = vscode_languageserver_types_1.Range.create(commentStart, commentEnd);
				} else if (commentEnd.line < instructionEnd.line) range = vscode_languageserver_types_1.Range.create(instructionStart, instructionEnd);
				else range = vscode_languageserver_types_1.Range.create(instructionStart, commentEnd);
			}
			if (range === null) {
				if (this.directives.length === 0) return null;
				return this.directives[0].getRange();
			} else if (this.directives.length === 0) return range;
			return vscode_languageserver_types_1.Range.create(this.directives[0].getRange().start, range.end);
		}
	};
	exports.Dockerfile = Dockerfile;
}));
// node_modules/dockerfile-ast/lib/parser.js
var require_parser = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.Parser = void 0;
	const vscode_languageserver_textdocument_1 = (init_main(), __toCommonJS(main_exports));
	const vscode_languageserver_types_1 = (init_main$1(), __toCommonJS(main_exports$1));
	const comment_1 = require_comment();
	const parserDirective_1 = require_parserDirective();
	const instruction_1 = require_instruction();
	const add_1 = require_add();
	const arg_1 = require_arg();
	const cmd_1 = require_cmd();
	const copy_1 = require_copy();
	const env_1 = require_env();
	const entrypoint_1 = require_entrypoint();
	const from_1 = require_from();
	const healthcheck_1 = require_healthcheck();
	const label_1 = require_label();
	const onbuild_1 = require_onbuild();
	const run_1 = require_run();
	const shell_1 = require_shell();
	const stopsignal_1 = require_stopsignal();
	const workdir_1 = require_workdir();
	const user_1 = require_user();
	const volume_1 = require_volume();
	const dockerfile_1 = require_dockerfile();
	const util_1 = require_util();
	const main_1 = require_main();
	exports.Parser = class Parser {
		constructor() {
			this.escapeChar = null;
		}
		static createInstruction(document, dockerfile, escapeChar, lineRange, instruction, instructionRange) {
			switch (instruction.toUpperCase()) {
				case "ADD": return new add_1.Add(document, lineRange, dockerfile, escapeChar, instruction, instructionRange);
				case "ARG": return new arg_1.Arg(document, lineRange, dockerfile, escapeChar, instruction, instructionRange);
				case "CMD": return new cmd_1.Cmd(document, lineRange, dockerfile, escapeChar, instruction, instructionRange);
				case "COPY": return new copy_1.Copy(document, lineRange, dockerfile, escapeChar, instruction, instructionRange);
				case "ENTRYPOINT": return new entrypoint_1.Entrypoint(document, lineRange, dockerfile, escapeChar, instruction, instructionRange);
				case "ENV": return new env_1.Env(document, lineRange, dockerfile, escapeChar, instruction, instructionRange);
				case "FROM": return new from_1.From(document, lineRange, dockerfile, escapeChar, instruction, instructionRange);
				case "HEALTHCHECK": return new healthcheck_1.Healthcheck(document, lineRange, dockerfile, escapeChar, instruction, instructionRange);
				case "LABEL": return new label_1.Label(document, lineRange, dockerfile, escapeChar, instruction, instructionRange);
				case "ONBUILD": return new onbuild_1.Onbuild(document, lineRange, dockerfile, escapeChar, instruction, instructionRange);
				case "RUN": return new run_1.Run(document, lineRange, dockerfile, escapeChar, instruction, instructionRange);
				case "SHELL": return new shell_1.Shell(document, lineRange, dockerfile, escapeChar, instruction, instructionRange);
				case "STOPSIGNAL": return new stopsignal_1.Stopsignal(document, lineRange, dockerfile, escapeChar, instruction, instructionRange);
				case "WORKDIR": return new workdir_1.Workdir(document, lineRange, dockerfile, escapeChar, instruction, instructionRange);
				case "USER": return new user_1.User(document, lineRange, dockerfile, escapeChar, instruction, instructionRange);
				case "VOLUME": return new volume_1.Volume(document, lineRange, dockerfile, escapeChar, instruction, instructionRange);
			}
			return new instruction_1.Instruction(document, lineRange, dockerfile, escapeChar, instruction, instructionRange);
		}
		getParserDirectives(document, buffer) {
			const directives = [];
			this.escapeChar = "";
			const offset = util_1.Util.isUTF8BOM(buffer.substring(0, 1)) ? 1 : 0;
			directiveCheck: for (let i = offset; i < buffer.length; i++) switch (buffer.charAt(i)) {
				case " ":
				case "	": break;
				case "\r":
				case "\n": break directiveCheck;
				case "#":
					let directiveStart = -1;
					let directiveEnd = -1;
					for (let j = i + 1; j < buffer.length; j++) {
						let char = buffer.charAt(j);
						switch (char) {
							case " ":
							case "	":
								if (directiveStart !== -1 && directiveEnd === -1) directiveEnd = j;
								break;
							case "\r":
							case "\n": break directiveCheck;
							case "=":
								let valueStart = -1;
								let valueEnd = -1;
								if (directiveEnd === -1) directiveEnd = j;
								let lineEnd = buffer.length;
								directiveValue: for (let k = j + 1; k < buffer.length; k++) {
									char = buffer.charAt(k);
									switch (char) {
										case "\r":
										case "\n":
											if (valueStart !== -1 && valueEnd === -1) valueEnd = k;
											lineEnd = k;
											break directiveValue;
										case "	":
										case " ":
											if (valueStart !== -1 && valueEnd === -1) valueEnd = k;
											continue;
										default: if (valueStart === -1) valueStart = k;
									}
								}
								if (directiveStart === -1) break directiveCheck;
								if (valueStart === -1) {
									valueStart = j + 1;
									valueEnd = lineEnd;
								} else if (valueEnd === -1) valueEnd = buffer.length;
								const lineRange = vscode_languageserver_types_1.Range.create(document.positionAt(i), document.positionAt(lineEnd));
								const nameRange = vscode_languageserver_types_1.Range.create(document.positionAt(directiveStart), document.positionAt(directiveEnd));
								const valueRange = vscode_languageserver_types_1.Range.create(document.positionAt(valueStart), document.positionAt(valueEnd));
								directives.push(new parserDirective_1.ParserDirective(document, lineRange, nameRange, valueRange));
								directiveStart = -1;
								if (buffer.charAt(valueEnd) === "\r") i = valueEnd + 1;
								else i = valueEnd;
								continue directiveCheck;
							default: if (directiveStart === -1) directiveStart = j;
						}
					}
					break;
				default: break directiveCheck;
			}
			return directives;
		}
		parse(buffer) {
			this.document = vscode_languageserver_textdocument_1.TextDocument.create("", "", 0, buffer);
			this.buffer = buffer;
			let dockerfile = new dockerfile_1.Dockerfile(this.document);
			let directives = this.getParserDirectives(this.document, this.buffer);
			let offset = 0;
			this.escapeChar = "\\";
			if (directives.length > 0) {
				dockerfile.setDirectives(directives);
				this.escapeChar = dockerfile.getEscapeCharacter();
				offset = this.document.offsetAt(vscode_languageserver_types_1.Position.create(directives.length, 0));
			} else if (util_1.Util.isUTF8BOM(buffer.substring(0, 1))) offset = 1;
			for (let i = offset; i < this.buffer.length; i++) {
				const char = this.buffer.charAt(i);
				switch (char) {
					case " ":
					case "	":
					case "\r":
					case "\n": break;
					case "#":
						i = this.processComment(dockerfile, i);
						break;
					default: i = this.processInstruction(dockerfile, char, i);
				}
			}
			dockerfile.organizeComments();
			return dockerfile;
		}
		processInstruction(dockerfile, char, start) {
			let instruction = char;
			let instructionEnd = -1;
			let escapedInstruction = false;
			instructionCheck: for (let i = start + 1; i < this.buffer.length; i++) {
				char = this.buffer.charAt(i);
				switch (char) {
					case this.escapeChar:
						escapedInstruction = true;
						char = this.buffer.charAt(i + 1);
						if (char === "\r" || char === "\n") {
							if (instructionEnd === -1) instructionEnd = i;
							i++;
						} else if (char === " " || char === "	") {
							for (let j = i + 2; j < this.buffer.length; j++) switch (this.buffer.charAt(j)) {
								case " ":
								case "	": break;
								case "\r":
								case "\n":
									i = j;
									continue instructionCheck;
								default:
									instructionEnd = i + 1;
									instruction = instruction + this.escapeChar;
									i = j - 2;
									continue instructionCheck;
							}
							instructionEnd = i + 1;
							instruction = instruction + this.escapeChar;
							break instructionCheck;
						} else {
							instructionEnd = i + 1;
							instruction = instruction + this.escapeChar;
							escapedInstruction = false;
						}
						break;
					case " ":
					case "	":
						if (escapedInstruction) {
							escapeCheck: for (let j = i + 1; j < this.buffer.length; j++) switch (this.buffer.charAt(j)) {
								case " ":
								case "	": break;
								case "\r":
								case "\n":
									i = j;
									continue instructionCheck;
								default: break escapeCheck;
							}
							escapedInstruction = false;
						}
						if (instructionEnd === -1) instructionEnd = i;
						i = this.processArguments(dockerfile, instruction, instructionEnd, start, i);
						dockerfile.addInstruction(this.createInstruction(dockerfile, instruction, start, instructionEnd, i));
						return i;
					case "\r":
					case "\n":
						if (escapedInstruction) continue;
						if (instructionEnd === -1) instructionEnd = i;
						dockerfile.addInstruction(this.createInstruction(dockerfile, instruction, start, i, i));
						return i;
					case "#": if (escapedInstruction) continue;
					default:
						instructionEnd = i + 1;
						instruction = instruction + char;
						escapedInstruction = false;
				}
			}
			if (instructionEnd === -1) instructionEnd = this.buffer.length;
			dockerfile.addInstruction(this.createInstruction(dockerfile, instruction, start, instructionEnd, this.buffer.length));
			return this.buffer.length;
		}
		processHeredocs(instruction, offset) {
			let keyword = instruction.getKeyword();
			if (keyword === main_1.Keyword.ONBUILD) {
				instruction = instruction.getTriggerInstruction();
				if (instruction === null) return offset;
				keyword = instruction.getKeyword();
			}
			if (keyword !== main_1.Keyword.ADD && keyword !== main_1.Keyword.COPY && keyword !== main_1.Keyword.RUN) return offset;
			const heredocs = [];
			let tabbed = false;
			for (const arg of instruction.getArguments()) {
				const value = arg.getValue();
				if (value.startsWith("<<") && value.length > 2) {
					if (value.startsWith("<<-")) tabbed = true;
					const name = util_1.Util.parseHeredocName(value);
					if (name !== null) heredocs.push(name);
				}
			}
			if (heredocs.length > 0) for (const heredoc of heredocs) offset = this.parseHeredoc(heredoc, offset, tabbed);
			return offset;
		}
		processArguments(dockerfile, instruction, instructionEnd, start, offset) {
			let escaped = false;
			argumentsCheck: for (let i = offset + 1; i < this.buffer.length; i++) switch (this.buffer.charAt(i)) {
				case "\r":
				case "\n":
					if (escaped) continue;
					return this.processHeredocs(this.createInstruction(dockerfile, instruction, start, instructionEnd, i), i);
				case this.escapeChar:
					const next = this.buffer.charAt(i + 1);
					if (next === "\n" || next === "\r") {
						escaped = true;
						i++;
					} else if (next === " " || next === "	") {
						for (let j = i + 2; j < this.buffer.length; j++) switch (this.buffer.charAt(j)) {
							case " ":
							case "	": break;
							case "\r":
							case "\n": escaped = true;
							default:
								i = j;
								continue argumentsCheck;
						}
						return this.buffer.length;
					}
					continue;
				case "#":
					if (escaped) {
						i = this.processComment(dockerfile, i);
						continue argumentsCheck;
					}
					break;
				case " ":
				case "	": break;
				default: if (escaped) escaped = false;
			}
			return this.buffer.length;
		}
		processComment(dockerfile, start) {
			let end = this.buffer.length;
			commentLoop: for (let i = start + 1; i < this.buffer.length; i++) switch (this.buffer.charAt(i)) {
				case "\r":
				case "\n":
					end = i;
					break commentLoop;
			}
			const range = vscode_languageserver_types_1.Range.create(this.document.positionAt(start), this.document.positionAt(end));
			dockerfile.addComment(new comment_1.Comment(this.document, range));
			return end;
		}
		parseHeredoc(heredocName, offset, tabbed) {
			let startWord = -1;
			let lineStart = true;
			for (let i = offset; i < this.buffer.length; i++) switch (this.buffer.charAt(i)) {
				case " ":
					lineStart = false;
					break;
				case "	":
					if (!tabbed) lineStart = false;
					break;
				case "\r":
				case "\n":
					if (startWord !== -1 && heredocName === this.buffer.substring(startWord, i)) return i;
					startWord = -1;
					lineStart = true;
					break;
				default: if (lineStart) {
					startWord = i;
					lineStart = false;
				}
			}
			return this.buffer.length;
		}
		createInstruction(dockerfile, instruction, start, instructionEnd, end) {
			const startPosition = this.document.positionAt(start);
			const instructionRange = vscode_languageserver_types_1.Range.create(startPosition, this.document.positionAt(instructionEnd));
			const lineRange = vscode_languageserver_types_1.Range.create(startPosition, this.document.positionAt(end));
			return Parser.createInstruction(this.document, dockerfile, this.escapeChar, lineRange, instruction, instructionRange);
		}
	};
}));
// node_modules/dockerfile-ast/lib/main.js
var require_main = /* @__PURE__ */ __commonJSMin(((exports) => {
	Object.defineProperty(exports, "__esModule", { value: true });
	exports.DockerfileParser = exports.DefaultVariables = exports.Directive = exports.Keyword = exports.Workdir = exports.Volume = exports.User = exports.Stopsignal = exports.Shell = exports.Run = exports.PropertyInstruction = exports.Onbuild = exports.ModifiableInstruction = exports.Label = exports.JSONInstruction = exports.Heredoc = exports.Healthcheck = exports.From = exports.Env = exports.Entrypoint = exports.Copy = exports.Cmd = exports.Arg = exports.Add = exports.Variable = exports.Property = exports.ParserDirective = exports.Line = exports.Instruction = exports.Flag = exports.Comment = exports.JSONArgument = exports.Argument = void 0;
	var argument_1 = require_argument();
	Object.defineProperty(exports, "Argument", {
		enumerable: true,
		get: function() {
			return argument_1.Argument;
		}
	});
	var jsonArgument_1 = require_jsonArgument();
	Object.defineProperty(exports, "JSONArgument", {
		enumerable: true,
		get: function() {
			return jsonArgument_1.JSONArgument;
		}
	});
	const comment_1 = require_comment();
	Object.defineProperty(exports, "Comment", {
		enumerable: true,
		get: function() {
			return comment_1.Comment;
		}
	});
	const parser_1 = require_parser();
	var flag_1 = require_flag();
	Object.defineProperty(exports, "Flag", {
		enumerable: true,
		get: function() {
			return flag_1.Flag;
		}
	});
	const instruction_1 = require_instruction();
	Object.defineProperty(exports, "Instruction", {
		enumerable: true,
		get: function() {
			return instruction_1.Instruction;
		}
	});
	var line_1 = require_line();
	Object.defineProperty(exports, "Line", {
		enumerable: true,
		get: function() {
			return line_1.Line;
		}
	});
	const parserDirective_1 = require_parserDirective();
	Object.defineProperty(exports, "ParserDirective", {
		enumerable: true,
		get: function() {
			return parserDirective_1.ParserDirective;
		}
	});
	var property_1 = require_property();
	Object.defineProperty(exports, "Property", {
		enumerable: true,
		get: function() {
			return property_1.Property;
		}
	});
	var variable_1 = require_variable();
	Object.defineProperty(exports, "Variable", {
		enumerable: true,
		get: function() {
			return variable_1.Variable;
		}
	});
	var add_1 = require_add();
	Object.defineProperty(exports, "Add", {
		enumerable: true,
		get: function() {
			return add_1.Add;
		}
	});
	const arg_1 = require_arg();
	Object.defineProperty(exports, "Arg", {
		enumerable: true,
		get: function() {
			return arg_1.Arg;
		}
	});
	const cmd_1 = require_cmd();
	Object.defineProperty(exports, "Cmd", {
		enumerable: true,
		get: function() {
			return cmd_1.Cmd;
		}
	});
	const copy_1 = require_copy();
	Object.defineProperty(exports, "Copy", {
		enumerable: true,
		get: function() {
			return copy_1.Copy;
		}
	});
	const entrypoint_1 = require_entrypoint();
	Object.defineProperty(exports, "Entrypoint", {
		enumerable: true,
		get: function() {
			return entrypoint_1.Entrypoint;
		}
	});
	const env_1 = require_env();
	Object.defineProperty(exports, "Env", {
		enumerable: true,
		get: function() {
			return env_1.Env;
		}
	});
	const from_1 = require_from();
	Object.defineProperty(exports, "From", {
		enumerable: true,
		get: function() {
			return from_1.From;
		}
	});
	const healthcheck_1 = require_healthcheck();
	Object.defineProperty(exports, "Healthcheck", {
		enumerable: true,
		get: function() {
			return healthcheck_1.Healthcheck;
		}
	});
	var heredoc_1 = require_heredoc();
	Object.defineProperty(exports, "Heredoc", {
		enumerable: true,
		get: function() {
			return heredoc_1.Heredoc;
		}
	});
	var jsonInstruction_1 = require_jsonInstruction();
	Object.defineProperty(exports, "JSONInstruction", {
		enumerable: true,
		get: function() {
			return jsonInstruction_1.JSONInstruction;
		}
	});
	var label_1 = require_label();
	Object.defineProperty(exports, "Label", {
		enumerable: true,
		get: function() {
			return label_1.Label;
		}
	});
	var modifiableInstruction_1 = require_modifiableInstruction();
	Object.defineProperty(exports, "ModifiableInstruction", {
		enumerable: true,
		get: function() {
			return modifiableInstruction_1.ModifiableInstruction;
		}
	});
	var onbuild_1 = require_onbuild();
	Object.defineProperty(exports, "Onbuild", {
		enumerable: true,
		get: function() {
			return onbuild_1.Onbuild;
		}
	});
	var propertyInstruction_1 = require_propertyInstruction();
	Object.defineProperty(exports, "PropertyInstruction", {
		enumerable: true,
		get: function() {
			return propertyInstruction_1.PropertyInstruction;
		}
	});
	var run_1 = require_run();
	Object.defineProperty(exports, "Run", {
		enumerable: true,
		get: function() {
			return run_1.Run;
		}
	});
	var shell_1 = require_shell();
	Object.defineProperty(exports, "Shell", {
		enumerable: true,
		get: function() {
			return shell_1.Shell;
		}
	});
	var stopsignal_1 = require_stopsignal();
	Object.defineProperty(exports, "Stopsignal", {
		enumerable: true,
		get: function() {
			return stopsignal_1.Stopsignal;
		}
	});
	var user_1 = require_user();
	Object.defineProperty(exports, "User", {
		enumerable: true,
		get: function() {
			return user_1.User;
		}
	});
	var volume_1 = require_volume();
	Object.defineProperty(exports, "Volume", {
		enumerable: true,
		get: function() {
			return volume_1.Volume;
		}
	});
	const workdir_1 = require_workdir();
	Object.defineProperty(exports, "Workdir", {
		enumerable: true,
		get: function() {
			return workdir_1.Workdir;
		}
	});
	var Keyword;
	(function(Keyword) {
		Keyword["ADD"] = "ADD";
		Keyword["ARG"] = "ARG";
		Keyword["CMD"] = "CMD";
		Keyword["COPY"] = "COPY";
		Keyword["ENTRYPOINT"] = "ENTRYPOINT";
		Keyword["ENV"] = "ENV";
		Keyword["EXPOSE"] = "EXPOSE";
		Keyword["FROM"] = "FROM";
		Keyword["HEALTHCHECK"] = "HEALTHCHECK";
		Keyword["LABEL"] = "LABEL";
		Keyword["MAINTAINER"] = "MAINTAINER";
		Keyword["ONBUILD"] = "ONBUILD";
		Keyword["RUN"] = "RUN";
		Keyword["SHELL"] = "SHELL";
		Keyword["STOPSIGNAL"] = "STOPSIGNAL";
		Keyword["USER"] = "USER";
		Keyword["VOLUME"] = "VOLUME";
		Keyword["WORKDIR"] = "WORKDIR";
	})(Keyword || (exports.Keyword = Keyword = {}));
	var Directive;
	(function(Directive) {
		Directive["escape"] = "escape";
		Directive["syntax"] = "syntax";
	})(Directive || (exports.Directive = Directive = {}));
	exports.DefaultVariables = [
		"ALL_PROXY",
		"all_proxy",
		"FTP_PROXY",
		"ftp_proxy",
		"HTTP_PROXY",
		"http_proxy",
		"HTTPS_PROXY",
		"https_proxy",
		"NO_PROXY",
		"no_proxy"
	];
	var DockerfileParser;
	(function(DockerfileParser) {
		function parse(content) {
			return new parser_1.Parser().parse(content);
		}
		DockerfileParser.parse = parse;
	})(DockerfileParser || (exports.DockerfileParser = DockerfileParser = {}));
}));
// src/ship/image/dockerfile/read.ts
var import_main = require_main();
function readDockerfile(text, file) {
	const parsed = import_main.DockerfileParser.parse(text);
	const stages = [];
	for (const instruction of parsed.getInstructions()) {
		const line = readLine(instruction);
		if (line.keyword === "FROM") stages.push(openStage(line, parsed, stages));
		else stages.at(-1)?.lines.push(line);
	}
	return {
		stages,
		image: linesOf$1(stages.at(-1)),
		where: (line, word) => placeOf(line, word, file)
	};
}
/** The stage that an image's others build on, whose base is somebody else's. */
function bottomOf(stage) {
	return stage.base.stage ? bottomOf(stage.base.stage) : stage;
}
function linesOf$1(stage) {
	return stage ? [...linesOf$1(stage.base.stage), ...stage.lines] : [];
}
function openStage(from, parsed, earlier) {
	const instruction = from.instruction;
	return {
		from,
		name: instruction.getBuildStage() ?? void 0,
		platform: from.flags.get("platform"),
		base: readBase(instruction, parsed, earlier),
		lines: []
	};
}
function readBase(from, parsed, earlier) {
	const written = from.getImage() ?? "";
	const line = from.getRange().start.line;
	const text = written.replaceAll(variable, (whole, braced, rest = "", plain) => {
		return parsed.resolveVariable(braced ?? plain, line) || (/^:?-/.test(rest) ? rest.replace(/^:?-/, "") : whole);
	});
	const stage = earlier.findLast(({ name }) => name !== void 0 && name.toLowerCase() === text.toLowerCase());
	return {
		text,
		...splitReference(text),
		stage,
		isOpen: text.includes("$")
	};
}
/** `$NAME`, `${NAME}` and `${NAME:-value}`. */
const variable = /\$(?:\{(\w+)([^}]*)\}|(\w+))/g;
function splitReference(text) {
	const [, name = "", tag, digest] = /^(.*?)(?::([^:/@]*))?(?:@(.*))?$/.exec(text) ?? [];
	return {
		name,
		tag,
		digest
	};
}
function readLine(instruction) {
	const list = "getJSONStrings" in instruction ? instruction.getJSONStrings() : [];
	return {
		keyword: instruction.getKeyword(),
		words: list.length > 0 ? list.map((item) => item.getJSONValue()) : instruction.getArguments().map(String).map(unquoted),
		flags: flagsOf(instruction),
		isList: list.length > 0,
		settings: settingsOf(instruction),
		instruction
	};
}
function unquoted(word) {
	return word.replace(/^(["'])(.*)\1$/s, "$2");
}
function flagsOf(instruction) {
	if (!("getFlags" in instruction)) return /* @__PURE__ */ new Map();
	const flags = instruction.getFlags();
	return new Map(flags.map((flag) => [flag.getName(), flag.getValue() ?? ""]));
}
function settingsOf(instruction) {
	if (!("getProperties" in instruction)) return [];
	return instruction.getProperties().map((one) => ({
		name: one.getName(),
		value: one.getValue() ?? void 0
	}));
}
function placeOf({ instruction }, word, file) {
	const { start } = ((word === void 0 ? void 0 : instruction.getArguments().find((one) => String(one).includes(word))) ?? instruction).getRange();
	return {
		file,
		line: start.line + 1,
		column: start.character + 1
	};
}
// src/ship/image/end-of-life.ts
/** Days as given in November 2026 by the pages named. */
const products = [
	{
		name: "Node.js",
		images: ["node"],
		ends: {
			10: "2021-04-30",
			12: "2022-04-30",
			14: "2023-04-30",
			16: "2023-09-11",
			17: "2022-06-01",
			18: "2025-04-30",
			19: "2023-06-01",
			20: "2026-04-30",
			21: "2024-06-01",
			22: "2027-04-30",
			23: "2025-06-01",
			24: "2028-04-30",
			25: "2026-06-01"
		}
	},
	{
		name: "Python",
		images: ["python"],
		ends: {
			2: "2020-01-01",
			2.7: "2020-01-01",
			3.5: "2020-09-30",
			3.6: "2021-12-23",
			3.7: "2023-06-27",
			3.8: "2024-10-07",
			3.9: "2025-10-31",
			"3.10": "2026-10-31",
			3.11: "2027-10-31",
			3.12: "2028-10-31",
			3.13: "2029-10-31",
			3.14: "2030-10-31"
		}
	},
	{
		name: "Debian",
		images: ["debian"],
		inTag: /(?:^|-)(stretch|buster|bullseye|bookworm|trixie)(?:-|$)/,
		ends: {
			9: "2022-06-30",
			10: "2024-06-30",
			11: "2026-08-31",
			12: "2028-06-30",
			13: "2030-06-30",
			stretch: "2022-06-30",
			buster: "2024-06-30",
			bullseye: "2026-08-31",
			bookworm: "2028-06-30",
			trixie: "2030-06-30"
		}
	},
	{
		name: "Ubuntu",
		images: ["ubuntu"],
		inTag: /(?:^|-)(bionic|focal|jammy|noble)(?:-|$)/,
		ends: {
			"16.04": "2021-04-30",
			18.04: "2023-05-31",
			"20.04": "2025-05-31",
			22.04: "2027-04-30",
			24.04: "2029-04-30",
			bionic: "2023-05-31",
			focal: "2025-05-31",
			jammy: "2027-04-30",
			noble: "2029-04-30"
		}
	},
	{
		name: "Alpine",
		images: ["alpine"],
		inTag: /(?:^|-)alpine(3\.\d+)(?:\.|-|$)/,
		ends: {
			3.16: "2024-05-23",
			3.17: "2024-11-22",
			3.18: "2025-05-09",
			3.19: "2025-11-01",
			"3.20": "2026-04-01",
			3.21: "2026-11-01",
			3.22: "2027-05-01"
		}
	}
];
/** What of an image is not mended any more. Of what the table does not know, nothing is said. */
function endedParts({ name, tag }, now) {
	if (tag === void 0) return [];
	const image = name.split("/").at(-1);
	const today = now.toISOString().slice(0, 10);
	return products.flatMap((product) => {
		const version = product.images.includes(image) ? longestKnown(tag, product) : product.inTag?.exec(tag)?.[1];
		const on = version === void 0 ? void 0 : product.ends[version];
		return on !== void 0 && on < today ? [{
			what: `${product.name} ${version}`,
			on
		}] : [];
	});
}
/** `3.9.18-slim` is 3.9, `16-bullseye` is 16, and `3.10` is not 3.1. */
function longestKnown(tag, { ends }) {
	const [version = ""] = tag.split("-");
	const parts = version.split(".");
	return parts.map((_, i) => parts.slice(0, parts.length - i).join(".")).find((prefix) => Object.hasOwn(ends, prefix));
}
// src/ship/image/dockerfile/rules/base.ts
/** Stages that begin with an image of somebody else. */
function foreign({ stages }) {
	return stages.filter(({ base }) => base.stage === void 0 && base.name !== "scratch");
}
/** A tag that holds an argument of the build is somebody's choice at build time. */
const baseTag = {
	name: "base-tag",
	severity: "warning",
	title: "The image that it builds on has no version",
	why: "`latest`, or no tag, is whatever there was when it was last fetched: the same file makes another image tomorrow, and nobody sees what changed.",
	cure: "Name a version, and its digest: `FROM node:24-slim@sha256:…`.",
	bad: "FROM python\nUSER 1069",
	good: "FROM python:3.13-slim@sha256:DIGEST\nUSER 1069",
	*check(dockerfile) {
		for (const { base, from } of foreign(dockerfile)) {
			if (base.isOpen || base.digest !== void 0) continue;
			const what = base.tag === void 0 ? "no tag" : "the tag latest";
			if (base.tag === void 0 || base.tag === "latest") yield {
				line: from,
				message: `\`${base.text}\` has ${what}`
			};
		}
	}
};
const baseDigest = {
	name: "base-digest",
	severity: "warning",
	title: "The image that it builds on may change",
	why: "A tag is moved when its image is made anew. With the digest behind it the build is the same each time, and an update is a change that a pull request shows (Renovate and Dependabot both make them).",
	cure: "Add the digest that `docker buildx imagetools inspect IMAGE` prints: `IMAGE@sha256:…`.",
	bad: "FROM node:24-slim\nUSER 1069",
	good: "FROM node:24-slim@sha256:DIGEST\nUSER 1069",
	*check(dockerfile) {
		for (const { base, from } of foreign(dockerfile)) {
			const hasVersion = base.tag !== void 0 && base.tag !== "latest";
			if (!base.isOpen && base.digest === void 0 && hasVersion) yield {
				line: from,
				message: `\`${base.text}\` is named by its tag alone`,
				hint: `Add the digest that \`docker buildx imagetools inspect ${base.text}\` prints: \`${base.text}@sha256:…\`.`
			};
		}
	}
};
const baseEndOfLife = {
	name: "base-end-of-life",
	severity: "warning",
	title: "The image that it builds on is not mended any more",
	why: "What its makers no longer look after gets no security fixes, and newer packages stop installing on it.",
	cure: "Build on a version that is looked after: Node.js 24, Python 3.13, Debian 13 (trixie), Ubuntu 24.04.",
	bad: "FROM python:3.9-slim@sha256:DIGEST\nUSER 1069",
	good: "FROM python:3.13-slim@sha256:DIGEST\nUSER 1069",
	*check(dockerfile, { now }) {
		for (const { base, from } of foreign(dockerfile)) for (const { what, on } of endedParts(base, now)) yield {
			line: from,
			message: `\`${base.text}\`: support of ${what} ended on ${on}`
		};
	}
};
const baseMusl = {
	name: "base-musl",
	severity: "warning",
	title: "The image that it builds on is Alpine",
	why: "DuckDB's programs, and most wheels of pandas, polars and pyarrow, are made for glibc, which Alpine does not have: nais-etl does not start there, and pip compiles for half an hour.",
	cure: "Build on the slim form, which is Debian: `node:24-slim`, `python:3.13-slim`.",
	bad: "FROM node:24-alpine@sha256:DIGEST\nUSER 1069",
	good: "FROM node:24-slim@sha256:DIGEST\nUSER 1069",
	*check(dockerfile) {
		const [stage] = foreign({
			...dockerfile,
			stages: dockerfile.stages.slice(-1).map(bottomOf)
		});
		if (stage && /alpine/.test(`${stage.base.name}:${stage.base.tag ?? ""}`)) yield {
			line: stage.from,
			message: `\`${stage.base.text}\` is Alpine, which has musl and not glibc`
		};
	}
};
const platform = {
	name: "platform",
	severity: "error",
	title: "The image is for another kind of machine",
	why: "The clusters' machines are linux/amd64. An image for another kind is pulled, and its pod ends with `exec format error`.",
	cure: "Remove `--platform` here: `nais-etl build` and `docker build --platform linux/amd64` say it.",
	bad: "FROM --platform=linux/arm64 node:24-slim@sha256:DIGEST\nUSER 1069",
	good: "FROM node:24-slim@sha256:DIGEST\nUSER 1069",
	*check(dockerfile) {
		for (const stage of dockerfile.stages.slice(-1).map(bottomOf)) if (stage.platform !== void 0 && !stage.platform.includes("$") && stage.platform !== "linux/amd64") yield {
			line: stage.from,
			message: `\`--platform=${stage.platform}\`: the clusters are linux/amd64`
		};
	}
};
// src/ship/image/dockerfile/rules/command.ts
const entrypointShell = {
	name: "entrypoint-shell",
	severity: "warning",
	title: "Signals do not reach the program",
	why: "Without brackets a shell starts the program, and keeps the signals for itself: told to stop, the program goes on until it is killed in the middle of its work.",
	cure: "Write it as a list: `CMD [\"python\", \"main.py\"]`. Where it needs a shell, for a variable say, begin with exec: `CMD exec python main.py $PORT`.",
	bad: "FROM python:3.13-slim@sha256:DIGEST\nUSER 1069\nCMD python main.py",
	good: "FROM python:3.13-slim@sha256:DIGEST\nUSER 1069\nCMD [\"python\", \"main.py\"]",
	*check({ image }) {
		for (const keyword of ["ENTRYPOINT", "CMD"]) {
			const line = image.findLast((one) => one.keyword === keyword);
			if (line && !line.isList && line.words.length > 0 && line.words[0] !== "exec" && !line.words[0].startsWith("[")) yield {
				line,
				message: `\`${keyword}\` without brackets: a shell starts it, and keeps its signals`,
				...asList(line)
			};
		}
	}
};
/** Of words that mean nothing to a shell. */
function asList({ keyword, words }) {
	const isPlain = words.every((word) => /^[\w./:@%+,=-]+$/.test(word)) && !words[0].includes("=");
	const list = words.map((word) => JSON.stringify(word)).join(", ");
	return isPlain ? { hint: `Write it as a list: \`${keyword} [${list}]\`.` } : {};
}
const envUnset = {
	name: "env-unset",
	severity: "warning",
	title: "A variable is set to nothing",
	why: "`ENV NAME $NAME` takes its value from an ARG or ENV above it: without one it is empty in the image, whatever your own shell had in it. Only the manifest, or `docker run`, gives it a value then.",
	cure: "Remove the line, or declare `ARG NAME` above it and give it to the build.",
	bad: "FROM node:24-slim@sha256:DIGEST\nENV PRG_NAME $PRG_NAME\nUSER 1069",
	good: "FROM node:24-slim@sha256:DIGEST\nARG PRG_NAME=nightly\nENV PRG_NAME=$PRG_NAME\nUSER 1069",
	*check({ stages }) {
		for (const { lines } of stages) for (const [i, line] of lines.entries()) {
			if (line.keyword !== "ENV") continue;
			const known = new Set(lines.slice(0, i).flatMap(({ settings }) => settings.map(({ name }) => name)));
			for (const { name, value = "" } of line.settings) if ((value === `$${name}` || value === `\${${name}}`) && !known.has(name)) yield {
				line,
				word: name,
				message: `\`${name}\` is set to itself, and nothing above gives it a value: it is empty`
			};
		}
	}
};
// src/ship/image/dockerfile/rules/install.ts
const lockFile = {
	name: "lock-file",
	severity: "warning",
	title: "Packages are installed without a lock file",
	why: "Whatever was newest on the day of the build is in the image: what the tests saw yesterday is not what runs tonight.",
	cure: "npm: commit package-lock.json, and write `npm ci --omit=dev`. pip: `pip install -r requirements.txt`, with a version to each, as `uv pip compile` or `pip freeze` write it.",
	bad: "FROM node:24-slim@sha256:DIGEST\nCOPY package.json ./\nRUN npm install\nUSER 1069",
	good: "FROM node:24-slim@sha256:DIGEST\nCOPY package.json package-lock.json ./\nRUN npm ci --omit=dev\nUSER 1069",
	*check({ stages }) {
		for (const line of stages.flatMap(({ lines }) => lines)) {
			if (line.keyword !== "RUN") continue;
			for (const command of commandsOf(line)) {
				const what = unlocked(command);
				if (what) yield {
					line,
					word: command[0],
					message: what
				};
			}
		}
	}
};
/** The commands of a line, each as its words: `a && b; c | d`. */
function commandsOf({ words }) {
	const commands = [[]];
	for (const word of words) {
		const ends = /^(&&|\|\||;|\|)$/.test(word);
		if (!ends) commands.at(-1).push(word.replace(/;$/, ""));
		if (ends || word.endsWith(";")) commands.push([]);
	}
	return commands.filter((command) => command.length > 0);
}
function unlocked(words) {
	const text = words.join(" ");
	if (/(^| )npm (install|i|add)( |$)/.test(text) && !/ (-g|--global|--location=global)( |$)/.test(text)) return "`npm install` takes what is newest where the lock file does not say: `npm ci` takes what it says, or fails";
	if (/(^| )yarn( install)?$/.test(text)) return "`yarn install` without `--immutable` may change the lock file";
	if (/(^| )pip3? install /.test(text)) return unpinned(words);
}
/** `pip install pandas` and `pandas>=2` are what is newest; so is nothing of a file, a folder or an exact version. */
function unpinned(words) {
	const given = words.slice(words.indexOf("install") + 1);
	const loose = given.filter((word, i) => !word.startsWith("-") && !takesValue.test(given[i - 1] ?? "")).filter((name) => /^[A-Za-z][\w.-]*(\[[^\]]*\])?([<>~!]=?[^=].*)?$/.test(name) && !tools.has(name));
	return loose.length > 0 ? `pip takes what is newest of ${loose.map((name) => `\`${name}\``).join(", ")}` : void 0;
}
const takesValue = /^(-r|--requirement|-c|--constraint|-i|--index-url|--extra-index-url|-f|--find-links|-t|--target|-e|--editable|--prefix|--root|--platform|--python-version)$/;
/** What installs the rest is often wanted new. */
const tools = /* @__PURE__ */ new Set([
	"pip",
	"setuptools",
	"wheel",
	"uv",
	"poetry"
]);
// src/ship/image/dockerfile/rules/local-run.ts
const localRun = {
	name: "local-run",
	severity: "warning",
	title: "What a local run has written is copied into the image",
	why: "Tables, records and output files of somebody's own machine hold data, and everyone who can fetch the image can read them. And where such a folder belongs to root, a run in the pod cannot write into it.",
	cure: "Write it into `.dockerignore`. `nais-etl build` leaves it out by itself, unless a line with `!` brings it back; other builders read that file alone.",
	bad: "FROM node:24-slim@sha256:DIGEST\nCOPY . /app/\nUSER 1069",
	good: "FROM node:24-slim@sha256:DIGEST\nCOPY pipeline.yaml /app/\nCOPY models/ /app/models/\nUSER 1069",
	*check({ stages }, { written = [] }) {
		for (const line of stages.flatMap(({ lines }) => lines)) {
			if (line.keyword !== "COPY" && line.keyword !== "ADD" || line.flags.has("from")) continue;
			for (const word of line.words.slice(0, -1)) {
				const taken = written.filter((path) => isCopied(path, word));
				if (taken.length === 0) continue;
				const names = taken.map((path) => `\`${path}\``).join(", ");
				const hint = `Write it into \`.dockerignore\`: ${names}. \`nais-etl build\` leaves it out by itself, unless a line with \`!\` brings it back.`;
				yield {
					line,
					word,
					message: `\`${word}\` copies what local runs write into the image: ${names}`,
					hint
				};
			}
		}
	}
};
/** Whether a path lies in what is copied, or is it. */
function isCopied(path, word) {
	const from = word.replace(/^(\.?\/)+/, "").replace(/\/+$/, "");
	return [
		"",
		".",
		"*"
	].includes(from) || path === from || path.startsWith(`${from}/`);
}
// src/ship/image/dockerfile/rules/pipeline.ts
/** They run the program that is named behind them, and without one they end at once, and well. */
const interpreters = /^(?:python[\d.]*|node|java|Rscript|bash|sh|dbt|papermill|jupyter)$/;
const otherProgram = {
	name: "other-program",
	severity: "error",
	title: "The image of a pipeline starts another program",
	why: "The Naisjob starts what the image starts. Where that is the old script, the job is green, and the script has written the tables: nothing that pipeline.yaml says was done, and none of its checks.",
	cure: "Delete the Dockerfile: `nais-etl build` makes one. Or build on the runtime image (docs/image.md), without ENTRYPOINT and CMD; or install nais-etl in yours, and end it with `ENTRYPOINT [\"npx\", \"nais-etl\"]` and `CMD [\"run\"]`.",
	bad: "FROM python:3.13-slim@sha256:DIGEST\nCOPY main.py .\nUSER 1069\nCMD [\"python\", \"main.py\"]",
	good: "FROM node:24-slim@sha256:DIGEST\nCOPY package.json package-lock.json pipeline.yaml ./\nRUN npm ci\nUSER 1069\nENTRYPOINT [\"npx\", \"nais-etl\"]\nCMD [\"run\"]",
	*check({ image, stages }, { isPipeline = false }) {
		if (!isPipeline) return;
		const last = (keyword) => image.findLast((line) => line.keyword === keyword);
		const started = [last("ENTRYPOINT"), last("CMD")].filter((line) => line !== void 0);
		const words = started.flatMap((line) => line.words);
		const bases = stages.map(({ base }) => base);
		if ([...words, ...bases.map(({ text }) => text)].some((text) => text.includes("nais-etl"))) return;
		const [program] = words;
		const [line] = started;
		if (line && interpreters.test(posix.basename(program ?? "")) && !words.some((word) => word === "-c" || word === "-e")) yield {
			line,
			message: `the image starts \`${words.join(" ")}\`, and not the pipeline`
		};
		else if (!line && !bases.some(({ isOpen }) => isOpen)) yield {
			line: stages.at(-1).from,
			message: `the image starts what \`${bases.at(-1).text}\` starts, and not the pipeline`,
			severity: "warning"
		};
	}
};
// src/ship/image/dockerfile/rules/secret.ts
const secretCopied = {
	name: "secret-copied",
	severity: "error",
	title: "A secret is copied into the image",
	why: "Everyone who can fetch the image can read it, in every layer, deleted files too. And it has to be built again when the secret changes.",
	cure: "Take it out, and let the pod get it: `secrets:` in pipeline.yaml. What the build itself needs: `RUN --mount=type=secret,id=NAME`.",
	bad: "FROM python:3.13-slim@sha256:DIGEST\nCOPY service-account.json /app/\nUSER 1069",
	good: "FROM python:3.13-slim@sha256:DIGEST\nCOPY main.py /app/\nUSER 1069",
	*check({ stages }) {
		for (const line of stages.flatMap(({ lines }) => lines)) {
			if (line.keyword !== "COPY" && line.keyword !== "ADD" || line.flags.has("from")) continue;
			for (const word of line.words.slice(0, -1).filter(looksLikeSecretFile)) yield {
				line,
				word,
				message: `\`${word}\` looks like a secret, and everyone who has the image has it`
			};
		}
	}
};
const secretInImage = {
	name: "secret-in-image",
	severity: "error",
	title: "A secret is written into the image",
	why: "Values of ENV, and of ARG too, stand in the image's history: `docker history` shows them to everyone who can fetch it.",
	cure: "For a run: `secrets:` in pipeline.yaml. For the build: `RUN --mount=type=secret,id=NAME`, with `--secret` of `nais-etl build`.",
	bad: "FROM python:3.13-slim@sha256:DIGEST\nARG NPM_TOKEN\nUSER 1069",
	good: "FROM python:3.13-slim@sha256:DIGEST\nRUN --mount=type=secret,id=NPM_TOKEN cat /run/secrets/NPM_TOKEN | wc -c\nUSER 1069",
	*check({ stages }) {
		for (const line of stages.flatMap(({ lines }) => lines)) {
			if (line.keyword !== "ENV" && line.keyword !== "ARG") continue;
			const secret = line.settings.filter(({ name, value }) => looksLikeSecretName(name) && value !== "");
			for (const { name } of secret) yield {
				line,
				word: name,
				message: `\`${line.keyword} ${name}\`: its value stands in the image's history`
			};
		}
	}
};
// src/ship/image/dockerfile/rules/user.ts
const rootUser = {
	name: "root-user",
	severity: "error",
	title: "The image runs as root",
	why: "nais starts every pod as user 1069 whatever the image says, and Airflow as 50000: what root alone may read or write works at the desk and fails in the pod. Elsewhere a root image is refused, or is a way in.",
	cure: "End the file with `USER 1069`, after all that needs root.",
	bad: "FROM python:3.13-slim@sha256:DIGEST\nRUN useradd app\nCOPY . /app",
	good: "FROM python:3.13-slim@sha256:DIGEST\nCOPY . /app\nUSER 1069",
	*check(dockerfile) {
		const user = lastUser(dockerfile);
		if (user === void 0) yield* noUser(dockerfile);
		else if (isRoot(nameOf$2(user))) yield {
			line: user,
			message: `the image runs as root: \`${user.keyword} ${user.words[0] ?? ""}\` is the last that is said of it`
		};
	}
};
function* noUser(dockerfile) {
	const last = dockerfile.stages.at(-1);
	const { text } = bottomOf(last).base;
	if (bringsUser.test(text)) return;
	const maker = dockerfile.image.find(({ keyword, words }) => keyword === "RUN" && words.some((word) => /(^|\/)(useradd|adduser)$/.test(word)));
	const message = maker ? "the image runs as root: a user is made here, but no USER switches to it" : `the image runs as whoever \`${text}\` does, which is mostly root: there is no USER`;
	yield {
		line: maker ?? last.from,
		message
	};
}
/** Bases whose makers say that they run as somebody else. */
const bringsUser = /nonroot|nais-etl|^cgr\.dev\/chainguard\//;
const userName = {
	name: "user-name",
	severity: "warning",
	profile: "nais",
	title: "The user has a name and no number",
	why: "Kubernetes cannot know whether a name is root: a pod that must not run as root is not started from such an image (`runAsNonRoot and image has non-numeric user`).",
	cure: "Write the number: `USER 1069`.",
	bad: "FROM node:24-slim@sha256:DIGEST\nUSER node",
	good: "FROM node:24-slim@sha256:DIGEST\nUSER 1000",
	*check(dockerfile) {
		const user = lastUser(dockerfile);
		const name = nameOf$2(user);
		if (user === void 0 || name === "" || isRoot(name) || /^\d+$/.test(name) || name.includes("$")) return;
		yield {
			line: user,
			message: `\`${name}\` is a name: who that is, only the image knows`
		};
	}
};
const airflowUser = {
	name: "airflow-user",
	severity: "error",
	profile: "airflow",
	title: "The image is not made for Airflow's user",
	why: "KNADA's Airflow starts its workers as user `airflow`, 50000. An image whose files belong to somebody else cannot write its logs or read its code.",
	cure: "Make the user, and end with it: `RUN useradd --uid 50000 airflow`, then `USER 50000`.",
	bad: "FROM python:3.13-slim@sha256:DIGEST\nUSER 1069",
	good: "FROM python:3.13-slim@sha256:DIGEST\nRUN useradd --uid 50000 airflow\nUSER 50000",
	*check(dockerfile) {
		const user = lastUser(dockerfile);
		const name = nameOf$2(user);
		if (user === void 0 || isRoot(name) || name.includes("$") || name === "50000" || name === "airflow") return;
		yield {
			line: user,
			message: `the image runs as \`${name}\`, and Airflow's workers as \`airflow\` (50000)`
		};
	}
};
function lastUser({ image }) {
	return image.findLast(({ keyword }) => keyword === "USER");
}
/** Without the group. */
function nameOf$2(user) {
	return (user?.words[0] ?? "").replace(/(?<!\{[^}]*):.*$/, "");
}
function isRoot(name) {
	return /^(root|0+)$/.test(name);
}
// src/ship/image/dockerfile/rules.ts
const dockerfileRules = [
	airflowUser,
	baseDigest,
	baseEndOfLife,
	baseMusl,
	baseTag,
	entrypointShell,
	envUnset,
	localRun,
	lockFile,
	otherProgram,
	platform,
	rootUser,
	secretCopied,
	secretInImage,
	userName
];
// src/ship/image/dockerfile/lint.ts
/** In the order of the file. */
function lintDockerfile({ text, file, ...situation }) {
	const dockerfile = readDockerfile(text, file);
	if (dockerfile.stages.length === 0) return [noStage(file)];
	const problems = dockerfileRules.filter(({ profile = situation.profile }) => profile === situation.profile).flatMap((rule) => problemsOf(rule, dockerfile, situation));
	return applyIgnores({
		text,
		file,
		problems,
		known: dockerfileRules.map(({ name }) => name)
	}).toSorted((a, b) => a.where.line - b.where.line || a.where.column - b.where.column);
}
function noStage(file) {
	return {
		severity: "error",
		rule: "no-base",
		message: "there is no FROM",
		hint: "A Dockerfile begins with the image that it builds on: `FROM node:24-slim`.",
		where: {
			file,
			line: 1,
			column: 1
		}
	};
}
function problemsOf(rule, dockerfile, situation) {
	const { name, cure } = rule;
	return [...rule.check(dockerfile, situation)].map(({ line, word, message, hint = cure, severity = rule.severity }) => ({
		severity,
		rule: name,
		message,
		hint,
		where: dockerfile.where(line, word)
	}));
}
// src/ship/image/generate.ts
/** Where the pipeline lies in the image, and a run starts. */
const folder = "/pipeline";
/**
* Layers in the order in which they change: packages with their lock file, and last the pipeline, so that a change of a
* model pushes that alone. Root only while packages are installed; `COPY` gives files to root, so a run cannot change them.
*/
function generateDockerfile({ base, packages }) {
	const install = packages.flatMap(installLines);
	return `${[
		"# Made by nais-etl build. A Dockerfile in the folder takes its place.",
		`FROM ${base}`,
		`WORKDIR ${folder}`,
		...install.length > 0 ? [
			"USER 0",
			...install,
			"USER 1069"
		] : [],
		"COPY . ."
	].join("\n")}\n`;
}
function installLines(packages) {
	if (packages.kind === "npm") return [`COPY ${packages.manifest} ${packages.lock} ./`, `RUN ${cache("/tmp/npm")} npm ci --omit=dev --ignore-scripts --no-audit --no-fund --cache /tmp/npm`];
	const where = packages.isInImage ? "--no-index" : "--cache-dir /tmp/pip";
	return [`COPY ${packages.lock} ./`, `RUN ${cache("/tmp/pip")} python3 -m pip install ${where} --requirement ${packages.lock}`];
}
/** Kept by the builder from build to build, and no part of a layer. */
function cache(path) {
	return `--mount=type=cache,target=${path}`;
}
// src/spec/runtime-packages.ts
/** Packages of Python that the runtime image has: `image/requirements.in`, and what these bring that models import. */
const runtimePackages = /* @__PURE__ */ new Set([
	"pandas",
	"polars",
	"pyarrow",
	"numpy"
]);
// src/ship/image/packages.ts
/** Packages that a pipeline brings besides those of the runtime image. Without a lock file there is no image. */
async function findPackages(places) {
	const found = await Promise.all([npmPackages$1(places), pipPackages(places)]);
	return {
		packages: found.flatMap(({ packages }) => packages),
		problems: found.flatMap(({ problems }) => problems)
	};
}
const none = {
	packages: [],
	problems: []
};
async function npmPackages$1({ folder, show }) {
	const manifest = "package.json";
	const text = await readFile(join(folder, manifest), "utf8").catch(() => void 0);
	if (text === void 0 || !needsPackages(text)) return none;
	for (const lock of ["npm-shrinkwrap.json", "package-lock.json"]) if (await exists(join(folder, lock))) return {
		packages: [{
			kind: "npm",
			manifest,
			lock
		}],
		problems: []
	};
	return refused({
		message: "its packages have no lock file of npm: which versions would be in the image is not known",
		hint: "Make one with `npm install --package-lock-only`, and commit package-lock.json.",
		file: show(manifest)
	});
}
/** The runtime image holds nais-etl itself. */
function needsPackages(text) {
	try {
		const { dependencies = {} } = JSON.parse(text);
		return Object.keys(dependencies).some((name) => name !== "nais-etl");
	} catch {
		return true;
	}
}
async function pipPackages({ folder, show }) {
	const lock = "requirements.txt";
	const text = await readFile(join(folder, lock), "utf8").catch(() => void 0);
	if (text === void 0) return uvOnly({
		folder,
		show
	});
	const problems = [...looseRequirements(text)].filter(({ requirement }) => !isOfImage(requirement)).map(({ line, requirement }) => ({
		severity: "error",
		rule: "lock-file",
		message: `\`${requirement}\` has no exact version: which one would be in the image is not known`,
		hint: `Write the version: \`${requirement.split(/[<>=~!;[ ]/)[0]}==…\`. \`python3 -m pip freeze\` prints those that are installed; \`uv pip compile\` finds them.`,
		where: {
			file: show(lock),
			line,
			column: 1
		}
	}));
	const lines = text.split(/\r?\n/).filter((line) => !/^\s*(#.*)?$/.test(line));
	const packages = [{
		kind: "pip",
		lock,
		isInImage: lines.every((line) => isOfImage(line))
	}];
	return {
		packages: lines.length === 0 ? [] : packages,
		problems
	};
}
/** `pandas`, `pandas>=2.2`: which one that is, the runtime image says. */
function isOfImage(requirement) {
	const [, name = ""] = /^([\w.-]+)\s*(?:>=\s*[\w.]+\s*)?(?:#.*)?$/.exec(requirement) ?? [];
	return runtimePackages.has(name.toLowerCase());
}
async function uvOnly({ folder, show }) {
	if (!await exists(join(folder, "uv.lock"))) return none;
	return refused({
		message: "the image is built from requirements.txt, and there is only uv.lock",
		hint: "Write it with `uv export --frozen --no-dev --no-emit-project --output-file requirements.txt`, and commit it.",
		file: show("uv.lock")
	});
}
/** Lines of requirements.txt that leave the version open. Options, files and addresses with a hash or a commit do not. */
function* looseRequirements(text) {
	const lines = text.replaceAll("\\\n", " \0").split("\n");
	let number = 1;
	for (const line of lines) {
		const requirement = line.replaceAll("\0", "").replace(/(^|\s)#.*$/, "").trim();
		const isOption = requirement.startsWith("-");
		const isExact = /^[\w.-]+(\[[^\]]*\])?\s*===?\s*[^*,\s]+(\s*;.*)?(\s+--hash=.*)?$/.test(requirement);
		if (requirement !== "" && !isOption && !isExact && !/@\s*\S+/.test(requirement)) yield {
			line: number,
			requirement: requirement.split(/\s+--hash/)[0]
		};
		number += 1 + line.split("\0").length - 1;
	}
}
function refused({ message, hint, file }) {
	return {
		packages: [],
		problems: [{
			severity: "error",
			rule: "lock-file",
			message,
			hint,
			where: { file }
		}]
	};
}
// src/ship/image/plan-build.ts
/** What a build needs, known before anything is built: the Dockerfile, the names, and what is wrong. */
async function planBuild(options) {
	const { folder, dockerfile, pipelines, local, context } = options;
	const own = dockerfile === void 0 ? resolve(folder, "Dockerfile") : resolve(context.cwd, dockerfile);
	const hasOwn = dockerfile !== void 0 || await exists(own);
	const lists = {
		written: writtenLocally([...pipelines, ...local], folder),
		own: await readOwnList({
			folder,
			dockerfile: own
		})
	};
	const plan = hasOwn ? await planOwn({
		own,
		lists,
		isPipeline: pipelines.some(startsByItself),
		context
	}) : await planGenerated(options, lists);
	const credentials = await scanFolder({
		folder,
		show: shownFrom(folder, context),
		isWanted: await mayLeak({
			folder,
			leftOut: plan.leftOut,
			context
		}),
		signal: context.signal
	});
	return {
		...plan,
		problems: [...plan.problems, ...credentials]
	};
}
/** What the image will hold, and what the repository holds already. */
async function mayLeak({ folder, leftOut, context }) {
	const isLeftOut = matchLeftOut(leftOut);
	const committed = await committedFiles(folder, context);
	return (path) => !isLeftOut(path) || committed.has(path);
}
/** Paths below the folder; none where it is in no repository, or there is no git. */
async function committedFiles(folder, context) {
	const argv = [
		"git",
		"-c",
		"core.quotePath=false",
		"ls-files"
	];
	try {
		return new Set((await runProgram({
			argv,
			cwd: folder,
			what: "asking for what is committed"
		}, context)).split("\n"));
	} catch (error) {
		context.signal.throwIfAborted();
		if (error instanceof EtlError) return /* @__PURE__ */ new Set();
		throw error;
	}
}
/** Its Naisjob starts what the image starts. */
function startsByItself({ spec }) {
	return spec.nais?.["command"] === void 0;
}
async function planOwn({ own, lists, isPipeline, context: { cwd, now } }) {
	const file = relative(cwd, own) || own;
	const text = await readFile(own, "utf8").catch((cause) => {
		throw new EtlError({
			code: "usage",
			message: `${file} cannot be read`,
			hint: "Check the path.",
			cause
		});
	});
	const leftOut = leftOutOfOwn(lists);
	const written = takenAlong(lists.written, leftOut);
	return {
		dockerfile: text,
		isGenerated: false,
		leftOut,
		problems: lintDockerfile({
			text,
			file,
			profile: "nais",
			now: now(),
			written,
			isPipeline
		})
	};
}
async function planGenerated({ folder, base, pipelines, context }, lists) {
	const { packages, problems } = await findPackages({
		folder,
		show: shownFrom(folder, context)
	});
	const unread = pipelines.flatMap((pipeline) => neverRead(pipeline).map((path) => relative(folder, resolve(pipeline.folder, path))));
	const leftOut = leftOutOfGenerated([...new Set(unread)], lists);
	const missing = missingPipelines({
		folder,
		pipelines,
		leftOut
	});
	return {
		dockerfile: generateDockerfile({
			base: await base(),
			packages
		}),
		isGenerated: true,
		leftOut,
		problems: [...problems, ...missing]
	};
}
/** A list that somebody wrote for another image may leave all of it out. */
function missingPipelines({ folder, pipelines, leftOut }) {
	const isLeftOut = matchLeftOut(leftOut);
	return pipelines.filter(({ file }) => isLeftOut(relative(folder, file).replaceAll("\\", "/"))).map(({ shownFile }) => ({
		severity: "error",
		message: `${shownFile} is left out of the image, by a line of .dockerignore`,
		hint: "Bring it and the models back, with lines that begin with `!`, or take that line out.",
		where: { file: shownFile }
	}));
}
/** Tests, and samples that no source on nais reads. */
function neverRead({ spec }) {
	const sources = Object.values(spec.sources ?? {});
	const read = new Set(sources.flatMap((source) => source.type === "file" ? [source.path] : []));
	return ["tests", ...sources.flatMap(({ sample }) => sample === void 0 || /[*?[{]/.test(sample) ? [] : [sample]).filter((sample) => !read.has(sample))];
}
function shownFrom(folder, { cwd }) {
	return (path) => relative(cwd, resolve(folder, path)) || path;
}
// src/ship/image/runtime-image.ts
/** With its digest: a tag that has none is looked up, so that the Dockerfile says exactly which. */
async function runtimeImage({ base, needsPython, context }) {
	const image = parseReference(base ?? context.env["NAIS_ETL_BASE_IMAGE"] ?? released(needsPython));
	if (image.digest !== void 0 || image.registry === "localhost") return formatReference(image);
	const digest = await digestOf(image, void 0, context);
	if (digest !== void 0) return formatReference({
		...image,
		digest
	});
	throw new EtlError({
		code: "failed",
		message: `there is no image ${formatReference(image)}`,
		hint: "Name one with `--base`, or NAIS_ETL_BASE_IMAGE."
	});
}
function released(needsPython) {
	const { version, repository } = packageFacts();
	const url = typeof repository === "string" ? repository : repository?.url;
	const [, owner] = /github(?:\.com)?[:/]([\w-]+)\//.exec(url ?? "") ?? [];
	if (owner !== void 0) return `ghcr.io/${owner.toLowerCase()}/nais-etl:${version}${needsPython ? "-python" : ""}`;
	throw new EtlError({
		code: "usage",
		message: "this copy of nais-etl was not released, so there is no runtime image of it",
		hint: "Build one in its repository, `node scripts/runtime-image.js --image localhost/nais-etl-runtime:1`, and name it with `--base`, or NAIS_ETL_BASE_IMAGE."
	});
}
// src/ship/image/cosign.ts
function signArgv(call) {
	return [
		"cosign",
		"sign",
		...shared(call),
		call.image
	];
}
/** @param sbom file of a list in CycloneDX */
function attestArgv(call, sbom) {
	return [
		"cosign",
		"attest",
		...shared(call),
		"--type",
		"cyclonedx",
		"--predicate",
		sbom,
		call.image
	];
}
function shared({ signer, services }) {
	return signer === "keyless" ? ["--yes"] : [
		"--yes",
		"--key",
		signer.key,
		"--signing-config",
		services
	];
}
/** No log, no authority, no clock of others: who signs with a key tells nobody. */
const noServices = { mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json" };
const oldest = 3;
/** @throws {EtlError} `failed` where it is not here, or too old */
async function findCosign(context) {
	const text = await runProgram({
		argv: [
			"cosign",
			"version",
			"--json"
		],
		cwd: context.cwd,
		what: "looking for cosign"
	}, context).catch(() => {
		context.signal.throwIfAborted();
		throw missing("there is no cosign here, which signs images");
	});
	const [, version, major] = /"gitVersion":\s*"v?((\d+)[^"]*)"/.exec(text) ?? [];
	if (major !== void 0 && Number(major) < oldest) throw missing(`cosign is here in version ${version}, and ${oldest} or newer is needed`);
}
function missing(message) {
	return new EtlError({
		code: "failed",
		part: "cosign",
		message,
		hint: "In a workflow: a step with sigstore/cosign-installer before. Elsewhere: https://docs.sigstore.dev/cosign/system_config/installation. Or leave `--sign` out."
	});
}
// src/ship/image/sign-image.ts
/** An image signed where its registry has it, and the list of what it holds attested. */
/**
* Who is to sign. Asked before anything is built.
* @throws {EtlError} `usage` where that is not said, `failed` where cosign is not here
*/
async function chooseSigner({ sign, signKey }, context) {
	const { env } = context;
	const key = signKey ?? env["COSIGN_KEY"];
	if (sign !== true && sign !== "keyless") throw new EtlError({
		code: "usage",
		message: `--sign: there is no way \`${String(sign)}\``,
		hint: ways
	});
	if (sign === true && !key) throw new EtlError({
		code: "usage",
		message: "--sign: no key is named",
		hint: ways
	});
	if (sign === "keyless" && signKey !== void 0) throw new EtlError({
		code: "usage",
		message: "--sign keyless and --sign-key exclude each other",
		hint: ways
	});
	if (sign === "keyless" && env["GITHUB_ACTIONS"] === "true" && !mayAskGithub(context)) throw await notAllowed$1(context);
	if (sign === true) checkPassword(key, context);
	await findCosign(context);
	return sign === true ? { key } : "keyless";
}
const ways = "With a key: `--sign --sign-key FILE` (or COSIGN_KEY), and its password in COSIGN_PASSWORD. Without one: `--sign keyless`, which writes into a public log which repository and workflow made the image, for good.";
/** Keys of key management services have no password. Without it, cosign would ask somebody who is not there. */
function checkPassword(key, { env, log }) {
	for (const name of [
		"COSIGN_PASSWORD",
		"COSIGN_PRIVATE_KEY",
		key.replace(/^env:\/\//, "")
	]) if (env[name]) log.mask(env[name]);
	if (/^\w+:\/\//.test(key) && !key.startsWith("env://") || env["COSIGN_PASSWORD"] !== void 0) return;
	throw new EtlError({
		code: "usage",
		part: "cosign",
		message: "the key's password is not given",
		hint: "Set the variable COSIGN_PASSWORD, to nothing where the key has none. It is never an argument."
	});
}
/** @throws {EtlError} `failed`; the image is pushed by then, and not signed */
async function signImage({ signer, image, sbom, context }) {
	const folder = await mkdtemp(join(context.tmpdir, "nais-etl-sign-"));
	try {
		const services = join(folder, "services.json");
		await writeFile(services, JSON.stringify(noServices));
		const login = await registryLogin({
			image,
			folder,
			login: await loginFor(image, context)
		});
		const env = {
			...keysOf(signer, context),
			...login
		};
		const name = formatReference({
			...image,
			tag: void 0
		});
		const call = {
			signer,
			image: name,
			services
		};
		const run = (argv, what) => context.effect("image.sign", () => tryCosign({
			argv,
			env,
			what
		}, context));
		await run(signArgv(call), `signing ${name}`);
		if (sbom !== void 0) await run(attestArgv(call, sbom), `attesting what ${name} holds`);
	} finally {
		await rm(folder, {
			recursive: true,
			force: true
		});
	}
}
/** Its key and password, or what it opens the key management service with; without a key, what it asks GitHub with who we are. */
function keysOf(signer, { env }) {
	const named = signer === "keyless" ? void 0 : /^env:\/\/(.+)/.exec(signer.key)?.[1];
	const own = Object.entries(env).filter(([name]) => name === named || /^(COSIGN|SIGSTORE|ACTIONS_ID_TOKEN|AWS|AZURE|GOOGLE|VAULT)_/.test(name));
	return Object.fromEntries(own);
}
/** In a file that only we can read: as an argument of cosign, everybody on the machine could. */
async function registryLogin({ image, folder, login }) {
	if (login === void 0) return {};
	const auth = Buffer.from(`${login.user}:${login.password}`).toString("base64");
	const server = image.registry === "docker.io" ? "https://index.docker.io/v1/" : image.registry;
	await writeFile(join(folder, "config.json"), JSON.stringify({ auths: { [server]: { auth } } }), { mode: 384 });
	return { DOCKER_CONFIG: folder };
}
const patience = 6e4;
async function tryCosign({ argv, env, what }, context) {
	const act = () => runProgram({
		argv,
		cwd: context.cwd,
		env,
		what,
		hint: hintOf
	}, context);
	await retry(act, {
		context,
		what,
		within: patience,
		judge
	});
}
/** Public services have their hiccups. */
function judge(error) {
	const text = error instanceof EtlError ? error.message : "";
	return /timeout|connection reset|broken pipe|EOF|too many requests|\b(429|50[0234])\b/i.test(text) ? {
		again: "later",
		least: 2e3
	} : { again: "never" };
}
function hintOf(output) {
	if (/decryption failed/.test(output)) return "The password in COSIGN_PASSWORD is not that of this key.";
	if (/reading key|no such file/.test(output)) return "Check the key that `--sign-key` or COSIGN_KEY names.";
	if (/denied|unauthorized|\b40[13]\b/i.test(output)) return "A signature lies in the registry beside its image: the login must be allowed to write there.";
	if (/no such host|connection refused/.test(output)) return "`--sign keyless` needs Sigstore's public services; a signature with a key needs the registry alone.";
	return "The image is pushed, and not signed. Run it again.";
}
// src/ship/image/sbom/licence.ts
/** Those of SPDX that packages of npm and pip mostly have: https://spdx.org/licenses */
const known = `
  0BSD AFL-2.1 AGPL-3.0-only AGPL-3.0-or-later Apache-1.1 Apache-2.0 Artistic-2.0 BlueOak-1.0.0 BSD-2-Clause
  BSD-3-Clause BSD-3-Clause-Clear BSD-4-Clause BSL-1.0 CC-BY-3.0 CC-BY-4.0 CC0-1.0 CNRI-Python EPL-1.0 EPL-2.0
  GPL-2.0-only GPL-2.0-or-later GPL-3.0-only GPL-3.0-or-later HPND ISC LGPL-2.1-only LGPL-2.1-or-later
  LGPL-3.0-only LGPL-3.0-or-later MIT MIT-0 MPL-1.1 MPL-2.0 NCSA OFL-1.1 OpenSSL PostgreSQL PSF-2.0 Python-2.0
  Ruby Unicode-3.0 Unicode-DFS-2016 Unlicense UPL-1.0 W3C WTFPL X11 Zlib ZPL-2.1
`.trim().split(/\s+/);
const byName = new Map(known.map((id) => [id.toLowerCase(), id]));
/** What many packages of Python write instead. */
const alsoCalled = {
	"apache 2": "Apache-2.0",
	"apache 2.0": "Apache-2.0",
	"apache license 2.0": "Apache-2.0",
	"apache license, version 2.0": "Apache-2.0",
	"apache software license": "Apache-2.0",
	"apache software license 2.0": "Apache-2.0",
	"bsd 2-clause": "BSD-2-Clause",
	"bsd 3-clause": "BSD-3-Clause",
	"bsd 3-clause license": "BSD-3-Clause",
	"mit license": "MIT",
	"the mit license": "MIT",
	"isc license": "ISC",
	psf: "PSF-2.0"
};
function licenceOf$1(text) {
	const words = text.trim();
	const id = byName.get(words.toLowerCase()) ?? alsoCalled[words.toLowerCase()];
	if (id !== void 0) return { license: { id } };
	const parts = words.split(/\s+(?:AND|OR)\s+|[()]/).filter((part) => part.trim() !== "");
	return /\b(AND|OR)\b/.test(words) && parts.every((part) => byName.has(part.trim().toLowerCase())) ? { expression: words } : { license: { name: words } };
}
// src/ship/image/sbom/package.ts
/** Source: https://github.com/package-url/purl-spec */
function purlOf({ kind, namespace, name, version, qualifiers = {} }) {
	const path = [...namespace === void 0 ? [] : [namespace], ...name.split("/")].map(encode).join("/");
	const text = Object.entries(qualifiers).toSorted(([a], [b]) => a < b ? -1 : 1).map(([key, value]) => `${key}=${encode(value)}`).join("&");
	return `pkg:${kind}/${path}@${encode(version)}${text === "" ? "" : `?${text}`}`;
}
/** As the specification writes it: of what stands there a colon alone is left. */
function encode(text) {
	return encodeURIComponent(text).replaceAll(/[!'()*]/g, (sign) => `%${sign.codePointAt(0).toString(16).toUpperCase()}`).replaceAll("%3A", ":");
}
// src/ship/image/sbom/cyclonedx.ts
/** A list of what an image holds, in the form that scanners and the platform read: https://cyclonedx.org/docs/1.6/json */
/** The same image gives the same list: without the time, and in order. */
function makeBom({ image, packages, version }) {
	const components = componentsOf(packages);
	const component = containerOf(image);
	return {
		$schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
		bomFormat: "CycloneDX",
		specVersion: "1.6",
		serialNumber: serialOf(JSON.stringify([
			component,
			components,
			version
		])),
		version: 1,
		metadata: {
			tools: { components: [{
				type: "application",
				name: "nais-etl",
				version
			}] },
			component
		},
		components
	};
}
function containerOf(image) {
	const { registry, repository, tag, digest } = image;
	const name = `${registry}/${repository}`;
	if (digest === void 0) return {
		type: "container",
		"bom-ref": formatReference(image),
		name,
		version: tag ?? ""
	};
	const query = [`repository_url=${encode(name)}`, ...tag === void 0 ? [] : [`tag=${encode(tag)}`]].join("&");
	const purl = `pkg:oci/${encode(repository.split("/").at(-1))}@${encode(digest)}?${query}`;
	const [algorithm = "", content = ""] = digest.split(":");
	return {
		type: "container",
		"bom-ref": purl,
		name,
		version: digest,
		hashes: [{
			alg: algorithm.replace("sha", "SHA-"),
			content
		}],
		purl
	};
}
/** What lies in several places is one component, with each place. */
function componentsOf(packages) {
	return [...Map.groupBy(packages, purlOf)].toSorted(([a], [b]) => a < b ? -1 : 1).map(([purl, found]) => componentOf(purl, found));
}
function componentOf(purl, found) {
	const [first] = found;
	const [, group, name = first.name] = /^(@[^/]+)\/(.+)$/.exec(first.name) ?? [];
	const hash = found.find((one) => one.hash)?.hash;
	const licence = found.find((one) => one.licence)?.licence;
	const places = [...new Set(found.flatMap(({ path }) => path ?? []))].toSorted();
	return {
		type: first.kind === "generic" ? "platform" : "library",
		"bom-ref": purl,
		...group !== void 0 && { group },
		name,
		version: first.version,
		...hash && { hashes: [{
			alg: hash.algorithm,
			content: hash.content
		}] },
		...licence !== void 0 && { licenses: [licenceOf$1(licence)] },
		purl,
		...places.length > 0 && { evidence: { occurrences: places.map((location) => ({ location: `/${location}` })) } }
	};
}
/** A UUID of what stands in the list, as version 8 of RFC 9562 has it for makers' own ways. */
function serialOf(content) {
	const digits = createHash("sha256").update(content).digest("hex");
	return `urn:uuid:${[...[
		digits.slice(0, 8),
		digits.slice(8, 12),
		`8${digits.slice(13, 16)}`,
		`8${digits.slice(17, 20)}`
	], digits.slice(20, 32)].join("-")}`;
}
// src/ship/image/sbom/tar.ts
const block = 512;
/** @throws where the archive ends too early, or is none */
async function* readTar(source) {
	const bytes = createReader(source);
	let long = {};
	for (;;) {
		const header = await bytes.take(block);
		if (header === void 0 || header.every((byte) => byte === 0)) return;
		const { type, size, ...head } = readHeader(header);
		const length = long.size ?? size;
		const padding = (block - length % block) % block;
		const extension = extensionOf(type);
		if (extension) {
			long = {
				...long,
				...extension(await needed(bytes, length))
			};
			await bytes.skip(padding);
			continue;
		}
		const path = (long.path ?? head.path).replace(/^(\.?\/)+/, "").replace(/\/$/, "");
		const [offset, end] = [bytes.position, bytes.position + length + padding];
		const read = () => needed(bytes, length);
		yield {
			path,
			kind: kinds[type] ?? "other",
			target: long.target ?? head.target,
			size: length,
			offset,
			read
		};
		await bytes.skip(end - bytes.position);
		long = {};
	}
}
const kinds = {
	"0": "file",
	"\0": "file",
	"1": "hardlink",
	"2": "symlink"
};
function extensionOf(type) {
	if (type === "x") return readPax;
	if (type === "L") return (content) => ({ path: textOf(content) });
	if (type === "K") return (content) => ({ target: textOf(content) });
	return type === "g" ? () => ({}) : void 0;
}
/** `28 path=some/long/name\n`, with the bytes of the whole line first. */
function readPax(content) {
	const found = {};
	for (let at = 0; at < content.length;) {
		const length = Number.parseInt(content.toString("latin1", at, at + 20), 10);
		if (!(length > 0)) break;
		const [, key, value] = /^\d+ ([^=]+)=(.*)\n$/s.exec(content.toString("utf8", at, at + length)) ?? [];
		if (key === "path") found.path = value;
		if (key === "linkpath") found.target = value;
		if (key === "size") found.size = Number(value);
		at += length;
	}
	return found;
}
function readHeader(header) {
	const prefix = header.toString("latin1", 257, 262) === "ustar" && header[263] !== 32 ? textOf(header.subarray(345, 500)) : "";
	const name = textOf(header.subarray(0, 100));
	return {
		path: prefix === "" ? name : `${prefix}/${name}`,
		size: numberOf(header.subarray(124, 136)),
		type: String.fromCharCode(header[156]),
		target: textOf(header.subarray(157, 257))
	};
}
function textOf(bytes) {
	const end = bytes.indexOf(0);
	return bytes.toString("utf8", 0, end < 0 ? bytes.length : end);
}
/** Octal, or what GNU does with more than 8 GiB: the bytes of the number itself. */
function numberOf(field) {
	if ((field[0] & 128) !== 0) return Number(field.readBigUInt64BE(4));
	const number = Number.parseInt(textOf(field).trim() || "0", 8);
	if (Number.isNaN(number)) throw new Error("this is no tar archive");
	return number;
}
async function needed(reader, bytes) {
	const taken = bytes === 0 ? Buffer.alloc(0) : await reader.take(bytes);
	if (taken === void 0) throw new Error("the archive ends too early");
	return taken;
}
function createReader(source) {
	const chunks = source[Symbol.asyncIterator]();
	let rest = /* @__PURE__ */ new Uint8Array();
	let position = 0;
	/** Hands on up to so many bytes as they came; none at the end. */
	const next = async (most) => {
		while (rest.length === 0) {
			const { value, done } = await chunks.next();
			if (done) return void 0;
			rest = value;
		}
		const part = rest.subarray(0, most);
		rest = rest.subarray(part.length);
		position += part.length;
		return part;
	};
	return {
		get position() {
			return position;
		},
		async take(bytes) {
			const parts = [];
			for (let missing = bytes; missing > 0;) {
				const part = await next(missing);
				if (part === void 0) return void 0;
				parts.push(part);
				missing -= part.length;
			}
			return Buffer.concat(parts);
		},
		async skip(bytes) {
			for (let missing = bytes; missing > 0;) {
				const part = await next(missing);
				if (part === void 0) throw new Error("the archive ends too early");
				missing -= part.length;
			}
		}
	};
}
// src/ship/image/sbom/image-files.ts
/**
* The files of an image, out of the archive that every builder can write (`docker save`): its layers one upon the other.
* Nothing of the image is started for it. Source: https://github.com/opencontainers/image-spec/blob/main/layer.md
*/
const largestFile = 8 * 2 ** 20;
/** @throws where the archive is none of an image */
async function readImageFiles({ archive, isWanted, signal }) {
	const parts = await listParts(archive, signal);
	const read = async (path) => JSON.parse((await bytesOf(archive, partAt(parts, path))).toString());
	const [manifest] = await read("manifest.json");
	const config = await read(manifest.Config);
	const files = /* @__PURE__ */ new Map();
	for (const layer of manifest.Layers) {
		signal.throwIfAborted();
		await putLayer(files, {
			archive,
			part: partAt(parts, layer),
			isWanted
		});
	}
	const env = (config.config?.Env ?? []).map((text) => text.split(/=(.*)/s).slice(0, 2));
	return {
		files,
		env: Object.fromEntries(env)
	};
}
async function listParts(archive, signal) {
	const parts = /* @__PURE__ */ new Map();
	for await (const { path, kind, target, offset, size } of readTar(createReadStream(archive, { signal }))) {
		if (kind === "file") parts.set(path, {
			offset,
			size
		});
		if (kind === "symlink") parts.set(path, { target: join$1(dirname$1(path), target) });
		if (kind === "hardlink") parts.set(path, { target });
	}
	return parts;
}
function partAt(parts, path, hops = 0) {
	const part = parts.get(path);
	if (part && "offset" in part) return part;
	if (part === void 0 || hops > 5) throw new Error(`the archive of the image has no ${path}`);
	return partAt(parts, part.target, hops + 1);
}
function streamOf(archive, { offset, size }) {
	return createReadStream(archive, {
		start: offset,
		end: offset + size - 1,
		highWaterMark: 1 << 20
	});
}
function bytesOf(archive, part) {
	return buffer(streamOf(archive, part));
}
const removed = ".wh.";
const allRemoved = ".wh..wh..opq";
async function putLayer(files, { archive, part, isWanted }) {
	if (part.size === 0) return;
	const own = /* @__PURE__ */ new Map();
	for await (const entry of readTar(await unpacked(archive, part))) {
		const { path, kind, size } = entry;
		const name = path.split("/").at(-1);
		if (name === allRemoved) removeBelow(files, dirname$1(path));
		else if (name.startsWith(removed)) removeBelow(files, join$1(dirname$1(path), name.slice(4)));
		else if (kind === "hardlink") copy(own, entry.target.replace(/^(\.?\/)+/, ""), path);
		else if (kind === "file" && size <= largestFile && isWanted(path)) own.set(path, (await entry.read()).toString());
	}
	for (const [path, text] of own) files.set(path, text);
}
function copy(files, from, to) {
	const text = files.get(from);
	if (text !== void 0) files.set(to, text);
}
function removeBelow(files, path) {
	for (const file of files.keys()) if (file === path || file.startsWith(`${path}/`)) files.delete(file);
}
/** Layers are packed as their registry has them, or not at all. */
async function unpacked(archive, part) {
	const head = await bytesOf(archive, {
		offset: part.offset,
		size: Math.min(4, part.size)
	});
	const stream = streamOf(archive, part);
	if (head.subarray(0, 2).toString("hex") === "1f8b") return stream.pipe(createGunzip());
	if (head.toString("hex") === "28b52ffd") return stream.pipe(createZstdDecompress());
	return stream;
}
// src/ship/image/sbom/npm.ts
/** Packages of npm in an image: each with the package.json that Node reads, and the hash that npm has noted. */
const installed = /(^|\/)node_modules\/(@[^/.][^/]*\/)?[^@/.][^/]*\/package\.json$/;
/** What npm leaves behind of an installation: `packages` by path, with their hashes. */
const notes = "node_modules/.package-lock.json";
function isNpmFile(path) {
	return installed.test(path) || path.endsWith(`/${notes}`) || /^([^/]+\/){1,3}package\.json$/.test(path);
}
function npmPackages({ files }) {
	const hashes = /* @__PURE__ */ new Map();
	const roots = /* @__PURE__ */ new Set();
	for (const [path, text] of files) if (path.endsWith(`/${notes}`)) readNotes(path, text, {
		hashes,
		roots
	});
	return [...files].flatMap(([path, text]) => {
		const folder = dirname$1(path);
		if (!path.endsWith("/package.json") || !(installed.test(path) || roots.has(folder))) return [];
		const found = packageOf(text);
		return found ? [{
			...found,
			path: folder,
			hash: hashOf(hashes.get(folder))
		}] : [];
	});
}
function readNotes(path, text, to) {
	const root = path.slice(0, -32);
	to.roots.add(root);
	const { packages } = jsonOf(text) ?? {};
	for (const [place, { integrity }] of Object.entries(packages ?? {})) if (integrity !== void 0) to.hashes.set(`${root}/${place}`, integrity);
}
function packageOf(text) {
	const { name, version, license, licenses } = jsonOf(text) ?? {};
	if (typeof name !== "string" || typeof version !== "string" || name === "" || version === "") return void 0;
	return {
		kind: "npm",
		name,
		version,
		licence: licenceText(license ?? licenses)
	};
}
/** Old packages have objects, and lists of them. */
function licenceText(value) {
	const all = [value].flat().flatMap((one) => nameOf$1(one) ?? []);
	return all.length > 1 ? `(${all.join(" OR ")})` : all[0];
}
function nameOf$1(value) {
	const name = typeof value === "string" ? value : value?.type;
	return typeof name === "string" && name !== "" ? name : void 0;
}
/** `sha512-` and base64: https://www.w3.org/TR/SRI/ */
function hashOf(integrity) {
	const [, bits, code = ""] = /^sha(1|256|384|512)-([\w+/=]+)/.exec(integrity ?? "") ?? [];
	if (bits === void 0) return void 0;
	return {
		algorithm: `SHA-${bits}`,
		content: Buffer.from(code, "base64").toString("hex")
	};
}
function jsonOf(text) {
	try {
		return JSON.parse(text);
	} catch {
		return;
	}
}
// src/ship/image/sbom/python.ts
/** Packages of Python in an image: each with the metadata that its installation leaves. */
const metadata = /\.(dist-info\/METADATA|egg-info\/PKG-INFO|egg-info)$/;
function isPythonFile(path) {
	return metadata.test(path);
}
function pythonPackages({ files }) {
	return [...files].flatMap(([path, text]) => {
		if (!metadata.test(path)) return [];
		const fields = fieldsOf(text);
		const [name, version] = [fields("Name")[0], fields("Version")[0]];
		if (name === void 0 || version === void 0) return [];
		const folder = path.endsWith(".egg-info") ? path : dirname$1(path);
		return [{
			kind: "pypi",
			name: normalised(name),
			version,
			licence: licenceOf(fields),
			path: folder
		}];
	});
}
/** Source: https://packaging.python.org/en/latest/specifications/name-normalization */
function normalised(name) {
	return name.toLowerCase().replaceAll(/[-_.]+/g, "-");
}
/** Lines of a header, up to the description. */
function fieldsOf(text) {
	const lines = text.split(/\r?\n\r?\n/, 1)[0].split(/\r?\n/);
	return (name) => lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2).trim());
}
const classifier = "License :: ";
/** The new field is an expression of SPDX; the old one may be a whole text, of which the first line says enough. */
function licenceOf(fields) {
	const [expression] = fields("License-Expression");
	const [words] = fields("License");
	const [classified] = fields("Classifier").filter((line) => line.startsWith(classifier));
	const isText = words === void 0 || /^($|UNKNOWN$|copyright)/i.test(words) || words.length > 80;
	return expression ?? (isText ? void 0 : words) ?? classified?.split(" :: ").at(-1);
}
// src/ship/image/sbom/system.ts
/** One file of all, or a file for each, as images without a shell have it. */
const status = /^var\/lib\/dpkg\/(status|status\.d\/[^/]+)$/;
const release = /^(etc|usr\/lib)\/os-release$/;
function isSystemFile(path) {
	return status.test(path) && !path.endsWith(".md5sums") || release.test(path);
}
function systemPackages({ files, env }) {
	const { ID: id = "debian", VERSION_ID: version } = Object.assign({}, ...[...files].filter(([path]) => release.test(path)).map(([, text]) => linesOf(text)));
	return [...[...files].flatMap(([path, text]) => {
		if (!status.test(path)) return [];
		return text.split(/\n\n+/).flatMap((record) => debianPackage(record, {
			id,
			version,
			path
		}));
	}), ...languages(env)];
}
/** `ID="debian"` */
function linesOf(text) {
	return Object.fromEntries([...text.matchAll(/^(\w+)="?([^"\n]*)"?$/gm)].map(([, key, value]) => [key, value]));
}
/** Source: https://manpages.debian.org/dpkg-query, status abbreviations */
function debianPackage(record, { id, version: release, path }) {
	const field = (name) => new RegExp(`^${name}: (.+)$`, "m").exec(record)?.[1]?.trim();
	const [name, version, arch, state] = [
		field("Package"),
		field("Version"),
		field("Architecture"),
		field("Status")
	];
	if (name === void 0 || version === void 0) return [];
	if (state !== void 0 && !state.endsWith(" installed")) return [];
	const distro = release === void 0 ? id : `${id}-${release}`;
	return [{
		kind: "deb",
		namespace: id,
		name,
		version,
		qualifiers: {
			...arch !== void 0 && { arch },
			distro
		},
		licence: void 0,
		path
	}];
}
/** Official images of both say which they hold. */
function languages(env) {
	return [["node", env["NODE_VERSION"]], ["python", env["PYTHON_VERSION"]]].flatMap(([name, version]) => version ? [{
		kind: "generic",
		name,
		version,
		licence: void 0,
		path: void 0
	}] : []);
}
// src/ship/image/sbom/write-sbom.ts
/** What an image holds, looked up in the image itself and written to a file. */
/** @throws {EtlError} `failed` where the builder does not hand the image out */
async function writeSbom({ builder, image, file, context }) {
	const found = await imageFiles({
		builder,
		image,
		context
	});
	const bom = makeBom({
		image,
		packages: [
			...npmPackages(found),
			...pythonPackages(found),
			...systemPackages(found)
		],
		version: version()
	});
	await context.effect("image.sbom", () => writeFile(file, `${JSON.stringify(bom, void 0, 2)}\n`));
	return bom;
}
const isWanted = (path) => isNpmFile(path) || isPythonFile(path) || isSystemFile(path);
async function imageFiles({ builder, image, context }) {
	const folder = await mkdtemp(join(context.tmpdir, "nais-etl-image-"));
	const archive = join(folder, "image.tar");
	const name = formatReference({
		...image,
		digest: void 0
	});
	try {
		const argv = builder.save(name, archive);
		await runProgram({
			argv,
			cwd: context.cwd,
			env: builder.env,
			what: `reading ${name}`
		}, context);
		return await readImageFiles({
			archive,
			isWanted,
			signal: context.signal
		});
	} catch (cause) {
		context.signal.throwIfAborted();
		if (cause instanceof EtlError) throw cause;
		const message = `what ${builder.name} wrote of ${name} cannot be read: ${messageOf(cause)}`;
		throw new EtlError({
			code: "failed",
			part: "sbom",
			message,
			cause
		});
	} finally {
		await rm(folder, {
			recursive: true,
			force: true
		});
	}
}
// src/ship/image/with-build-files.ts
/** The Dockerfile and the list of what is left out, for as long as a build takes. */
/**
* Both lie outside the folder, a team's own Dockerfile too: Docker takes a list other than the folder's only where it lies
* beside the Dockerfile; buildah and podman take it by its name alone.
*/
async function withBuildFiles({ dockerfile: text, leftOut }, { tmpdir }, act) {
	const folder = await mkdtemp(join(tmpdir, "nais-etl-build-"));
	const dockerfile = join(folder, "Dockerfile");
	const ignoreFile = `${dockerfile}.dockerignore`;
	try {
		await writeFile(dockerfile, text);
		await writeFile(ignoreFile, `${leftOut.join("\n")}\n`);
		return await act({
			dockerfile,
			ignoreFile
		});
	} finally {
		await rm(folder, {
			recursive: true,
			force: true
		});
	}
}
// src/commands/build.ts
/** `nais-etl build`: the pipeline's image, built, pushed and read back. */
const usualPlatform = "linux/amd64";
const usualSbom = "sbom.cdx.json";
/** @returns where the list is */
async function listContent({ made, digest, file }, context) {
	const path = file === true ? usualSbom : file;
	const image = {
		...made.names[0],
		digest
	};
	const { components } = await writeSbom({
		builder: made.builder,
		image,
		file: resolve(context.cwd, path),
		context
	});
	context.log.info(`wrote ${path}: ${count(components.length, "package")} in the image`);
	return path;
}
function signerOf(options, context) {
	if (options.push) return chooseSigner(options, context);
	throw new EtlError({
		code: "usage",
		message: "--sign: the image is not pushed",
		hint: "A signature lies in the registry, beside its image: give `--push`, too."
	});
}
/** Lists what is in it and signs both, as far as that is asked for. @returns where the list is */
async function attest({ made, digest, file, signer }, context) {
	const sbom = file ? await listContent({
		made,
		digest,
		file
	}, context) : void 0;
	if (!signer) return sbom;
	const image = {
		...made.names[0],
		digest
	};
	await signImage({
		signer,
		image,
		sbom: sbom && resolve(context.cwd, sbom),
		context
	});
	context.log.info(`signed ${formatReference(image)}${sbom === void 0 ? "" : ", and attested what it holds"}`);
	return sbom;
}
/** For who builds and pushes in two steps. @throws {EtlError} as {@link build} */
async function buildHere(options, context) {
	return makeImage(await prepare(options, context), context);
}
async function pushMade({ builder, names }, context) {
	const login = await loginFor(names[0], context);
	const digest = await pushImage({
		builder,
		names,
		login,
		context
	});
	return {
		digest,
		bytes: await sizeOf({
			...names[0],
			digest
		}, login, context)
	};
}
/** Each pipeline of the image, one after the other: a pod runs one. */
async function checkMade({ builder, names }, { found, folder }, context) {
	for (const { file } of found) {
		const trial = trialOf({
			pipeline: await loadPipeline({
				file,
				target: localTarget
			}, context),
			root: folder
		});
		await checkFit({
			builder,
			image: formatReference(names[0]),
			trial,
			context
		});
		context.log.info(`${trial.pipeline} runs as its pod would: user 1069, only /tmp writable, no network, ${trial.memory}`);
	}
}
/** As {@link build} does it with `--push`, for who builds and pushes in two steps. */
async function pushAndSign(made, { sbom: file, sign, signKey }, context) {
	const signer = sign ? await signerOf({
		push: true,
		sign,
		signKey
	}, context) : void 0;
	const pushed = await pushMade(made, context);
	return {
		...pushed,
		sbom: await attest({
			made,
			digest: pushed.digest,
			file,
			signer
		}, context)
	};
}
/** `name:tag@sha256:…`, where it was pushed. */
function nameOf({ names }, digest) {
	return formatReference({
		...names[0],
		digest
	});
}
/** The page on which a person finds it; undefined where that is not known. */
function consoleOf({ names }, digest, { env }) {
	return consoleUrl({
		...names[0],
		digest
	}, env["GITHUB_REPOSITORY"]);
}
async function prepare(options, context) {
	const found = await choosePipelines(options, context);
	const folder = options.context === void 0 ? found[0].root : resolve(context.cwd, options.context);
	const as = (target) => Promise.all(found.map(({ file }) => loadPipeline({
		file,
		target
	}, context)));
	const [pipelines, local] = [await as(""), await as(localTarget)];
	const needsPython = await hasPython(pipelines);
	const base = () => runtimeImage({
		base: options.base,
		needsPython,
		context
	});
	const plan = await planBuild({
		folder,
		dockerfile: options.dockerfile,
		base,
		pipelines,
		local,
		context
	});
	throwProblems(plan.problems);
	for (const problem of plan.problems) context.log.problem(problem);
	const { name, team = options.team } = pipelines[0].spec;
	assertTeam(pipelines, options);
	const names = await nameImage(options, {
		name,
		team,
		folder
	}, context);
	if (options.push && names[0].registry === "localhost") throw noRegistry();
	return {
		found,
		plan,
		folder,
		names,
		options
	};
}
function assertTeam(pipelines, { team }) {
	const other = pipelines.find(({ spec }) => team !== void 0 && spec.team !== void 0 && spec.team !== team);
	if (!other) return;
	throw new EtlError({
		code: "usage",
		message: `the team is \`${team}\`, and pipeline.yaml of ${other.spec.name} says \`${other.spec.team}\``,
		hint: "The two must agree: the image belongs to the team that runs it."
	});
}
function withBuild(prepared, context, act) {
	const { plan, ...rest } = prepared;
	return withBuildFiles(plan, context, async (files) => act(buildOf({
		...rest,
		files,
		env: context.env
	})));
}
function makeImage(prepared, context) {
	return withBuild(prepared, context, async (wanted) => {
		const builder = await chooseBuilder(prepared.options.builder, context);
		context.log.info(`building ${wanted.names[0]} with ${builder.name}`);
		await buildImage({
			builder,
			build: wanted,
			context
		});
		const made = {
			builder,
			names: prepared.names
		};
		if (prepared.options.check) await checkMade(made, prepared, context);
		return made;
	});
}
async function hasPython(pipelines) {
	if (pipelines.flatMap(({ spec }) => Object.values(spec.models ?? {}).map(({ command }) => command?.[0])).some((program) => /^python3?$/.test(program ?? ""))) return true;
	return (await Promise.all(pipelines.map(({ folder }) => readdir(join(folder, "models")).catch(() => [])))).flat().some((file) => extname(file) === ".py");
}
function noRegistry() {
	return new EtlError({
		code: "usage",
		message: "--push: no registry is named",
		hint: "Say where to: `--registry gar`, `--registry ghcr`, `--registry HOST/PATH`, or the whole address with `--image`."
	});
}
function buildOf({ options, files, folder, names, env }) {
	return {
		...files,
		context: folder,
		names: names.map(formatReference),
		platform: options.platform ?? usualPlatform,
		arguments: options.buildArg ?? {},
		secrets: (options.secret ?? []).map(secretOf),
		labels: imageLabels({
			image: names[0],
			env
		}),
		target: options.target,
		cacheFrom: options.cacheFrom ?? [],
		cacheTo: options.cacheTo ?? [],
		pull: options.pull ?? false
	};
}
function secretOf(text) {
	const [id = "", from = id] = text.split(/=(.*)/s);
	return {
		id,
		from: /^[A-Za-z_]\w*$/.test(from) ? { env: from } : { file: from }
	};
}
export { pushAndSign as i, consoleOf as n, nameOf as r, buildHere as t };
