import { describe, expect, test } from "vitest";
import { parseYaml } from "../../src/spec/document.ts";
import { loadDocument } from "../../src/spec/load.ts";
import { EtlError, formatWhere } from "../../src/util/error.ts";

/** `line:column rule: message` of a file that every schema accepts. */
function problemsOf(yaml: string): string[] {
  const document = parseYaml(`name: apps\n${yaml}`, "p.yaml");
  try {
    loadDocument({ document, file: "/p/p.yaml", cwd: "/p", target: "local" });
    return [];
  } catch (error) {
    if (!(error instanceof EtlError)) throw error;
    return error.problems.map((it) => `${formatWhere(it.where!).replace("p.yaml:", "")} ${it.rule}: ${it.message}`);
  }
}

const bigquery = (rest: string) => `outputs: { a: { type: bigquery, table: d.t, ${rest} } }`;

const onColumn = (check: string) => problemsOf(`models: { a: { columns: { x: { type: DATE, checks: [${check}] } } } }`);
const onTable = (check: string) => problemsOf(`models: { a: { columns: { x: DATE }, checks: [${check}] } }`);
const path = (reference: string) => `outputs: { a: { type: file, path: '${reference}' } }`;

const merge = (key: string) =>
  bigquery(`write: merge, key: [${key}], partition: { column: dato, require_filter: true }`);

describe("outputs", () => {
  test("that replace the whole table on each interval are refused, said or by default", () => {
    expect(problemsOf(`interval: day\n${bigquery("write: replace")}`)).toEqual([
      expect.stringMatching(/^3:52 interval-replace: `outputs.a` replaces the whole table/),
    ]);
    expect(problemsOf(`interval: day\n${bigquery("description: x")}`)).toEqual([
      expect.stringMatching(/^3:15 interval-replace/),
    ]);
    expect(problemsOf(bigquery("write: replace"))).toEqual([]);
    expect(problemsOf(`interval: day\n${bigquery("write: append")}`)).toEqual([]);
  });

  test("two of them to one place are refused", () => {
    expect(problemsOf("outputs:\n  a: { type: bigquery, table: d.t }\n  b: { type: bigquery, table: d.t }")).toEqual([
      "4:6 same-destination: `outputs.b` writes to d.t, as `outputs.a` does",
    ]);
    expect(problemsOf("outputs:\n  a: { type: file, path: a.csv }\n  b: { type: file, path: b.csv }")).toEqual([]);
  });

  test("merged by a key that says nothing of the partition cannot require a filter on it", () => {
    expect(problemsOf(merge("id"))).toEqual([expect.stringMatching(/^2:\d+ merge-filter: `outputs.a` merges by id/)]);
    expect(problemsOf(merge("id, dato"))).toEqual([]);
  });

  test("name columns that their model has", () => {
    const model = "models: { a: { columns: { dato: DATE, env: STRING } } }\n";
    expect(problemsOf(`${model}${bigquery("write: merge, key: [dto], cluster: [env, x], partition: datoo")}`)).toEqual([
      "3:64 unknown-column: `outputs.a.key` names `dto`, which is not a column of `a`",
      "3:80 unknown-column: `outputs.a.cluster` names `x`, which is not a column of `a`",
      "3:101 unknown-column: `outputs.a.partition` names `datoo`, which is not a column of `a`",
    ]);
    expect(problemsOf(`${model}${bigquery("write: merge, key: toString")}`)).toHaveLength(1);
    expect(problemsOf(bigquery("write: merge, key: anything"))).toEqual([]);
  });
});

const lookup = (other: string, column: string) =>
  problemsOf(`
sources: { s: { type: file, path: a, columns: { name: STRING, n: INT64 } } }
models: { m: { columns: { x: { type: STRING, checks: [{ relationships: { to: ${other}, column: ${column} } }] } } } }
`);

describe("checks", () => {
  test.each([
    "{ row_count: { min: 1 } }",
    "{ sql: SELECT 1 }",
    "{ freshness: { column: x, within: 1d } }",
    "{ not_null: [x] }",
    "{ unique: x }",
  ])("%s has no place on a column", (check) => {
    expect(onColumn(check)).toEqual([expect.stringContaining("check-place")]);
    expect(onTable(check)).toEqual([]);
  });

  test.each([
    "not_null",
    "unique",
    "{ range: { min: 2022-01-20 } }",
    "{ accepted_values: [2022-01-20] }",
    "{ matches: a }",
    "{ relationships: { to: b, column: c } }",
  ])("%s has no place on a table", (check) => {
    expect(onTable(check)).toEqual([expect.stringContaining("check-place")]);
    expect(onColumn(check)).toEqual([]);
  });

  test("of relationships name a column that there is, of the same type", () => {
    expect(lookup("s", "name")).toEqual([]);
    expect(lookup("elsewhere", "name")).toEqual([]);
    expect(lookup("s", "nmae")).toEqual([expect.stringContaining("check-value: `s` has no column `nmae`")]);
    expect(lookup("s", "toString")).toEqual([expect.stringContaining("`s` has no column `toString`")]);
    expect(lookup("s", "n")).toEqual([expect.stringContaining("STRING cannot be looked up in `s.n`, which is INT64")]);
  });

  test("of a table name columns that it has", () => {
    expect(onTable("{ unique: [x, y] }, { not_null: valueOf }, { freshness: { column: z, within: 1d } }")).toEqual([
      "2:47 unknown-column: the check names `y`, which is not a column here",
      "2:67 unknown-column: the check names `valueOf`, which is not a column here",
      "2:90 unknown-column: the check names `z`, which is not a column here",
    ]);
  });
});

describe("sources", () => {
  test("have a table or a query, one of them", () => {
    expect(problemsOf("sources: { a: { type: bigquery } }")).toEqual([
      "2:15 table-or-query: `sources.a` has neither `table` nor `query`",
    ]);
    expect(problemsOf("sources: { a: { type: bigquery, table: d.t, query: SELECT 1 } }")).toEqual([
      "2:52 table-or-query: `sources.a` has both `table` and `query`",
    ]);
    expect(problemsOf("sources: { a: { type: postgres, query: SELECT 1, where: x } }")).toEqual([
      "2:57 where-with-query: `sources.a.where` does nothing beside `query`",
    ]);
    expect(problemsOf("sources: { a: { type: http, url: https://u, query: { a: b } } }")).toEqual([]);
  });

  test("and models have names of their own", () => {
    expect(problemsOf("sources: { a: { type: file, path: a.csv } }\nmodels: { a: {} }")).toEqual([
      "2:15 same-name: `a` is a source and a model",
    ]);
  });
});

describe("references", () => {
  test("name what there is", () => {
    expect(problemsOf(`params: { line: INT64 }\n${path("${param:lien}.csv")}`)).toEqual([
      "3:35 reference: `${param:lien}`: there is no param `lien`",
    ]);
    expect(problemsOf(path("${secret:A}"))).toEqual(["2:35 reference: `${secret:A}`: there is no secret `A`"]);
    expect(problemsOf(`interval: day\n${path("${interval:begin}").replace("path:", "write: append, path:")}`)).toEqual([
      "3:50 reference: `${interval:begin}` is no bound of the interval",
    ]);
    expect(problemsOf(path("${interval:start}.csv"))).toEqual([
      "2:35 reference: `${interval:start}` is used, but the pipeline has no interval",
    ]);
  });

  test("to the environment are not looked up before a run", () => {
    expect(problemsOf(path("${env:OUT}"))).toEqual([]);
  });
});

test("waiting for newer rows of a model is refused: they are made once", () => {
  expect(onTable("{ freshness: { column: x, within: 36h, wait: 2h } }")).toEqual([
    expect.stringMatching(/^2:\d+ check-setting: `wait` does nothing on a model/),
  ]);
  expect(onTable("{ freshness: { column: x, within: 36h } }")).toEqual([]);
});
