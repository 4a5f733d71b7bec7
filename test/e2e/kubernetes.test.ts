import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { manifestProblems } from "../../src/ship/manifest/check.ts";
import { isKnownKind } from "../../src/ship/manifest/kinds.ts";
import { renderPipeline } from "../../src/ship/render/files.ts";
import { isPlainObject } from "../../src/spec/value.ts";
import { crdOf, type FactTable } from "../support/crd.ts";
import { makeFolder, type Folder } from "../support/folder.ts";
import { pipelineOf } from "../support/pipeline.ts";
import { kinds, manifestWith, pipelineTexts, presetManifests, spoiledSpecs } from "../ship/manifest/spoil.ts";
import { metadataCases } from "../ship/manifest/metadata-cases.ts";
import { buildTimeout } from "./support/go.ts";
import { findKubernetes, startKubernetes, type Kubernetes } from "./support/kubernetes.ts";

// A second opinion: what we say of a manifest is what a real API server says of it, with the platform's definitions,
// which are made from the tables of facts (what is lost in them decides nothing; see test/support/crd.ts).

let found: Awaited<ReturnType<typeof findKubernetes>>;
let kubernetes: Kubernetes;
let folder: Folder;

beforeAll(async () => {
  found = await findKubernetes();
  folder = await makeFolder();
  if ("missing" in found) return;
  kubernetes = await startKubernetes(found.path);
  const definitions = ["naisjob", "application", "prometheus-rule"].map((name) => crdOf(tableOf(name)));
  const teams = ["my-team", ...pipelineTexts().map((text) => pipelineOf(text, "").spec.team)];
  apply([...definitions, ...teams.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }))]);
  mustSucceed(["wait", "--for=condition=Established", "crd", "--all", "--timeout=60s"]);
}, buildTimeout + 300_000);

afterAll(async () => {
  if (!("missing" in found)) await kubernetes.stop();
  await folder.remove();
});

beforeEach(({ skip }) => {
  if ("missing" in found) skip(found.missing);
});

function tableOf(name: string): FactTable {
  return JSON.parse(readFileSync(new URL(`../facts/${name}.json`, import.meta.url), "utf8")) as FactTable;
}

function apply(objects: unknown[]): void {
  mustSucceed(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
}

function mustSucceed(args: string[], input?: string): void {
  const { status, stderr } = kubernetes.kubectl(args, input);
  if (status !== 0) throw new Error(`kubectl ${args.join(" ")}: ${stderr}`);
}

interface Answer {
  /** `naisjob.nais.io/orders`, for each that the server takes. */
  taken: string[];
  stderr: string;
}

/** kubectl goes on after one that is refused. */
async function askServer(manifests: unknown[]): Promise<Answer> {
  const name = `trial-${asked++}`;
  for (const [i, manifest] of manifests.entries()) await folder.write(`${name}/${i}.json`, JSON.stringify(manifest));
  const args = ["apply", "--dry-run=server", "--validate=strict", "-f", join(folder.path, name)];
  const { stdout, stderr } = kubernetes.kubectl(args);
  return { taken: [...stdout.matchAll(/^(\S+) created \(server dry run\)$/gm)].map(([, one]) => one!), stderr };
}

let asked = 0;

const variables = { image: "europe-north1-docker.pkg.dev/nais-management-1234/my-team/a:1", revision: "1a2b3c4" };

test("the presets, and what the examples render, are accepted as they are", async () => {
  const rendered = pipelineTexts().flatMap((text) =>
    renderPipeline({ pipeline: pipelineOf(text, ""), ...variables }).manifests.map(({ manifest }) => manifest),
  );
  const manifests = [...presetManifests(), ...rendered];
  expect(manifests.length).toBeGreaterThan(15);
  const { taken, stderr } = await askServer(manifests);
  expect(stderr).toBe("");
  expect(taken).toHaveLength(manifests.length);
});

describe.each(kinds)("200 spoiled manifests of kind $kind", (kind) => {
  test("get the same verdict here and there", async () => {
    const specs = spoiledSpecs({ kind, seed: 42, count: 200 });
    const manifests = specs.map((spec, i) => {
      const manifest = manifestWith(kind, spec);
      return { ...manifest, metadata: { ...manifest.metadata, name: `trial-${i}` } };
    });
    const { taken, stderr } = await askServer(manifests);
    const other = manifests.flatMap((manifest, i) => {
      const [ours, isTaken] = [verdictOf(manifest), taken.includes(`${kind.kind.toLowerCase()}.nais.io/trial-${i}`)];
      return (ours === undefined) === isTaken ? [] : [{ spec: specs[i], ours, isTaken }];
    });
    expect(other, stderr).toEqual([]);
    // Neither verdict is rare, or the test would show nothing.
    expect(taken.length).toBeGreaterThan(10);
    expect(taken.length).toBeLessThan(190);
  });
});

test.each(metadataCases)("metadata $metadata gets the verdict here and there", async ({ metadata, isTaken }) => {
  const [job] = kinds;
  await expectVerdict({ ...manifestWith(job, {}), metadata: { namespace: "my-team", ...metadata } }, isTaken);
});

test.each([64, 253, 254])("an Application's name may have %d letters here if it may there", async (length) => {
  const [, application] = kinds;
  const metadata = { namespace: "my-team", name: "a".repeat(length) };
  await expectVerdict({ ...manifestWith(application, {}), metadata }, length <= 253);
});

test.each([
  [{ groups: [] }, true],
  [{ groups: [{ name: "a" }, { name: "b" }] }, true],
  [{ groups: [{ name: "a" }, { name: "a" }] }, false],
  [{ groups: [{ name: "" }] }, false],
  [{ groups: [{ name: "a", rules: [{ alert: "A", expr: 1 }] }] }, true],
  [{ groups: [{ name: "a", rules: [{ alert: "A", expr: 1.5 }] }] }, false],
  [{ groups: [{ name: "a", rules: [{ alert: "A", expr: "up", for: "1 minute" }] }] }, false],
  [{ groups: [{ name: "a", rules: [{ alert: "A", expr: "up", for: "" }] }] }, true],
  [{ groups: [{ name: "a", rules: [{ alert: "A", expr: "up", keep_firing_for: "" }] }] }, false],
  [{ groups: [{ name: "a", rules: [{ alert: "A", expr: "up", labels: { severity: 1 } }] }] }, false],
  [{ groups: [{ name: "a", partial_response_strategy: "Abort" }] }, true],
  [{ groups: [{ name: "a", rules: [{ alert: "A", expr: "up", severity: "critical" }] }] }, false],
])("alerts %j get the verdict here and there", async (spec, isTaken) => {
  const metadata = { name: "a", namespace: "my-team" };
  await expectVerdict({ apiVersion: "monitoring.coreos.com/v1", kind: "PrometheusRule", metadata, spec }, isTaken);
});

async function expectVerdict(manifest: object, isTaken: boolean): Promise<void> {
  const { taken, stderr } = await askServer([manifest]);
  expect({ theirs: taken.length === 1, stderr }).toEqual({ theirs: isTaken, stderr });
  expect({ ours: verdictOf(manifest) === undefined, stderr }).toEqual({ ours: isTaken, stderr });
}

function verdictOf(manifest: unknown): string | undefined {
  const kind = isPlainObject(manifest) ? manifest["kind"] : undefined;
  if (!isKnownKind(kind)) throw new Error("not a kind that we know");
  const problems = manifestProblems(manifest, (path) => ({ file: path.join(".") }), kind);
  return problems.length === 0 ? undefined : problems.map(({ message }) => message).join("; ");
}
