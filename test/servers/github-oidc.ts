/** GitHub's server of tokens for jobs, as far as one request goes: what it signs, `verify` finds right. */
import { createHmac } from "node:crypto";
import { json, startHttpServer, type HttpServer } from "./http.ts";

export interface OidcServer {
  /** What GitHub Actions would set in a job. */
  env: Record<string, string>;
  asked: HttpServer["asked"];
  /** Tokens that it gave, in order. */
  given: string[];
  /** Statuses of the next answers; each is used once. */
  faults: number[];
  subject: string;
  /** Whom a token is for; undefined for one that was not signed here. */
  verify(token: string): { aud: string; sub: string; exp: number } | undefined;
  stop(): Promise<void>;
}

const key = "made-up";
export const requestToken = "request-token-of-the-job";

export async function startOidcServer({ now = () => new Date() }: { now?: () => Date } = {}): Promise<OidcServer> {
  const [given, faults]: [string[], number[]] = [[], []];
  const server = await startHttpServer((request, response) => {
    const fault = faults.shift();
    if (fault !== undefined) return void response.writeHead(fault).end();
    if (request.headers.authorization !== `Bearer ${requestToken}`) return void response.writeHead(401).end();
    const aud = new URL(request.url ?? "", "http://x").searchParams.get("audience") ?? "";
    const token = sign({ aud, sub: oidc.subject, exp: Math.floor(now().getTime() / 1000) + 300 });
    given.push(token);
    json(response, { count: token.length, value: token });
  });
  const oidc: OidcServer = {
    env: {
      GITHUB_ACTIONS: "true",
      GITHUB_REPOSITORY: "navikt/orders",
      ACTIONS_ID_TOKEN_REQUEST_URL: `${server.url}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
    },
    asked: server.asked,
    given,
    faults,
    subject: "repo:navikt/orders:ref:refs/heads/main",
    verify,
    stop: () => server.stop(),
  };
  return oidc;
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
const signature = (text: string) => createHmac("sha256", key).update(text).digest("base64url");

function sign(claims: object): string {
  const text = `${part({ alg: "HS256", typ: "JWT" })}.${part({ iss: "https://token.actions.githubusercontent.com", ...claims })}`;
  return `${text}.${signature(text)}`;
}

function verify(token: string): ReturnType<OidcServer["verify"]> {
  const [head = "", body = "", signed = ""] = token.split(".");
  if (signature(`${head}.${body}`) !== signed) return undefined;
  return JSON.parse(Buffer.from(body, "base64url").toString()) as ReturnType<OidcServer["verify"]>;
}
