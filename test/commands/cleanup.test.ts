import { afterEach, expect, test } from "vitest";
import { cleanup } from "../../src/commands/cleanup.ts";
import { makeFolder, type Folder } from "../support/folder.ts";
import { complete, job } from "../ship/follow/cluster.ts";
import { askedOf, giveKubectl, type Answers } from "./fake-kubectl.ts";

let folder: Folder;
afterEach(() => folder.remove());

const mark = { "app.kubernetes.io/managed-by": "nais-etl" };
const owned = { ownerReferences: [{ kind: "Naisjob", name: "orders" }] };
const byCronJob = { ownerReferences: [{ kind: "CronJob", name: "orders" }] };
const naisjob = (cascadingDelete: boolean) => ({
  metadata: { name: "orders" },
  spec: { gcp: { bigQueryDatasets: [{ name: "orders_daily", cascadingDelete }] } },
});

function answersWith(cascadingDelete: boolean): Answers {
  return [
    ["get naisjobs.nais.io orders", naisjob(cascadingDelete)],
    ["get cronjobs orders", { metadata: { name: "orders", ...owned } }],
    ["get prometheusrules.monitoring.coreos.com orders", { metadata: { name: "orders", labels: mark } }],
    [
      "get jobs",
      {
        items: [
          { ...job("orders-1", complete), metadata: { name: "orders-1", labels: { app: "orders" }, ...owned } },
          { ...job("orders-2"), metadata: { name: "orders-2", labels: { app: "orders", ...mark } } },
        ],
      },
    ],
  ];
}

async function make(answers: Answers): Promise<void> {
  folder = await makeFolder({ "pipeline.yaml": "name: orders\nteam: my-team\n" });
  await giveKubectl(folder, answers);
}

const deletions = async () => (await askedOf(folder)).filter((asked) => asked.includes("delete"));

test("everything is listed, and without --yes nothing is deleted", async () => {
  await make(answersWith(false));
  await cleanup({}, folder.context);
  expect(folder.printed.join("")).toBe(
    [
      "would delete in my-team:",
      "  naisjobs.nais.io/orders",
      "  cronjobs/orders (goes with the job)",
      "  prometheusrules.monitoring.coreos.com/orders",
      "  jobs/orders-1 (goes with the job)",
      "  jobs/orders-2 (running: it is cut off)",
    ].join("\n"),
  );
  expect(folder.logged.join("")).toMatch(/dataset orders_daily: stays[\s\S]*Nothing was deleted/);
  expect(await deletions()).toEqual([]);
});

test("with --yes, what nothing else takes along is deleted, the job first; each command is printed", async () => {
  await make(answersWith(false));
  await cleanup({ yes: true }, folder.context);
  expect(await deletions()).toEqual(
    ["naisjobs.nais.io/orders", "prometheusrules.monitoring.coreos.com/orders", "jobs/orders-2"].map(
      (one) => `--namespace=my-team delete ${one} --ignore-not-found --timeout=5m`,
    ),
  );
  expect(folder.logged.join("")).toContain("kubectl --namespace=my-team delete naisjobs.nais.io/orders");
});

test("a job with which the platform would delete data is deleted only with --datasets, too", async () => {
  await make(answersWith(true));
  await expect(cleanup({ yes: true }, folder.context)).rejects.toMatchObject({
    message: expect.stringContaining("dataset orders_daily and all data in it: nothing was deleted") as string,
    hint: expect.stringContaining("cascadingDelete") as string,
  });
  expect(await deletions()).toEqual([]);
  await cleanup({ yes: true, datasets: true }, folder.context);
  expect(await deletions()).toHaveLength(3);
  expect(folder.logged.join("")).toContain("the platform deletes dataset orders_daily");
});

test("in a cluster without nais, there is the CronJob alone", async () => {
  await make([
    ["get naisjobs", { refuses: `error: the server doesn't have a resource type "naisjobs"` }],
    ["get prometheusrules", { refuses: `error: the server doesn't have a resource type "prometheusrules"` }],
    ["get cronjobs orders", { metadata: { name: "orders", labels: mark } }],
    ["get jobs", { items: [{ ...job("orders-1", complete), metadata: { name: "orders-1", ...byCronJob } }] }],
  ]);
  await cleanup({ json: true }, folder.context);
  expect(JSON.parse(folder.printed.join(""))).toMatchObject({
    deleted: false,
    things: [
      { kind: "cronjobs", name: "orders" },
      { kind: "jobs", name: "orders-1", isOwned: true },
    ],
    left: [],
  });
});

test("where nothing is deployed, it says so", async () => {
  await make([["get jobs", { items: [] }]]);
  await cleanup({ yes: true }, folder.context);
  expect(folder.printed).toEqual(["nothing of orders is deployed in my-team"]);
  expect(await deletions()).toEqual([]);
});

test("what only bears the name, and was deployed by others, is listed and left", async () => {
  const helms = { name: "orders", labels: { "app.kubernetes.io/managed-by": "Helm" } };
  const theirs = {
    ...job("orders-2", complete),
    metadata: { name: "orders-2", labels: { app: "orders" }, ...byCronJob },
  };
  await make([
    ["get naisjobs.nais.io orders", naisjob(false)],
    ["get cronjobs orders", { metadata: helms }],
    ["get prometheusrules.monitoring.coreos.com orders", { metadata: { name: "orders" } }],
    ["get jobs", { items: [job("orders-1"), theirs] }],
  ]);
  await cleanup({ yes: true }, folder.context);
  expect(await deletions()).toEqual([
    "--namespace=my-team delete naisjobs.nais.io/orders --ignore-not-found --timeout=5m",
  ]);
  expect(folder.printed.join("")).toContain(
    [
      "not deployed by nais-etl: left",
      "  cronjobs/orders",
      "  prometheusrules.monitoring.coreos.com/orders",
      "  jobs/orders-1",
      "  jobs/orders-2",
    ].join("\n"),
  );
});
