/** Jobs and pods, as the API server gives them, read as runs and attempts. */
import { itemsAt, numberAt, textAt } from "../../manifest/rule.ts";
import type { Attempt, RunPhase, RunState } from "../platform.ts";
import { jobTroubles, podTroubles } from "./trouble.ts";

/** Of Kubernetes, where a Job says nothing. */
const usualBackoffLimit = 6;

/** @param pods the Job's own */
export function runStateOf(job: unknown, pods: readonly unknown[]): RunState {
  const phase = phaseOf(job, pods);
  const ended = textAt(job, "status", "completionTime") ?? conditionOf(job, "Failed")?.time;
  return {
    name: textAt(job, "metadata", "name") ?? "",
    phase,
    trigger: triggerOf(job),
    created: createdAt(job),
    started: textAt(job, "status", "startTime"),
    ended: phase === "succeeded" || phase === "failed" ? ended : undefined,
    image: textAt(itemsAt(job, "spec", "template", "spec", "containers")[0]?.item, "image"),
    message: conditionOf(job, "Failed")?.message,
    attempts: attemptsOf(pods),
    mostAttempts: (numberAt(job, "spec", "backoffLimit") ?? usualBackoffLimit) + 1,
    troubles: phase === "succeeded" ? [] : [...troublesOf(pods), ...jobTroubles(job)],
  };
}

/** Of the newest pod: what earlier ones suffered from is told when it happens, and by their attempts. */
function troublesOf(pods: readonly unknown[]) {
  const newest = inOrder(pods).at(-1);
  return newest === undefined ? [] : podTroubles(newest);
}

function phaseOf(job: unknown, pods: readonly unknown[]): RunPhase {
  if (conditionOf(job, "Complete")) return "succeeded";
  if (conditionOf(job, "Failed")) return "failed";
  const hasBegun = pods.some((pod) => textAt(pod, "status", "phase") !== "Pending");
  return hasBegun || (numberAt(job, "status", "failed") ?? 0) > 0 ? "running" : "pending";
}

function conditionOf(
  job: unknown,
  type: string,
): { message: string | undefined; time: string | undefined } | undefined {
  const found = itemsAt(job, "status", "conditions").find(
    ({ item }) => item["type"] === type && item["status"] === "True",
  );
  return found && { message: textAt(found.item, "message"), time: textAt(found.item, "lastTransitionTime") };
}

/** Source: https://kubernetes.io/docs/reference/labels-annotations-taints/#cronjob-kubernetes-io-instantiate */
function triggerOf(job: unknown): RunState["trigger"] {
  if (textAt(job, "metadata", "annotations", "cronjob.kubernetes.io/instantiate") === "manual") return "manual";
  if (textAt(job, "metadata", "annotations", "batch.kubernetes.io/cronjob-scheduled-timestamp") !== undefined)
    return "schedule";
  return undefined;
}

function inOrder(pods: readonly unknown[]): unknown[] {
  return pods.toSorted((a, b) => createdAt(a).localeCompare(createdAt(b)));
}

function createdAt(value: unknown): string {
  return textAt(value, "metadata", "creationTimestamp") ?? "";
}

function attemptsOf(pods: readonly unknown[]): Attempt[] {
  return inOrder(pods).map((pod) => {
    const status = ownStatus(pod);
    return {
      pod: textAt(pod, "metadata", "name") ?? "",
      phase: phases[textAt(pod, "status", "phase") ?? ""] ?? "unknown",
      started: textAt(status, "state", "running", "startedAt") ?? textAt(status, "state", "terminated", "startedAt"),
      ended: textAt(status, "state", "terminated", "finishedAt"),
      exitCode: numberAt(status, "state", "terminated", "exitCode"),
    };
  });
}

const phases: Record<string, Attempt["phase"]> = {
  Pending: "pending",
  Running: "running",
  Succeeded: "succeeded",
  Failed: "failed",
};

/** Beside sidecars: the one that `kubectl logs` would choose. */
function ownStatus(pod: unknown): unknown {
  const wanted =
    textAt(pod, "metadata", "annotations", "kubectl.kubernetes.io/default-container") ??
    textAt(itemsAt(pod, "spec", "containers")[0]?.item, "name");
  return itemsAt(pod, "status", "containerStatuses").find(({ item }) => item["name"] === wanted)?.item;
}
