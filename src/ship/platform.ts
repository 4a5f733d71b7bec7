/**
 * What the platform says of an organisation: where it deploys, and who its workflows are to Google.
 * Source: nais/login and nais/deploy, which read the same file.
 */
import type { Context } from "../util/context.ts";
import { parseEndpoint } from "../util/endpoint.ts";
import { EtlError, messageOf } from "../util/error.ts";
import { HttpStatus, judgeStatus } from "../util/http-status.ts";
import { retry, type Verdict } from "../util/retry.ts";

export interface Platform {
  /** `deploy.nav.cloud.nais.io:443`. */
  deployServer: string;
  /** Project that holds the teams' registries: `nais-management-233d` at Nav. */
  managementProject: string;
  /** `projects/NUMBER/locations/global/workloadIdentityPools/POOL/providers/NAME`. */
  workloadIdentityProvider: string;
  /** `nav`. */
  tenant: string;
}

export type PlatformSetting = keyof Platform;

/** What they are called, in the environment and in the file. */
const variables: Readonly<Record<PlatformSetting, string>> = {
  deployServer: "DEPLOY_SERVER",
  managementProject: "NAIS_MANAGEMENT_PROJECT_ID",
  workloadIdentityProvider: "NAIS_WORKLOAD_IDENTITY_PROVIDER",
  tenant: "TENANT_NAME",
};

export interface PlatformOf<K extends PlatformSetting> {
  /** As GitHub writes it; by default the owner of GITHUB_REPOSITORY. */
  owner?: string | undefined;
  needs: readonly K[];
}

const usualAddress = "https://storage.googleapis.com";
const bucket = "github-deploy-data";
const timeout = 10_000;
const patience = 30_000;

/**
 * The environment goes first; what it does not say is looked up in the file of the organisation, once.
 * NAIS_ETL_PLATFORM names another server that has the files, for tests.
 * @throws {EtlError} `usage` with what is not known, `failed` where the file cannot be had
 */
export async function platformOf<K extends PlatformSetting>(
  { owner, needs }: PlatformOf<K>,
  context: Context,
): Promise<Pick<Platform, K>> {
  const { env } = context;
  const given = needs.every((need) => env[variables[need]]);
  const organisation = owner ?? ownerOf(env);
  const file = given || organisation === undefined ? {} : await readFileOf(organisation, context);
  const found = needs.map((need) => [need, env[variables[need]] || file[variables[need]]] as const);
  const missing = found.flatMap(([need, value]) => (value ? [] : [variables[need]]));
  if (missing.length > 0) throw unknown(missing, organisation);
  return Object.fromEntries(found) as Pick<Platform, K>;
}

function ownerOf(env: Context["env"]): string | undefined {
  return env["GITHUB_REPOSITORY_OWNER"] || env["GITHUB_REPOSITORY"]?.split("/")[0] || undefined;
}

type SettingsFile = Readonly<Record<string, string | undefined>>;

async function readFileOf(owner: string, context: Context): Promise<SettingsFile> {
  const url = addressOf(owner, context.env);
  try {
    const what = `read ${url.href}`;
    return await retry(() => read(url, context.signal), { context, what, within: patience, judge });
  } catch (cause) {
    context.signal.throwIfAborted();
    const why = messageOf((cause as { cause?: unknown }).cause ?? cause);
    throw new EtlError({
      code: "failed",
      part: "platform",
      message: `what the platform says of ${owner} cannot be read: ${why}`,
      hint: `${url.href} must be reachable; or give ${Object.values(variables).join(", ")} as variables, as far as they are needed.`,
      cause,
    });
  }
}

function addressOf(owner: string, env: Context["env"]): URL {
  const key = "NAIS_ETL_PLATFORM";
  const { url } = parseEndpoint(env[key] || usualAddress, { key, where: () => ({ file: "environment" }) });
  return new URL(`${bucket}/${encodeURIComponent(owner)}.json`, `${url}/`);
}

async function read(url: URL, stop: AbortSignal): Promise<SettingsFile> {
  const response = await fetch(url, { signal: AbortSignal.any([stop, AbortSignal.timeout(timeout)]) });
  // A bucket that may not be listed says 403 of a file that it does not have.
  if (response.status === 404 || response.status === 403) return {};
  if (!response.ok) throw new HttpStatus(response.status);
  const text = await response.text();
  try {
    return stringsOf(JSON.parse(text));
  } catch {
    throw new SyntaxError("it is no JSON");
  }
}

function stringsOf(value: unknown): SettingsFile {
  const entries = Object.entries(value ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
  return Object.fromEntries(entries);
}

function judge(error: unknown): Verdict {
  return error instanceof SyntaxError ? { again: "never" } : judgeStatus(error);
}

function unknown(missing: readonly string[], owner: string | undefined): EtlError {
  const names = missing.join(", ");
  return new EtlError({
    code: "usage",
    part: "platform",
    message: owner === undefined ? `${names} is not known` : `${names} is not known for ${owner}`,
    hint:
      owner === undefined
        ? `In GitHub Actions it follows from the repository's owner. Elsewhere give ${names} as a variable: the values of your organisation stand in ${usualAddress}/${bucket}/OWNER.json, with OWNER as on GitHub.`
        : `The platform knows no organisation \`${owner}\`, or does not say this of it. Is the repository in an organisation that uses nais? Else give ${names} as a variable.`,
  });
}
