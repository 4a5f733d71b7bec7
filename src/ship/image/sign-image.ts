/** An image signed where its registry has it, and the list of what it holds attested. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import { mayAskGithub, notAllowed } from "../../util/github-oidc.ts";
import { retry, type Verdict } from "../../util/retry.ts";
import { attestArgv, findCosign, noServices, signArgv, type CosignCall, type Signer } from "./cosign.ts";
import { loginFor } from "./login.ts";
import { formatReference, type Reference } from "./reference.ts";
import type { Login } from "./registry.ts";
import { runProgram } from "./run-program.ts";

export interface SignOptions {
  /** `keyless`; or true, with a key. */
  sign: string | boolean;
  /** File or address of the key: `cosign.key`, `env://NAME`, `gcpkms://…`; by default COSIGN_KEY. */
  signKey?: string | undefined;
}

/**
 * Who is to sign. Asked before anything is built.
 * @throws {EtlError} `usage` where that is not said, `failed` where cosign is not here
 */
export async function chooseSigner({ sign, signKey }: SignOptions, context: Context): Promise<Signer> {
  const { env } = context;
  const key = signKey ?? env["COSIGN_KEY"];
  if (sign !== true && sign !== "keyless")
    throw new EtlError({ code: "usage", message: `--sign: there is no way \`${String(sign)}\``, hint: ways });
  if (sign === true && !key) throw new EtlError({ code: "usage", message: "--sign: no key is named", hint: ways });
  if (sign === "keyless" && signKey !== undefined)
    throw new EtlError({ code: "usage", message: "--sign keyless and --sign-key exclude each other", hint: ways });
  if (sign === "keyless" && env["GITHUB_ACTIONS"] === "true" && !mayAskGithub(context)) throw await notAllowed(context);
  if (sign === true) checkPassword(key!, context);
  await findCosign(context);
  return sign === true ? { key: key! } : "keyless";
}

const ways =
  "With a key: `--sign --sign-key FILE` (or COSIGN_KEY), and its password in COSIGN_PASSWORD. Without one: `--sign keyless`, which writes into a public log which repository and workflow made the image, for good.";

/** Keys of key management services have no password. Without it, cosign would ask somebody who is not there. */
function checkPassword(key: string, { env, log }: Context): void {
  for (const name of ["COSIGN_PASSWORD", "COSIGN_PRIVATE_KEY", key.replace(/^env:\/\//, "")])
    if (env[name]) log.mask(env[name]);
  const isService = /^\w+:\/\//.test(key) && !key.startsWith("env://");
  if (isService || env["COSIGN_PASSWORD"] !== undefined) return;
  throw new EtlError({
    code: "usage",
    part: "cosign",
    message: "the key's password is not given",
    hint: "Set the variable COSIGN_PASSWORD, to nothing where the key has none. It is never an argument.",
  });
}

export interface SignImage {
  signer: Signer;
  /** With its digest. */
  image: Reference;
  /** File of the list of what it holds. */
  sbom: string | undefined;
  context: Context;
}

/** @throws {EtlError} `failed`; the image is pushed by then, and not signed */
export async function signImage({ signer, image, sbom, context }: SignImage): Promise<void> {
  const folder = await mkdtemp(join(context.tmpdir, "nais-etl-sign-"));
  try {
    const services = join(folder, "services.json");
    await writeFile(services, JSON.stringify(noServices));
    const login = await registryLogin({ image, folder, login: await loginFor(image, context) });
    const env = { ...keysOf(signer, context), ...login };
    const name = formatReference({ ...image, tag: undefined });
    const call: CosignCall = { signer, image: name, services };
    const run = (argv: string[], what: string) =>
      context.effect("image.sign", () => tryCosign({ argv, env, what }, context));
    await run(signArgv(call), `signing ${name}`);
    if (sbom !== undefined) await run(attestArgv(call, sbom), `attesting what ${name} holds`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Its key and password, or what it opens the key management service with; without a key, what it asks GitHub with who we are. */
function keysOf(signer: Signer, { env }: Context): Record<string, string> {
  const named = signer === "keyless" ? undefined : /^env:\/\/(.+)/.exec(signer.key)?.[1];
  const own = Object.entries(env).filter(
    ([name]) => name === named || /^(COSIGN|SIGSTORE|ACTIONS_ID_TOKEN|AWS|AZURE|GOOGLE|VAULT)_/.test(name),
  );
  return Object.fromEntries(own) as Record<string, string>;
}

interface RegistryLogin {
  image: Reference;
  folder: string;
  login: Login | undefined;
}

/** In a file that only we can read: as an argument of cosign, everybody on the machine could. */
async function registryLogin({ image, folder, login }: RegistryLogin): Promise<Record<string, string>> {
  if (login === undefined) return {};
  const auth = Buffer.from(`${login.user}:${login.password}`).toString("base64");
  const server = image.registry === "docker.io" ? "https://index.docker.io/v1/" : image.registry;
  await writeFile(join(folder, "config.json"), JSON.stringify({ auths: { [server]: { auth } } }), { mode: 0o600 });
  return { DOCKER_CONFIG: folder };
}

const patience = 60_000;

interface TryCosign {
  argv: string[];
  env: Record<string, string>;
  what: string;
}

async function tryCosign({ argv, env, what }: TryCosign, context: Context): Promise<void> {
  const act = () => runProgram({ argv, cwd: context.cwd, env, what, hint: hintOf }, context);
  await retry(act, { context, what, within: patience, judge });
}

/** Public services have their hiccups. */
function judge(error: unknown): Verdict {
  const text = error instanceof EtlError ? error.message : "";
  const mayPass = /timeout|connection reset|broken pipe|EOF|too many requests|\b(429|50[0234])\b/i.test(text);
  return mayPass ? { again: "later", least: 2000 } : { again: "never" };
}

function hintOf(output: string): string | undefined {
  if (/decryption failed/.test(output)) return "The password in COSIGN_PASSWORD is not that of this key.";
  if (/reading key|no such file/.test(output)) return "Check the key that `--sign-key` or COSIGN_KEY names.";
  if (/denied|unauthorized|\b40[13]\b/i.test(output))
    return "A signature lies in the registry beside its image: the login must be allowed to write there.";
  if (/no such host|connection refused/.test(output))
    return "`--sign keyless` needs Sigstore's public services; a signature with a key needs the registry alone.";
  return "The image is pushed, and not signed. Run it again.";
}
