/**
 * What a registry says of an image, by the OCI distribution API:
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md
 */
import type { Context } from "../../util/context.ts";
import { isLoopbackHost } from "../../util/endpoint.ts";
import { EtlError, messageOf } from "../../util/error.ts";
import { HttpStatus, mayPass } from "../../util/http-status.ts";
import { retry, type Verdict } from "../../util/retry.ts";
import { formatReference, type Reference } from "./reference.ts";

export interface Login {
  user: string;
  password: string;
}

/** What builders push, and indices of several platforms. */
const manifestTypes = [
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
].join(", ");

const timeout = 30_000;
const patience = 60_000;

/**
 * The digest of what a tag names now.
 * @returns undefined where there is no such image
 * @throws {EtlError} `failed`, where the registry refuses or cannot be reached
 */
export async function digestOf(
  image: Reference,
  login: Login | undefined,
  context: Context,
): Promise<string | undefined> {
  const { repository, tag = "latest", digest } = image;
  const url = `${baseOf(image)}/v2/${repository}/manifests/${digest ?? tag}`;
  const response = await ask({ url, method: "HEAD", image, login, context });
  if (response.status === 404) return undefined;
  if (!response.ok) throw refused(response.status, image);
  const found = response.headers.get("docker-content-digest");
  if (found) return found;
  throw new EtlError({
    code: "failed",
    part: "registry",
    message: `${image.registry} does not say which digest ${formatReference(image)} has`,
  });
}

/**
 * Bytes that whoever runs it fetches, its layers as they are packed.
 * @returns undefined where the registry does not say it: of an index of several platforms, or where it fails
 */
export async function sizeOf(
  image: Reference,
  login: Login | undefined,
  context: Context,
): Promise<number | undefined> {
  const { repository, tag = "latest", digest } = image;
  const url = `${baseOf(image)}/v2/${repository}/manifests/${digest ?? tag}`;
  const response = await ask({ url, method: "GET", image, login, context }).catch(() => undefined);
  context.signal.throwIfAborted();
  if (!response?.ok) return undefined;
  const { config, layers } = (await response.json()) as { config?: Sized; layers?: Sized[] };
  if (!config || !layers) return undefined;
  return [config, ...layers].reduce((sum, { size }) => sum + size, 0);
}

/**
 * What the registry says of a repository, or keeps in it.
 * @param path behind the repository's: `tags/list`
 * @returns undefined where there is no such thing
 * @throws {EtlError} as {@link digestOf}
 */
export async function readJson(
  { image, path }: { image: Reference; path: string },
  login: Login | undefined,
  context: Context,
): Promise<{ value: unknown; digest: string | undefined } | undefined> {
  const url = `${baseOf(image)}/v2/${image.repository}/${path}`;
  const response = await ask({ url, method: "GET", image, login, context });
  if (response.status === 404) return undefined;
  if (!response.ok) throw refused(response.status, image);
  return { value: await response.json(), digest: response.headers.get("docker-content-digest") ?? undefined };
}

interface Sized {
  size: number;
}

/** Registries on this machine have no certificate; builders take them so, too. */
export function isLoopback(registry: string): boolean {
  return isLoopbackHost(registry.replace(/:\d+$/, ""));
}

function baseOf({ registry }: Reference): string {
  if (registry === "docker.io") return "https://registry-1.docker.io";
  return `${isLoopback(registry) ? "http" : "https"}://${registry}`;
}

interface Ask {
  url: string;
  method: "HEAD" | "GET";
  image: Reference;
  login: Login | undefined;
  context: Context;
}

async function ask({ url, method, image, login, context }: Ask): Promise<Response> {
  const send = (headers: Record<string, string>) =>
    request(url, { method, headers: { accept: manifestTypes, ...headers } }, image, context);
  const first = await send({});
  if (first.status !== 401) return first;
  const authorization = await authorize(first.headers.get("www-authenticate") ?? "", { image, login, context });
  return authorization === undefined ? first : send({ authorization });
}

/** As the challenge asks: `Basic`, or a token from the server that it names. */
async function authorize(
  challenge: string,
  { image, login, context }: Pick<Ask, "image" | "login" | "context">,
): Promise<string | undefined> {
  const basic = login && `Basic ${Buffer.from(`${login.user}:${login.password}`).toString("base64")}`;
  if (/^basic/i.test(challenge)) return basic;
  const parts = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!]),
  );
  if (!/^bearer/i.test(challenge) || parts["realm"] === undefined) return undefined;
  const realm = new URL(parts["realm"]);
  // A registry may not send a password to a server that it names without TLS.
  if (realm.protocol !== "https:" && !isLoopback(realm.host)) return undefined;
  if (parts["service"] !== undefined) realm.searchParams.set("service", parts["service"]);
  realm.searchParams.set("scope", parts["scope"] ?? `repository:${image.repository}:pull`);
  const response = await request(
    realm.href,
    { headers: basic === undefined ? {} : { authorization: basic } },
    image,
    context,
  );
  if (!response.ok) throw refused(response.status, image);
  const { token, access_token: other } = (await response.json()) as { token?: string; access_token?: string };
  const bearer = token ?? other;
  return bearer === undefined ? undefined : `Bearer ${bearer}`;
}

async function request(url: string, init: RequestInit, image: Reference, context: Context): Promise<Response> {
  const once = async () => {
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(timeout)]);
    const response = await fetch(url, { ...init, signal });
    if (mayPass(response.status)) throw new HttpStatus(response.status);
    return response;
  };
  try {
    return await retry(once, { context, what: `ask ${image.registry}`, within: patience, judge });
  } catch (cause) {
    context.signal.throwIfAborted();
    if (cause instanceof HttpStatus) throw refused(cause.status, image);
    const why = messageOf((cause as { cause?: unknown }).cause ?? cause);
    throw new EtlError({
      code: "failed",
      part: "registry",
      message: `${image.registry} cannot be reached: ${why}`,
      hint: "Check the name of the registry, and that this machine may connect to it.",
      cause,
    });
  }
}

function judge(error: unknown): Verdict {
  const isFinal = (error as { cause?: { code?: string } }).cause?.code === "ENOTFOUND";
  return isFinal ? { again: "never" } : { again: "later" };
}

function refused(status: number, image: Reference): EtlError {
  const name = `${image.registry}/${image.repository}`;
  const denied = status === 401 || status === 403;
  return new EtlError({
    code: "failed",
    part: "registry",
    message: denied
      ? `${image.registry} refuses the login for ${name} (${status})`
      : `${image.registry} answers ${status} for ${name}`,
    hint: denied
      ? "Check the user and the password or token, and that they may read and write this repository."
      : "Try again later; the image that was built is still here.",
  });
}
