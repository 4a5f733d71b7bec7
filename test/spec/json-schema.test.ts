import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { parseYaml } from "../../src/spec/document.ts";
import { formatJsonSchema, pipelineJsonSchema } from "../../src/spec/json-schema.ts";
import { EtlError } from "../../src/util/error.ts";
import { loadDocument } from "../../src/spec/load.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const schema = pipelineJsonSchema();
// zod reads JSON Schema too, and throws on a keyword that it does not know: a second opinion without a package more.
// It reads patterns without the flag u, which editors set.
const withoutClasses = JSON.stringify(schema)
  .replaceAll(String.raw`\\p{L}`, "A-Za-zÆØÅæøå")
  .replaceAll(/\\\\p\{[NM]\}/g, "0-9");
const editor = z.fromJSONSchema(JSON.parse(withoutClasses));
const accepts = (yaml: string) => editor.safeParse(parse(yaml)).success;

test("the committed schema is what scripts/json-schema.js makes", () => {
  expect(readFileSync(`${root}/schema/pipeline.schema.json`, "utf8")).toBe(formatJsonSchema(schema));
});

test("every pattern is one that editors read: without flags but u", () => {
  const patterns: string[] = [];
  JSON.stringify(schema, (key, value: unknown) => {
    if (key === "pattern" && typeof value === "string") patterns.push(value);
    return value;
  });
  expect(patterns.length).toBeGreaterThan(10);
  for (const pattern of patterns) new RegExp(pattern, "u");
});

describe("every pipeline of the repository is accepted", () => {
  const files = globSync("{examples,templates}/**/pipeline.yaml", { cwd: root });
  test("there are some", () => expect(files.length).toBeGreaterThan(1));
  test.each(files)("%s", (file) => {
    expect(editor.safeParse(parse(readFileSync(`${root}/${file}`, "utf8"))).error).toBeUndefined();
  });
});

const base = "name: apps\n";
const load = (yaml: string) =>
  loadDocument({ document: parseYaml(yaml, "pipeline.yaml"), file: "/p/pipeline.yaml", cwd: "/p", target: "local" });

/** One for each thing that may be written in two ways, and for what is easily forgotten. */
const good: [title: string, yaml: string][] = [
  ["a schedule as its cron", "schedule: 30 7 * * *"],
  ["no schedule", "schedule: null"],
  ["a schedule with its time zone", 'schedule: { cron: "30 7 * * *", timeZone: UTC }'],
  ["an interval as its unit", "interval: day"],
  ["an interval with its sample", "interval: { every: hour, sample: 2022-01-20T07 }"],
  ["a parameter as its type", "params: { Line: INT64, day: { type: DATE, default: today } }"],
  [
    "a column as its type, in any case",
    "models: { a: { columns: { x: STRING, y: date, z: array<Struct<a INT64>> } } }",
  ],
  [
    "a column as an object",
    "models: { a: { columns: { x: { type: NUMERIC(10), description: d, sensitive: true } } } }",
  ],
  ["a check as its kind", "models: { a: { columns: { x: { type: DATE, checks: [not_null, unique] } } } }"],
  [
    "a check with its settings",
    "models: { a: { checks: [{ unique: x, severity: warn, tolerate: 0.1 }, { not_null: [x, y] }] } }",
  ],
  ["a range with one end", "models: { a: { columns: { x: { type: INT64, checks: [{ range: { min: 1 } }] } } } }"],
  ["names with æøå", "models: { årstall: { columns: { måned: DATE } } }"],
  [
    "a partition as its column",
    "outputs: { a: { type: file, path: a.csv, write: replace_partition, partition: dato } }",
  ],
  [
    "a partition as an object",
    "outputs: { a: { type: bigquery, table: d.t, partition: { column: dato, by: month } } }",
  ],
  ["a key as its column", "outputs: { a: { type: bigquery, table: d.t, write: merge, key: id } }"],
  ["a key of two columns", "outputs: { a: { type: bigquery, table: d.t, write: merge, key: [id, dato] } }"],
  [
    "one text for NULL, or several",
    "sources: { a: { type: file, path: a.csv, nulls: NA }, b: { type: file, path: b.csv, nulls: [NA, '-'] } }",
  ],
  [
    "a domain-scoped project and a reference in a table",
    "sources: { a: { type: bigquery, table: 'nav.no:p.d.t' }, b: { type: bigquery, table: '${env:T}' } }",
  ],
  ["any part of the Naisjob", "nais: { resources: { limits: { memory: 512Mi } }, env: [{ name: A, value: b }] }"],
  [
    "a target that says a part",
    "outputs: { a: { type: bigquery, table: d.t, write: append } }\ntargets: { dev: { outputs: { a: { table: e.t } } } }",
  ],
  [
    "a target that takes keys away",
    "schedule: 0 7 * * *\nparams: { n: { type: INT64, default: 1 } }\ntargets: { dev: { schedule: null, params: { n: { default: null } } } }",
  ],
  [
    "a target that makes a source a file",
    "sources: { a: { type: bigquery, table: d.t } }\ntargets: { dev: { sources: { a: { type: file, table: null, path: a.csv } } } }",
  ],
  [
    "a target with a column written short",
    "models: { a: { columns: { x: DATE } } }\ntargets: { dev: { models: { a: { columns: { x: STRING } } } } }",
  ],
];

describe("accepts, as loading does,", () => {
  test.each(good)("%s", (_title, yaml) => {
    load(base + yaml);
    expect(editor.safeParse(parse(base + yaml)).error).toBeUndefined();
  });
});

const bad: [title: string, yaml: string][] = [
  ["a misspelt key", "schedul: 30 7 * * *"],
  ["a misspelt key of a column", "models: { a: { columns: { x: { type: DATE, descripton: d } } } }"],
  ["an unknown type", "models: { a: { columns: { x: STRNG } } }"],
  ["a type that no table here holds", "models: { a: { columns: { x: { type: GEOGRAPHY } } } }"],
  ["a number for a name", "team: 4"],
  ["capitals in a name", "name: Apps"],
  ["an unknown interval", "interval: week"],
  ["an unknown write mode", "outputs: { a: { type: bigquery, table: d.t, write: overwrite } }"],
  ["an output without a type", "outputs: { a: { table: d.t } }"],
  ["a source without its path", "sources: { a: { type: file } }"],
  ["another type's key", "sources: { a: { type: file, path: a.csv, table: d.t } }"],
  ["a table without a dataset", "sources: { a: { type: bigquery, table: unique } }"],
  ["an unknown check", "models: { a: { columns: { x: { type: DATE, checks: [notnull] } } } }"],
  ["a check that needs an argument", "models: { a: { columns: { x: { type: DATE, checks: [range] } } } }"],
  ["a check of two kinds", "models: { a: { checks: [{ unique: x, not_null: x }] } }"],
  ["a check of no kind", "models: { a: { checks: [{ severity: warn }] } }"],
  ["a range without ends", "models: { a: { columns: { x: { type: INT64, checks: [{ range: {} }] } } } }"],
  ["a share above 1", "models: { a: { checks: [{ unique: x, tolerate: 5 }] } }"],
  ["a duration without a unit", "models: { a: { timeout: '30' } }"],
  ["a secret from nowhere", "secrets: { A: { from: vault } }"],
  ["a list for a map", "sources: [{ type: file, path: a.csv }]"],
  ["a key that is empty", "sources:"],
  ["a misspelt key in a target", "targets: { dev: { outputs: { a: { tabel: d.t } } } }"],
  ["a wrong value in a target", "targets: { dev: { schedule: 7 } }"],
  ["targets in a target", "targets: { dev: { targets: {} } }"],
];

describe("refuses, as loading does,", () => {
  test.each(bad)("%s", (_title, yaml) => {
    const text = yaml.startsWith("name:") ? yaml : base + yaml;
    expect(() => load(text)).toThrow(EtlError);
    expect(accepts(text)).toBe(false);
  });
});

test("what an editor shows: each key of the file has a description", () => {
  const { definitions, properties } = schema as Record<string, Record<string, { description?: string; $ref?: string }>>;
  const shown = JSON.stringify({ properties, definitions });
  const missing = Object.entries(properties!).filter(
    ([, key]) => !JSON.stringify(key).includes("description") && !JSON.stringify(key).includes("$ref"),
  );
  expect(missing).toEqual([]);
  expect(shown).toContain("Five fields: minute hour day month weekday");
});
