/** Fetches secrets from Secret Manager: each version once, however many of its values are wanted. */
import type { Endpoint } from "../../util/endpoint.ts";
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import { defaultAccount, nobody, type Account } from "../../util/google-account.ts";
import { parseGoogleEndpoint } from "../../util/google-endpoint.ts";
import { replaceReferences } from "../../spec/reference.ts";
import { secretHost, type GoogleSecret } from "../../spec/secret.ts";
import { maskSecret } from "../mask-secret.ts";
import { missing, placeOf, withoutLastBreak, type FetchedSecret, type ReadResult, type Wanted } from "../wanted.ts";
import { openClient, type ClientOptions, type SecretClient } from "./client.ts";
import { explainRefusal } from "./errors.ts";
import { readPayload } from "./payload.ts";
import { findResource, formatResource, type SecretResource } from "./resource.ts";

export interface Fetched {
  result: ReadResult;
  version: FetchedSecret | undefined;
}

type Settings = Pick<ClientOptions, "timeout" | "patience">;

/** Every one of them, with what is wrong with it. Never throws but what the run is stopped with. */
export async function fetchSecrets(
  wanted: Wanted<GoogleSecret>[],
  context: Context,
  settings: Settings = {},
): Promise<Fetched[]> {
  const fetcher = createFetcher(context, settings);
  try {
    return await Promise.all(wanted.map((one) => fetchOne(one, fetcher)));
  } finally {
    await fetcher.close();
  }
}

interface Fetcher {
  account: () => Promise<Account>;
  access: (versionName: string, endpoint: Endpoint) => ReturnType<SecretClient["access"]>;
  close: () => Promise<void>;
}

function createFetcher(context: Context, settings: Settings): Fetcher {
  const clients = new Map<string, Promise<SecretClient>>();
  const accessed = new Map<string, ReturnType<SecretClient["access"]>>();
  let account: Promise<Account> | undefined;
  const clientOf = (endpoint: Endpoint) =>
    remember(clients, endpoint.url, () => openClient({ endpoint, context, ...settings }));
  return {
    account: () => (account ??= defaultAccount(asked)),
    access: (name, endpoint) =>
      remember(accessed, `${endpoint.url} ${name}`, async () => (await clientOf(endpoint)).access(name)),
    async close() {
      const opened = await Promise.allSettled(clients.values());
      await Promise.allSettled(opened.flatMap((client) => (client.status === "fulfilled" ? client.value.close() : [])));
    },
  };
}

const asked = {
  scope: "https://www.googleapis.com/auth/cloud-platform",
  part: "secrets",
  hint: "On target `local` secrets come from the environment.",
};

function remember<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

async function fetchOne(wanted: Wanted<GoogleSecret>, fetcher: Fetcher): Promise<Fetched> {
  const { secret, context } = wanted;
  const isLoopback = secret.endpoint?.startsWith("http:") ?? false;
  const account = () => (isLoopback ? Promise.resolve(nobody) : fetcher.account());
  const found = await findResource({
    secret,
    project: projectOf(wanted),
    env: context.env,
    ownProject: async () => (await account()).project(),
  });
  if (!("resource" in found)) return { result: missing(wanted, found), version: undefined };
  const { resource } = found;
  const endpoint = endpointOf(wanted, resource);
  if ("result" in endpoint) return endpoint;
  const version = String(secret.version ?? "latest");
  try {
    const accessed = await fetcher.access(`${formatResource(resource)}/versions/${version}`, endpoint);
    return {
      result: read(wanted, accessed),
      version: { name: wanted.name, resource: formatResource(resource), version: accessed.version },
    };
  } catch (error) {
    context.signal.throwIfAborted();
    const email = await account().then((one) => one.email());
    return {
      result: missing(wanted, explainRefusal({ error, resource, version, endpoint, email })),
      version: undefined,
    };
  }
}

/** The project that the file names for BigQuery is the team's own. */
function projectOf({ pipeline, context }: Wanted): string | undefined {
  const project = replaceReferences(pipeline.spec.bigquery?.project, (kind, name) =>
    kind === "env" ? context.env[name] : undefined,
  );
  return project?.includes("${") ? undefined : project;
}

function endpointOf(wanted: Wanted<GoogleSecret>, resource: SecretResource): Endpoint | Fetched {
  const key = `secrets.${wanted.name}.endpoint`;
  try {
    return parseGoogleEndpoint(wanted.secret.endpoint ?? secretHost(resource.location), {
      key,
      where: () => placeOf(wanted, "endpoint"),
      env: wanted.context.env,
    });
  } catch (error) {
    if (!(error instanceof EtlError)) throw error;
    return { result: { name: wanted.name, problem: error.problems[0]! }, version: undefined };
  }
}

/** Secrets of some length: what else the team keeps there, a port or `true`, must not take words out of the log. */
const shortestNeighbour = 8;

/** All of the payload is masked before it is looked into, and each value before it is handed on. */
function read(
  wanted: Wanted<GoogleSecret>,
  { version, payload }: { version: string; payload: Uint8Array },
): ReadResult {
  const { name, secret, context } = wanted;
  const text = decode(payload);
  if (text === undefined)
    return missing(wanted, {
      message: `version ${version} is not text in UTF-8`,
      hint: "Only texts can be put in place of ${secret:…}.",
    });
  context.log.mask(text);
  const key = secret.key ?? (secret.name === undefined ? name : undefined);
  const found = readPayload(text, key, (value) => value.length >= shortestNeighbour && maskSecret(value, context.log));
  if ("problem" in found)
    return missing(wanted, { message: `version ${version} ${found.problem}`, hint: found.hint, key: "key" });
  const value = withoutLastBreak(found.value);
  maskSecret(value, context.log);
  if (value !== "") return { name, value };
  return missing(wanted, { message: `version ${version} is empty`, hint: "Add a version that holds something." });
}

function decode(payload: Uint8Array): string | undefined {
  try {
    // A byte order mark at the beginning is left out.
    return new TextDecoder("utf-8", { fatal: true }).decode(payload);
  } catch {
    return undefined;
  }
}
