/** A deploy by the platform's deploy service, from the request to its end. */
import type { Context } from "../../../util/context.ts";
import type { Problem } from "../../../util/error.ts";
import type { Origin } from "../origin.ts";
import { platformCodes, type DeployOutcome, type PlatformCode } from "../outcome.ts";
import type { Resource } from "../resource.ts";
import { authFor } from "./auth.ts";
import { connect } from "./client.ts";
import { createProgress, type Progress } from "./progress.ts";
import type { DeploymentStatus } from "./protocol.ts";
import { explainRefusal } from "./refusal.ts";
import { makeRequest } from "./request.ts";
import { unchangedMessage, unchangedProblem } from "./unchanged.ts";
import { follow, send, usualIntervals, type Deployment, type Ending, type Intervals } from "./wait.ts";

export interface DeployToNais {
  /** What is sent, as it is. */
  resources: readonly Resource[];
  cluster: string;
  team: string;
  origin: Origin;
  /** `deploy.nav.cloud.nais.io:443`. */
  server: string;
  apiKey?: string | undefined;
  /** Milliseconds. */
  timeout: number;
  /** Whether to follow it to its end; else it is only sent. */
  wait: boolean;
  /** Whether the cluster may have the very same already: not where something in it changes with each deploy. */
  mayBeUnchanged: boolean;
  intervals?: Intervals | undefined;
}

/** @throws {EtlError} `usage` where it is not known who deploys; whatever happens later stands in the outcome */
export async function deployToNais(order: DeployToNais, context: Context): Promise<DeployOutcome> {
  const { resources, cluster, team, origin, server, apiKey, timeout, mayBeUnchanged, intervals } = order;
  const auth = await authFor({ team, apiKey }, context);
  const client = connect({ server, auth }, context);
  const now = context.now();
  const until = new Date(now.getTime() + timeout);
  const deployment: Deployment = {
    client,
    request: makeRequest({ resources, cluster, team, origin, now, deadline: until }),
    progress: createProgress(resources),
    asked: { cluster, team, server },
    until,
    intervals: intervals ?? usualIntervals,
    onStatus: (status) => tell(status, context),
    mayBeUnchanged,
  };
  try {
    return outcomeOf(await carryOut(deployment, order.wait, context), deployment, timeout);
  } finally {
    client.close();
  }
}

async function carryOut(deployment: Deployment, wait: boolean, context: Context): Promise<Ending | undefined> {
  const { request, asked } = deployment;
  context.log.info(`[deploy] sending to ${asked.server}: ${asked.cluster}, team ${asked.team}`);
  const ended = await context.effect("deploy.send", () => send(deployment, context));
  if (!ended) context.log.info(`[deploy] deployment ${request.ID}`);
  return ended ?? (wait ? follow(deployment, context) : undefined);
}

function tell({ state, message }: DeploymentStatus, { log }: Context): void {
  log.info(`[deploy] ${state}: ${message}`);
}

type Said = Pick<DeployOutcome, "code" | "state" | "message"> & { problems?: Problem[] };

function outcomeOf(ending: Ending | undefined, deployment: Deployment, timeout: number): DeployOutcome {
  const { progress, request } = deployment;
  const said = ending ? sayEnding(ending, deployment, timeout) : sent(progress);
  const passed = said.code === platformCodes.success;
  const resources = progress.resources().map((one) => ({
    ...one,
    // That it was applied may have been among the statuses that were missed.
    state: said.state === "unchanged" && ["sent", "applied"].includes(one.state) ? ("unchanged" as const) : one.state,
  }));
  return {
    ...said,
    passed,
    ...(request.ID && { id: request.ID }),
    statuses: progress.statuses,
    resources,
    problems: [...(passed ? [] : resourceProblems(progress)), ...(said.problems ?? [])],
  };
}

function sent({ statuses }: Progress): Said {
  const last = statuses.at(-1);
  return { code: platformCodes.success, state: last?.state ?? "queued", message: "sent; nobody waited for its end" };
}

const codes: Partial<Record<string, PlatformCode>> = {
  success: platformCodes.success,
  failure: platformCodes.failure,
  error: platformCodes.error,
};

function sayEnding(ending: Ending, deployment: Deployment, timeout: number): Said {
  const { progress, asked } = deployment;
  switch (ending.kind) {
    case "final": {
      const { state, message } = ending.status;
      const code = codes[state] ?? platformCodes.internal;
      return { code, state, message, problems: code === 0 ? [] : [finalProblem(ending.status, progress)].flat() };
    }
    case "unchanged":
      return {
        code: platformCodes.success,
        state: "unchanged",
        message: unchangedMessage,
        problems: [unchangedProblem],
      };
    case "stalled": {
      const message = "some resources failed, and of the others nothing more was heard";
      return { code: platformCodes.failure, state: "failure", message };
    }
    case "timeout":
      return timedOut(deployment, timeout, ending.last && explainRefusal(ending.last, asked));
    case "refused": {
      const problem = explainRefusal(ending.error, asked);
      const code = ending.wasSent ? platformCodes.unavailable : platformCodes.noDeployment;
      return { code, state: "refused", message: problem.message, problems: [problem] };
    }
  }
}

/** What the last status says besides the errors that were told one by one. */
function finalProblem({ state, message }: DeploymentStatus, progress: Progress): Problem[] {
  const untold = progress.untold();
  if (progress.hasErrors() && untold === 0) return [];
  const hint = untold > 0 && progress.hasErrors() ? "The platform counts more errors than it tells." : cureOf(message);
  return [{ severity: "error", rule: `deploy-${state}`, message: `[deploy] ${message || `ended in ${state}`}`, hint }];
}

function timedOut({ progress, until }: Deployment, timeout: number, refusal: Problem | undefined): Said {
  const last = progress.statuses.at(-1);
  const seconds = Math.round(timeout / 1000);
  const where = last ? `; the last that was heard: ${last.message}` : "";
  const message = `not done within ${seconds} s (until ${until.toISOString()})${where}`;
  const hint = last
    ? "It may still succeed: look with nais-etl status, or in Nais Console. Give it longer with `--timeout 20m`."
    : "Nothing was deployed. Give it longer with `--timeout 20m`, or try again later.";
  const problem: Problem = { severity: "error", rule: "deploy-timeout", message: `[deploy] ${message}`, hint };
  return {
    code: platformCodes.timeout,
    state: "timeout",
    message,
    problems: [problem, ...(refusal ? [refusal] : [])],
  };
}

function resourceProblems(progress: Progress): Problem[] {
  const found = progress.resources().flatMap(({ resource, errors }) => errors.map((text) => `${resource}: ${text}`));
  return [...found, ...progress.others()].map((text) => ({
    severity: "error",
    rule: "deploy-failed",
    message: `[deploy] ${text}`,
    hint: cureOf(text),
  }));
}

/** What the cluster says of a resource, and what to do about it. */
function cureOf(text: string): string {
  if (/strict decoding error|unknown field/.test(text))
    return "The platform does not know this key: nais-etl validate says where it stands, and what is meant.";
  if (/FailedSynchronization|FailedGenerate|FailedPrepare/.test(text))
    return "The cluster took the manifest and could not act on it. nais-etl validate knows the usual causes (a schedule that is none, an unknown time zone, a name that is too long). A deploy of the same `spec` would not be tried again: change it.";
  if (/has been redeployed/.test(text)) return "Another deploy came after this one: look at that one.";
  if (/timeout while waiting/.test(text))
    return "The cluster did not get it ready in time. Look with nais-etl status, and give it longer with `--timeout 20m`.";
  if (/forbidden|not allowed|Unauthorized/i.test(text))
    return "The platform's agent may not do this in this namespace: is `metadata.namespace` the team's?";
  if (/denied the request|is invalid|Invalid value|Required value/.test(text))
    return "The cluster refuses a value: nais-etl validate says where it stands.";
  return "Look with nais-etl status, or in Nais Console, at what the cluster says of it.";
}
