/** Builds an image, pushes it, and asks the registry whether it has what was built. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import type { Build, Builder } from "./builders/builder.ts";
import { formatReference, type Reference } from "./reference.ts";
import { digestOf, type Login } from "./registry.ts";
import { runProgram } from "./run-program.ts";

export interface BuildImage {
  builder: Builder;
  build: Build;
  context: Context;
}

export async function buildImage({ builder, build, context }: BuildImage): Promise<void> {
  const argv = builder.build(build);
  const env = { ...tokensOf(build, context), ...builder.env };
  await context.effect("image.build", () =>
    runProgram({ argv, cwd: build.context, env, what: "building the image", hint: buildHint }, context),
  );
}

/** As BuildKit, buildah and registries say it. */
function buildHint(output: string): string | undefined {
  if (
    /manifest unknown|name unknown|pull access denied|(@sha256:[0-9a-f]{64}|source metadata .*): .*not found/i.test(
      output,
    )
  )
    return "The image that it begins with is not in its registry, or no longer: digests are taken away. `docker buildx imagetools inspect NAME:TAG` prints the one of today; `--base` names another image.";
  if (/no such host|i\/o timeout|connection refused|network is unreachable/i.test(output))
    return "What the build fetches cannot be reached from here: the image that it begins with (`--base` names another one), or packages.";
  return undefined;
}

/** With which BuildKit reaches the cache of GitHub Actions. https://docs.docker.com/build/cache/backends/gha/ */
const githubsCache = ["ACTIONS_RUNTIME_TOKEN", "ACTIONS_RESULTS_URL", "ACTIONS_CACHE_URL", "ACTIONS_CACHE_SERVICE_V2"];

/** Of ours, what the build names: a secret that it reads, and the cache that it keeps. */
function tokensOf({ secrets, cacheFrom, cacheTo }: Build, { env }: Context): Record<string, string> {
  const named = secrets.flatMap(({ from }) => ("env" in from ? [from.env] : []));
  const isGithubs = [...cacheFrom, ...cacheTo].some((cache) => /(^|,)type=gha(,|$)/.test(cache));
  return pick(env, [...named, ...(isGithubs ? githubsCache : [])]);
}

function pick(env: Context["env"], names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}

export interface PushImage {
  builder: Builder;
  names: readonly Reference[];
  login: Login | undefined;
  context: Context;
}

/**
 * Pushes each name, and reads it back.
 * @returns the digest that the registry has
 * @throws {EtlError} `failed`; nothing that was built is lost then
 */
export async function pushImage(options: PushImage): Promise<string> {
  const { builder, names, login, context } = options;
  const folder = await mkdtemp(join(context.tmpdir, "nais-etl-push-"));
  const registry = names[0]!.registry;
  try {
    if (login) await logIn({ builder, registry, login, context });
    const digests: string[] = [];
    for (const name of names) digests.push(await pushOne(name, join(folder, "digest"), options));
    return digests[0]!;
  } finally {
    if (login) await logOut({ builder, registry, context });
    await rm(folder, { recursive: true, force: true });
  }
}

async function pushOne(name: Reference, digestFile: string, { builder, login, context }: PushImage): Promise<string> {
  const text = formatReference(name);
  const argv = builder.push(text, digestFile);
  const output = await context.effect("image.push", () =>
    runProgram({ argv, cwd: context.cwd, env: builder.env, what: `pushing ${text}`, hint: pushHint }, context),
  );
  const found = await digestOf(name, login, context);
  // What says nothing of it is believed: what the registry has was pushed just now.
  const pushed = builder.readDigest
    ? (builder.readDigest(output) ?? found)
    : (await readFile(digestFile, "utf8")).trim();
  if (found !== undefined && found === pushed) return found;
  throw new EtlError({
    code: "failed",
    part: "registry",
    message: `${text} was pushed, but the registry has ${found === undefined ? "nothing of this name" : `${found} instead of ${pushed}`}`,
    hint: "Somebody else may have pushed the same tag at the same time. Push again, with a tag of its own.",
  });
}

/** Numbers stand alone: the digits of 403 stand in many a digest. */
function pushHint(output: string): string | undefined {
  if (/tag does not exist|image does not exist locally/i.test(output))
    return "What has built it did not hand it to Docker. Take `--builder 'docker buildx'`, which asks for that.";
  if (/name unknown|repository .*not found|\b404\b/i.test(output))
    return "The registry has no such repository: check its name, or make it there first.";
  if (/denied|unauthorized|authentication required|invalid username|\b40[13]\b/i.test(output))
    return "The login may not write there: check the user, the token's permissions (`packages: write` for ghcr.io) and the name of the repository.";
  if (/timeout|connection|\bEOF\b|reset|broken pipe|refused/i.test(output))
    return "The connection broke. Run it again: layers that arrived are not sent twice.";
  return undefined;
}

interface Session {
  builder: Builder;
  registry: string;
  context: Context;
}

async function logIn({ builder, registry, login, context }: Session & { login: Login }): Promise<void> {
  const argv = builder.login(registry, login.user);
  const { cwd } = context;
  const input = `${login.password}\n`;
  const what = `logging in to ${registry}`;
  await context.effect("image.login", () =>
    runProgram({ argv, cwd, env: builder.env, input, what, hint: pushHint }, context),
  );
}

/** A login that stays behind would be a password on the disk; that it cannot be removed is no reason to fail. */
async function logOut({ builder, registry, context }: Session): Promise<void> {
  const argv = builder.logout(registry);
  const what = `logging out of ${registry}`;
  const act = () => runProgram({ argv, cwd: context.cwd, env: builder.env, what }, context);
  await context
    .effect("image.logout", act)
    .catch((error: unknown) => context.log.warn(`the login to ${registry} could not be removed: ${String(error)}`));
}
