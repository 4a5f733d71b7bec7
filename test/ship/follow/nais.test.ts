import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createLogger } from "../../../src/util/log.ts";
import { followRun } from "../../../src/ship/follow/follow-run.ts";
import { naisPlatform } from "../../../src/ship/follow/nais/nais-platform.ts";
import type { LogLine } from "../../../src/ship/follow/platform.ts";
import type { Context } from "../../../src/util/context.ts";
import { startOidcServer, type OidcServer } from "../../servers/github-oidc.ts";
import { startNaisApi, type ApiRun, type NaisApiServer } from "../../servers/nais-api/server.ts";
import { plainContext } from "../../support/context.ts";
import { recordLine } from "./cluster.ts";

let api: NaisApiServer;
let oidc: OidcServer;
const given = "token-of-a-service-account";

beforeEach(async () => {
  oidc = await startOidcServer({ now: () => new Date("2026-11-05T10:00:00Z") });
  api = await startNaisApi((token) => oidc.verify(token)?.aud === "api.nais.io");
  api.accounts.set(given, { team: "my-team", mayUpdate: true });
  api.jobs.push({
    team: "my-team",
    environment: "prod-gcp",
    name: "orders",
    schedule: { expression: "30 7 * * *", timeZone: "Europe/Oslo" },
    issues: ["no such time zone"],
    runs: [],
  });
});

afterEach(async () => {
  await api.stop();
  await oidc.stop();
});

interface Ask {
  env?: Record<string, string>;
  lines?: string[];
}

async function platformFor({ env = { NAIS_API_TOKEN: given }, lines = [] }: Ask = {}) {
  let clock = Date.parse("2026-11-05T10:00:00Z");
  const now = () => new Date(clock);
  const log = createLogger({
    write: (line) => void lines.push(line.trimEnd()),
    format: "text",
    verbose: false,
    colour: false,
    now,
  });
  const context: Context = { ...plainContext({ env: { NAIS_ETL_API: api.url, ...env } }), now, log };
  const pause = async (milliseconds: number, signal: AbortSignal) => {
    clock += milliseconds;
    // What is on its way on loopback, in this same process, comes first.
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => void setTimeout(resolve, 2));
    signal.throwIfAborted();
  };
  return {
    platform: await naisPlatform({ team: "my-team", environment: "prod-gcp", pause }, context),
    context,
    pause,
    lines,
  };
}

const addRun = (run: Partial<ApiRun>) =>
  api.jobs[0]!.runs.push({ name: "orders-1", states: ["RUNNING"], startTime: "2026-11-05T09:59:00Z", ...run });

const line = (second: number, message: string, pod = "orders-1-aaaaa") => ({
  time: `2026-11-05T10:00:${String(second).padStart(2, "0")}.5Z`,
  message,
  pod,
});

test("a job is told with its schedule, its runs and what is wrong with it", async () => {
  addRun({
    states: ["FAILED"],
    message: "Run failed after 3 attempts",
    completionTime: "2026-11-05T10:00:30Z",
    pods: ["orders-1-aaaaa"],
  });
  const { platform } = await platformFor();
  expect(await platform.job("orders")).toMatchObject({
    schedule: { cron: "30 7 * * *", timeZone: "Europe/Oslo" },
    image: "registry/orders:1",
    problems: ["no such time zone"],
    runs: [
      {
        name: "orders-1",
        phase: "failed",
        trigger: "schedule",
        message: "Run failed after 3 attempts",
        attempts: [{ pod: "orders-1-aaaaa" }],
      },
    ],
  });
});

test("a run is triggered and followed to its end, with its log and its record", async () => {
  const run = { job: "orders", name: "orders-manual-1" };
  api.triggered = {
    states: ["PENDING", "RUNNING", "RUNNING", "SUCCEEDED"],
    pods: ["orders-manual-1-aaaaa"],
    completionTime: "2026-11-05T10:01:00Z",
  };
  api.lines = [
    line(1, "of another run"),
    line(2, "hello", "orders-manual-1-aaaaa"),
    line(3, recordLine("succeeded", 0), "orders-manual-1-aaaaa"),
  ];
  const { platform, context, pause, lines } = await platformFor();
  expect(await platform.trigger({ job: "orders", runName: run.name })).toEqual(run);
  const outcome = await followRun({ platform, run, pause }, context);
  expect(outcome).toMatchObject({ state: "succeeded", seconds: 60, record: { status: "succeeded" } });
  expect(outcome.lastLines).toEqual(["hello", "Done in 2.00 s: 1 of 1 output published."]);
  expect(lines).toContain("hello");
  expect(api.filters[0]?.query).toBe(
    '{service_name="orders",service_namespace="my-team"} | k8s_pod_name=~"orders-manual-1-.{5}"',
  );
});

test("a run that fails is told in the platform's words, and with its record's exit code", async () => {
  addRun({ states: ["RUNNING", "RUNNING", "FAILED"], message: "Run failed after 3 attempts" });
  api.lines = [line(2, recordLine("failed", 3))];
  const { platform, context, pause } = await platformFor();
  const outcome = await followRun({ platform, run: { job: "orders", name: "orders-1" }, pause }, context);
  expect(outcome).toMatchObject({ state: "failed" });
  expect(outcome.reason).toBe("Run failed after 3 attempts; exit code 3: a check failed: nothing was published");
});

test("a run that its time to live has deleted has the outcome of its record", async () => {
  addRun({ states: [...Array.from({ length: 8 }, () => "RUNNING" as const), "gone"] });
  api.lines = [line(2, recordLine("succeeded", 0))];
  const { platform, context, pause } = await platformFor();
  const outcome = await followRun({ platform, run: { job: "orders", name: "orders-1" }, pause }, context);
  expect(outcome.state).toBe("succeeded");
});

async function linesOf(options: { follow: boolean; attempt?: number }) {
  const { platform } = await platformFor();
  const read: LogLine[] = [];
  const signal = new AbortController().signal;
  for await (const one of platform.log({ job: "orders", name: "orders-1" }, { signal, ...options })) read.push(one);
  return read.map(({ text }) => text);
}

describe("its log", () => {
  test("comes once, however often the stream is cut, and however late lines are", async () => {
    addRun({ states: ["RUNNING", "RUNNING", "RUNNING", "SUCCEEDED"] });
    api.lines = [
      line(1, "one"),
      line(2, "two"),
      line(2, "two"),
      "cut",
      line(1, "late"),
      line(3, "three"),
      "cut",
      line(4, "four"),
    ];
    expect((await linesOf({ follow: true })).toSorted()).toEqual(["four", "late", "one", "three", "two", "two"]);
    expect(api.filters.length).toBeGreaterThan(2);
    expect(api.filters[0]?.initialBatch.start).toBe("2026-11-05T09:59:00.000Z");
  });

  test("is asked for again where the server is away", async () => {
    addRun({ states: ["RUNNING", "RUNNING", "RUNNING", "SUCCEEDED"] });
    api.lines = [line(1, "one"), "cut", line(2, "two")];
    const { platform } = await platformFor();
    const read: string[] = [];
    const signal = new AbortController().signal;
    for await (const { text } of platform.log({ job: "orders", name: "orders-1" }, { signal, follow: true }))
      if (read.push(text) === 1) api.faults.push(503, 503, 503);
    expect(read).toEqual(["one", "two"]);
    expect(api.faults).toEqual([]);
  });

  test("ends where nobody follows, and is of one attempt where that is asked", async () => {
    addRun({ pods: ["orders-1-aaaaa", "orders-1-bbbbb"] });
    api.lines = [line(1, "one"), line(2, "two", "orders-1-bbbbb")];
    expect(await linesOf({ follow: false })).toEqual(["one", "two"]);
    expect(await linesOf({ follow: false, attempt: 2 })).toEqual(["two"]);
  });
});

describe("a refusal", () => {
  test("names the permission that GitHub's own token lacks, and how to get it", async () => {
    const { platform } = await platformFor({ env: oidc.env });
    await expect(platform.trigger({ job: "orders", runName: "orders-manual-1" })).rejects.toMatchObject({
      code: "failed",
      message: "[nais] the permission `jobs:update` is missing",
      hint: expect.stringContaining("NAIS_API_TOKEN") as string,
    });
    expect(api.jobs[0]?.runs).toEqual([]);
    expect((await platform.job("orders")).name).toBe("orders");
    expect(oidc.given).toHaveLength(1);
  });

  test.each([
    ["a token that is not known", { NAIS_API_TOKEN: "old" }, "does not know who asks", "not valid, or has expired"],
    [
      "a token of another team",
      { NAIS_API_TOKEN: "theirs" },
      "`jobs:update` is missing",
      "role `Team member` in this team",
    ],
  ])("of %s says what to do", async (_, env, message, hint) => {
    api.accounts.set("theirs", { team: "other-team", mayUpdate: true });
    const { platform } = await platformFor({ env });
    await expect(platform.trigger({ job: "orders", runName: "orders-manual-1" })).rejects.toMatchObject({
      message: expect.stringContaining(message) as string,
      hint: expect.stringContaining(hint) as string,
    });
  });

  test("of a token never shows it", async () => {
    const lines: string[] = [];
    const { context } = await platformFor({ lines });
    context.log.info(`it is ${given}`);
    expect(lines).toEqual(["it is ***"]);
  });

  test("of what the API cannot do comes before anything is asked", async () => {
    const { platform } = await platformFor();
    await expect(platform.trigger({ job: "orders", runName: "a", env: { A: "1" } })).rejects.toMatchObject({
      code: "usage",
    });
    await expect(platform.trigger({ job: "orders", runName: "A" })).rejects.toMatchObject({ code: "usage" });
    expect(api.asked).toEqual([]);
  });

  test("of a name that is taken, or a job that is not there, says so", async () => {
    addRun({ name: "orders-manual-1" });
    const { platform } = await platformFor();
    await expect(platform.trigger({ job: "orders", runName: "orders-manual-1" })).rejects.toThrow("already exists");
    await expect(platform.trigger({ job: "other", runName: "orders-manual-2" })).rejects.toThrow(
      "there is no job other of team my-team in prod-gcp",
    );
    await expect(platform.job("other")).rejects.toThrow("there is no job other");
  });

  test("by a server that is away may pass; by one that knows who asks it does not", async () => {
    const { platform } = await platformFor();
    api.faults = [503];
    const away = await platform.job("orders").catch((error: unknown) => error);
    expect(platform.mayPass(away)).toBe(true);
    api.accounts.clear();
    const unknown = await platform.job("orders").catch((error: unknown) => error);
    expect(platform.mayPass(unknown)).toBe(false);
  });
});

test("an older API, which knows less, is asked for less", async () => {
  api.isOlder = true;
  addRun({ pods: ["orders-1-aaaaa"] });
  const { platform } = await platformFor();
  expect(await platform.job("orders")).toMatchObject({
    problems: [],
    runs: [{ name: "orders-1", phase: "running", attempts: [] }],
  });
});

test("--dry-run says what would be sent, and sends nothing", async () => {
  const { platform, lines } = await platformFor();
  await platform.trigger({ job: "orders", runName: "orders-manual-1", dryRun: true });
  expect(lines.join("")).toContain('"runName":"orders-manual-1"');
  expect(api.asked).toEqual([]);
});

test("a run that was just started, and is not seen yet, is no run that was deleted", async () => {
  const { platform } = await platformFor();
  api.triggered = { states: ["gone", "gone", "RUNNING"] };
  const run = await platform.trigger({ job: "orders", runName: "orders-manual-1" });
  const phases = [await platform.runState(run), await platform.runState(run), await platform.runState(run)];
  expect(phases.map(({ phase }) => phase)).toEqual(["pending", "pending", "running"]);
  expect((await platform.runState({ job: "orders", name: "unknown" })).phase).toBe("gone");
});
