import { describe, expect, test } from "vitest";
import { tryTests } from "./try-tests.ts";

const ofType = (value: string, type: string) =>
  `- { name: ${type}, model: m, given: { s: [{ a: ${value} }] }, expect: { rows: [{ type: ${type}, a: ${value} }] } }\n`;

describe("values keep what they are", () => {
  const types = `
sources:
  s:
    type: file
    path: data/s.csv
    columns:
      { i: INT64, f: FLOAT64, n: NUMERIC, b: BIGNUMERIC, t: STRING, o: BOOL, d: DATE, dt: DATETIME, ti: TIME, ts: TIMESTAMP,
        j: JSON, by: BYTES, l: "ARRAY<INT64>", st: "STRUCT<a INT64, t STRING, j JSON>" }
`;
  const models = { m: "FROM s", plus: "SELECT f + 0.2 AS f, typeof(i) AS ti, typeof(l) AS tl FROM s" };

  test("of every type, with all their digits", async () => {
    const row = `{ i: 9007199254740993, f: 0.1, n: 12345678901234567890.123456789, b: 1.${"0".repeat(37)}1, t: 007, o: true,
      d: 2022-01-20, dt: 2022-01-20 07:30, ti: "07:30:00.5", ts: 2022-01-20T07:30:00.123456+01:00,
      j: { b: [1, null], a: x }, by: aGVp, l: [1, 9007199254740993], st: { t: 1.10, a: 2, j: [1] } }`;
    const same = `{ i: +9007199254740993, f: 1e-1, n: "012345678901234567890.1234567890", t: "007", o: TRUE,
      d: "2022-01-20", dt: 2022-01-20T07:30:00.000, ti: 07:30:00.500, ts: "2022-01-20 06:30:00.123456", j: '{"a":"x","b":[1,null]}',
      l: "[1,9007199254740993]", st: { a: 2, t: "1.10", j: "[1]" } }`;
    const { marks, results, problems } = await tryTests({
      pipeline: types,
      models,
      tests: `- { name: same, model: m, given: { s: [${row}] }, expect: { rows: [${row}] } }
- { name: written otherwise, model: m, given: { s: [${row}] }, expect: { rows: [${same}] } }
- { name: nothing, model: m, given: { s: [{}] }, expect: { rows: [{ i: null, f: null, n: , l: null, st: ~, j: null, by: null }] } }
- { name: near enough, model: plus, given: { s: [${row}] }, expect: { rows: [{ f: 0.3, ti: BIGINT, tl: "BIGINT[]" }] } }
- { name: another digit, model: m, given: { s: [${row}] }, expect: { rows: [{ i: 9007199254740992 }] } }
`,
    });
    expect(problems).toEqual([]);
    expect(results.slice(0, 4).map(({ message }) => message)).toEqual([undefined, undefined, undefined, undefined]);
    expect(marks).toBe("....x");
  });

  test("a value that is not of its type is told with its place, all at once", async () => {
    const { problems } = await tryTests({
      pipeline: types,
      models,
      tests: `- name: one
  model: m
  given:
    s:
      - { d: 2022-20-01, i: 1.5 }
      - { l: [1, x], ti: 25:00 }
      - { st: { z: 1 } }
  expect:
    rows: [{ o: yes }, { ts: 2022-02-30 }]
- name: two
  model: m
  given: { s: [{ n: 0.1234567891 }] }
  expect: { count: 1 }
`,
    });
    expect(problems).toEqual([
      ["tests/t.yaml:5:14", '"2022-20-01" is not a DATE: there is no month 20', "It stands in the column `d` of `s`."],
      ["tests/t.yaml:5:29", '"1.5" is not an INT64', "It stands in the column `i` of `s`."],
      ["tests/t.yaml:6:14", '"x" is not an INT64', "It stands in the column `l` of `s`."],
      ["tests/t.yaml:6:26", '"25:00" is not a TIME', "It stands in the column `ti` of `s`."],
      [
        "tests/t.yaml:7:15",
        "`z` is not a field of STRUCT<a INT64, t STRING, j JSON>",
        "It stands in the column `st` of `s`.",
      ],
      ["tests/t.yaml:12:21", expect.stringContaining("0.1234567891"), "It stands in the column `n` of `s`."],
    ]);
  });

  test("and so is one that is expected", async () => {
    const { problems } = await tryTests({
      pipeline: types,
      models,
      tests: `- { name: one, model: m, given: { s: [] }, expect: { rows: [{ o: yes }, { ts: 2022-02-30, z: 1 }] } }\n`,
    });
    expect(problems).toEqual([
      ["tests/t.yaml:1:66", '"yes" is not a BOOL', "It stands in the column `o` of `m`."],
      [
        "tests/t.yaml:1:79",
        '"2022-02-30" is not a TIMESTAMP: month 02 of 2022 has no day 30',
        "It stands in the column `ts` of `m`.",
      ],
      ["tests/t.yaml:1:91", "`m` has no column `z`", expect.any(String)],
    ]);
  });
});

describe("types that nobody declares", () => {
  const bare = "sources: { s: { type: bigquery, table: d.t } }\n";
  const kinds =
    "SELECT typeof(i) AS i, typeof(f) AS f, typeof(b) AS b, typeof(d) AS d, typeof(q) AS q, typeof(t) AS t, typeof(n) AS n, typeof(l) AS l FROM s";

  test("of a source come from the values", async () => {
    const { results } = await tryTests({
      pipeline: bare,
      models: { m: kinds },
      tests: `
- name: by values
  model: m
  given:
    s:
      - { i: 1, f: 1, b: true, d: 2022-01-20, q: "2022-01-20", t: 2022-01-20, n: null, l: [1] }
      - { i: 2, f: 1.5, b: , d: 2022-01-21, q: "2022-01-21", t: x, n: null, l: { a: 1 } }
  expect:
    rows:
      - &types { i: BIGINT, f: DOUBLE, b: BOOLEAN, d: DATE, q: VARCHAR, t: VARCHAR, n: VARCHAR, l: JSON }
      - *types
`,
    });
    expect(results[0]!.message).toBeUndefined();
  });

  test("may differ from test to test", async () => {
    const { results, problems } = await tryTests({
      pipeline: bare,
      models: { between: "FROM s", m: "SELECT typeof(a) AS type, a FROM between" },
      tests: ofType("1", "BIGINT") + ofType("x", "VARCHAR") + ofType("2022-01-20", "DATE") + ofType("1", "BIGINT"),
    });
    expect([problems, results.map(({ message }) => message)]).toEqual([[], Array(4).fill(undefined)]);
  });

  test("of a model come from its query and the types of the sources", async () => {
    const { results, problems } = await tryTests({
      pipeline: "sources: { s: { type: file, path: s.csv, columns: { n: NUMERIC, d: DATE } } }\n",
      models: { between: "SELECT n, d FROM s", m: "SELECT typeof(n) AS n, typeof(d) AS d FROM between" },
      tests: `
- name: given as the source would make it
  model: m
  given: { between: [{ n: 1 }] }
  expect: { rows: [{ n: "DECIMAL(38,9)", d: DATE }] }
`,
    });
    expect(problems).toEqual([]);
    expect(results[0]!.message).toBeUndefined();
  });

  test("a table without rows and without types cannot be made", async () => {
    const { problems } = await tryTests({
      pipeline: bare,
      models: { m: "SELECT count(*) AS n FROM s" },
      tests: "- { name: one, model: m, given: { s: [] }, expect: { rows: [{ n: 0 }] } }\n",
    });
    expect(problems).toEqual([
      ["tests/t.yaml:1:35", "which columns `s` has is not known", expect.stringContaining("sources: { s:")],
    ]);
  });
});

test("a source that tells where its rows come from has the columns for it", async () => {
  const { results } = await tryTests({
    pipeline: "sources: { s: { type: file, path: s.csv, provenance: true, columns: { a: STRING } } }\n",
    models: { m: "SELECT a, _file, _row + 1 AS next FROM s" },
    tests:
      "- { name: one, model: m, given: { s: [{ _file: x.csv, _row: 1 }] }, expect: { rows: [{ _file: x.csv, next: 2 }] } }\n",
  });
  expect(results[0]!.message).toBeUndefined();
});
