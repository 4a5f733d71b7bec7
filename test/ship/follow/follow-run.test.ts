import { expect, test } from "vitest";
import { followRun } from "../../../src/ship/follow/follow-run.ts";
import { kubectlPlatform } from "../../../src/ship/follow/kubectl/kubectl-platform.ts";
import type { Context } from "../../../src/util/context.ts";
import { EtlError } from "../../../src/util/error.ts";
import { createLogger } from "../../../src/util/log.ts";
import { plainContext } from "../../support/context.ts";
import {
  complete,
  failed,
  fakeKubectl,
  job,
  pod,
  recordLine,
  running,
  startLine,
  terminated,
  waiting,
  type Cluster,
} from "./cluster.ts";

const run = { job: "orders", name: "orders-1" };

interface Follow {
  steps: Cluster[];
  refuses?: (args: readonly string[]) => string | undefined;
  timeout?: number;
  stopAfter?: number;
}

/** Time goes on by what is waited. */
async function follow({ steps, refuses, timeout, stopAfter }: Follow) {
  let clock = Date.parse("2026-11-05T06:30:00Z");
  const lines: string[] = [];
  const stopping = new AbortController();
  const now = () => new Date(clock);
  const context: Context = {
    ...plainContext(),
    now,
    signal: stopping.signal,
    log: createLogger({
      write: (line) => void lines.push(line.trimEnd()),
      format: "text",
      verbose: false,
      colour: false,
      now,
    }),
  };
  let pauses = 0;
  const pause = async (milliseconds: number, signal: AbortSignal) => {
    clock += milliseconds;
    pauses += 1;
    if (pauses === stopAfter) stopping.abort(new EtlError({ code: "interrupted", message: "stopped by SIGINT" }));
    await new Promise((resolve) => setImmediate(resolve));
    signal.throwIfAborted();
  };
  const kubectl = fakeKubectl(steps, refuses);
  const platform = kubectlPlatform({ kubectl, pause }, context);
  const outcome = await followRun({ platform, run, pause, timeout }, context).catch(
    (error: unknown) => error as EtlError,
  );
  return { outcome, lines, kubectl };
}

async function outcomeOf(options: Follow) {
  const { outcome, ...rest } = await follow(options);
  if (outcome instanceof Error) throw outcome;
  return { outcome, ...rest };
}

const stamp = (second: number, text: string) => `2026-11-05T06:30:${second}.123456789Z ${text}`;

test("a run that succeeds is followed through its states, with its log and its record", async () => {
  const logs = {
    "orders-1-aaaaa": [{ lines: [stamp(9, startLine), stamp(10, "hello"), stamp(11, recordLine("succeeded", 0))] }],
  };
  const pending = { jobs: [job("orders-1")] };
  const here = { jobs: [job("orders-1")], pods: [pod("orders-1-aaaaa", "Running", running)], logs };
  const { outcome, lines } = await outcomeOf({
    steps: [
      pending,
      pending,
      ...Array.from({ length: 8 }, () => here),
      { jobs: [job("orders-1", complete)], pods: [pod("orders-1-aaaaa", "Succeeded", terminated(0))], logs },
    ],
  });
  expect(outcome).toMatchObject({
    state: "succeeded",
    attempts: 1,
    seconds: 60,
    exitCode: 0,
    record: { status: "succeeded" },
  });
  expect([outcome.reason, outcome.whyCommand]).toEqual([undefined, undefined]);
  expect(outcome.lastLines.slice(1)).toEqual(["hello", "Done in 2.00 s: 1 of 1 output published."]);
  expect(lines).toEqual(expect.arrayContaining(["orders-1 is pending", "orders-1 is running", "hello"]));
});

test("a run that fails is told attempt by attempt, with the last 50 lines and what its exit code means", async () => {
  const [first, second] = ["orders-1-aaaaa", "orders-1-bbbbbb"];
  const many = Array.from({ length: 80 }, (_, i) => `2026-11-05T06:30:59.${100 + i}Z line ${i}`);
  const logs = {
    [first]: [{ lines: [stamp(9, startLine), stamp(10, "first")] }],
    [second]: [{ lines: [...many, `2026-11-05T06:31:00Z ${recordLine("failed", 3)}`] }],
  };
  const { outcome, lines } = await outcomeOf({
    steps: [
      { jobs: [job("orders-1")], pods: [pod(first, "Running", running)], logs },
      {
        jobs: [job("orders-1", { failed: 1 })],
        pods: [pod(first, "Failed", terminated(1)), pod(second, "Running", running)],
        logs,
      },
      {
        jobs: [job("orders-1", failed())],
        pods: [pod(first, "Failed", terminated(1)), pod(second, "Failed", terminated(3))],
        logs,
      },
    ],
  });
  expect(outcome).toMatchObject({ state: "failed", attempts: 2, exitCode: 3 });
  expect(outcome.whyCommand).toBe("nais-etl why orders-1 --pipeline shop --target prod-gcp");
  expect(outcome.reason).toContain("exit code 3: a check failed");
  expect(outcome.lastLines).toHaveLength(50);
  expect(outcome.lastLines.at(-1)).toBe("Failed after 2.00 s.");
  expect(lines).toEqual(
    expect.arrayContaining([
      "warning: attempt 1 of 3 failed (exit code 1)",
      "attempt 2 of 3: orders-1-bbbbbb",
      "warning: attempt 2 of 3 failed (exit code 3)",
    ]),
  );
});

test("a stream that breaks is opened again, and no line comes twice or is lost", async () => {
  const all = [stamp(10, "one"), stamp(11, "two"), stamp(11, "two"), stamp(12, "three"), stamp(13, "four")];
  const logs = {
    "orders-1-aaaaa": [
      { lines: all.slice(0, 2), fails: "Unable to connect to the server: EOF" },
      { lines: all.slice(0, 4) },
      { lines: all },
    ],
  };
  const { outcome, lines, kubectl } = await outcomeOf({
    steps: [
      ...Array.from({ length: 6 }, () => ({
        jobs: [job("orders-1")],
        pods: [pod("orders-1-aaaaa", "Running", running)],
        logs,
      })),
      { jobs: [job("orders-1", complete)], pods: [pod("orders-1-aaaaa", "Succeeded", terminated(0))], logs },
    ],
  });
  expect(outcome.state).toBe("succeeded");
  expect(lines.filter((line) => /^(one|two|three|four)$/.test(line))).toEqual(["one", "two", "two", "three", "four"]);
  expect(kubectl.asked.filter((asked) => asked.startsWith("logs"))[1]).toContain(
    "--since-time=2026-11-05T06:29:41.000Z",
  );
});

test.each([
  [
    "a secret that is not there",
    waiting("CreateContainerConfigError", 'secret "db" not found'),
    'secret "db" not found',
    "Make the secret `db`",
  ],
  [
    "a key of a secret",
    waiting("CreateContainerConfigError", "couldn't find key PASSWORD in Secret my-team/db"),
    "PASSWORD",
    "Add the key `PASSWORD` to `db`",
  ],
  [
    "an image that is not there",
    waiting("ImagePullBackOff", "Back-off"),
    "cannot fetch its image a:1",
    "nais-etl build --push",
  ],
  [
    "an image that runs as root",
    waiting("CreateContainerConfigError", "container has runAsNonRoot and image will run as root"),
    "runAsNonRoot",
    "USER 1069",
  ],
  ["too much memory", terminated(137, "OOMKilled"), "took more memory than it may (512Mi)", "limits: {memory"],
])("%s is told with its cure while it is waited for, once", async (_, state, what, cure) => {
  const step = { jobs: [job("orders-1")], pods: [pod("orders-1-aaaaa", "Pending", state)] };
  const { outcome, lines } = await outcomeOf({ steps: [step, step, step], timeout: 10_000 });
  expect(outcome).toMatchObject({ state: "unknown" });
  // No nais-etl has run: there is no record to ask about.
  expect(outcome.whyCommand).toBeUndefined();
  const told = lines.filter((line) => line.includes(what) && line.startsWith("warning"));
  expect(told).toHaveLength(1);
  expect(told[0]).toContain(cure);
});

test("a pod that finds no place, and what only Events tell, are told too", async () => {
  const conditions = [
    { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/3 nodes are available" },
  ];
  const placeless = await follow({
    steps: [{ jobs: [job("orders-1")], pods: [pod("orders-1-aaaaa", "Pending", {}, { conditions })] }],
    timeout: 5000,
  });
  expect(placeless.lines.join("\n")).toContain("finds no place in the cluster: 0/3 nodes are available");
  const events = [{ reason: "FailedCreate", message: 'pods "orders-1-" is forbidden: exceeded quota' }];
  const podless = await follow({ steps: [{ jobs: [job("orders-1")], events }], timeout: 5000 });
  expect(podless.lines.join("\n")).toContain("no pod can be made");
});

test("a run that takes longer than its deadline says so, and which key it is", async () => {
  const step = { jobs: [job("orders-1", failed("DeadlineExceeded"), { activeDeadlineSeconds: 60 })], pods: [] };
  const { outcome } = await outcomeOf({ steps: [step] });
  expect(outcome).toMatchObject({
    state: "failed",
    reason: expect.stringContaining("longer than it may (60 s)") as string,
  });
  expect(outcome.troubles[0]?.cure).toContain("activeDeadlineSeconds");
});

test.each([
  [0, "succeeded"],
  [3, "failed"],
])("of a run that was deleted, the record in its log has the last word: exit code %d", async (exitCode, state) => {
  const logs = { "orders-1-aaaaa": [{ lines: [stamp(10, recordLine(state, exitCode))] }] };
  const here = { jobs: [job("orders-1")], pods: [pod("orders-1-aaaaa", "Running", running)], logs };
  const { outcome } = await outcomeOf({ steps: [here, here, here, here, { jobs: [] }] });
  expect(outcome.state).toBe(state);
});

test("a run that was deleted before it told its end has an outcome that nobody knows", async () => {
  const { outcome } = await outcomeOf({ steps: [{ jobs: [job("orders-1")] }, { jobs: [] }] });
  expect(outcome).toMatchObject({ state: "unknown", reason: expect.stringContaining("deleted") as string });
});

test("a run that is not over in time goes on, and that is said", async () => {
  const { outcome } = await outcomeOf({ steps: [{ jobs: [job("orders-1")] }], timeout: 120_000 });
  expect(outcome).toMatchObject({ state: "unknown", reason: "it was not over after 2 minutes, and goes on" });
});

test("a server that is away for a while is waited for, and for long is not", async () => {
  let asked = 0;
  const away = (times: number) => () => (++asked <= times ? "Unable to connect to the server: EOF" : undefined);
  const { outcome, lines } = await outcomeOf({ steps: [{ jobs: [job("orders-1", complete)] }], refuses: away(5) });
  expect(outcome.state).toBe("succeeded");
  expect(lines.filter((line) => line.includes("does not answer"))).toHaveLength(1);
  asked = 0;
  expect((await follow({ steps: [{ jobs: [] }], refuses: away(10_000) })).outcome).toMatchObject({ code: "failed" });
});

test("a refusal is not asked for again", async () => {
  const { outcome, kubectl } = await follow({ steps: [{ jobs: [] }], refuses: forbidden });
  expect(outcome).toMatchObject({ code: "failed", message: expect.stringContaining("forbidden") as string });
  expect(kubectl.asked.length).toBeLessThan(4);
});

test("SIGINT leaves the run alone, and says so", async () => {
  const { outcome, kubectl } = await follow({ steps: [{ jobs: [job("orders-1")] }], stopAfter: 3 });
  expect(outcome).toMatchObject({
    code: "interrupted",
    message: "stopped by SIGINT: the run orders-1 goes on",
    hint: expect.stringContaining("nais-etl logs --run orders-1") as string,
  });
  expect(kubectl.asked.every((asked) => /^(get|logs) /.test(asked))).toBe(true);
});

function forbidden(): string {
  return 'jobs.batch "orders-1" is forbidden: User "a" cannot get resource';
}
