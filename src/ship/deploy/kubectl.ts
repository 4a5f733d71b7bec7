/** A deploy by kubectl, for clusters without the platform's deploy service: server-side apply, with strict validation. */
import { randomUUID } from "node:crypto";
import type { Context } from "../../util/context.ts";
import { EtlError, type Problem } from "../../util/error.ts";
import { sleep } from "../../util/retry.ts";
import type { Kubectl } from "../kubectl.ts";
import { fieldsAt, itemsAt, numberAt, textAt } from "../manifest/rule.ts";
import { annotated } from "./nais/request.ts";
import { unchangedMessage, unchangedProblem } from "./nais/unchanged.ts";
import type { Origin } from "./origin.ts";
import { platformCodes, type DeployOutcome, type ResourceOutcome } from "./outcome.ts";
import { labelOf, type Resource } from "./resource.ts";

export interface DeployByKubectl {
  kubectl: Kubectl;
  resources: readonly Resource[];
  origin: Origin;
  /** Takes over fields that somebody else has set. */
  forceConflicts?: boolean | undefined;
  /** Whether to wait until the operator has acted. */
  wait: boolean;
  /** Milliseconds. */
  timeout: number;
  /** Given by tests: milliseconds between two looks, and until an operator that does not act is taken for none. */
  intervals?: { look: number; grace: number } | undefined;
}

/** The operator writes it into the status of what it has acted on. Source: https://github.com/nais/liberator */
const correlation = "nais.io/deploymentCorrelationID";
const usualIntervals = { look: 2000, grace: 60_000 };

export async function deployByKubectl(order: DeployByKubectl, context: Context): Promise<DeployOutcome> {
  const { kubectl, origin, forceConflicts } = order;
  const id = randomUUID();
  const resources = order.resources.map((resource) => withAnnotation(annotated(resource, origin), correlation, id));
  const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: resources });
  const before = await generationsOf(kubectl, input);
  const apply = applyArgs(forceConflicts);
  context.log.info(kubectl.inWords(apply));
  try {
    const after = readObjects(await context.effect("deploy.kubectl", () => kubectl.run(apply, input)));
    const outcomes = resources.map((resource) => appliedOutcome(labelOf(resource), before, after));
    for (const { resource, state } of outcomes) context.log.info(`[deploy] ${state}: ${resource}`);
    const problems = order.wait ? await waitForOperator({ order, outcomes, id }, context) : [];
    return finish(outcomes, problems);
  } catch (error) {
    context.signal.throwIfAborted();
    if (error instanceof EtlError) return refused(error, resources);
    throw error;
  }
}

/** The command, as it is run and as it is printed. */
function applyArgs(forceConflicts = false): string[] {
  const force = forceConflicts ? ["--force-conflicts"] : [];
  return ["apply", "--server-side", "--field-manager=nais-etl", "--validate=strict", ...force, "-o", "json", "-f", "-"];
}

function withAnnotation(resource: Resource, name: string, value: string): Resource {
  const metadata = fieldsAt(resource, "metadata") ?? {};
  return {
    ...resource,
    metadata: { ...metadata, annotations: { ...fieldsAt(metadata, "annotations"), [name]: value } },
  };
}

/** By resource. A generation rises when the `spec` has changed. */
type Generations = ReadonlyMap<string, number>;

async function generationsOf(kubectl: Kubectl, input: string): Promise<Generations> {
  return readObjects(await kubectl.run(["get", "-f", "-", "--ignore-not-found", "-o", "json"], input));
}

/** One object, a list of them, several texts one after the other, or nothing. */
function readObjects(text: string): Generations {
  const objects = text
    .split(/(?<=^\})\s*(?=\{)/m)
    .filter((part) => part.trim() !== "")
    .map((part) => JSON.parse(part) as unknown)
    .flatMap((object) =>
      textAt(object, "kind") === "List" ? itemsAt(object, "items").map(({ item }) => item) : [object as Resource],
    );
  return new Map(objects.map((object) => [labelOf(object), numberAt(object, "metadata", "generation") ?? 0]));
}

function appliedOutcome(resource: string, before: Generations, after: Generations): ResourceOutcome {
  const isSame = before.has(resource) && before.get(resource) === after.get(resource) && after.get(resource) !== 0;
  return { resource, state: isSame ? "unchanged" : "applied", errors: [] };
}

interface Wait {
  order: DeployByKubectl;
  outcomes: ResourceOutcome[];
  id: string;
}

/** Of each changed Naisjob: what the operator makes of it. Where there is no operator, none is waited for for long. */
async function waitForOperator({ order, outcomes, id }: Wait, context: Context): Promise<Problem[]> {
  const names = outcomes
    .filter(({ resource, state }) => resource.startsWith("Naisjob/") && state === "applied")
    .map(({ resource }) => resource.slice("Naisjob/".length));
  const lists = await Promise.all(names.map((name) => waitForOne({ name, order, outcomes, id }, context)));
  return lists.flat();
}

async function waitForOne(
  { name, order, outcomes, id }: Wait & { name: string },
  context: Context,
): Promise<Problem[]> {
  const { kubectl, timeout, intervals = usualIntervals } = order;
  const began = context.now().getTime();
  const outcome = outcomes.find(({ resource }) => resource === `Naisjob/${name}`)!;
  for (let isSeen = false; ;) {
    const status = fieldsAt(await kubectl.find(["get", "naisjobs.nais.io", name]), "status");
    isSeen ||= status?.["correlationID"] === id;
    const state = isSeen ? (textAt(status, "synchronizationState") ?? "") : "";
    if (state.startsWith("Failed")) {
      const said = itemsAt(status, "problems").flatMap(({ item }) => textAt(item, "message") ?? []);
      Object.assign(outcome, { state: "failed", errors: [`${state}: ${said.join("; ") || "see kubectl describe"}`] });
      return outcome.errors.map((text) => failedProblem(`${outcome.resource}: ${text}`));
    }
    if (state === "Synchronized" || state === "RolloutComplete") {
      outcome.state = state === "Synchronized" ? "synchronized" : "complete";
      context.log.info(`[deploy] ${outcome.state}: ${outcome.resource}`);
      return [];
    }
    const waited = context.now().getTime() - began;
    if (!isSeen && waited > Math.min(intervals.grace, timeout)) return [notSeen(outcome.resource)];
    if (waited > timeout)
      return [failedProblem(`${outcome.resource}: not synchronised in time (${state || "no state"})`)];
    await sleep(intervals.look, context.signal);
  }
}

function notSeen(resource: string): Problem {
  const message = `[deploy] ${resource} is applied, and no operator has acted on it`;
  const hint = "In a cluster without nais nothing comes of a Naisjob. On nais, look with nais-etl status.";
  return { severity: "warning", rule: "deploy-unseen", message, hint };
}

function finish(resources: ResourceOutcome[], problems: Problem[]): DeployOutcome {
  const passed = problems.every(({ severity }) => severity === "warning");
  const isUnchanged = resources.every(({ state }) => state === "unchanged");
  const state = !passed ? "failure" : isUnchanged ? "unchanged" : "applied";
  return {
    passed,
    code: passed ? platformCodes.success : platformCodes.failure,
    state,
    message: isUnchanged ? unchangedMessage : passed ? "applied" : "what was applied could not be acted on",
    statuses: [],
    resources,
    problems: isUnchanged ? [unchangedProblem, ...problems] : problems,
  };
}

function failedProblem(text: string): Problem {
  const hint = "nais-etl validate knows the usual causes; kubectl describe shows the rest.";
  return { severity: "error", rule: "deploy-failed", message: `[deploy] ${text}`, hint };
}

/** Each line that kubectl ends with is an error of its own. */
function refused(error: EtlError, resources: readonly Resource[]): DeployOutcome {
  const conflict = /Apply failed with \d+ conflict/.test(error.message);
  const hint = conflict
    ? "Somebody else has set these fields, such as the platform's own deploy. `--force-conflicts` takes them over."
    : error.hint;
  const problem: Problem = {
    severity: "error",
    rule: "deploy-failed",
    message: error.message,
    ...(hint !== undefined && { hint }),
  };
  return {
    passed: false,
    code: platformCodes.failure,
    state: "failure",
    message: error.message,
    statuses: [],
    resources: resources.map((resource) => ({ resource: labelOf(resource), state: "unsent" as const, errors: [] })),
    problems: [problem],
  };
}
