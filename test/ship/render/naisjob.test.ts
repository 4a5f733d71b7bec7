import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parseYaml } from "../../../src/spec/document.ts";
import { loadDocument, type LoadedPipeline } from "../../../src/spec/load.ts";
import { baseTarget } from "../../../src/spec/target.ts";
import { manifestProblems } from "../../../src/ship/manifest/check.ts";
import { renderPipeline } from "../../../src/ship/render/files.ts";
import { renderNaisjob } from "../../../src/ship/render/naisjob.ts";
import { problemsOf } from "../../support/folder.ts";

const goldens = fileURLToPath(new URL("../../golden/manifests/", import.meta.url));

function load(text: string, target = baseTarget, file = "/repo/pipeline.yaml"): LoadedPipeline {
  return loadDocument({
    document: parseYaml(text, "pipeline.yaml"),
    file,
    cwd: "/repo",
    target,
  });
}

const minimal = "name: a\nteam: b\n";
const spec = (text: string, more = {}) => renderNaisjob({ pipeline: load(text), ...more }).manifest.spec;
const foreignOutput = (more: string) => `${minimal}outputs: { x: { type: bigquery, table: p.d.t${more} } }\n`;
const problems = (text: string) => problemsOf(() => renderNaisjob({ pipeline: load(text) }));

describe.each(readdirSync(goldens))("the pipeline of test/golden/manifests/%s", (name) => {
  const pipeline = load(readFileSync(`${goldens}${name}/pipeline.yaml`, "utf8"));

  test("renders as its golden files say", async () => {
    const [manifests, dashboard] = renderPipeline({ pipeline }).files;
    await expect(manifests?.text).toMatchFileSnapshot(`${goldens}${name}/naisjob.yaml`);
    await expect(dashboard?.text).toMatchFileSnapshot(`${goldens}${name}/dashboard.json`);
  });

  test("renders what the platform's schema accepts, twice the same", () => {
    const { manifest } = renderNaisjob({ pipeline });
    expect(manifestProblems(manifest, () => ({ file: "" }))).toEqual([]);
    expect(renderPipeline({ pipeline }).files).toEqual(renderPipeline({ pipeline }).files);
  });
});

test("a pipeline without a team is an error that says what to add", async () => {
  expect(await problems("name: a\n")).toMatchObject([
    { rule: "no-team", hint: expect.stringContaining("team: your-team") },
  ]);
});

test("a target's part is merged before rendering", () => {
  const text = `${minimal}schedule: "0 6 * * *"\ntargets: { dev-gcp: { schedule: null } }\n`;
  expect(renderNaisjob({ pipeline: load(text) }).manifest.spec).toMatchObject({
    schedule: "0 6 * * *",
    timeZone: "Europe/Oslo",
  });
  expect(renderNaisjob({ pipeline: load(text, "dev-gcp") }).manifest.spec).not.toHaveProperty("schedule");
});

test("what the local target says is not in the manifest of the clusters", () => {
  const text = `${minimal}egress: [a.no]\ntargets: { local: { egress: [b.no] } }\n`;
  expect(spec(text).accessPolicy?.outbound?.external).toEqual([{ host: "a.no" }]);
});

test("with an image it is a manifest, without one a template", () => {
  expect(spec(minimal, { image: "registry/a@sha256:1" })).toMatchObject({ image: "registry/a@sha256:1" });
  expect(spec(minimal, { image: "registry/a@sha256:1" })).not.toHaveProperty("env");
  expect(spec(minimal)).toMatchObject({
    image: "{{image}}",
    env: [{ name: "NAIS_ETL_REVISION", value: "{{revision}}" }],
  });
});

test("one pipeline of several says in the environment which one it is", () => {
  const pipeline = load(minimal, baseTarget, "/repo/pipelines/orders/pipeline.yaml");
  const { manifests } = renderPipeline({ pipeline, image: "x", revision: "abc" });
  expect(manifests[0]).toMatchObject({
    manifest: {
      spec: {
        env: [
          { name: "NAIS_ETL_PIPELINE", value: "orders" },
          { name: "NAIS_ETL_REVISION", value: "abc" },
        ],
      },
    },
  });
  expect(JSON.stringify(manifests[1])).toContain("nais-etl why --pipeline orders --target CLUSTER.");
});

test("an output in another project is an error, unless someone else makes the dataset", async () => {
  expect(await problems(foreignOutput(""))).toMatchObject([{ rule: "dataset-not-provisioned", where: { line: 3 } }]);
  expect(await problems(foreignOutput(", dataset: { managed: false }"))).toEqual([]);
});

test("a dataset whose name only the run knows is an error", async () => {
  const table = '"${env:DATASET}.t"';
  expect(await problems(`${minimal}outputs: { x: { type: bigquery, table: ${table} } }\n`)).toMatchObject([
    { rule: "dataset-not-provisioned" },
  ]);
});

test("a dataset of a name that the platform does not make is an error at the table", async () => {
  const text = `${minimal}outputs: { x: { type: bigquery, table: My_Data.t } }\n`;
  expect(await problems(text)).toMatchObject([{ rule: "dataset-name", where: { line: 3 } }]);
});

const located = (location: string, more = "") =>
  `${minimal}outputs: { x: { type: bigquery, table: dd.t${more} } }\nbigquery: { location: ${location} }\n`;

test("a dataset that the platform makes elsewhere than the pipeline works is an error at the location", async () => {
  expect(await problems(located("US"))).toMatchObject([{ rule: "dataset-location", where: { line: 4 } }]);
  expect(await problems(located("europe-north1"))).toEqual([]);
  expect(await problems(located("US", ", dataset: { managed: false }"))).toEqual([]);
});

test("each mistake in nais: is shown at its own place, all at once", async () => {
  const text = `${minimal}nais:\n  resources:\n    limit: { memory: 1Gi }\n  backoffLimit: "2"\n  env: [{ name: X, value: 1 }]\n  replicas: { min: 2 }\n`;
  expect((await problems(text)).map(({ message, where }) => `${where?.line}: ${message}`).toSorted()).toEqual([
    "5: unknown key `limit` in `nais.resources`",
    '6: `nais.backoffLimit` is "2", not a number',
    "7: `nais.env[0].value` is 1, not a text",
    "8: unknown key `replicas` in `nais`",
  ]);
});

test("hosts that are open to every job are left out", () => {
  expect(
    spec(`${minimal}egress: [bigquery.googleapis.com, login.microsoftonline.com, "x.aivencloud.com:26484"]\n`)
      .accessPolicy?.outbound,
  ).toEqual({
    rules: [{ application: "prometheus-pushgateway", namespace: "nais-system" }],
  });
});

test("a port in nais: that takes the place of one that the pipeline needs is an error", async () => {
  const text = (host: string) =>
    `${minimal}egress: [a.no]\nnais: { accessPolicy: { outbound: { external: [{ host: ${host}, ports: [{ port: 8443 }] }] } } }\n`;
  expect(await problems(text("a.no"))).toMatchObject([{ rule: "egress-lost", where: { line: 4 } }]);
  expect(await problems(text("b.no"))).toEqual([]);
  expect(await problems(`${minimal}egress: [a.no]\nnais: { accessPolicy: null }\n`)).toMatchObject([
    { rule: "egress-lost" },
  ]);
});

test("a read-only pipeline gets the roles that a dataset would have brought", () => {
  const text = `${minimal}sources: { x: { type: bigquery, table: p.d.t } }\n`;
  expect(spec(text).gcp?.permissions?.map(({ role }) => role)).toEqual([
    "roles/bigquery.jobUser",
    "roles/bigquery.readSessionUser",
  ]);
});
