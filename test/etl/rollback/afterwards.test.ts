import { expect, test } from "vitest";
import { lookAhead, stepsAfter, warnOfNext } from "../../../src/etl/rollback/afterwards.ts";
import type { RollbackPlan } from "../../../src/etl/rollback/plan.ts";
import { markOf, type PastPublish } from "../../../src/etl/publish/past-publish.ts";
import type { RunRecord } from "../../../src/etl/record/run-record.ts";
import type { LoadedPipeline } from "../../../src/spec/load.ts";

const image = (tag: string) => `europe-north1-docker.pkg.dev/p/nais-analyse/lab:${tag}@sha256:${tag.repeat(64)}`;

function at(hour: number): Date {
  return new Date(Date.UTC(2026, 10, 21, hour));
}

function published(runId: string, hour: number, mode = "replace"): PastPublish {
  return { output: "t", runId, execution: `lab-${runId}`, generation: 0, mode, rows: 1, at: at(hour) };
}

interface Ran {
  run_id: string;
  image?: string;
  revision?: string;
}

function look({ good = "1", publishes, spec = {}, target = "prod-gcp", runs, takenBack = [] }: Look) {
  const state = { publish: publishes.find(({ runId }) => runId === good) };
  const plan = { outputs: [{ state, takenBack }], publishes } as unknown as RollbackPlan;
  const pipeline = { target, shownFile: "pipeline.yaml", spec } as unknown as LoadedPipeline;
  const kept = runs.map((run) => ({
    record: { execution: `lab-${run.run_id}`, ...run } as RunRecord,
    status: "succeeded" as const,
  }));
  const after = lookAhead({ plan, pipeline, runs: kept, now: at(12) });
  return [warnOfNext(after, pipeline), ...stepsAfter(after, plan, pipeline)];
}

interface Look {
  good?: string;
  publishes: PastPublish[];
  spec?: object;
  target?: string;
  runs: Ran[];
  takenBack?: string[];
}

const nightly = { schedule: { cron: "0 6 * * *", timeZone: "Europe/Oslo" } };
const publishes = [published("1", 5), published("2", 6)];
const runs = [
  { run_id: "1", image: image("a"), revision: "1111111" },
  { run_id: "2", image: image("b"), revision: "2222222" },
];

test("the next run by the schedule is warned of, and the good run's image proposed where the last run had another", () => {
  expect(look({ publishes, spec: nightly, runs })).toEqual([
    "The next run, at 2026-11-22 06:00 (Europe/Oslo), publishes again, with what is deployed then: mend what was wrong and deploy it before, or it comes back.",
    "Until then, deploy the image that run 1 had; the last run had another. Go to the commit of the last good run: `git checkout 1111111`. The manifest is made of the files here. Then:",
    `  nais-etl deploy --target prod-gcp --image ${image("a")} --revision 1111111`,
    "Afterwards: `git switch -` goes back to where you were.",
    "Once it is mended and deployed: nais-etl trigger --target prod-gcp --wait",
  ]);
});

test("of an image whose commit nobody knows, the deploy alone is proposed", () => {
  const [one, two] = runs.map(({ run_id, image }) => ({ run_id, image }));
  expect(look({ publishes, spec: nightly, runs: [one!, two!] })[1]).toBe(
    `Until then, deploy the image that run 1 had; the last run had another: nais-etl deploy --target prod-gcp --image ${image("a")}`,
  );
});

test("where the same image made both, or none is known, no image is proposed", () => {
  const same = runs.map((run) => ({ ...run, image: image("a") }));
  expect(look({ publishes, spec: nightly, runs: same })).toHaveLength(2);
  expect(look({ publishes, runs: [] })).toEqual([
    "The next run publishes again, with what is deployed then: mend what was wrong and deploy it before, or it comes back.",
    "Once it is mended and deployed: nais-etl run --target prod-gcp",
  ]);
});

test("intervals that were taken back are loaded again by a backfill of them alone", () => {
  const [, step] = look({
    publishes,
    spec: { ...nightly, interval: { every: "day" } },
    runs: [],
    takenBack: ["2026-11-19", "2026-11-20"],
  });
  expect(step).toBe(
    "Once it is mended and deployed: nais-etl backfill --from 2026-11-19 --to 2026-11-20 --target prod-gcp",
  );
});

test("a rollback to what a rollback had brought back names the run that made it; the last run is no rollback", () => {
  const mark = markOf({ at: at(5), isMoment: false });
  const rolled = `rollback-20261121T070000Z-${mark}`;
  const all = [...publishes, published(rolled, 7, "restore"), published("3", 8)];
  const told = look({ good: rolled, publishes: all, runs: [...runs, { run_id: rolled }] });
  expect(told[1]).toContain("the image that run 1 had");
});

test("here, where nothing is deployed, the run is typed once it is mended", () => {
  expect(look({ publishes, spec: nightly, runs: [], target: "local" })).toEqual([
    "The next run publishes again, with what stands here: mend what was wrong first, or it comes back.",
    "Once it is mended: nais-etl run",
  ]);
});
