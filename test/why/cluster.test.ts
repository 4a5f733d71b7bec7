import { expect, test } from "vitest";
import { findCause } from "../../src/etl/why/causes.ts";
import { commandFor } from "../../src/etl/why/mend.ts";
import { asked, image, revision, stuck, type Asked } from "./asked.ts";

// What only the cluster knows, as kubectl tells it. With a platform that runs jobs: test/e2e/incidents-more.test.ts.

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
  expect(findCause(stuck("towns-1", "data-team"))).toMatchObject({
    kind: "stuck",
    what: expect.stringContaining("it has held the pipeline for 9 hours") as string,
    first: "Stop it: kubectl delete job towns-1 --namespace data-team.",
  });
});
