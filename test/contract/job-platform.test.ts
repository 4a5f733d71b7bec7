import { afterEach, describe, expect, test } from "vitest";
import { followRun } from "../../src/ship/follow/follow-run.ts";
import type { RunOutcome } from "../../src/ship/follow/run-outcome.ts";
import { kubectlPlatform } from "../../src/ship/follow/kubectl/kubectl-platform.ts";
import { naisPlatform } from "../../src/ship/follow/nais/nais-platform.ts";
import type { JobPlatform, LogLine } from "../../src/ship/follow/platform.ts";
import type { Context } from "../../src/util/context.ts";
import { startNaisApi, type ApiRun } from "../servers/nais-api/server.ts";
import {
  complete,
  failed,
  fakeKubectl,
  job,
  pod,
  recordLine,
  running,
  terminated,
  type Cluster,
} from "../ship/follow/cluster.ts";
import { plainContext } from "../support/context.ts";

// What both ways to ask about jobs promise, whatever they differ in. kubectl itself, and a real API server: test/e2e/follow.test.ts.

type Ending = "succeeds" | "fails" | "goes on" | "is deleted";

interface World {
  platform: JobPlatform;
  context: Context;
  pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

const podName = "orders-1-aaaaa";
const run = { job: "orders", name: "orders-1" };
const stamp = (second: number) => `2026-11-05T10:00:${String(second).padStart(2, "0")}.5Z`;
const linesOf = (ending: Ending) => [
  { time: stamp(1), text: "one" },
  { time: stamp(2), text: "two" },
  { time: stamp(2), text: "two" },
  ...(ending === "goes on"
    ? []
    : [{ time: stamp(3), text: recordLine(ending === "fails" ? "failed" : "succeeded", ending === "fails" ? 3 : 0) }]),
];

/** Time goes on by what is waited. */
function clockwork(env: Record<string, string> = {}) {
  let clock = Date.parse("2026-11-05T10:00:00Z");
  const context: Context = { ...plainContext({ env }), now: () => new Date(clock) };
  const pause: World["pause"] = async (milliseconds, signal) => {
    clock += milliseconds;
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => void setTimeout(resolve, 2));
    signal.throwIfAborted();
  };
  return { context, pause };
}

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function byKubectl(ending: Ending): Promise<World> {
  const { context, pause } = clockwork();
  const logs = Array.from({ length: 20 }, () => ({
    lines: linesOf(ending).map(({ time, text }) => `${time} ${text}`),
  }));
  const cronJobs = [{ metadata: { name: "orders" }, spec: { schedule: "30 7 * * *", timeZone: "Europe/Oslo" } }];
  const during: Cluster = {
    cronJobs,
    jobs: [job("orders-1")],
    pods: [pod(podName, "Running", running)],
    logs: { [podName]: logs },
  };
  const ends: Record<Ending, Cluster> = {
    succeeds: { ...during, jobs: [job("orders-1", complete)], pods: [pod(podName, "Succeeded", terminated(0))] },
    fails: { ...during, jobs: [job("orders-1", failed())], pods: [pod(podName, "Failed", terminated(3))] },
    "goes on": during,
    "is deleted": { ...during, jobs: [], pods: [] },
  };
  const kubectl = fakeKubectl([...Array.from({ length: 6 }, () => during), ends[ending]]);
  return { platform: kubectlPlatform({ kubectl, pause }, context), context, pause };
}

async function byNais(ending: Ending): Promise<World> {
  const api = await startNaisApi();
  stops.push(() => api.stop());
  const { context, pause } = clockwork({ NAIS_ETL_API: api.url, NAIS_API_TOKEN: "known" });
  api.accounts.set("known", { team: "my-team", mayUpdate: true });
  const last = { succeeds: "SUCCEEDED", fails: "FAILED", "goes on": "RUNNING", "is deleted": "gone" } as const;
  const states: ApiRun["states"] = [...Array.from({ length: 6 }, () => "RUNNING" as const), last[ending]];
  const schedule = { expression: "30 7 * * *", timeZone: "Europe/Oslo" };
  const runs = [{ name: "orders-1", states, pods: [podName], startTime: "2026-11-05T09:59:00Z" }];
  api.jobs.push({ team: "my-team", environment: "prod-gcp", name: "orders", schedule, runs });
  api.lines = linesOf(ending).map(({ time, text }) => ({ time, message: text, pod: podName }));
  const platform = await naisPlatform({ team: "my-team", environment: "prod-gcp", pause }, context);
  return { platform, context, pause };
}

describe.each([
  ["kubectl", byKubectl],
  ["nais", byNais],
])("by %s", (name, make) => {
  test("it says what it is called, and tells a job with its schedule and its runs", async () => {
    const { platform } = await make("goes on");
    expect(platform.name).toBe(name);
    expect(await platform.job("orders")).toMatchObject({
      name: "orders",
      schedule: { cron: "30 7 * * *", timeZone: "Europe/Oslo" },
      isSuspended: false,
      runs: [{ name: "orders-1", phase: "running" }],
    });
  });

  test.each<[Ending, RunOutcome["state"], number | undefined]>([
    ["succeeds", "succeeded", 0],
    ["fails", "failed", 3],
    ["is deleted", "succeeded", 0],
  ])("a run that %s has %s, with its record and its log", async (ending, state, exitCode) => {
    const { platform, context, pause } = await make(ending);
    const outcome = await followRun({ platform, run, pause }, context);
    expect(outcome).toMatchObject({
      run: "orders-1",
      job: "orders",
      state,
      attempts: 1,
      record: { exit_code: exitCode },
    });
    expect(outcome.lastLines.slice(0, 3)).toEqual(["one", "two", "two"]);
    expect(outcome.lastLines).toHaveLength(4);
    expect(outcome.reason === undefined).toBe(state === "succeeded");
  });

  test("a run that goes on when the time is over is unknown", async () => {
    const { platform, context, pause } = await make("goes on");
    const outcome = await followRun({ platform, run, pause, timeout: 30_000 }, context);
    expect(outcome).toMatchObject({ state: "unknown", reason: expect.stringContaining("goes on") as string });
  });

  test.each([true, false])(
    "each line of a log comes once, with its time and its pod (followed: %s)",
    async (follow) => {
      const { platform } = await make("succeeds");
      const lines: LogLine[] = [];
      for await (const line of platform.log(run, { signal: new AbortController().signal, follow })) lines.push(line);
      expect(lines).toEqual(linesOf("succeeds").map(({ time, text }) => ({ time, pod: podName, text })));
    },
  );

  test("a log ends with its signal", async () => {
    const { platform } = await make("goes on");
    const stop = new AbortController();
    let count = 0;
    for await (const _ of platform.log(run, { signal: stop.signal, follow: true })) if (++count === 2) stop.abort();
    expect(count).toBeLessThan(4);
  });

  test("a run bears the name that is asked for; one that is no name is refused", async () => {
    const { platform } = await make("goes on");
    expect(await platform.trigger({ job: "orders", runName: "orders-manual-1" })).toEqual({
      job: "orders",
      name: "orders-manual-1",
    });
    await expect(platform.trigger({ job: "orders", runName: "Orders" })).rejects.toMatchObject({ code: "usage" });
  });

  test("what is not there is told: a job is refused, a run is gone", async () => {
    const { platform } = await make("goes on");
    await expect(platform.job("other")).rejects.toMatchObject({
      code: "failed",
      message: expect.stringContaining("other") as string,
    });
    expect((await platform.runState({ job: "orders", name: "other-1" })).phase).toBe("gone");
  });
});
