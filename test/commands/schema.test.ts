import { readFileSync } from "node:fs";
import { afterEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { schema, type SchemaOptions } from "../../src/commands/schema.ts";
import type { Problem } from "../../src/util/error.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";

let folder: Folder;
afterEach(() => folder.remove());

const pipeline = `name: apps
sources:
  raw: { type: file, path: raw.csv, columns: { x: STRING } }
models:
  staged: { description: Has no columns }
  apps:
    columns: { dato: { type: DATE, description: The day, checks: [not_null] }, n: INT64 }
    checks: [{ unique: dato }]
outputs:
  apps: { type: bigquery, table: d.apps }
targets:
  dev: { models: { apps: { columns: { only_dev: BOOL } } } }
`;
const formats = ["bigquery", "duckdb", "postgres", "cql", "json-schema", "typescript", "markdown", "odcs"];

async function printed(options: SchemaOptions, yaml = pipeline): Promise<string> {
  folder = await makeFolder({
    "pipeline.yaml": yaml,
    "models/staged.sql": "FROM raw",
    "models/file_only.sql": "FROM raw",
  });
  await schema(options, folder.context);
  const text = folder.printed.join("");
  await folder.remove();
  return text;
}

async function problem(options: SchemaOptions, yaml = pipeline): Promise<Problem | undefined> {
  folder = await makeFolder({ "pipeline.yaml": yaml, "models/file_only.sql": "FROM raw" });
  const [found] = await problemsOf(() => schema(options, folder.context));
  return found;
}

describe("what is printed", () => {
  test("one model's BigQuery schema is the list that bq takes", async () => {
    expect(JSON.parse(await printed({ model: "apps" }))).toEqual([
      { name: "dato", description: "The day", type: "DATE", mode: "REQUIRED" },
      { name: "n", type: "INTEGER", mode: "NULLABLE" },
    ]);
  });

  test("several are one object, by name, sources too", async () => {
    expect(Object.keys(JSON.parse(await printed({ format: "bigquery" })))).toEqual(["raw", "apps"]);
    expect(Object.keys(JSON.parse(await printed({ format: "json-schema" })))).toEqual(["raw", "apps"]);
  });

  test("texts follow on each other", async () => {
    const text = await printed({ format: "typescript" });
    expect(text).toMatch(/^export interface Raw \{[^}]*\}\n\nexport interface Apps \{[^}]*\}$/);
  });

  test.each(["postgres", "cql", "odcs"])("%s is for what is published, unless a model is named", async (format) => {
    expect(await printed({ format })).not.toContain("raw");
  });

  test("a contract is one document", async () => {
    expect(parse(await printed({ format: "odcs" }))).toMatchObject({
      kind: "DataContract",
      schema: [{ name: "apps" }],
    });
  });

  test("a target's columns are its own", async () => {
    expect(await printed({ format: "typescript", target: "dev" })).toContain("only_dev: boolean | null;");
    expect(await printed({ format: "typescript" })).not.toContain("only_dev");
  });

  test("the schema of pipeline.yaml itself needs no pipeline", async () => {
    folder = await makeFolder();
    await schema({ format: "pipeline" }, folder.context);
    const committed = readFileSync(new URL("../../schema/pipeline.schema.json", import.meta.url), "utf8");
    expect(folder.printed.join("")).toBe(committed.trimEnd());
  });
});

describe("columns are declared once:", () => {
  test.each(formats)("a change of a name, a type, a description or a check changes %s", async (format) => {
    const changes = [
      pipeline,
      pipeline.replace("n: INT64", "antall: INT64"),
      pipeline.replace("n: INT64", "n: STRING"),
      ...(format === "bigquery" || format === "cql"
        ? []
        : [pipeline.replace("n: INT64", "n: { type: INT64, checks: [not_null] }")]),
      ...(format === "cql" ? [] : [pipeline.replace("The day", "A day")]),
    ];
    const texts: string[] = [];
    for (const yaml of changes) texts.push(await printed({ format, model: "apps" }, yaml));
    expect(new Set(texts).size).toBe(changes.length);
  });
});

describe("with an output folder", () => {
  test("each table has a file of its own, written in one effect", async () => {
    folder = await makeFolder({ "pipeline.yaml": pipeline });
    await schema({ format: "markdown", output: "docs/data" }, folder.context);
    expect(await folder.read("docs/data/apps.md")).toMatch(/^## apps\n/);
    expect(await folder.read("docs/data/raw.md")).toMatch(/^## raw\n/);
    expect(folder.effects).toEqual(["schema.write"]);
    expect(folder.printed).toEqual([]);
    expect(folder.logged).toEqual(["wrote docs/data/raw.md\n", "wrote docs/data/apps.md\n"]);
  });

  test.each([
    ["bigquery", "apps.bigquery.json"],
    ["duckdb", "apps.duckdb.sql"],
    ["postgres", "apps.postgres.sql"],
    ["cql", "apps.cql"],
    ["json-schema", "apps.schema.json"],
    ["typescript", "apps.d.ts"],
    ["odcs", "apps.odcs.yaml"],
    ["pipeline", "pipeline.schema.json"],
  ])("%s is %s", async (format, file) => {
    folder = await makeFolder({ "pipeline.yaml": pipeline });
    await schema({ format, model: "apps", output: "." }, folder.context);
    expect(await folder.read(file)).toMatch(/\n$/);
  });
});

describe("what cannot be printed says why and what to do", () => {
  test("an unknown format", async () => {
    expect(await problem({ format: "bigqury" })).toMatchObject({
      message: "`bigqury` is not a format",
      hint: `Did you mean \`bigquery\`?\nKnown here: ${formats.slice(0, 7).join(", ")}, odcs, pipeline.`,
    });
  });

  test("an unknown model", async () => {
    expect(await problem({ model: "aps" })).toMatchObject({
      message: "there is no source or model `aps`",
      hint: "Did you mean `apps`?\nKnown here: raw, apps.",
    });
  });

  test.each(["staged", "file_only"])("a model that declares no columns: %s", async (model) => {
    expect(await problem({ model })).toMatchObject({
      message: `\`${model}\` declares no columns`,
      hint: `Declare them in pipeline.yaml: models: { ${model}: { columns: { dato: DATE, env: STRING } } }.`,
    });
  });

  test("a pipeline without columns, or none that are published", async () => {
    expect((await problem({}, "name: apps\n"))?.message).toBe("no source or model in pipeline.yaml declares columns");
    const unpublished = pipeline.replace(/outputs:\n.*\n/, "");
    expect((await problem({ format: "odcs" }, unpublished))?.message).toBe(
      "no published model in pipeline.yaml declares columns",
    );
  });
});
