import { expect, test } from "vitest";
import type { Case } from "../../src/etl/why/case.ts";
import { findCause } from "../../src/etl/why/causes.ts";
import type { ClusterRun, ClusterSeen } from "../../src/etl/why/cluster-seen.ts";
import { commandFor } from "../../src/etl/why/mend.ts";

// What only the cluster knows, as kubectl tells it. With a platform that runs jobs: test/e2e/incidents-more.test.ts.

const image = "europe/team/towns:1";
const revision = "aaaaaaa";

interface Asked {
  status: "succeeded" | "running";
  missed?: Date[];
  runs?: Partial<ClusterRun>[];
  seen?: Partial<ClusterSeen>;
}

function asked({ status, missed = [], runs = [], seen = {} }: Asked): Case {
  const record = {
    started_at: "2026-01-19T06:00:00Z",
    run_id: "towns-1",
    execution: "towns-1",
    image,
    revision,
    params: {},
    outputs: [],
    sources: [],
  };
  const run = { record, status };
  const whole = { phase: "pending", image, message: undefined, troubles: [] };
  return {
    pipeline: {
      target: "prod-gcp",
      shownFile: "pipeline.yaml",
      spec: { name: "towns", schedule: { cron: "0 6 * * *" } },
    },
    run: { ...run, starts: [run] },
    good: status === "succeeded" ? undefined : { image, revision },
    goodRuns: [],
    failing: [],
    later: [],
    readers: [],
    changes: [],
    missed,
    gaps: [],
    executions: new Set(["towns-1"]),
    lock: { holder: undefined, peakOf: () => undefined },
    now: new Date("2026-01-20T09:00:00Z"),
    cluster: {
      isThere: true,
      isScheduled: true,
      problems: [],
      runs: runs.map((one) => ({ name: "towns-2", ...whole, ...one })),
      ...seen,
    },
  } as unknown as Case;
}

const missed = [new Date("2026-01-20T05:00:00Z")];
const back = `nais-etl deploy --target prod-gcp --image ${image} --revision ${revision} --wait run`;

test.each<[string, Asked, string, string | undefined]>([
  [
    "a pod that took too much memory",
    {
      status: "running",
      runs: [{ name: "towns-1", troubles: [{ what: "towns-1-abcde took more memory than it may (512Mi)", cure: "" }] }],
    },
    "it was killed for its memory: towns-1-abcde took more memory than it may (512Mi)",
    "nais-etl trigger --wait --target prod-gcp",
  ],
  [
    "a pod that was evicted",
    {
      status: "running",
      runs: [{ name: "towns-1", troubles: [{ what: "towns-1-abcde was ended: Evicted", cure: "" }] }],
    },
    "it was killed: towns-1-abcde was ended: Evicted",
    "nais-etl trigger --wait --target prod-gcp",
  ],
  [
    "a job without the schedule that the file has",
    { status: "succeeded", missed, seen: { isScheduled: false } },
    "What is deployed there has no schedule, or a suspended one",
    back,
  ],
  [
    "a secret that is missing, with the same image",
    {
      status: "succeeded",
      missed,
      runs: [{ troubles: [{ what: 'towns-2-abcde cannot start: secret "db" not found', cure: "Make the secret" }] }],
    },
    'The run towns-2 waits, and has not begun: towns-2-abcde cannot start: secret "db" not found',
    "nais-etl status --target prod-gcp",
  ],
  [
    "a run that failed tonight, before it could record itself",
    {
      status: "succeeded",
      runs: [{ phase: "failed", message: "BackoffLimitExceeded", created: "2026-01-20T06:00:00Z" }],
    },
    "The run towns-2 failed, and left no record: BackoffLimitExceeded",
    "nais-etl status --target prod-gcp",
  ],
  [
    "one that failed so before the last good run",
    { status: "succeeded", runs: [{ phase: "failed", created: "2026-01-18T06:00:00Z" }] },
    "this run came to its end",
    undefined,
  ],
  [
    "runs of which the cluster knows no more",
    { status: "succeeded", missed, runs: [{ name: "towns-1", phase: "succeeded" }] },
    "Why is not known here",
    "nais-etl status --target prod-gcp",
  ],
])("%s", (_, about, what, command) => {
  const cause = findCause(asked(about));
  expect(cause.what).toContain(what);
  expect(commandFor(cause.mend, asked(about))).toBe(command);
});

test("a run that has held the lock for hours: the Job to delete is named", () => {
  const about = asked({ status: "running" });
  const holder = { shown: "towns-1 on node", execution: "towns-1", until: about.now, isOf: () => true };
  Object.assign(about.run!.record, { started_at: "2026-01-20T00:00:00Z" });
  Object.assign(about.pipeline.spec, { team: "data-team" });
  expect(findCause({ ...about, lock: { ...about.lock, holder } })).toMatchObject({
    kind: "stuck",
    what: expect.stringContaining("it has held the pipeline for 9 hours") as string,
    first: "Stop it: kubectl delete job towns-1 --namespace data-team.",
  });
});
