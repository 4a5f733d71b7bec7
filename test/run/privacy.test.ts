import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { makeFolder, type Folder } from "../support/folder.ts";
import { runFolder, type Ran } from "../support/run.ts";

// No value of the data is shown outside target `local`. A value that is found wherever it is shown is planted in the source,
// every way of failing is tried, and all that a run says and leaves is searched for it.

const marker = "Kari4711";

/** The marker in the middle of quotes, line breaks and words of the engine that could let it out. */
const rows = [
  { id: 1, name: marker, text: "12", big: "9223372036854774711" },
  { id: 2, name: `O'${marker}`, text: `${marker}' x`, big: "4711" },
  { id: 2, name: `"${marker}"`, text: `' to INT32 when casting from source column ${marker}`, big: "4711" },
];

let folder: Folder;

beforeEach(async () => {
  folder = await makeFolder();
  const lines = rows.map((row) =>
    Object.values(row)
      .map((value) => `"${String(value).replaceAll('"', '""')}"`)
      .join(","),
  );
  await folder.write("data/people.csv", `id,name,text,big\n${lines.join("\n")}\n`);
});

afterEach(() => folder.remove());

interface Trial {
  sql?: string;
  /** Of the model `m`. */
  model?: Record<string, unknown>;
  /** Of the source's columns. */
  columns?: Record<string, unknown>;
  output?: Record<string, unknown>;
  more?: Record<string, unknown>;
}

const strings = { id: "INT64", name: "STRING", text: "STRING", big: "INT64" };

async function write({
  sql = "FROM people",
  model = {},
  columns = strings,
  output = {},
  more = {},
}: Trial): Promise<void> {
  await folder.write("models/m.sql", sql);
  const pipeline = {
    name: "people",
    sources: { people: { type: "file", path: "data/people.csv", columns } },
    models: { m: model },
    outputs: { m: { type: "file", path: "out/m.csv", ...output } },
    ...more,
  };
  await folder.write("pipeline.yaml", stringify(pipeline));
}

/** Files that a run left, but for the data itself, in which the marker stands. */
async function filesWithMarker(): Promise<string[]> {
  const names = await readdir(folder.path, { recursive: true, withFileTypes: true });
  const left = names
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.path.length + 1))
    .filter((name) => !/^(data|models)\/|^pipeline\.yaml$|^out\/m\.csv$/.test(name));
  expect(left.some((name) => name.endsWith(".json"))).toBe(true);
  expect(left.some((name) => name.endsWith(".duckdb"))).toBe(true);
  const texts = await Promise.all(left.map((name) => readFile(join(folder.path, name), "latin1")));
  return left.filter((_, i) => /Kari|(?<![\d.a-f])4711(?![\da-f])/.test(texts[i]!));
}

async function tryOn(target: string, trial: Trial): Promise<Ran[]> {
  await write(trial);
  return [await runFolder(folder, { target }), await runFolder(folder, { target, format: "json" })];
}

describe("outside target local no value is shown, where", () => {
  const failures: [string, Trial, number][] = [
    ["a text is no number", { sql: "SELECT CAST(text AS INTEGER) AS x FROM people" }, 1],
    ["a text is no date", { sql: "SELECT CAST(name AS DATE) AS x FROM people" }, 1],
    ["a text is no JSON", { sql: "SELECT CAST('{\"n\": ' || name AS JSON) AS x FROM people" }, 1],
    ["a text is compared with a number", { sql: "SELECT id FROM people WHERE text = 5" }, 1],
    ["a number is too large", { sql: "SELECT big * big AS x FROM people" }, 1],
    ["a sum is too large", { sql: "SELECT sum(big) * 2 AS x FROM people", model: { columns: { x: "INT64" } } }, 1],
    ["a function of the engine refuses a text", { sql: "SELECT strptime(name, '%Y') AS x FROM people" }, 1],
    ["the model itself refuses it", { sql: "SELECT error('bad: ' || name) AS x FROM people" }, 1],
    ["a value is too long", { sql: "SELECT name FROM people", model: { columns: { name: "STRING(3)" } } }, 1],
    ["a value is not of its source's type", { columns: { ...strings, name: "INT64" } }, 2],
    ["a date of the source is none", { columns: { ...strings, text: "DATE" } }, 2],
    [
      "checks fail",
      {
        model: {
          columns: {
            id: { type: "INT64", checks: ["unique", { range: { max: 0 } }] },
            name: {
              type: "STRING",
              checks: [{ accepted_values: ["x"] }, { matches: "^x" }, { matches: "y", severity: "warn" }],
            },
            text: { type: "STRING", checks: ["unique", { accepted_values: ["12"], tolerate: 0.9 }] },
            big: { type: "INT64", checks: [{ range: { max: 1 } }] },
          },
          checks: [{ sql: "SELECT name, big FROM m" }, { row_count: { max: 1 } }, { unique: ["id"] }],
        },
      },
      3,
    ],
    ["a check cannot run", { model: { checks: [{ sql: "SELECT * FROM m WHERE CAST(text AS INTEGER) > 1" }] } }, 1],
    [
      "a check of rows cannot run",
      { model: { checks: [{ not_null: ["id"], where: "CAST(name AS DATE) > current_date" }] } },
      1,
    ],
    ["a key comes twice", { output: { write: "merge", key: ["id"] } }, 3],
    [
      "a row lies outside of the interval",
      {
        sql: "SELECT name, DATE '2022-01-20' AS d FROM people",
        output: { write: "replace_partition", partition: "d" },
        more: { interval: "day" },
      },
      3,
    ],
    ["nothing is wrong", {}, 0],
  ];

  test.each(failures)("%s", async (_says, trial, code) => {
    const runs = await tryOn("dev-gcp", trial);
    for (const ran of runs) {
      expect(ran.code, ran.text).toBe(code);
      expect(ran.text).not.toMatch(/Kari|(?<![\d.a-f])4711(?![\da-f])/);
      expect(ran.record.problems.length > 0).toBe(code > 0);
    }
    expect(await filesWithMarker()).toEqual([]);
  });
});

describe("on target local", () => {
  const checked = {
    columns: {
      id: "INT64",
      name: { type: "STRING", checks: [{ accepted_values: ["x"] }] },
      text: "STRING",
      big: "INT64",
    },
  };
  const sensitive = { ...strings, name: { type: "STRING", sensitive: true }, big: { type: "INT64", sensitive: true } };

  test("a few offending rows are shown on the terminal, values in the report, and none anywhere else", async () => {
    const [ran] = await tryOn("local", { model: checked });
    expect(ran!.code).toBe(3);
    expect(ran!.text).toContain(marker);
    expect(await filesWithMarker()).toEqual([".nais-etl/report.html"]);
  });

  test("but nothing of a sensitive column, also not in a model that only hands it on", async () => {
    const runs = await tryOn("local", {
      sql: "SELECT id, name, big FROM people",
      columns: { ...sensitive, text: { type: "STRING", sensitive: true } },
      model: {
        checks: [
          { unique: ["id"] },
          { sql: "SELECT name AS other FROM m" },
          { not_null: ["id"], where: "CAST(name AS DATE) IS NULL" },
        ],
      },
    });
    for (const { text } of runs) expect(text).not.toMatch(/Kari|(?<![\d.a-f])4711(?![\da-f])/);
    expect(await filesWithMarker()).toEqual([]);
  });

  test.each([
    ["SELECT CAST(name AS INTEGER) AS x FROM people"],
    ["SELECT strptime(name, '%Y') AS x FROM people"],
    ["SELECT big * big AS x FROM people"],
    ["SELECT CAST(name || '' AS DATE) AS x FROM people"],
  ])("nor in the engine's words: %s", async (sql) => {
    const runs = await tryOn("local", { sql, columns: sensitive });
    for (const { code, text } of runs) {
      expect(code).toBe(1);
      expect(text).not.toMatch(/Kari|(?<![\d.a-f])4711(?![\da-f])/);
    }
    expect(await filesWithMarker()).toEqual([]);
  });

  test("the engine's words are shown of other columns", async () => {
    const [ran] = await tryOn("local", {
      sql: "SELECT CAST(text AS INTEGER) AS x FROM people",
      columns: sensitive,
    });
    expect(ran!.text).toContain("Could not convert string");
  });
});
