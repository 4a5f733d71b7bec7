/** GitHub's tokens for workflows: https://docs.github.com/en/actions/reference/security/oidc. Signed, for whoever started this, to be verified. */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { asks, json, startHttpServer } from "../http.ts";

export interface Claims {
  iss: string;
  aud: string;
  sub: string;
  repository: string;
  iat: number;
  exp: number;
}

export interface TokenServer {
  /** For the environment of a workflow's job. */
  env: Record<string, string>;
  /** Audiences that were asked for, in order. */
  asked: string[];
  /** How long tokens live, in seconds. */
  lifetime: number;
  repository: string;
  /** Undefined where the token is not one of this server's. */
  verify(token: string): Claims | undefined;
  stop(): Promise<void>;
}

const bearer = "job-of-a-workflow";
export const issuer = "https://token.actions.githubusercontent.com";

export async function startTokenServer(repository = "navikt/trial"): Promise<TokenServer> {
  const key = randomBytes(32);
  const sign = (text: string) => createHmac("sha256", key).update(text).digest("base64url");
  const state: TokenServer = { env: {}, asked: [], lifetime: 300, repository, verify, stop: () => http.stop() };
  const http = await startHttpServer((request, response) => {
    if (request.headers.authorization?.toLowerCase() !== `bearer ${bearer}`) return void response.writeHead(401).end();
    const audience = asks(request, "audience") ?? `https://github.com/${state.repository.split("/")[0]}`;
    state.asked.push(audience);
    json(response, { count: 1, value: issue(audience) });
  });
  state.env = {
    ACTIONS_ID_TOKEN_REQUEST_URL: `${http.url}/token?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer,
  };
  return state;

  function issue(aud: string): string {
    const iat = Math.floor(Date.now() / 1000);
    const sub = `repo:${state.repository}:ref:refs/heads/main`;
    const claims: Claims = { iss: issuer, aud, sub, repository: state.repository, iat, exp: iat + state.lifetime };
    const text = [
      { alg: "HS256", typ: "JWT" },
      { ...claims, jti: randomBytes(6).toString("hex") },
    ]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    return `${text}.${sign(text)}`;
  }

  function verify(token: string): Claims | undefined {
    const [head, body, signature = ""] = token.split(".");
    const [given, right] = [Buffer.from(signature), Buffer.from(sign(`${head}.${body}`))];
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    return JSON.parse(Buffer.from(body!, "base64url").toString()) as Claims;
  }
}
