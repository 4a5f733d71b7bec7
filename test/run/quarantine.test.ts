import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeLab, type Lab } from "./lab.ts";

let lab: Lab;

beforeEach(async () => {
  lab = await makeLab();
});

afterEach(() => lab.remove());

const rows = `
  SELECT * FROM (VALUES
    (1::BIGINT, 'a', DATE '2022-01-20'), (2, 'b', DATE '2022-01-20'), (2, 'c', DATE '2022-01-20'),
    (3, NULL, DATE '2022-01-20'), (-4, 'e', DATE '2022-01-20')) AS v(n, name, day)`;

const types = { n: "INT64", name: "STRING", day: "DATE" };

/** The model `t` with checks by column, and those of the whole table. */
async function write(
  columns: Record<string, unknown[]>,
  checks: unknown[] = [],
  more: Record<string, unknown> = {},
): Promise<void> {
  const declared = Object.entries(types).map(([name, type]) => [name, { type, checks: columns[name] ?? [] }]);
  await lab.write(
    rows,
    {},
    {
      quarantine: { table: "lab.aside", expire: "30d" },
      models: { t: { columns: Object.fromEntries(declared), checks } },
      ...more,
    },
  );
}

const aside = { on_fail: "quarantine" };
const published = () => lab.values("SELECT n, coalesce(name, '-') FROM lab.t ORDER BY n, name");
const kept = () =>
  lab.values(`
    SELECT table_name, content->>'n', coalesce(content->>'name', '-'), '[' || array_to_string(list_transform(reasons, lambda r: r.name), ', ') || ']'
    FROM lab.aside ORDER BY CAST(content->>'n' AS INT), 3`);

describe("offending rows are taken out of the model and kept with their reasons", () => {
  test.each([
    ["not_null", { name: [{ not_null: true, ...aside }] }, [], ["t 3 - [not_null(name)]"]],
    ["unique", { n: [{ unique: true, ...aside }] }, [], ["t 2 b [unique(n)]", "t 2 c [unique(n)]"]],
    [
      "unique of several",
      {},
      [{ unique: ["n", "day"], ...aside }],
      ["t 2 b [unique(n, day)]", "t 2 c [unique(n, day)]"],
    ],
    [
      "accepted_values",
      { name: [{ accepted_values: ["a", "b", "c"], ...aside }] },
      [],
      ["t -4 e [accepted_values(name)]"],
    ],
    ["range", { n: [{ range: { min: 0 }, ...aside }] }, [], ["t -4 e [range(n)]"]],
    ["matches", { name: [{ matches: "^[abe]$", name: "letters", ...aside }] }, [], ["t 2 c [letters]"]],
    ["where", { n: [{ range: { max: 1 }, where: "name = 'c'", ...aside }] }, [], ["t 2 c [range(n)]"]],
    [
      "several checks, one of which the same row breaks",
      {
        n: [
          { range: { min: 0, max: 2 }, ...aside },
          { unique: true, ...aside },
        ],
        name: [{ not_null: true, ...aside }],
      },
      [],
      ["t -4 e [range(n)]", "t 2 b [unique(n)]", "t 2 c [unique(n)]", "t 3 - [range(n), not_null(name)]"],
    ],
  ])("%s", async (_says, columns, checks, expected) => {
    await write(columns, checks);
    const { code, text } = await lab.run();
    expect(code, text).toBe(0);
    expect(await kept()).toEqual(expected);
    expect(await published()).toHaveLength(5 - expected.length);
    expect(text).toMatch(new RegExp(`! aside +lab.aside +${expected.length} rows? +out of what is published`));
  });

  test("relationships, to a model that is waited for", async () => {
    await lab.folder.write("models/known.sql", "SELECT 'a' AS name UNION ALL SELECT 'b'");
    await write({ name: [{ relationships: { to: "known", column: "name" }, ...aside }] });
    const { code, text } = await lab.run();
    expect(code, text).toBe(0);
    expect(await kept()).toEqual(["t -4 e [relationships(name)]", "t 2 c [relationships(name)]"]);
    expect(await published()).toEqual(["1 a", "2 b", "3 -"]);
  });

  test("of a source, too; and all that reads the table sees the others alone", async () => {
    await lab.folder.write("data/people.csv", "id,name\n1,a\n,b\n3,c\n");
    await lab.write(
      "SELECT count(*) AS n, string_agg(name, '' ORDER BY id) AS name FROM people",
      {},
      {
        quarantine: { table: "lab.aside" },
        sources: {
          people: {
            type: "file",
            path: "data/people.csv",
            columns: { id: { type: "INT64", checks: [{ not_null: true, ...aside }] }, name: "STRING" },
          },
        },
      },
    );
    const { code, text } = await lab.run();
    expect(code, text).toBe(0);
    expect(await published()).toEqual(["2 ac"]);
    expect(await lab.values("SELECT table_name, content FROM lab.aside")).toEqual(['people {"id":null,"name":"b"}']);
  });

  test("the other checks judge what stays", async () => {
    await write({ n: [{ unique: true, ...aside }, "unique"], name: ["not_null", { not_null: true, ...aside }] }, [
      { row_count: { max: 2 } },
      { sql: "SELECT * FROM t WHERE n = 2" },
    ]);
    const { code, text } = await lab.run();
    expect(code, text).toBe(0);
    expect(await published()).toEqual(["-4 e", "1 a"]);
  });
});

describe("rows are set aside with the outputs, or not at all", () => {
  test("more than the tolerated share fails the run, and the table keeps what it had", async () => {
    await write({ n: [{ range: { min: 0 }, ...aside }] });
    await lab.run();
    await write({ n: [{ range: { min: 3 }, tolerate: 0.5, ...aside }] });
    const { code, text } = await lab.run();
    expect(code).toBe(3);
    expect(text).toContain("4 of 5 rows");
    expect(await kept()).toEqual(["t -4 e [range(n)]"]);
  });

  test("within the tolerated share they are set aside", async () => {
    await write({ n: [{ range: { min: 0 }, tolerate: 0.5, ...aside }] });
    expect((await lab.run()).code).toBe(0);
    expect(await kept()).toEqual(["t -4 e [range(n)]"]);
  });

  test("where another check fails, none is", async () => {
    await write({ n: [{ range: { min: 0 }, ...aside }, "unique"] });
    expect((await lab.run()).code).toBe(3);
    await expect(lab.values("FROM lab.aside")).rejects.toThrow(/aside.*does not exist/);
  });
});

describe("a run's rows stand there once", () => {
  const daily = {
    interval: { every: "day" },
    outputs: { t: { type: "bigquery", table: "lab.t", write: "replace_partition", partition: "day" } },
  };
  const day = { interval: "2022-01-20" };

  test("the same run again takes their place", async () => {
    await write({ n: [{ range: { min: 0 }, ...aside }] }, [], daily);
    for (const options of [day, day, { ...day, rerun: true }]) expect((await lab.run(options)).code).toBe(0);
    expect(await kept()).toEqual(["t -4 e [range(n)]"]);
    await write({ n: [{ range: { min: -9 }, ...aside }] }, [], daily);
    await lab.run(day);
    expect(await kept()).toEqual([]);
  });

  test("those of other runs and pipelines stay until they expire", async () => {
    await write({ n: [{ range: { min: 0 }, ...aside }] }, [], daily);
    await lab.run(day);
    const copies = [
      "'lab', '2022-01-19', now() - INTERVAL 29 DAY",
      "'lab', '2021-01-19', now() - INTERVAL 31 DAY",
      "'other', '2021-01-19', now() - INTERVAL 31 DAY",
    ];
    await lab.change(`INSERT INTO w.lab.aside BY NAME SELECT * FROM (VALUES ${copies.map((it) => `(${it})`).join(", ")})
      AS v(pipeline, run_id, quarantined_at)`);
    await lab.run(day);
    expect(await lab.values("SELECT pipeline, run_id FROM lab.aside ORDER BY ALL")).toEqual([
      "lab 2022-01-19",
      "lab 2022-01-20",
      "other 2021-01-19",
    ]);
  });
});
