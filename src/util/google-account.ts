/** Who we are to Google: Application Default Credentials, which in a pod are workload identity; nobody on loopback. */
import type { AuthClient, GoogleAuth } from "google-auth-library";
import { EtlError, messageOf } from "./error.ts";

export interface Account {
  /** What a request must carry. A token near its end is renewed. */
  headers(): Promise<Record<string, string>>;
  /** The token was refused: the next request gets a new one. */
  renew(): void;
  /** The service account's or person's address; undefined where Google does not tell. */
  email(): Promise<string | undefined>;
  /** The project that the credentials belong to. */
  project(): Promise<string | undefined>;
  /** What they are. @throws {EtlError} `failed`, when there are none */
  kind(): Promise<AccountKind>;
}

export interface AccountKind {
  /** In words: `a person`, `workload identity` … */
  kind: string;
  /** Which project requests are counted on, where the credentials say it. */
  quotaProject: string | undefined;
}

export interface AccountOptions {
  /** What it is asked for; that we may ask whose it is comes with it. */
  scope: string;
  /** The part of the product, in front of errors. */
  part: string;
  /** How to do without it. */
  hint: string;
}

export const credentialsHint =
  "On a laptop: gcloud auth application-default login (on nais: nais login). In a pod: the Naisjob needs something under `gcp:`, so that it gets a service account.";

const emailScope = "https://www.googleapis.com/auth/userinfo.email";

export const nobody: Account = {
  headers: async () => ({}),
  renew: () => undefined,
  email: async () => undefined,
  project: async () => undefined,
  kind: async () => ({ kind: "nobody", quotaProject: undefined }),
};

/** @throws {EtlError} `failed`, when something is asked of it and there are no credentials */
export async function defaultAccount({ scope, part, hint }: AccountOptions): Promise<Account> {
  const { GoogleAuth } = await import("google-auth-library");
  const create = () => new GoogleAuth({ scopes: [scope, emailScope] });
  let auth = create();
  const fail = (error: unknown) => {
    throw credentialsError(error, { part, hint });
  };
  return {
    headers: async () => Object.fromEntries(await auth.getRequestHeaders().catch(fail)),
    renew: () => void (auth = create()),
    email: () => emailOf(auth).catch(() => undefined),
    project: () => auth.getProjectId().catch(() => undefined),
    kind: async () => kindOf(await auth.getClient().catch(fail)),
  };
}

/** Source: https://cloud.google.com/docs/authentication/application-default-credentials */
async function kindOf(client: AuthClient): Promise<AccountKind> {
  const google = await import("google-auth-library");
  const kinds: [abstract new (...options: never[]) => AuthClient, string][] = [
    [google.Compute, "workload identity, or the machine's own account"],
    [google.Impersonated, "impersonation of a service account"],
    [google.JWT, "the key of a service account"],
    [google.UserRefreshClient, "a person"],
    [google.ExternalAccountAuthorizedUserClient, "a person, by workforce identity"],
    [google.BaseExternalAccountClient, "workload identity federation"],
  ];
  const [, kind = "credentials of an unknown kind"] = kinds.find(([one]) => client instanceof one) ?? [];
  return { kind, quotaProject: client.quotaProjectId };
}

/** A service account's credentials say whose they are; a person's do not, but Google tells of a token. */
async function emailOf(auth: GoogleAuth): Promise<string | undefined> {
  const { client_email: email } = await auth.getCredentials().catch(() => ({ client_email: undefined }));
  if (email !== undefined) return email;
  const client = await auth.getClient();
  const { token } = await client.getAccessToken();
  if (!token || !("getTokenInfo" in client)) return undefined;
  const info = await (client as { getTokenInfo(token: string): Promise<{ email?: string }> }).getTokenInfo(token);
  return info.email;
}

function credentialsError(error: unknown, { part, hint }: Pick<AccountOptions, "part" | "hint">): EtlError {
  // Google's own message may quote a key file.
  const isMissing = /Could not load the default credentials/.test(messageOf(error));
  return new EtlError({
    code: "failed",
    part,
    message: isMissing ? "there are no Google credentials here" : "the Google credentials cannot be used",
    hint: `${credentialsHint} ${hint}`,
    cause: error,
  });
}
