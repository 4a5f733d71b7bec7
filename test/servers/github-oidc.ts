/** GitHub's tokens for jobs of workflows: https://docs.github.com/en/actions/reference/security/oidc. What it signs, `verify` finds right. */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { asks, json, startHttpServer, type HttpServer } from "./http.ts";

export interface Claims {
  iss: string;
  aud: string;
  sub: string;
  repository: string;
  iat: number;
  exp: number;
}

export interface OidcServer {
  /** What GitHub Actions would set in a job. */
  env: Record<string, string>;
  asked: HttpServer["asked"];
  /** Those of the tokens that it gave, in order. */
  audiences: string[];
  /** Tokens that it gave, in order. */
  given: string[];
  /** Statuses of the next answers; each is used once. */
  faults: number[];
  /** How long tokens live, in seconds. */
  lifetime: number;
  subject: string;
  /** Undefined for a token that was not signed here. */
  verify(token: string): Claims | undefined;
  stop(): Promise<void>;
}

interface Start {
  repository?: string;
  now?: () => Date;
}

export const issuer = "https://token.actions.githubusercontent.com";
export const requestToken = "request-token-of-the-job";

export async function startOidcServer({
  repository = "navikt/orders",
  now = () => new Date(),
}: Start = {}): Promise<OidcServer> {
  const key = makeKey();
  const server = await startHttpServer((request, response) => {
    const fault = oidc.faults.shift();
    if (fault !== undefined) return void response.writeHead(fault).end();
    // The scheme is read whatever its case: https://www.rfc-editor.org/rfc/rfc9110#section-11.1.
    if (request.headers.authorization?.replace(/^bearer /i, "") !== requestToken)
      return void response.writeHead(401).end();
    const aud = asks(request, "audience") ?? `https://github.com/${repository.split("/")[0]}`;
    const iat = Math.floor(now().getTime() / 1000);
    const token = key.sign({ iss: issuer, aud, sub: oidc.subject, repository, iat, exp: iat + oidc.lifetime });
    oidc.audiences.push(aud);
    oidc.given.push(token);
    json(response, { count: token.length, value: token });
  });
  const oidc: OidcServer = {
    env: {
      GITHUB_ACTIONS: "true",
      GITHUB_REPOSITORY: repository,
      ACTIONS_ID_TOKEN_REQUEST_URL: `${server.url}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: requestToken,
    },
    asked: server.asked,
    audiences: [],
    given: [],
    faults: [],
    lifetime: 300,
    subject: `repo:${repository}:ref:refs/heads/main`,
    verify: (token) => key.verify(token),
    stop: () => server.stop(),
  };
  return oidc;
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

function makeKey() {
  const key = randomBytes(32);
  const signature = (text: string) => createHmac("sha256", key).update(text).digest("base64url");
  return {
    sign(claims: Claims): string {
      const jti = randomBytes(6).toString("hex");
      const text = `${part({ alg: "HS256", typ: "JWT" })}.${part({ ...claims, jti })}`;
      return `${text}.${signature(text)}`;
    },
    verify(token: string): Claims | undefined {
      const [head, body = "", signed = ""] = token.split(".");
      const [given, right] = [Buffer.from(signed), Buffer.from(signature(`${head}.${body}`))];
      if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
      return JSON.parse(Buffer.from(body, "base64url").toString()) as Claims;
    },
  };
}
