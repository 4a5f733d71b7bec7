import { afterEach, expect, test } from "vitest";
import { logs } from "../../src/commands/logs.ts";
import { status } from "../../src/commands/status.ts";
import { makeFolder, type Folder } from "../support/folder.ts";
import { complete, failed, job, pod, recordLine, terminated, waiting } from "../ship/follow/cluster.ts";
import { askedOf, giveKubectl, type Answers } from "./fake-kubectl.ts";

let folder: Folder;
afterEach(() => folder.remove());

const cronJob = {
  metadata: { name: "orders" },
  spec: {
    schedule: "30 7 * * *",
    timeZone: "Europe/Oslo",
    jobTemplate: { spec: { template: { spec: { containers: [{ name: "orders", image: "a:1" }] } } } },
  },
};

const older = { ...job("orders-29380830", complete) };
const newer = {
  ...job("orders-manual-1", failed()),
  metadata: {
    name: "orders-manual-1",
    creationTimestamp: "2026-11-05T08:00:00Z",
    labels: { app: "orders" },
    annotations: { "cronjob.kubernetes.io/instantiate": "manual" },
  },
};
const podOf = (name: string, of: string, state: object) => ({
  ...pod(name, "Failed", state),
  metadata: { name, creationTimestamp: "2026-11-05T08:00:01Z", labels: { "job-name": of } },
});

const usual: Answers = [
  ["get cronjob orders", cronJob],
  ["get jobs", { items: [older, newer, { metadata: { name: "sibling-1" } }] }],
  ["get pods --selector", { items: [podOf("orders-manual-1-aaaaa", "orders-manual-1", terminated(3))] }],
  ["get pods", { items: [podOf("orders-manual-1-aaaaa", "orders-manual-1", terminated(3))] }],
  ["get naisjobs.nais.io", { status: { synchronizationState: "Synchronized" } }],
  ["get job orders-manual-1", newer],
  ["logs orders-manual-1-aaaaa", `2026-11-05T08:00:02Z plain\n2026-11-05T08:00:03Z ${recordLine("failed", 3)}\n`],
];

async function make(answers: Answers = []): Promise<void> {
  folder = await makeFolder({ "pipeline.yaml": "name: orders\nteam: my-team\n" });
  await giveKubectl(folder, [...answers, ...usual]);
}

test("status shows the schedule, the next runs, and the last ones with what came of them", async () => {
  await make();
  await status({}, folder.context);
  const text = folder.printed.join("\n");
  expect(text).toContain("schedule 30 7 * * * (Europe/Oslo): At 07:30");
  expect(text).toContain("2026-11-06 07:30 Europe/Oslo   2026-11-06 06:30 UTC");
  expect(text).toMatch(/orders-manual-1 +failed +2026-11-05 06:30:01 +2 min 0 s +1 +manual/);
  expect(text).toMatch(/orders-29380830 +succeeded +2026-11-05 06:30:01 +1 min 0 s/);
  expect(text).not.toContain("sibling");
  expect(text.indexOf("orders-manual-1")).toBeLessThan(text.indexOf("orders-29380830"));
});

test("status says what a run waits for, and what is wrong with the last deploy", async () => {
  const stuck = { ...podOf("p", "orders-manual-1", waiting("CreateContainerConfigError", 'secret "db" not found')) };
  await make([
    ["get pods", { items: [stuck] }],
    [
      "get naisjobs.nais.io",
      { status: { synchronizationState: "FailedSynchronization", problems: [{ message: "no such zone" }] } },
    ],
  ]);
  await status({}, folder.context);
  expect(folder.logged.join("")).toMatch(/FailedSynchronization[\s\S]*no such zone[\s\S]*secret "db" not found/);
});

test("status --json is for programs", async () => {
  await make();
  await status({ json: true, limit: 1 }, folder.context);
  expect(JSON.parse(folder.printed.join(""))).toMatchObject({
    job: "orders",
    team: "my-team",
    image: "a:1",
    schedule: { cron: "30 7 * * *", nextRuns: [{ utc: "2026-11-06T06:30:00Z" }, {}, {}] },
    runs: [{ name: "orders-manual-1", phase: "failed", trigger: "manual" }],
  });
});

test("logs are those of the last run, as people read them", async () => {
  await make();
  await logs({}, folder.context);
  expect(folder.printed).toEqual(["plain", "Failed after 2.00 s."]);
  expect(await askedOf(folder)).toContain("--namespace=my-team logs orders-manual-1-aaaaa --timestamps");
});

test("logs --json are lines as they were written, with time and pod", async () => {
  await make();
  await logs({ run: "orders-manual-1", json: true, attempt: 1 }, folder.context);
  expect(JSON.parse(folder.printed[0]!)).toEqual({
    time: "2026-11-05T08:00:02Z",
    pod: "orders-manual-1-aaaaa",
    text: "plain",
  });
});

test.each([
  [{ run: "orders-9" }, "there is no run orders-9"],
  [{ run: "orders-manual-1", attempt: 2 }, "orders-manual-1 has no log of attempt 2"],
  [{ attempt: 0 }, "--attempt counts from 1"],
])("logs of what is not there say so: %j", async (options, message) => {
  await make();
  await expect(logs(options, folder.context)).rejects.toMatchObject({ message });
});

test("without a target, and without a cluster that kubectl knows, the targets of the file are named", async () => {
  folder = await makeFolder({
    "pipeline.yaml": "name: orders\nteam: my-team\ntargets: { prod-gcp: {}, dev-gcp: {} }\n",
  });
  const log = 'E1122 00:14:21.123456   71 memcache.go:265] "Unhandled Error" err="couldn\'t get current server API"\n';
  const refuses = `${log}${log}The connection to the server localhost:8080 was refused - did you specify the right host or port?\n`;
  await giveKubectl(folder, [["get cronjob", { refuses }]]);
  folder.context = { ...folder.context, env: { ...folder.context.env, NAIS_API_TOKEN: "known" } };
  await expect(status({}, folder.context)).rejects.toMatchObject({
    code: "usage",
    message: "it is not said in which cluster the job is, and kubectl reaches none by itself",
    hint: "Give --target: prod-gcp, dev-gcp.",
  });
  await expect(status({ context: "here" }, folder.context)).rejects.toMatchObject({
    message: expect.not.stringContaining("memcache.go") as string,
  });
});
