import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Case } from "../../src/etl/why/case.ts";
import { findCause } from "../../src/etl/why/causes.ts";
import { commandFor } from "../../src/etl/why/mend.ts";
import { renderPipeline } from "../../src/ship/render/files.ts";
import { recordLine, terminated, waiting } from "../ship/follow/cluster.ts";
import { crdOf, type FactTable } from "../support/crd.ts";
import { makeFolder, type Folder } from "../support/folder.ts";
import { pipelineOf } from "../support/pipeline.ts";
import { stuck } from "../why/asked.ts";
import { buildTimeout } from "./support/go.ts";
import { startNode, type TestNode } from "./support/kubelet.ts";
import { findKubernetes, startKubernetes, type Kubernetes } from "./support/kubernetes.ts";

// Runs of a real API server, with the controllers that make Jobs of CronJobs and pods of Jobs, and with kubectl: what the
// command line says of them, and what it ends with. What the pods do, the test says; their logs come from a kubelet of its own.

let found: Awaited<ReturnType<typeof findKubernetes>>;
let kubernetes: Kubernetes;
let node: TestNode;
let folder: Folder;

const pipeline = `
name: orders
team: my-team
schedule: "30 7 1 1 *"
interval: day
sources: { apps: { type: file, path: apps.csv, columns: { name: STRING } } }
models: { daily: {} }
outputs: { daily: { type: bigquery, table: orders_daily.daily, write: append } }
`;

const controllers = ["job-controller", "cronjob-controller", "garbage-collector-controller"];

beforeAll(async () => {
  found = await findKubernetes();
  if ("missing" in found) return;
  folder = await makeFolder({
    "pipeline.yaml": pipeline,
    "bin/kubectl": `#!/bin/sh\nexec ${found.path} kubectl "$@"\n`,
  });
  await chmod(join(folder.path, "bin/kubectl"), 0o755);
  kubernetes = await startKubernetes(found.path, controllers);
  const definitions = ["naisjob", "prometheus-rule"].map((name) => crdOf(tableOf(name)));
  apply([{ apiVersion: "v1", kind: "Namespace", metadata: { name: "my-team" } }, ...definitions, cronJob]);
  node = await startNode(kubernetes, "my-team");
}, buildTimeout + 300_000);

afterAll(async () => {
  if ("missing" in found) return;
  await node.stop();
  await kubernetes.stop();
  await folder.remove();
});

beforeEach(({ skip }) => {
  if ("missing" in found) skip(found.missing);
});

/** As the platform makes it of a Naisjob. */
const cronJob = {
  apiVersion: "batch/v1",
  kind: "CronJob",
  metadata: { name: "orders", namespace: "my-team", labels: { app: "orders", team: "my-team" } },
  spec: {
    schedule: "30 7 1 1 *",
    timeZone: "Europe/Oslo",
    concurrencyPolicy: "Forbid",
    jobTemplate: {
      metadata: { labels: { app: "orders", team: "my-team" } },
      spec: {
        backoffLimit: 1,
        template: {
          metadata: { labels: { app: "orders", team: "my-team" } },
          spec: {
            restartPolicy: "Never",
            containers: [{ name: "orders", image: "a:1", env: [{ name: "A", value: "1" }] }],
          },
        },
      },
    },
  },
};

function apply(objects: unknown[]): void {
  kubectl(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
}

function kubectl(args: string[], input?: string): string {
  const { status, stdout, stderr } = kubernetes.kubectl(["--namespace=my-team", ...args], input);
  if (status !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
  return stdout;
}

interface Started {
  said: () => string;
  until: (part: string | RegExp) => Promise<void>;
  ended: Promise<number | null>;
  hasEnded: () => boolean;
  interrupt: () => void;
}

const program = fileURLToPath(new URL("../../bin/nais-etl.js", import.meta.url));

function environment(): Record<string, string> {
  return {
    PATH: `${join(folder.path, "bin")}:/usr/bin:/bin`,
    HOME: folder.path,
    KUBECONFIG: kubernetes.kubeconfig,
    NAIS_ETL_LOG: "text",
  };
}

function start(args: string[]): Started {
  const env = environment();
  const child = spawn(process.execPath, [program, ...args], {
    cwd: folder.path,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (said += chunk.toString()));
  const has = (part: string | RegExp) => (typeof part === "string" ? said.includes(part) : part.test(said));
  return {
    said: () => said,
    until: (part) =>
      eventually(
        () => has(part),
        () => `${String(part)} in: ${said}`,
      ),
    ended: once(child, "close").then(([code]) => code as number | null),
    hasEnded: () => child.exitCode !== null,
    interrupt: () => void child.kill("SIGINT"),
  };
}

async function eventually(isSo: () => boolean, what: () => string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    if (isSo()) return;
    await sleep(200);
  }
  throw new Error(`it did not come: ${what()}`);
}

/** The newest pods of a run, oldest first; as soon as there are so many. */
async function podsOf(run: string, count: number, command: Started): Promise<string[]> {
  let names: string[] = [];
  const read = () => {
    if (command.hasEnded()) throw new Error(`it ended: ${command.said()}`);
    const args = ["get", "pods", `--selector=job-name=${run}`, "--sort-by=.metadata.creationTimestamp", "-o", "name"];
    names = kubectl(args)
      .split("\n")
      .filter((name) => name !== "")
      .map((name) => name.replace("pod/", ""));
    return names.length >= count;
  };
  await eventually(read, () => `${count} pods of ${run}`);
  return names;
}

const now = () => new Date().toISOString();
const isRunning = () => ({ phase: "Running" as const, state: { running: { startedAt: now() } } });

test("a run is triggered, waited for, followed through a broken connection, and ends with 0", async () => {
  const run = "orders-manual-good";
  const command = start(["trigger", "--context", "test", "--name", run, "--wait"]);
  const [pod = ""] = await podsOf(run, 1, command);
  node.set(pod, { phase: "Pending", state: waiting("CreateContainerConfigError", 'secret "db" not found') });
  await command.until('secret "db" not found');
  expect(command.said()).toContain("Make the secret `db`");
  node.set(pod, isRunning());
  node.say(pod, "first");
  await command.until("first");
  node.cut();
  node.say(pod, "second");
  node.say(pod, "second");
  await command.until(/second\n.*second\n/);
  node.say(pod, recordLine("succeeded", 0));
  node.set(pod, { phase: "Succeeded", state: terminated(0) });
  expect(await command.ended, command.said()).toBe(0);
  expect(command.said()).toContain(
    `kubectl --context=test --namespace=my-team create job ${run} --from=cronjob/orders`,
  );
  expect(command.said().match(/^first$/gm)).toHaveLength(1);
  expect(command.said().match(/^second$/gm)).toHaveLength(2);
  expect(command.said()).toMatch(
    /Done in 2\.00 s[\s\S]*models +1 +4[\s\S]*orders-manual-good succeeded in .*\(1 attempt\)/,
  );
  expect(node.asked.length).toBeGreaterThan(1);
});

test("a run that fails is followed through its attempts, ends with 4, and is there for status and logs", async () => {
  const run = "orders-manual-bad";
  const command = start(["trigger", "--context", "test", "--name", run, "--interval", "2026-01-20", "--wait"]);
  const [first = ""] = await podsOf(run, 1, command);
  const env = kubectl(["get", "pod", first, "-o", "jsonpath={.spec.containers[0].env}"]);
  expect(JSON.parse(env)).toEqual([
    { name: "A", value: "1" },
    { name: "NAIS_ETL_INTERVAL", value: "2026-01-20" },
  ]);
  node.set(first, isRunning());
  node.say(first, "of the first");
  await command.until("of the first");
  node.set(first, { phase: "Failed", state: terminated(1) });
  await command.until("attempt 1 of 2 failed (exit code 1)");
  const [, second = ""] = await podsOf(run, 2, command);
  node.set(second, isRunning());
  node.say(second, "of the second");
  node.say(second, recordLine("failed", 3));
  node.set(second, { phase: "Failed", state: terminated(3) });
  expect(await command.ended, command.said()).toBe(4);
  expect(command.said()).toMatch(/of the first[\s\S]*attempt 1 of 2 failed \(exit code 1\)[\s\S]*of the second/);
  expect(command.said()).toContain("exit code 3: a check failed");
  const status = start(["status", "--target", "test"]);
  expect(await status.ended).toBe(0);
  expect(status.said()).toMatch(/orders-manual-bad +failed .* 2 +manual/);
  const logs = start(["logs", "--context", "test", "--run", run, "--attempt", "1"]);
  expect(await logs.ended).toBe(0);
  expect(logs.said()).toBe("of the first\n");
});

test("Ctrl-C leaves the run alone", async () => {
  const run = "orders-manual-left";
  const command = start(["trigger", "--context", "test", "--name", run, "--allow-schema-change", "--wait"]);
  const [pod = ""] = await podsOf(run, 1, command);
  const env = kubectl(["get", "pod", pod, "-o", "jsonpath={.spec.containers[0].env[1]}"]);
  expect(JSON.parse(env)).toEqual({ name: "NAIS_ETL_ALLOW_SCHEMA_CHANGE", value: "true" });
  node.set(pod, isRunning());
  await command.until("is running");
  command.interrupt();
  expect(await command.ended).toBe(130);
  expect(command.said()).toContain(`the run ${run} goes on`);
  expect(kubectl(["get", "job", run, "-o", "jsonpath={.status.active}"])).toBe("1");
});

test("what the cluster refuses is told with the way out, and ends with 1", async () => {
  const again = start(["trigger", "--context", "test", "--name", "orders-manual-good"]);
  expect(await again.ended).toBe(1);
  expect(again.said()).toContain('"orders-manual-good" already exists');
  const nowhere = start(["trigger", "--context", "elsewhere"]);
  expect(await nowhere.ended).toBe(1);
  const [contexts = ""] = /kubectl config get-contexts -o name/.exec(nowhere.said()) ?? [];
  expect(typed(contexts)).toBe("test\n");
});

/** Typed into a shell, as somebody does who has copied it. */
function typed(command: string): string {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", command], { env: environment(), encoding: "utf8" });
  if (status !== 0) throw new Error(`${command}: ${stderr}`);
  return stdout;
}

test("the command that keeps a job from running tonight does, a run of the day that `why` names is started, and stopped as it says", async () => {
  const page = readFileSync(new URL("../../docs/operate.md", import.meta.url), "utf8");
  const [patch = ""] = /^kubectl patch cronjob .*$/m.exec(page) ?? [];
  const suspend = patch.replace("apps-per-env", "orders").replace("nais-analyse", "my-team");
  const isSuspended = () => kubectl(["get", "cronjob", "orders", "-o", "jsonpath={.spec.suspend}"]);
  typed(suspend);
  expect(isSuspended()).toBe("true");
  const status = start(["status", "--target", "test"]);
  expect(await status.ended).toBe(0);
  expect(status.said()).toContain("no schedule, or a suspended one");

  const about = failedOn("2022-01-17");
  const command = commandFor({ by: "run" }, about)!;
  expect(command).toBe("nais-etl trigger --wait --target test --interval 2022-01-17 --with kubectl");
  const run = start(command.split(" ").slice(1));
  await run.until(/orders-manual-\d+/);
  const [name = ""] = /orders-manual-\d+/.exec(run.said()) ?? [];
  const [pod = ""] = await podsOf(name, 1, run);
  expect(kubectl(["get", "pod", pod, "-o", "jsonpath={.spec.containers[0].env}"])).toContain('"2022-01-17"');
  node.set(pod, isRunning());
  await run.until("is running");
  const { first = "" } = findCause(stuck(name, "my-team"));
  expect(first).toContain(`kubectl delete job ${name} --namespace my-team`);
  typed(first.replace("Stop it: ", "").replace(/\.$/, ""));
  expect(kubectl(["get", "job", name, "--ignore-not-found", "-o", "name"])).toBe("");
  run.interrupt();
  await run.ended;

  typed(suspend.replace("true", "false"));
  expect(isSuspended()).toBe("false");
});

/** What `why` is asked, of a day that is not the last. */
function failedOn(label: string): Case {
  const record = { run_id: label, execution: "orders-manual-20220120063000", params: {} };
  return {
    pipeline: { target: "test", shownFile: "pipeline.yaml", spec: { name: "orders", interval: { every: "day" } } },
    run: { record, status: "failed" },
    failing: [record],
    now: new Date("2022-01-20T06:30:00Z"),
  } as unknown as Case;
}

test("cleanup lists what was deployed, refuses to lose data, and deletes the job with all that is its", async () => {
  const image = "europe-north1-docker.pkg.dev/nais-management-1234/my-team/a:1";
  const [naisjob, rule] = renderPipeline({ pipeline: pipelineOf(pipeline, ""), image }).manifests.map(
    ({ manifest }) => manifest,
  );
  const job = naisjob as { spec: { gcp: { bigQueryDatasets: object[] } } };
  const { spec } = job;
  const datasets = spec.gcp.bigQueryDatasets.map((dataset) => ({ ...dataset, cascadingDelete: true }));
  apply([{ ...job, spec: { ...spec, gcp: { ...spec.gcp, bigQueryDatasets: datasets } } }, rule]);
  const uid = kubectl(["get", "naisjob", "orders", "-o", "jsonpath={.metadata.uid}"]);
  const owner = { apiVersion: "nais.io/v1", kind: "Naisjob", name: "orders", uid };
  apply([{ ...cronJob, metadata: { ...cronJob.metadata, ownerReferences: [owner] } }]);
  expect(typed("kubectl describe naisjob orders --namespace my-team")).toContain("Big Query Datasets");
  const listed = start(["cleanup", "--context", "test"]);
  expect(await listed.ended, listed.said()).toBe(0);
  expect(listed.said()).toMatch(
    /naisjobs.nais.io\/orders[\s\S]*prometheusrules[\s\S]*jobs\/orders-manual-good[\s\S]*Nothing was deleted/,
  );
  const refused = start(["cleanup", "--context", "test", "--yes"]);
  expect(await refused.ended).toBe(1);
  expect(refused.said()).toContain("dataset orders_daily and all data in it: nothing was deleted");
  expect(kubectl(["get", "naisjob", "orders", "-o", "name"])).toContain("orders");
  const done = start(["cleanup", "--context", "test", "--yes", "--datasets"]);
  expect(await done.ended, done.said()).toBe(0);
  // Pods would be gone once their node has ended them.
  const left = () => kubectl(["get", "naisjob,cronjob,job,prometheusrule", "-o", "name"]).trim();
  await eventually(() => left() === "", left);
});

function tableOf(name: string): FactTable {
  return JSON.parse(readFileSync(new URL(`../facts/${name}.json`, import.meta.url), "utf8")) as FactTable;
}
