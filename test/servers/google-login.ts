/** Google's two services that a workflow logs in by: its STS, and the credentials of service accounts. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { OidcServer } from "./github-oidc.ts";
import { json, startHttpServer } from "./http.ts";

export interface GoogleLoginServer {
  url: string;
  /** What came: path, what bore it, and its body. */
  asked: { path: string; authorization: string | undefined; body: Record<string, unknown> }[];
  /** What the next requests are answered, in order; `undefined` for what they would be. */
  answers: ((asked: Record<string, unknown>) => Answer | undefined)[];
  stop(): Promise<void>;
}

interface Answer {
  status: number;
  body: unknown;
}

export const provider = "projects/123/locations/global/workloadIdentityPools/nais/providers/github";
export const federatedToken = "federated-token-of-the-job";

export interface GoogleLoginOptions {
  oidc: OidcServer;
  /** Accounts that the job may act as. */
  accounts: readonly string[];
  accessToken: string;
}

export async function startGoogleLogin(options: GoogleLoginOptions): Promise<GoogleLoginServer> {
  const server = await startHttpServer((request, response) => void take(request, response));
  const google: GoogleLoginServer = { url: server.url, asked: [], answers: [], stop: () => server.stop() };

  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = decodeURIComponent(request.url ?? "");
    const { authorization } = request.headers;
    const body = bodyOf(await textOf(request), request);
    google.asked.push({ path, authorization, body });
    const { status, body: answer } = google.answers.shift()?.(body) ?? answerOf({ path, authorization, body, options });
    if (status === 200) json(response, answer);
    else response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answer));
  }
  return google;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function bodyOf(text: string, { headers }: IncomingMessage): Record<string, unknown> {
  if (headers["content-type"]?.includes("json")) return JSON.parse(text) as Record<string, unknown>;
  return Object.fromEntries(new URLSearchParams(text));
}

interface Asked {
  path: string;
  authorization: string | undefined;
  body: Record<string, unknown>;
  options: GoogleLoginOptions;
}

function answerOf({ path, authorization, body, options }: Asked): Answer {
  if (path === "/v1/token") return exchange(body, options);
  const account = /^\/v1\/projects\/-\/serviceAccounts\/([^:]+):generateAccessToken$/.exec(path)?.[1];
  if (account === undefined) return { status: 404, body: {} };
  if (authorization !== `Bearer ${federatedToken}`) return { status: 401, body: {} };
  if (!options.accounts.includes(account)) return { status: 403, body: denied };
  return { status: 200, body: { accessToken: options.accessToken, expireTime: "2100-01-01T00:00:00Z" } };
}

function exchange(body: Record<string, unknown>, { oidc }: GoogleLoginOptions): Answer {
  const claims = oidc.verify(String(body["subject_token"]));
  if (body["audience"] !== `//iam.googleapis.com/${provider}`) return { status: 400, body: wrongProvider };
  if (claims?.aud !== `https://iam.googleapis.com/${provider}`) return { status: 400, body: wrongAudience };
  if (!claims.sub.startsWith("repo:navikt/")) return { status: 401, body: rejected };
  return { status: 200, body: { access_token: federatedToken, token_type: "Bearer", expires_in: 3599 } };
}

/** Google's own words. */
const wrongProvider = {
  error: "invalid_target",
  error_description:
    'The target service indicated by the "audience" parameters is invalid. This might either be because the pool or provider is disabled or deleted or because it doesn\'t exist.',
};
const wrongAudience = {
  error: "invalid_grant",
  error_description: "The audience in ID Token does not match the expected audience.",
};
const rejected = {
  error: "unauthorized_client",
  error_description: "The given credential is rejected by the attribute condition.",
};
const denied = {
  error: {
    code: 403,
    message: "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist).",
    status: "PERMISSION_DENIED",
  },
};
