/**
 * The deploy API to come: resources are applied one by one, by HTTP, and each is answered for. Nothing is waited for.
 * Source: https://github.com/nais/api, `POST …/teams/TEAM/environments/ENVIRONMENT/apply`.
 */
import type { Context } from "../../../util/context.ts";
import { parseEndpoint } from "../../../util/endpoint.ts";
import { EtlError, messageOf, type Problem } from "../../../util/error.ts";
import { githubToken } from "../../../util/github-oidc.ts";
import { sleep } from "../../../util/retry.ts";
import type { Origin } from "../origin.ts";
import { platformCodes, type DeployOutcome, type ResourceOutcome } from "../outcome.ts";
import { labelOf, type Resource } from "../resource.ts";
import { refusedStatus, type Reply } from "./apply-refusal.ts";
import { annotated } from "./request.ts";
import { unchangedProblem } from "./unchanged.ts";

export interface ApplyToNais {
  resources: readonly Resource[];
  /** The environment, in the API's words. */
  cluster: string;
  team: string;
  origin: Origin;
  /** Address of Nais Console: `https://console.nav.cloud.nais.io`. */
  console: string;
  /** Milliseconds. */
  timeout: number;
  /** Milliseconds before what failed is tried again. */
  retryAfter?: number | undefined;
}

const audience = "api.nais.io";
const usualRetry = 5000;
const callTimeout = 60_000;
/** What the API takes at most. */
const mostBytes = 5 * 1024 * 1024;

interface Result {
  resource: string;
  status: "created" | "applied" | "error";
  changedFields: unknown[];
  error?: string;
}

/** @throws {EtlError} `usage` where it is not known who deploys, `invalid` for what is too large */
export async function applyToNais(order: ApplyToNais, context: Context): Promise<DeployOutcome> {
  const resources = order.resources.map((resource) => annotated(resource, order.origin));
  const body = JSON.stringify({ resources });
  const bytes = Buffer.byteLength(body);
  if (bytes > mostBytes) throw tooLarge(bytes);
  const url = urlOf(order);
  context.log.info(`[deploy] sending to ${url.href}`);
  const response = await context.effect("deploy.apply", () => sendPatiently({ order, url, body }, context));
  if (response instanceof Error) return unreachable(response, order);
  const results = response.ok ? readResults(response.text) : undefined;
  return results ? outcomeOf(results, order.resources, context) : refused(response, order);
}

function urlOf({ console, team, cluster }: ApplyToNais): URL {
  const { url } = parseEndpoint(console, { key: "--console", where: () => ({ file: "command line" }) });
  const path = ["api", "v1", "teams", team, "environments", cluster, "apply"].map(encodeURIComponent).join("/");
  return new URL(path, `${url}/`);
}

interface Post {
  order: ApplyToNais;
  url: URL;
  body: string;
}

/** Until it is answered for good. What came last is the answer, where the time is over. */
async function sendPatiently({ order, url, body }: Post, context: Context): Promise<Reply | Error> {
  const until = context.now().getTime() + order.timeout;
  for (let renewed = false; ;) {
    const { token } = await githubToken(audience, context);
    const answer = await post({ url, body, token }, context);
    if (!(answer instanceof Error)) {
      if (answer.status === 401 && !renewed) {
        renewed = true;
        continue;
      }
      if (answer.status < 500 && answer.status !== 429) return answer;
    }
    const wait = order.retryAfter ?? usualRetry;
    if (context.now().getTime() + wait >= until) return answer;
    context.log.warn(`[deploy] ${answer instanceof Error ? answer.message : `status ${answer.status}`}; trying again`);
    await sleep(wait, context.signal);
  }
}

async function post(
  { url, body, token }: { url: URL; body: string; token: string },
  { signal }: Context,
): Promise<Reply | Error> {
  try {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
    const timeout = AbortSignal.any([signal, AbortSignal.timeout(callTimeout)]);
    const response = await fetch(url, { method: "POST", headers, body, signal: timeout });
    return { ok: response.ok, status: response.status, text: await response.text() };
  } catch (error) {
    signal.throwIfAborted();
    return new Error(messageOf((error as { cause?: unknown }).cause ?? error), { cause: error });
  }
}

/** Undefined where the answer is another. */
function readResults(text: string): Result[] | undefined {
  try {
    const { results } = JSON.parse(text) as { results?: Partial<Result>[] };
    return results?.map(({ resource = "?", status = "error", changedFields, error }) => ({
      resource,
      status,
      changedFields: changedFields ?? [],
      ...(error && { error }),
    }));
  } catch {
    return undefined;
  }
}

function outcomeOf(results: readonly Result[], sent: readonly Resource[], { log }: Context): DeployOutcome {
  const resources = results.map((result, i): ResourceOutcome => {
    const { resource, status, changedFields, error } = result;
    log.info(`[deploy] ${status}: ${resource}${error ? `: ${error}` : ""}`);
    const unchanged = status === "applied" && changedFields.length === 0;
    const label = results.length === sent.length ? labelOf(sent[i]!) : resource;
    const state = status === "error" ? "failed" : unchanged ? "unchanged" : "applied";
    return { resource: label, state, errors: status === "error" ? [error ?? "the platform does not say why"] : [] };
  });
  const problems = resources.flatMap(({ resource, errors }) => errors.map((text) => failed(`${resource}: ${text}`)));
  const passed = problems.length === 0 && results.length >= sent.length;
  const isUnchanged = passed && resources.every(({ state }) => state === "unchanged");
  return {
    passed,
    code: passed ? platformCodes.success : platformCodes.failure,
    state: isUnchanged ? "unchanged" : passed ? "applied" : "failure",
    message: passed ? "applied" : `${problems.length} of ${sent.length} resources failed`,
    statuses: [],
    resources,
    problems: isUnchanged ? [unchangedProblem] : passed || problems.length > 0 ? problems : [lost()],
  };
}

function failed(text: string): Problem {
  const hint = "nais-etl validate says what is wrong with a manifest, and where.";
  return { severity: "error", rule: "deploy-failed", message: `[deploy] ${text}`, hint };
}

function lost(): Problem {
  const message = "[deploy] the platform did not answer for every resource";
  return { severity: "error", rule: "deploy-failed", message, hint: "Look in Nais Console at what is there." };
}

function refused(reply: Reply, order: ApplyToNais): DeployOutcome {
  const problem = refusedStatus(reply, order);
  return nothing(order, problem, reply.status >= 500 ? platformCodes.unavailable : platformCodes.noDeployment);
}

function unreachable(error: Error, order: ApplyToNais): DeployOutcome {
  const message = `[deploy] ${order.console} cannot be reached: ${error.message}`;
  const hint = "Is it the Nais Console of your organisation (TENANT_NAME, `--console`)? Else try again later.";
  return nothing(order, { severity: "error", rule: "deploy-refused", message, hint }, platformCodes.unavailable);
}

function nothing(order: ApplyToNais, problem: Problem, code: DeployOutcome["code"]): DeployOutcome {
  const resources = order.resources.map((one) => ({ resource: labelOf(one), state: "unsent" as const, errors: [] }));
  return {
    passed: false,
    code,
    state: "refused",
    message: problem.message,
    statuses: [],
    resources,
    problems: [problem],
  };
}

function tooLarge(bytes: number): EtlError {
  return new EtlError({
    code: "invalid",
    part: "deploy",
    message: `the resources have ${(bytes / 1024 / 1024).toFixed(1)} MB, and the platform takes 5 MB at once`,
    hint: "Deploy them in several parts, each with `--resource` of its own.",
  });
}
