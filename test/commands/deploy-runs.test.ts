import { describe, expect, test } from "vitest";
import { askUnchanged, watchRuns, type FollowRuns } from "../../src/commands/deploy-runs.ts";
import {
  NoJob,
  type JobPlatform,
  type RunPhase,
  type RunState,
  type StartedRun,
} from "../../src/ship/follow/platform.ts";
import { EtlError } from "../../src/util/error.ts";
import { plainContext } from "../support/context.ts";
import { problemsOf } from "../support/folder.ts";

const context = { ...plainContext(), now: () => new Date() };

function naisjob(name: string, schedule?: string) {
  return {
    apiVersion: "nais.io/v1",
    kind: "Naisjob",
    metadata: { name },
    spec: { image: "x", ...(schedule && { schedule }) },
  };
}

function state(name: string, phase: RunPhase): RunState {
  const times = { created: undefined, started: "2026-11-21T10:00:00Z", ended: "2026-11-21T10:01:00Z" };
  const rest = {
    trigger: undefined,
    image: undefined,
    message: undefined,
    attempts: [],
    mostAttempts: 1,
    troubles: [],
  };
  return { name, phase, ...times, ...rest };
}

interface Fake extends JobPlatform {
  runs: Record<string, RunState[]>;
  triggered: string[];
}

/** Jobs with their runs; a run that is triggered ends as `phase` says. */
function fakePlatform(runs: Fake["runs"], phase: RunPhase = "succeeded"): Fake {
  const triggered: string[] = [];
  return {
    name: "fake",
    runs,
    triggered,
    async job(name) {
      if (!runs[name]) throw new NoJob({ message: `there is no CronJob ${name}` });
      return { name, schedule: undefined, isSuspended: true, image: "x", problems: [], runs: runs[name] };
    },
    async trigger({ job, runName }) {
      triggered.push(job);
      (runs[job] ??= []).unshift(state(runName, phase));
      return { job, name: runName };
    },
    runState: async ({ job, name }: StartedRun) => runs[job]!.find((run) => run.name === name)!,
    async *log() {},
    mayPass: () => false,
  };
}

function watch(order: Partial<FollowRuns>, platform: JobPlatform) {
  return watchRuns(
    { resources: [], wait: "rollout", open: async () => platform, intervals: { look: 1, appear: 20 }, ...order },
    context,
  );
}

const refuse = () => Promise.reject(new EtlError({ code: "usage", message: "no token", hint: "Get one." }));
const asked = () => Promise.reject(new Error("asked"));

const none: ReadonlySet<string> = new Set();

describe("a job without schedule", () => {
  test("has its run at the deploy followed to its end, and no earlier one", async () => {
    const platform = fakePlatform({ once: [state("once-1", "failed")] });
    const seen = await watch({ resources: [naisjob("once")] }, platform);
    platform.runs["once"]!.unshift(state("once-2", "succeeded"));
    const { runs, problems } = await seen.follow(none);
    expect(runs).toMatchObject([{ job: "once", run: "once-2", state: "succeeded" }]);
    expect(problems).toEqual([]);
    expect(platform.triggered).toEqual([]);
  });

  test("that is new has none before", async () => {
    const platform = fakePlatform({});
    const seen = await watch({ resources: [naisjob("once")] }, platform);
    platform.runs["once"] = [state("once-1", "failed")];
    expect(await seen.follow(none)).toMatchObject({
      runs: [{ run: "once-1", state: "failed" }],
      problems: [
        { severity: "error", rule: "run-failed", message: expect.stringContaining("once-1 failed") as unknown },
      ],
    });
  });

  test("of which nothing comes has failed", async () => {
    const seen = await watch({ resources: [naisjob("once")] }, fakePlatform({ once: [] }));
    expect((await seen.follow(none)).problems).toMatchObject([{ severity: "error", rule: "run-missing" }]);
  });

  test("that the cluster had already starts no run, and none is waited for", async () => {
    const seen = await watch({ resources: [naisjob("once")] }, fakePlatform({ once: [] }));
    expect(await seen.follow(new Set(["Naisjob/once"]))).toEqual({ runs: [], problems: [] });
  });

  test("is deployed all the same where nobody may look, and that is said", async () => {
    const seen = await watch({ resources: [naisjob("once")], open: refuse }, fakePlatform({}));
    expect(await seen.follow(none)).toEqual({
      runs: [],
      problems: [
        {
          severity: "warning",
          rule: "run-unseen",
          message: "the run that the deploy starts is not followed: no token",
          hint: "Get one.",
        },
      ],
    });
  });
});

describe("a job with a schedule", () => {
  test("has no run at the deploy, and nobody is asked", async () => {
    const order = { resources: [naisjob("nightly", "0 6 * * *")], open: asked };
    const seen = await watch(order, fakePlatform({}));
    expect(await seen.follow(none)).toEqual({ runs: [], problems: [] });
  });

  test("is triggered and followed with --wait run", async () => {
    const platform = fakePlatform({ nightly: [] }, "failed");
    const seen = await watch({ resources: [naisjob("nightly", "0 6 * * *")], wait: "run" }, platform);
    expect(platform.triggered).toEqual([]);
    const { runs, problems } = await seen.follow(none);
    expect(platform.triggered).toEqual(["nightly"]);
    expect(runs).toMatchObject([{ job: "nightly", state: "failed" }]);
    expect(problems).toMatchObject([{ rule: "run-failed" }]);
  });

  test("is not deployed with --wait run where nobody may start a run", async () => {
    const order = { resources: [naisjob("nightly", "0 6 * * *")], wait: "run" as const, open: refuse };
    const act = () => watch(order, fakePlatform({}));
    expect(await problemsOf(act)).toMatchObject([{ message: "no token" }]);
  });
});

test("a job without schedule that the cluster had already is triggered with --wait run", async () => {
  const platform = fakePlatform({ once: [state("once-1", "succeeded")] });
  const seen = await watch({ resources: [naisjob("once")], wait: "run" }, platform);
  const { runs } = await seen.follow(new Set(["Naisjob/once"]));
  expect(platform.triggered).toEqual(["once"]);
  expect(runs).toMatchObject([{ state: "succeeded" }]);
});

test("a run that cannot be started is told beside the deploy, which stands", async () => {
  const platform = fakePlatform({ nightly: [] });
  const order = { resources: [naisjob("nightly", "0 6 * * *")], wait: "run" as const };
  const seen = await watch(order, { ...platform, trigger: refuse });
  expect(await seen.follow(none)).toMatchObject({ runs: [], problems: [{ severity: "error", message: "no token" }] });
});

describe("of what is unchanged", () => {
  const unchanged = new Set(["Naisjob/nightly", "PrometheusRule/nightly"]);

  test("the platform's own complaints are told", async () => {
    const platform = fakePlatform({ nightly: [] });
    const job: JobPlatform["job"] = async (name) => ({
      ...(await platform.job(name)),
      problems: ["it failed to synchronise"],
    });
    expect(await askUnchanged({ unchanged, open: async () => ({ ...platform, job }) }, context)).toMatchObject([
      { severity: "warning", message: "Naisjob/nightly: it failed to synchronise" },
    ]);
  });

  test("nothing is told where the platform cannot be asked, and nothing is asked of other kinds", async () => {
    expect(await askUnchanged({ unchanged, open: refuse }, context)).toEqual([]);
    expect(await askUnchanged({ unchanged: new Set(["PrometheusRule/nightly"]), open: asked }, context)).toEqual([]);
  });
});

test("with --wait none no run is followed", async () => {
  const seen = await watch({ resources: [naisjob("once")], wait: "none", open: asked }, fakePlatform({}));
  expect(await seen.follow(none)).toEqual({ runs: [], problems: [] });
});
