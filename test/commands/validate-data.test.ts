import { afterEach, describe, expect, test } from "vitest";
import { test as runTests } from "../../src/commands/test.ts";
import { validate } from "../../src/commands/validate.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";

let folder: Folder;
afterEach(() => folder.remove());

const pipeline = `name: trial
sources:
  apps: { type: file, path: data/apps.csv, columns: { day: DATE, name: STRING } }
outputs:
  per_day: { type: file, path: out/per_day.parquet }
`;
const files = {
  "pipeline.yaml": pipeline,
  "data/apps.csv": "day,name\n2022-01-20,a\n",
  "models/per_day.sql": "SELECT day, count(*) AS n FROM apps GROUP BY ALL\n",
  "tests/per_day.yaml":
    "- { name: counts, model: per_day, given: { apps: [{ day: 2022-01-20 }] }, expect: { count: 1 } }\n",
};

async function problemsWith(changes: Record<string, string | Uint8Array>, target?: string) {
  folder = await makeFolder();
  for (const [path, text] of Object.entries({ ...files, ...changes })) await folder.write(path, text);
  const problems = await problemsOf(() => validate({ target, json: true }, folder.context));
  if (problems.length > 0) return problems;
  return (JSON.parse(folder.printed.join("")) as { problems: unknown[] }).problems;
}

test("a pipeline whose files, tests and outputs are right has no problems, and nothing is left in its folder", async () => {
  expect(await problemsWith({})).toEqual([]);
  expect(folder.effects.filter((name) => !name.startsWith("work."))).toEqual([]);
});

describe("of what a local run reads, validate finds", () => {
  test("that a file is not there, with the place of its path", async () => {
    expect(await problemsWith({ "pipeline.yaml": pipeline.replace("apps.csv", "app.csv") })).toMatchObject([
      {
        message: expect.stringContaining("there is no file data/app.csv"),
        hint: "Did you mean `apps.csv`? It is in data.",
        where: { file: "pipeline.yaml", line: 3, column: 29 },
      },
    ]);
  });

  test("that a sample is not there, and that its source's own file is not looked for", async () => {
    const withSample = pipeline.replace("path: data/apps.csv", "path: /mnt/apps.csv, sample: data/none.csv");
    expect(await problemsWith({ "pipeline.yaml": withSample })).toMatchObject([
      { message: expect.stringContaining("there is no file data/none.csv"), where: { line: 3, column: 52 } },
    ]);
  });

  test("that a sample has no rows", async () => {
    const withSample = pipeline.replace("path: data/apps.csv", "path: /mnt/apps.csv, sample: data/apps.csv");
    expect(await problemsWith({ "pipeline.yaml": withSample, "data/apps.csv": "day,name\n\n" })).toMatchObject([
      { severity: "warning", message: "the sample of apps has no rows", where: { line: 3, column: 52 } },
    ]);
    await folder.remove();
    const headless = withSample.replace("path:", "header: false, path:");
    expect(await problemsWith({ "pipeline.yaml": headless, "data/apps.csv": "2022-01-20,a\n" })).toEqual([]);
  });

  test("that the header lacks a declared column", async () => {
    expect(await problemsWith({ "data/apps.csv": "dag,name\n2022-01-20,a\n" })).toMatchObject([
      { message: "the header does not name the declared column `day`", where: { file: "data/apps.csv", line: 1 } },
    ]);
  });

  test("that a Parquet file lacks a declared column", async () => {
    folder = await makeFolder();
    const { openDuckdb } = await import("../../src/etl/engine/duckdb/duckdb.ts");
    const db = await openDuckdb({ limits: { memory: 1e8, threads: 1, temporary: 0 }, temporaryFolder: folder.path });
    await db.run(`COPY (SELECT 'a' AS name) TO '${folder.path}/apps.parquet' (FORMAT parquet)`);
    db.close();
    for (const [path, text] of Object.entries(files)) await folder.write(path, text);
    await folder.write("pipeline.yaml", pipeline.replace("data/apps.csv", "apps.parquet"));
    expect(await problemsOf(() => validate({}, folder.context))).toMatchObject([
      { message: expect.stringContaining("`day`"), where: { file: expect.stringMatching(/apps\.parquet|pipeline/) } },
    ]);
  });

  test("that a text is not UTF-8, or not of the declared encoding", async () => {
    const text = Buffer.from("day,name\n2022-01-20,bl\u00e5\n", "latin1");
    expect(await problemsWith({ "data/apps.csv": text })).toMatchObject([
      { rule: "encoding", where: { file: "data/apps.csv", line: 2 } },
    ]);
    await folder.remove();
    const declared = pipeline.replace("apps.csv,", "apps.csv, encoding: windows-1252,");
    expect(
      await problemsWith({ "pipeline.yaml": declared, "data/apps.csv": "day,name\n2022-01-20,blå\n" }),
    ).toMatchObject([{ message: expect.stringContaining("but it is UTF-8") }]);
  });

  test("bad values in the first part of a file, and nothing behind it, however it is written", async () => {
    const rows = "2022-01-20,a\n".repeat(400_000);
    expect(
      await problemsWith({ "data/apps.csv": `day,name\n2022-20-01,a\n${rows}2022-30-01,a\n2022-01-20` }),
    ).toMatchObject([{ message: expect.stringContaining("2022-20-01"), where: { file: "data/apps.csv", line: 2 } }]);
  });

  test.each(["utf-16le", "windows-1252"])("no problem where the first part of a %s file ends", async (encoding) => {
    const rows = '2022-01-20,"blå,\n"\n'.repeat(200_000);
    const text = Buffer.from(`day,name\n${rows}`, encoding === "utf-16le" ? "utf16le" : "latin1");
    const declared = pipeline.replace("apps.csv,", `apps.csv, encoding: ${encoding},`);
    expect(await problemsWith({ "pipeline.yaml": declared, "data/apps.csv": text })).toEqual([]);
  });

  test.each(["json", "ndjson"])("no problem where the first part of a %s file ends", async (format) => {
    const objects = Array.from({ length: 60_000 }, (_, i) => `{"day":"2022-01-20","nam":"${i}"}`);
    const text = format === "json" ? `[${objects.join(",\n")}]` : objects.join("\n");
    const declared = pipeline.replace("apps.csv", `apps.${format}`);
    expect(await problemsWith({ "pipeline.yaml": declared, [`data/apps.${format}`]: text })).toEqual([]);
  });

  test("nothing where a path is known only at run time, or another target is asked for", async () => {
    const varied = pipeline.replace("data/apps.csv", '"${env:APPS}"');
    expect(await problemsWith({ "pipeline.yaml": varied })).toEqual([]);
    await folder.remove();
    const missing = `${pipeline.replace("data/apps.csv", "/mnt/none.csv")}targets: { dev-gcp: {} }\n`;
    const problems = await problemsWith({ "pipeline.yaml": missing }, "dev-gcp");
    expect(problems).toEqual([]);
  });
});

const given = (row: string, expected: string) =>
  `- { name: "${row} ${expected.replaceAll(/["{}]/g, "")}", model: per_day, given: { apps: [${row}] }, expect: { ${expected} } }\n`;

describe("of the tests, validate finds", () => {
  const test1 = files["tests/per_day.yaml"];

  test("a file that cannot be parsed and a key that is not known", async () => {
    expect(await problemsWith({ "tests/per_day.yaml": test1.replace("count: 1", "cuont: 1") })).toMatchObject([
      { rule: "unknown-key", where: { file: "tests/per_day.yaml", line: 1 } },
    ]);
    await folder.remove();
    expect(await problemsWith({ "tests/per_day.yaml": "- { name: [\n" })).not.toEqual([]);
  });

  test("a model that is not there, a given name that it does not read, and a source that is not given", async () => {
    const tests = [
      test1.replace("per_day", "per_dya"),
      test1.replace("apps: [", "app: ["),
      "- { name: b, model: per_day, expect: { count: 1 } }\n",
    ];
    expect(await problemsWith({ "tests/per_day.yaml": tests.join("") })).toMatchObject([
      { rule: "unknown-model", hint: "Did you mean `per_day`?", where: { line: 1 } },
      { rule: "unknown-given", where: { line: 2 } },
      { rule: "not-given", where: { line: 3 } },
    ]);
  });

  test("what `test` refuses of rows and checks before it computes anything, in the same words and places", async () => {
    const tests = [
      given("{ nmae: a }", "count: 1"),
      given("{ day: yesterday }", "count: 1"),
      given("{ day: 2022-01-20 }", "rows: [{ dya: 2022-01-20 }]"),
      given("{ day: 2022-01-20 }", "rows: [{ n: many }]"),
      given("{ day: 2022-01-20 }", 'fails: ["unique(day)"]'),
    ];
    const found = await problemsWith({ "tests/per_day.yaml": tests.join("") });
    expect(found).toMatchObject([
      { rule: "unknown-column", message: "`apps` has no column `nmae`", hint: expect.stringContaining("`name`") },
      { rule: "wrong-value", where: { file: "tests/per_day.yaml", line: 2 } },
      { rule: "unknown-column", message: "`per_day` has no column `dya`", where: { line: 3 } },
      { rule: "wrong-value", where: { line: 4 } },
      { rule: "unknown-check", where: { line: 5 } },
    ]);
    expect(await problemsOf(() => runTests({}, folder.context).then(() => undefined))).toEqual(found);
  });

  test("rows in a file that is not there", async () => {
    const absent = test1.replace("[{ day: 2022-01-20 }]", "tests/rows.csv").replace("count: 1", "rows: tests/out.csv");
    expect(await problemsWith({ "tests/per_day.yaml": absent })).toMatchObject([
      { rule: "missing-file", message: "there is no file `tests/rows.csv`" },
      { rule: "missing-file", message: "there is no file `tests/out.csv`" },
    ]);
  });
});

describe("of the outputs, validate finds", () => {
  test("a file whose ending says no format, in each target", async () => {
    const target = "targets: { dev-gcp: { outputs: { per_day: { path: out/per_day.xlsx } } } }\n";
    expect(await problemsWith({ "pipeline.yaml": `${pipeline.replace(".parquet", "")}${target}` })).toMatchObject([
      { rule: "unknown-format", message: expect.stringContaining("out/per_day "), where: { line: 5 } },
      { rule: "unknown-format", message: expect.stringContaining("out/per_day.xlsx"), where: { line: 6 } },
    ]);
  });

  test("no format problem where it is said, or where the path is not whole yet", async () => {
    const said = pipeline.replace("out/per_day.parquet", "out/per_day, format: csv");
    expect(await problemsWith({ "pipeline.yaml": said })).toEqual([]);
    await folder.remove();
    const varied = pipeline.replace("out/per_day.parquet", '"out/${env:NAME}"');
    expect(await problemsWith({ "pipeline.yaml": varied })).toEqual([]);
  });

  test("that there are none: a warning, unless checks are what the pipeline is for", async () => {
    const without = pipeline.slice(0, pipeline.indexOf("outputs"));
    expect(await problemsWith({ "pipeline.yaml": without })).toMatchObject([
      { severity: "warning", rule: "no-outputs", where: { file: "pipeline.yaml" } },
    ]);
    await folder.remove();
    const checked = without.replace("day: DATE", "day: { type: DATE, checks: [not_null] }");
    expect(await problemsWith({ "pipeline.yaml": checked })).toEqual([]);
  });

  test("a file that a pod would write: only a mounted disk keeps it, and on target local all is well", async () => {
    const shipped = `${pipeline}team: b\n`;
    expect(await problemsWith({ "pipeline.yaml": shipped })).toMatchObject([
      { severity: "warning", rule: "file-in-pod", where: { file: "pipeline.yaml", line: 5 } },
    ]);
    await folder.remove();
    const mounted = shipped.replace("out/per_day", "/data/per_day");
    const disk = "nais: { filesFrom: [{ persistentVolumeClaim: disk, mountPath: /data }] }\n";
    expect(await problemsWith({ "pipeline.yaml": mounted + disk })).toEqual([]);
    await folder.remove();
    const local = `targets: { local: { outputs: { file: { type: file, model: per_day, path: a.csv } } } }\n`;
    const table = shipped.replace("type: file, path: out/per_day.parquet", "type: bigquery, table: days.t");
    expect(await problemsWith({ "pipeline.yaml": table + local })).toEqual([]);
  });
});
