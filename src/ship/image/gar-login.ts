/**
 * A workflow's way into the team's registry, without a stored key: GitHub's token, exchanged for one of Google's, which
 * may act as the service account that pushes for the team. As nais/login does it.
 */
import { createHash } from "node:crypto";
import type { Context } from "../../util/context.ts";
import { parseEndpoint } from "../../util/endpoint.ts";
import { EtlError } from "../../util/error.ts";
import { githubToken, type GithubToken } from "../../util/github-oidc.ts";
import { platformOf } from "../platform.ts";
import { explainRefusal } from "./gar-refusal.ts";
import type { Login } from "./registry.ts";

/** What its documentation calls the user of an access token: cloud.google.com/artifact-registry/docs/docker/authentication */
export const googleUser = "oauth2accesstoken";
export const googleScope = "https://www.googleapis.com/auth/cloud-platform";

/** Google's limit of google.subject: cloud.google.com/iam/docs/workload-identity-federation#mapping */
const longestSubject = 127;
/** Milliseconds for the whole exchange, in which Google's library tries again. */
const patience = 60_000;

/** Where the team's images lie. */
export interface TeamRegistry {
  /** The platform's. */
  project: string;
  team: string;
}

/** @throws {EtlError} `usage` where the job may not ask, `failed` with what to do where Google refuses */
export async function garLogin({ project, team }: TeamRegistry, context: Context): Promise<Login> {
  const { workloadIdentityProvider: provider } = await platformOf({ needs: ["workloadIdentityProvider"] }, context);
  const account = pushAccount({ project, team });
  const subject = await githubToken(`https://iam.googleapis.com/${provider}`, context);
  checkSubject(subject);
  const who = { team, account, provider, repository: context.env["GITHUB_REPOSITORY"] ?? "this repository" };
  try {
    return { user: googleUser, password: await exchange({ subject, account, provider, context }) };
  } catch (error) {
    context.signal.throwIfAborted();
    throw error instanceof EtlError ? error : explainRefusal(error, who, context);
  }
}

/** Google's limit of a service account's name. */
const longestAccount = 30;

/**
 * The service account that pushes for a team: `gar-nada-41a6@PROJECT.iam.gserviceaccount.com`.
 * Source: nais/login, and SlugHashPrefixTruncate in nais/api-reconcilers, which makes it.
 */
export function pushAccount({ project, team }: TeamRegistry): string {
  const hash = createHash("sha256").update(team).digest("hex").slice(0, 4);
  const room = longestAccount - "gar--".length - hash.length;
  return `gar-${team.slice(0, room).replace(/-$/, "")}-${hash}@${project}.iam.gserviceaccount.com`;
}

/** Google's own refusal comes late, and does not say what to do. */
function checkSubject({ subject }: GithubToken): void {
  const bytes = Buffer.byteLength(subject);
  if (bytes <= longestSubject) return;
  throw new EtlError({
    code: "failed",
    part: "registry",
    message: `Google takes no token whose subject is longer than ${longestSubject} bytes, and that of this job has ${bytes}`,
    hint: "The subject is made of the repository's name and of the branch's, or the environment's. Take a shorter branch name; a job with `environment:` has that name in it instead.",
  });
}

interface Exchange {
  subject: GithubToken;
  account: string;
  provider: string;
  context: Context;
}

async function exchange({ subject, account, provider, context }: Exchange): Promise<string> {
  const { IdentityPoolClient } = await import("google-auth-library");
  const { sts, iam } = endpoints(context.env);
  const client = new IdentityPoolClient({
    type: "external_account",
    audience: `//iam.googleapis.com/${provider}`,
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: `${sts}/v1/token`,
    service_account_impersonation_url: `${iam}/v1/projects/-/serviceAccounts/${account}:generateAccessToken`,
    subject_token_supplier: { getSubjectToken: async () => subject.token },
    scopes: [googleScope],
  });
  const { token } = await withPatience(client.getAccessToken(), context);
  if (token) return token;
  throw new EtlError({ code: "failed", part: "registry", message: "Google's answer holds no access token" });
}

/** A server on this machine may take the place of Google's, for tests; no other may. */
function endpoints(env: Context["env"]): { sts: string; iam: string } {
  const key = "NAIS_ETL_GOOGLE_LOGIN";
  const text = env[key];
  if (!text) return { sts: "https://sts.googleapis.com", iam: "https://iamcredentials.googleapis.com" };
  const { url, isLoopback } = parseEndpoint(text, { key, where: () => ({ file: "environment" }) });
  if (isLoopback) return { sts: url, iam: url };
  throw new EtlError({
    code: "usage",
    message: `${key} is no server on this machine: ${text}`,
    hint: "It is for tests: a token that may push images is shown to Google alone.",
  });
}

/** Google's library knows neither signals nor, here, an end. */
async function withPatience<T>(act: Promise<T>, { signal }: Context): Promise<T> {
  const end = AbortSignal.any([signal, AbortSignal.timeout(patience)]);
  const stopped = new Promise<never>((_, reject) => {
    end.addEventListener("abort", () => reject(end.reason as Error), { once: true });
  });
  return Promise.race([act, stopped]);
}
