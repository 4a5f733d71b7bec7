import { dirname } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { deployByKubectl, type DeployByKubectl } from "../../src/ship/deploy/kubectl.ts";
import type { Resource } from "../../src/ship/deploy/resource.ts";
import { createKubectl } from "../../src/ship/kubectl.ts";
import type { Context } from "../../src/util/context.ts";
import { plainContext } from "../support/context.ts";
import { buildTimeout } from "./support/go.ts";
import { findKubernetes, startKubernetes, type Kubernetes } from "./support/kubernetes.ts";
import { addKinds, mustSucceed as mustSucceedIn, operate as operateIn } from "./support/nais-cluster.ts";

// `--with kubectl` with kubectl itself and a real API server. The platform's operator is played by the test: it writes
// into the status what it would.

let found: Awaited<ReturnType<typeof findKubernetes>>;
let kubernetes: Kubernetes;
let context: Context;

beforeAll(async () => {
  found = await findKubernetes();
  if ("missing" in found) return;
  kubernetes = await startKubernetes(found.path);
  addKinds(kubernetes, { kinds: ["naisjob"], team: "my-team" });
  const env = { KUBECONFIG: kubernetes.kubeconfig, HOME: dirname(kubernetes.kubeconfig) };
  context = {
    ...plainContext({ env }),
    now: () => new Date(),
    cwd: process.cwd(),
  };
}, buildTimeout + 300_000);

afterAll(async () => {
  if (!("missing" in found)) await kubernetes.stop();
});

beforeEach(({ skip }) => {
  if ("missing" in found) skip(found.missing);
});

const mustSucceed = (args: string[], input?: string) => mustSucceedIn(kubernetes, args, input);
const operate = (status: (name: string) => object) => operateIn(kubernetes, "my-team", status);

function deploy(resources: Resource[], order: Partial<DeployByKubectl> = {}) {
  const program = [(found as { path: string }).path, "kubectl"];
  const kubectl = createKubectl({ namespace: "my-team", program }, context);
  const intervals = { look: 200, grace: 20_000 };
  const usual = { kubectl, resources, origin: { revision: "abc" }, wait: true, timeout: 30_000, intervals };
  return deployByKubectl({ ...usual, ...order }, context);
}

function job(name: string, image: string): Resource {
  const metadata = { name, namespace: "my-team", labels: { team: "my-team" } };
  return { apiVersion: "nais.io/v1", kind: "Naisjob", metadata, spec: { image, schedule: "0 6 * * *" } };
}

const settings: Resource = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "settings", namespace: "my-team" },
  data: { text: "æøå" },
};

test("what is applied is there, is waited for, and the second time is unchanged", async () => {
  const stop = operate(() => ({ synchronizationState: "RolloutComplete" }));
  try {
    const first = await deploy([job("one", "x:1"), settings]);
    expect(first).toMatchObject({ passed: true, state: "applied", problems: [] });
    expect(first.resources.map(({ resource, state }) => `${resource} ${state}`)).toEqual([
      "Naisjob/one complete",
      "ConfigMap/settings applied",
    ]);
    expect(await deploy([job("one", "x:1")])).toMatchObject({ passed: true, state: "unchanged" });
    expect(await deploy([job("one", "x:2")])).toMatchObject({ passed: true, state: "applied" });
  } finally {
    await stop();
  }
  const there = mustSucceed(["get", "naisjob", "one", "-n", "my-team", "-o", "json"]);
  expect(JSON.parse(there)).toMatchObject({
    metadata: { annotations: { "deploy.nais.io/github-sha": "abc" } },
    spec: { image: "x:2" },
  });
}, 60_000);

test("what the operator fails at is told in its words", async () => {
  const problems = [{ type: "FailedSynchronization", message: "unknown time zone Europe/Olso" }];
  const stop = operate(() => ({ synchronizationState: "FailedSynchronization", problems }));
  try {
    expect(await deploy([job("two", "x:1")])).toMatchObject({
      passed: false,
      code: 1,
      problems: [{ message: "[deploy] Naisjob/two: FailedSynchronization: unknown time zone Europe/Olso" }],
    });
  } finally {
    await stop();
  }
}, 60_000);

test("an unknown key is refused by the server", async () => {
  const wrong = job("three", "x:1");
  const outcome = await deploy([{ ...wrong, spec: { ...(wrong["spec"] as object), shedule: "0 6 * * *" } }]);
  expect(outcome).toMatchObject({ passed: false, code: 1, state: "failure" });
  expect(outcome.problems[0]!.message).toContain("shedule");
});

test("fields that somebody else has set are taken over only where it is told to", async () => {
  const other = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "shared", namespace: "my-team" } };
  const theirs = JSON.stringify({ ...other, data: { a: "theirs" } });
  mustSucceed(["apply", "--server-side", "--field-manager=deployd", "-f", "-"], theirs);
  const ours = { ...other, data: { a: "ours" } };
  const refused = await deploy([ours]);
  expect(refused).toMatchObject({
    passed: false,
    problems: [{ hint: expect.stringContaining("--force-conflicts") as unknown }],
  });
  expect(await deploy([ours], { forceConflicts: true })).toMatchObject({ passed: true });
  expect(mustSucceed(["get", "configmap", "shared", "-n", "my-team", "-o", "jsonpath={.data.a}"])).toBe("ours");
});
