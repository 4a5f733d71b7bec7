/** A cluster that a test makes up, and kubectl asked of it in this process: what it answers, and what it was asked. */
import type { Kubectl } from "../../../src/ship/kubectl.ts";
import { EtlError } from "../../../src/util/error.ts";

export interface Cluster {
  cronJobs?: object[];
  jobs: { metadata: { name: string } }[];
  pods?: { metadata: { name: string } }[];
  events?: object[];
  naisjobs?: object[];
  /** Of pods by their names: what one call of `kubectl logs` gives, and how it ends. */
  logs?: Record<string, { lines: string[]; fails?: string }[]>;
}

export interface FakeKubectl extends Kubectl {
  asked: string[];
  given: string[];
}

/** @param steps the cluster as it is at each look at a Job; the last one stays */
export function fakeKubectl(
  steps: Cluster[],
  refuses: (args: readonly string[]) => string | undefined = () => undefined,
): FakeKubectl {
  const asked: string[] = [];
  const given: string[] = [];
  let step = -1;
  const now = () => steps[Math.min(Math.max(step, 0), steps.length - 1)]!;
  const check = (args: readonly string[]) => {
    asked.push(args.join(" "));
    const why = refuses(args);
    if (why !== undefined) throw new EtlError({ code: "failed", part: "kubectl", message: why });
  };
  return {
    namespace: "my-team",
    asked,
    given,
    inWords: (args) => `kubectl --namespace=my-team ${args.join(" ")}`,
    async run(args, input) {
      check(args);
      if (input !== undefined) given.push(input);
      const job = {
        kind: "Job",
        spec: { template: { spec: { containers: [{ name: "orders", env: [{ name: "A", value: "1" }] }] } } },
      };
      return args.includes("--dry-run=client") ? JSON.stringify(job) : "";
    },
    async find(args) {
      check(args);
      const [, kind = "", name] = args;
      if (kind === "job") step += 1;
      const { cronJobs = [], jobs, pods = [], events = [], naisjobs = [] } = now();
      const items = { cronjob: cronJobs, job: jobs, jobs, pods, events, "naisjobs.nais.io": naisjobs }[kind] ?? [];
      const one = items.find((item) => (item as { metadata?: { name: string } }).metadata?.name === name);
      return ["cronjob", "job", "naisjobs.nais.io"].includes(kind) ? one : { items };
    },
    async *lines(args, signal) {
      check(args);
      const call = now().logs?.[args[1]!]?.shift();
      for (const line of call?.lines ?? []) if (!signal.aborted) yield line;
      if (call?.fails !== undefined) throw new EtlError({ code: "failed", message: call.fails });
    },
  };
}

export function job(name: string, status: object = {}, more: object = {}) {
  return {
    metadata: { name, creationTimestamp: "2026-11-05T06:30:00Z", labels: { app: "orders" } },
    spec: { backoffLimit: 2, template: { spec: { containers: [{ name: "orders", image: "a:1" }] } }, ...more },
    status: { startTime: "2026-11-05T06:30:01Z", ...status },
  };
}

export const complete = {
  completionTime: "2026-11-05T06:31:01Z",
  conditions: [{ type: "Complete", status: "True", lastTransitionTime: "2026-11-05T06:31:01Z" }],
};

export function failed(reason = "BackoffLimitExceeded", message = "Job has reached the specified backoff limit") {
  return {
    conditions: [{ type: "Failed", status: "True", reason, message, lastTransitionTime: "2026-11-05T06:32:01Z" }],
  };
}

const startedAt = "2026-11-05T06:30:05Z";

export function pod(name: string, phase: string, state: object = {}, more: object = {}) {
  return {
    metadata: { name, creationTimestamp: `2026-11-05T06:3${name.length % 10}:02Z`, labels: { "job-name": "orders-1" } },
    spec: { containers: [{ name: "orders", resources: { limits: { memory: "512Mi" } } }] },
    status: { phase, containerStatuses: [{ name: "orders", image: "a:1", state }], ...more },
  };
}

export const running = { running: { startedAt } };

export function terminated(exitCode: number, reason = exitCode === 0 ? "Completed" : "Error") {
  return { terminated: { exitCode, reason, startedAt, finishedAt: "2026-11-05T06:31:00Z" } };
}

export function waiting(reason: string, message = "") {
  return { waiting: { reason, message } };
}

export const startLine = JSON.stringify({
  time: "2026-11-05T06:30:06.000Z",
  level: "info",
  message: "nais-etl 0.1.0 · orders · target prod-gcp",
  step: "start",
  pipeline: "orders",
  selected: "shop",
  target: "prod-gcp",
});

export const recordLine = (status: string, exitCode: number) =>
  JSON.stringify({
    time: "2026-11-05T06:31:00.000Z",
    level: "info",
    message: status === "succeeded" ? "Done in 2.00 s: 1 of 1 output published." : "Failed after 2.00 s.",
    step: "end",
    run_id: "orders-1",
    status,
    exit_code: exitCode,
    seconds: 2,
    models: [{ name: "orders", status: "done", rows: 4, seconds: 0.1 }],
  });
