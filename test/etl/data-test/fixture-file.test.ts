import { describe, expect, test } from "vitest";
import { tryTests, type Trial } from "./try-tests.ts";

const apps: Pick<Trial, "pipeline" | "models"> = {
  pipeline: `
sources:
  apps: { type: bigquery, table: d.t, columns: { dato: DATE, name: STRING, team: STRING, n: INT64, tags: "ARRAY<STRING>" } }
`,
  models: { m: "SELECT * FROM apps", counted: "SELECT name, sum(n) AS n FROM apps GROUP BY name" },
};

/** A test that gives `apps` from a file and expects these rows of `m`. */
const given = (file: string, rows = "[]") =>
  `- { name: from ${file}, model: m, given: { apps: ${file} }, expect: { rows: ${rows} } }\n`;

async function tryFile(file: string, text: string, rows?: string) {
  const { results, problems } = await tryTests({ ...apps, tests: given(file, rows), files: { [file]: text } });
  return { message: results[0]?.message, problems };
}

describe("rows of a file", () => {
  test("have the declared types; columns that the file lacks are NULL, and others are left out", async () => {
    const csv = 'name,dato,more,tags\na,2022-01-20,x,"[""p"",""q""]"\nb,,,\n';
    const rows =
      "[{ dato: 2022-01-20, name: a, team: null, n: null, tags: [p, q] }, { dato: null, name: b, tags: null }]";
    expect(await tryFile("data/apps.csv", csv, rows)).toEqual({ message: undefined, problems: [] });
  });

  test.each([
    ["apps.ndjson", '{"name":"a","n":1,"tags":["p"]}\n{"name":"b","n":2,"tags":[]}\n'],
    ["apps.json", '[{"name":"a","n":1,"tags":["p"]},{"name":"b","n":2,"tags":[]}]'],
    ["data/apps.yaml", "- { name: a, n: 1, tags: [p] }\n- { name: b, n: 2, tags: [] }\n"],
  ])("may be %s", async (file, text) => {
    const rows = "[{ name: a, n: 1, tags: [p], team: null }, { name: b, n: 2, tags: [] }]";
    expect(await tryFile(file, text, rows)).toEqual({ message: undefined, problems: [] });
  });

  test("lie in the pipeline's folder or beside the test, and are read once for all tests", async () => {
    const { marks } = await tryTests({
      ...apps,
      tests: given("rows/a.csv", "[{ name: a }]") + given("b.csv", "[{ name: b }]") + given("b.csv", "[{ name: b }]"),
      files: { "rows/a.csv": "name\na\n", "tests/b.csv": "name\nb\n" },
    });
    expect(marks).toBe("...");
  });

  test("may be those of two relations, each with its own types", async () => {
    const { results, problems } = await tryTests({
      pipeline: `
sources:
  texts: { type: bigquery, table: d.t, columns: { a: STRING, more: STRING } }
  numbers: { type: bigquery, table: d.n, columns: { a: INT64 } }
`,
      models: { m: "SELECT typeof(t.a) AS t, typeof(n.a) AS n, more FROM texts AS t, numbers AS n" },
      tests:
        "- { name: one, model: m, given: { texts: a.csv, numbers: a.csv }, expect: { rows: [{ t: VARCHAR, n: BIGINT, more: null }] } }\n",
      files: { "a.csv": "a\n1\n" },
    });
    expect([problems, results.map(({ message }) => message)]).toEqual([[], [undefined]]);
  });

  test("are laid out as the source's own files are", async () => {
    const pipeline = `
sources:
  s: { type: file, path: s.csv, delimiter: ";", decimal: ",", header: false, columns: { name: STRING, price: NUMERIC } }
`;
    const tests = "- { name: one, model: m, given: { s: t.csv }, expect: { rows: [{ name: a, price: 1.5 }] } }\n";
    const { results, problems } = await tryTests({
      pipeline,
      models: { m: "FROM s" },
      tests,
      files: { "t.csv": "a;1,5\n" },
    });
    expect([problems, results.map(({ message }) => message)]).toEqual([[], [undefined]]);
  });

  test("where nobody declares columns, have those of the source's sample", async () => {
    const pipeline = "sources: { s: { type: bigquery, table: d.t, sample: sample.csv } }\n";
    const models = { m: "SELECT typeof(a) AS a, typeof(b) AS b FROM s" };
    const tests = `
- { name: inline, model: m, given: { s: [{ a: 1 }] }, expect: { rows: [{ a: DOUBLE, b: DATE }] } }
- { name: empty, model: m, given: { s: [] }, expect: { rows: [] } }
`;
    const { results, problems } = await tryTests({
      pipeline,
      models,
      tests,
      files: { "sample.csv": "a,b\n1.5,2022-01-20\n" },
    });
    expect([problems, results.map(({ message }) => message)]).toEqual([[], [undefined, undefined]]);
  });
});

const expected = (rows: string) =>
  `- { name: one, model: counted, given: { apps: [{ name: a, n: 1 }, { name: a, n: 2 }, { name: b }] }, expect: { rows: ${rows} } }\n`;

describe("expected rows of a file", () => {
  test("have the types of the model, and all of their columns are compared", async () => {
    const { results } = await tryTests({
      ...apps,
      tests: expected("good.csv") + expected("bad.csv") + expected("names.csv"),
      files: { "good.csv": "n,name\n3,a\n,b\n", "bad.csv": "n,name\n4,a\n,b\n", "names.csv": "name\nb\na\n" },
    });
    expect(results.map(({ message }) => message)).toEqual([undefined, "1 row differs", undefined]);
  });

  test("may name no other columns", async () => {
    const { problems } = await tryTests({ ...apps, tests: expected("a.csv"), files: { "a.csv": "n,nam\n1,a\n" } });
    expect(problems).toEqual([["a.csv:1", "`counted` has no column `nam`", "Did you mean `name`?"]]);
  });
});

describe("what is wrong with a file is told with its place, before any test is run", () => {
  test("a value that is not of its type", async () => {
    const { problems } = await tryFile("data/apps.csv", "name,dato,n\na,2022-01-20,1\nb,2022-20-01,1.5\n");
    expect(problems.map(([place]) => place)).toEqual(["data/apps.csv:3:3", "data/apps.csv:3:14"]);
    expect(problems.map(([, message]) => message)).toEqual([
      expect.stringContaining("2022-20-01"),
      expect.stringContaining("1.5"),
    ]);
  });

  test("a column that is misspelt, and none that is known", async () => {
    const slip = await tryFile("a.csv", "name,datoo\na,2022-01-20\n");
    expect(slip.problems).toEqual([["a.csv:1", "`apps` has no column `datoo`", "Did you mean `dato`?"]]);
    const strange = await tryFile("a.csv", "something,else_\n1,2\n");
    expect(strange.problems).toMatchObject([
      ["a.csv:1", "a.csv has none of the columns of `apps`", expect.any(String)],
    ]);
  });

  test("a file that is not there", async () => {
    const { problems } = await tryTests({ ...apps, tests: given("data/none.csv") });
    expect(problems).toEqual([
      ["tests/t.yaml:1:56", "there is no file `data/none.csv`", expect.stringContaining("pipeline's folder")],
    ]);
  });

  test("a file in another encoding", async () => {
    const { problems } = await tryTests({
      ...apps,
      tests: given("a.csv"),
      files: { "a.csv": "name\nkj\uFFFDrlighet\u0000\n" },
    });
    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0]![0]).toContain("a.csv");
  });
});

test("a model that is given from a file has its contract's types", async () => {
  const { results, problems } = await tryTests({
    pipeline: `${apps.pipeline}models: { between: { columns: { a: NUMERIC, b: DATE } } }\n`,
    models: {
      ...apps.models,
      between: "SELECT CAST(n AS DECIMAL(38, 9)) AS a, dato AS b FROM apps",
      last: "SELECT typeof(a) AS a, b FROM between",
    },
    tests:
      "- { name: one, model: last, given: { between: b.csv }, expect: { rows: [{ a: 'DECIMAL(38,9)', b: 2022-01-20 }] } }\n",
    files: { "b.csv": "a,b\n1,2022-01-20\n" },
  });
  expect([problems, results.map(({ message }) => message)]).toEqual([[], [undefined]]);
});
