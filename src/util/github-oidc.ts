/**
 * Who a workflow is: a signed token that GitHub gives a job that asks for it.
 * Source: https://docs.github.com/en/actions/reference/security/oidc
 */
import { readFile } from "node:fs/promises";
import type { Context } from "./context.ts";
import { isLoopbackHost } from "./endpoint.ts";
import { EtlError, messageOf } from "./error.ts";
import { HttpStatus, judgeStatus } from "./http-status.ts";
import { retry } from "./retry.ts";

export interface GithubToken {
  /** A JWT, masked before it is handed out. */
  token: string;
  /** GitHub's live for minutes: whoever works longer asks for another. */
  expires: Date;
  /** What it says of the workflow, `repo:OWNER/NAME:ref:refs/heads/main`: for decisions, not for logs. */
  subject: string;
}

const timeout = 15_000;
const patience = 60_000;

/**
 * @param audience whom the token is for; nobody else takes it
 * @throws {EtlError} `usage` where the job may not have one, `failed` where GitHub gives none
 */
export async function githubToken(audience: string, context: Context): Promise<GithubToken> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: address, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = context.env;
  if (!address || !bearer) throw await notAllowed(context);
  context.log.mask(bearer);
  const url = requestUrl(address, audience);
  const answer = await retry(() => ask({ url, bearer, context }), {
    context,
    what: "ask GitHub for a token",
    within: patience,
    judge: judgeStatus,
  }).catch((error: unknown) => {
    context.signal.throwIfAborted();
    throw error instanceof EtlError ? error : refused(error);
  });
  return readToken(answer, context);
}

/** One that ends within this is not shown any more. */
const renewBefore = 60_000;

export interface GithubTokens {
  /** The same as before, while it lives. @throws {EtlError} as {@link githubToken} */
  current(): Promise<string>;
  /** The next time, another one is asked for. */
  forget(): void;
}

/** For whoever works longer than a token lives. */
export function githubTokens(audience: string, context: Context): GithubTokens {
  let known: GithubToken | undefined;
  return {
    async current() {
      if (!known || known.expires.getTime() - renewBefore <= context.now().getTime())
        known = await githubToken(audience, context);
      return known.token;
    },
    forget() {
      known = undefined;
    },
  };
}

/** Whether this job may ask for one. */
export function mayAskGithub({ env }: Pick<Context, "env">): boolean {
  return Boolean(env["ACTIONS_ID_TOKEN_REQUEST_URL"] && env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]);
}

function requestUrl(address: string, audience: string): URL {
  const url = URL.parse(address);
  // A token that says who may push and deploy is not asked for where others can read it.
  if (url === null || (url.protocol !== "https:" && !isLoopbackHost(url.hostname)))
    throw new EtlError({
      code: "usage",
      part: "github",
      message: "ACTIONS_ID_TOKEN_REQUEST_URL is not an address with https://",
      hint: "GitHub Actions sets it; do not set it yourself.",
    });
  url.searchParams.set("audience", audience);
  return url;
}

async function ask({ url, bearer, context }: { url: URL; bearer: string; context: Context }): Promise<unknown> {
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(timeout)]);
  const headers = { authorization: `Bearer ${bearer}`, accept: "application/json" };
  const response = await fetch(url, { headers, signal });
  if (!response.ok) throw new HttpStatus(response.status);
  return response.json();
}

/** What stands in the answer is not shown: part of it may be a token. */
function readToken(answer: unknown, { log }: Context): GithubToken {
  const { value } = (answer ?? {}) as { value?: unknown };
  if (typeof value === "string") log.mask(value);
  const claims = typeof value === "string" ? claimsOf(value) : undefined;
  if (claims) return { token: value as string, expires: new Date(claims.exp * 1000), subject: claims.sub };
  throw new EtlError({ code: "failed", part: "github", message: "GitHub's answer holds no token", hint: tryAgain });
}

/** The middle part of a JWT. It is not verified here: those whom it is shown to do that. */
function claimsOf(token: string): { exp: number; sub: string } | undefined {
  try {
    const text = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
    const { exp, sub } = JSON.parse(text) as Record<string, unknown>;
    return typeof exp === "number" && typeof sub === "string" ? { exp, sub } : undefined;
  } catch {
    return undefined;
  }
}

const tryAgain = "Run the job again; https://www.githubstatus.com says whether GitHub Actions has trouble.";

function refused(error: unknown): EtlError {
  const { status } = error as Partial<HttpStatus>;
  const why = messageOf((error as { cause?: unknown }).cause ?? error);
  return new EtlError({
    code: "failed",
    part: "github",
    message: status === undefined ? `GitHub gives no token: ${why}` : `GitHub gives no token: it answers ${status}`,
    hint: status === 401 || status === 403 ? `The job's own token was not taken. ${tryAgain}` : tryAgain,
    cause: error,
  });
}

const permissionYaml = "permissions:\n  contents: read\n  id-token: write";

/** What a job is told that may not ask. */
export async function notAllowed({ env }: Pick<Context, "env">): Promise<EtlError> {
  const inWorkflow = env["GITHUB_ACTIONS"] === "true";
  const hint = !inWorkflow
    ? "GitHub gives such tokens to its own jobs alone: do it in a workflow, or with credentials of your own."
    : (await isFromFork(env))
      ? "This is a pull request of a fork, and GitHub gives those no token. Push and deploy once it is merged: give the step `if: github.event.pull_request.head.repo.full_name == github.repository`, or run it on pushes."
      : `Give the job, or the workflow, this permission; one that calls this workflow needs it, too:\n${permissionYaml}`;
  return new EtlError({
    code: "usage",
    part: "github",
    message: inWorkflow
      ? "this job may not ask GitHub for a token that says who it is"
      : "this is not a job of GitHub Actions, which could say who it is",
    hint,
  });
}

/** The event's file says where a pull request comes from. */
async function isFromFork(env: Context["env"]): Promise<boolean> {
  try {
    const event = JSON.parse(await readFile(env["GITHUB_EVENT_PATH"] ?? "", "utf8")) as PullRequestEvent;
    const head = event.pull_request?.head;
    return head !== undefined && head.repo?.full_name !== env["GITHUB_REPOSITORY"];
  } catch {
    return false;
  }
}

interface PullRequestEvent {
  /** A fork that was deleted has no repository. */
  pull_request?: { head?: { repo?: { full_name?: string } | null } };
}
