import { execFile } from "node:child_process";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { schema } from "../../../../src/commands/schema.ts";
import { test as testCommand } from "../../../../src/commands/test.ts";
import { modelTypes } from "../../../../src/etl/model-types.ts";
import { validateTypes } from "../../../../src/etl/validate/validate-types.ts";
import { loadPipeline } from "../../../../src/spec/load.ts";
import type { Effect } from "../../../../src/util/context.ts";
import { makeFolder, problemsOf, type Folder } from "../../../support/folder.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const tsc = join(root, "node_modules/typescript/bin/tsc");
const types = "models/types.d.ts";

const pipeline = `name: trial
interval: { every: day, sample: 2022-01-20 }
params: { line: { type: INT64, default: 7 } }
sources:
  apps:
    type: file
    path: data/apps.csv
    columns: { dato: DATE, cluster: STRING, size: NUMERIC, tags: ARRAY<STRING>, place: "STRUCT<lat FLOAT64>" }
models:
  env: { columns: { dato: { type: DATE, checks: [not_null] }, env: STRING, n: INT64 } }
  per_env: { columns: { env: STRING, n: INT64 } }
`;
const models = {
  "models/middle.sql": "SELECT dato, cluster, length(cluster) AS letters FROM apps",
  "models/env.ts": `import type { Env, Middle, Run } from "./types.d.ts";
export function row(middle: Middle, { params }: Run): Env | null {
  if (middle.dato === null) return null;
  return { dato: middle.dato, env: middle.cluster?.split("-")[0] ?? null, n: params.line + (middle.letters ?? 0) };
}`,
  "models/per_env.ts": `import type { Env, PerEnv, Table } from "./types.d.ts";
export function table(env: Table<Env>): PerEnv[] {
  return env.groupBy(["env"], () => ({ n: 0 }), (group, { n }) => { group.n += n ?? 0; });
}`,
};

let folder: Folder;

beforeEach(async () => {
  folder = await makeFolder({ "pipeline.yaml": pipeline, ...models });
  await cp(join(root, "templates/typescript/tsconfig.json"), join(folder.path, "tsconfig.json"));
});

afterEach(() => folder.remove());

/** What the real compiler says. */
async function compile(dir = folder.path): Promise<string> {
  try {
    return (await promisify(execFile)(process.execPath, [tsc, "-p", dir], { cwd: dir })).stdout;
  } catch (error) {
    return (error as { stdout: string }).stdout;
  }
}

const load = () => loadPipeline({ file: join(folder.path, "pipeline.yaml"), cwd: folder.path });

describe("tsc, with the types that are made of pipeline.yaml,", () => {
  test("has nothing against a right model", async () => {
    await schema({ types: true }, folder.context);
    expect(await compile()).toBe("");
  });

  test.each([
    [
      "a column that an input does not have",
      "middle.cluster?.split",
      "middle.clustr?.split",
      "'clustr' does not exist on type 'Middle'",
    ],
    [
      "a column of another type",
      "?? null, n: params.line",
      '?? null, n: "7" + params.line',
      "Type 'string' is not assignable to type 'number'",
    ],
    [
      "a column that the model does not declare",
      "return { dato:",
      "return { other: 1, dato:",
      "'other' does not exist in type 'Env'",
    ],
    ["a column that is left out", "n: params.line + (middle.letters ?? 0)", "", "Property 'n' is missing"],
    [
      "NULL where none may be",
      "if (middle.dato === null) return null;",
      "",
      "Type 'string | null' is not assignable to type 'string'",
    ],
    ["a parameter that there is not", "params.line", "params.lines", "'lines' does not exist"],
  ])("refuses %s", async (_, right, wrong, message) => {
    await folder.write("models/env.ts", models["models/env.ts"].replace(right, wrong));
    await schema({ types: true }, folder.context);
    expect(await compile()).toContain(message);
  });

  test("has nothing against the models of a new pipeline, whose types are as they are made", async () => {
    const template = join(root, "templates/typescript");
    expect(await compile(template)).toBe("");
    const made = await loadPipeline({ file: join(template, "pipeline.yaml"), cwd: template });
    const file = await modelTypes(made, folder.context);
    expect(file!.present).toBe(file!.text);
  });
});

test("types tell what is read and made, columns of SQL models among it", async () => {
  await schema({ types: true }, folder.context);
  const text = await folder.read(types);
  expect(text).toContain("export interface Middle {");
  expect(text).toContain("  letters: number | null;");
  expect(text).toContain("params: { line: number };");
  expect(text).not.toContain("interface Apps ");
});

test("nested columns have types, too, and names that are taken get another", async () => {
  await folder.write("models/table.ts", "export const row = (apps: any) => ({ x: 1 });");
  await folder.write("pipeline.yaml", `${pipeline}  table: { columns: { x: INT64 } }\n`);
  await schema({ types: true }, folder.context);
  const text = await folder.read(types);
  expect(text).toContain("  tags: string[] | null;");
  expect(text).toContain("  place: { lat: number | null } | null;");
  expect(text).toContain("export interface TableRow {");
});

describe("the file of types", () => {
  test("is written by `test`, and only where it has changed", async () => {
    await folder.write("tests/env.yaml", "- { name: one, model: env, given: { apps: [] }, expect: { count: 0 } }");
    await testCommand({}, folder.context);
    expect(folder.effects.filter((name) => name === "types.write")).toEqual(["types.write"]);
    await testCommand({}, folder.context);
    expect(folder.effects.filter((name) => name === "types.write")).toEqual(["types.write"]);
  });

  test("is not asked for where nothing can be written, as in an image", async () => {
    await folder.write("tests/env.yaml", "- { name: one, model: env, given: { apps: [] }, expect: { count: 0 } }");
    const refused = Object.assign(new Error("read-only file system"), { code: "EROFS" });
    const tried: string[] = [];
    const effect: Effect = (name, act) => (tried.push(name), name === "types.write" ? Promise.reject(refused) : act());
    await testCommand({}, { ...folder.context, effect });
    expect(tried).toContain("types.write");
  });

  test("is a warning of `validate` where it is missing or old, which writes nothing", async () => {
    const messages = async () =>
      (await validateTypes(await load(), folder.context)).map(({ severity, message }) => `${severity} ${message}`);
    expect(await messages()).toEqual(["warning models/types.d.ts is missing: editors and tsc do not know the columns"]);
    await schema({ types: true }, folder.context);
    expect(await messages()).toEqual([]);
    await folder.write(
      "pipeline.yaml",
      pipeline.replace("env: STRING, n: INT64 } }\n", "env: STRING, n: FLOAT64, more: BOOL } }\n"),
    );
    expect(await messages()).toEqual(["warning models/types.d.ts is not what pipeline.yaml says now"]);
  });

  test("is nothing that a pipeline without TypeScript has", async () => {
    await folder.write("pipeline.yaml", "name: trial\n");
    const other = await makeFolder({ "pipeline.yaml": "name: trial\n", "models/a.sql": "SELECT 1 AS x" });
    expect(await problemsOf(() => schema({ types: true }, other.context))).toMatchObject([
      { message: "the pipeline has no model in TypeScript" },
    ]);
    await other.remove();
  });
});
