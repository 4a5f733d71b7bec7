import { describe, expect, test } from "vitest";
import { deployByKubectl, type DeployByKubectl } from "../../../src/ship/deploy/kubectl.ts";
import type { Resource } from "../../../src/ship/deploy/resource.ts";
import type { Kubectl } from "../../../src/ship/kubectl.ts";
import { EtlError } from "../../../src/util/error.ts";
import { plainContext } from "../../support/context.ts";

interface Cluster extends Kubectl {
  asked: string[];
  /** By label. */
  generations: Map<string, number>;
  applied: Resource[];
}

interface Behaviour {
  /** What the operator writes into the status at each look; the last one stays. */
  states?: (object | undefined)[];
  refuses?: string;
  /** Whether it acts on what is applied at all. */
  acts?: boolean;
}

const label = (object: any) => `${object.kind}/${object.metadata.name}`;
const listOf = (objects: object[]) =>
  objects.length === 1 ? JSON.stringify(objects[0], undefined, 2) : JSON.stringify({ kind: "List", items: objects });

/** Keeps what is applied, as an API server does: the generation rises with a changed spec. */
function fakeCluster({
  states = [{ synchronizationState: "RolloutComplete" }],
  refuses,
  acts = true,
}: Behaviour = {}): Cluster {
  const asked: string[] = [];
  const specs = new Map<string, string>();
  const generations = new Map<string, number>();
  const applied: Resource[] = [];
  let look = 0;
  const objectOf = (object: any) => ({
    ...object,
    metadata: { ...object.metadata, generation: generations.get(label(object)) },
  });
  return {
    namespace: "my-team",
    asked,
    generations,
    applied,
    inWords: (args) => `kubectl ${args.join(" ")}`,
    async run(args, input) {
      asked.push(args.join(" "));
      const { items } = JSON.parse(input!) as { items: any[] };
      if (args[0] === "get") {
        const known = items.filter((object) => generations.has(label(object)));
        return known.length === 0 ? "" : listOf(known.map(objectOf));
      }
      if (refuses !== undefined) throw new EtlError({ code: "failed", part: "kubectl", message: refuses });
      for (const object of items) {
        const spec = JSON.stringify(object.spec);
        if (specs.get(label(object)) !== spec)
          generations.set(label(object), (generations.get(label(object)) ?? 0) + 1);
        specs.set(label(object), spec);
      }
      applied.splice(0, applied.length, ...items);
      return listOf(items.map(objectOf));
    },
    async find(args) {
      const status = states[Math.min(look++, states.length - 1)];
      const id = (applied.find((object: any) => object.metadata.name === args[2]) as any)?.metadata.annotations[
        "nais.io/deploymentCorrelationID"
      ];
      return { status: { ...(acts && { correlationID: id }), ...status } };
    },
    async *lines() {},
  };
}

const job: Resource = { apiVersion: "nais.io/v1", kind: "Naisjob", metadata: { name: "one" }, spec: { image: "x" } };
const rule: Resource = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "two" }, data: {} };

function deploy(kubectl: Kubectl, order: Partial<DeployByKubectl> = {}) {
  return deployByKubectl(
    {
      kubectl,
      resources: [job, rule],
      origin: { revision: "abc" },
      wait: true,
      timeout: 5000,
      intervals: { look: 1, grace: 20 },
      ...order,
    },
    { ...plainContext(), now: () => new Date() },
  );
}

describe("a deploy by kubectl", () => {
  test("applies on the server, strictly, and waits until the operator has acted", async () => {
    const cluster = fakeCluster({ states: [{}, { synchronizationState: "Synchronized" }] });
    const outcome = await deploy(cluster);
    expect(outcome).toMatchObject({ passed: true, code: 0, state: "applied", problems: [] });
    expect(outcome.resources.map(({ resource, state }) => `${resource} ${state}`)).toEqual([
      "Naisjob/one synchronized",
      "ConfigMap/two applied",
    ]);
    expect(cluster.asked).toEqual([
      "get -f - --ignore-not-found -o json",
      "apply --server-side --field-manager=nais-etl --validate=strict -o json -f -",
    ]);
  });

  test("knows what is unchanged", async () => {
    const cluster = fakeCluster();
    await deploy(cluster, { resources: [job] });
    expect(await deploy(cluster, { resources: [job] })).toMatchObject({
      passed: true,
      state: "unchanged",
      resources: [{ state: "unchanged" }],
      problems: [{ severity: "warning", rule: "deploy-unchanged" }],
    });
  });

  test("tells what the operator says is wrong", async () => {
    const problems = [{ type: "x", message: "unknown time zone Europe/Olso" }];
    const outcome = await deploy(
      fakeCluster({ states: [{ synchronizationState: "FailedSynchronization", problems }] }),
    );
    expect(outcome).toMatchObject({
      passed: false,
      code: 1,
      resources: [{ state: "failed" }, {}],
      problems: [{ message: "[deploy] Naisjob/one: FailedSynchronization: unknown time zone Europe/Olso" }],
    });
  });

  test("warns where no operator acts on a Naisjob", async () => {
    expect(await deploy(fakeCluster({ acts: false }))).toMatchObject({
      passed: true,
      problems: [{ severity: "warning", rule: "deploy-unseen" }],
    });
  });

  test("does not wait where it is not asked to", async () => {
    expect(await deploy(fakeCluster({ acts: false }), { wait: false })).toMatchObject({ passed: true, problems: [] });
  });

  test("takes over the fields of others only where it is told to", async () => {
    const refuses =
      'kubectl apply: Apply failed with 1 conflict: conflict with "deployd" using nais.io/v1: .spec.image';
    expect(await deploy(fakeCluster({ refuses }))).toMatchObject({
      passed: false,
      code: 1,
      problems: [{ hint: expect.stringContaining("--force-conflicts") as unknown }],
    });
    const cluster = fakeCluster();
    await deploy(cluster, { forceConflicts: true });
    expect(cluster.asked[1]).toContain("--force-conflicts");
  });
});
