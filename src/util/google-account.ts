/** Who we are to Google: Application Default Credentials, which in a pod are workload identity; nobody on loopback. */
import type { GoogleAuth } from "google-auth-library";
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
};

/** @throws {EtlError} `failed`, when something is asked of it and there are no credentials */
export async function defaultAccount({ scope, part, hint }: AccountOptions): Promise<Account> {
  const { GoogleAuth } = await import("google-auth-library");
  const create = () => new GoogleAuth({ scopes: [scope, emailScope] });
  let auth = create();
  return {
    async headers() {
      const headers = await auth.getRequestHeaders().catch((error: unknown) => {
        throw credentialsError(error, { part, hint });
      });
      return Object.fromEntries(headers);
    },
    renew: () => void (auth = create()),
    email: () => emailOf(auth).catch(() => undefined),
    project: () => auth.getProjectId().catch(() => undefined),
  };
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
