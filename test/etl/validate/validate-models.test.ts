import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { validateModels } from "../../../src/etl/validate/validate-models.ts";
import { loadPipeline } from "../../../src/spec/load.ts";
import { formatWhere } from "../../../src/util/error.ts";
import { makeFolder, type Folder } from "../../support/folder.ts";

let folder: Folder;

beforeEach(async () => {
  folder = await makeFolder();
});

afterEach(() => folder.remove());

const apps = `
sources:
  apps: { type: file, path: a.csv, columns: { dato: DATE, name: STRING, n: INT64, amount: BIGNUMERIC } }
`;

/** `place severity message | hint` of everything that is found. */
async function check(models: Record<string, string>, pipeline = apps): Promise<string[]> {
  await folder.write("pipeline.yaml", `name: trial${pipeline}`);
  for (const [name, sql] of Object.entries(models)) await folder.write(`models/${name}.sql`, sql);
  const loaded = await loadPipeline({ file: join(folder.path, "pipeline.yaml"), cwd: folder.path });
  const problems = await validateModels(loaded, folder.context);
  return problems.map(
    ({ where, severity, message, hint }) => `${formatWhere(where!)} ${severity} ${message} | ${hint}`,
  );
}

const checked = (checks: string) => `${apps}models:\n  m:\n    checks:\n      - ${checks}\n`;

describe("models are bound without any data", () => {
  test("and nothing is wrong with good ones", async () => {
    expect(
      await check({
        stg: "SELECT dato, upper(name) AS name, n FROM apps",
        m: "SELECT name, sum(n) AS n FROM stg GROUP BY ALL",
      }),
    ).toEqual([]);
  });

  test("a check may look at a table of which nothing is known yet", async () => {
    const more = `${apps}  teams: { type: file, path: t.csv }
models:
  m:
    columns: { name: { type: STRING, checks: [{ relationships: { to: teams, column: name } }] } }
    checks: [{ sql: FROM teams WHERE name = '' }]
outputs: { m: { type: file, path: o.csv } }
`;
    expect(await check({ m: "SELECT name FROM apps" }, more)).toEqual([]);
  });

  test("a check may look at no table that there is not", async () => {
    const more = `${apps}models:
  m:
    columns: { name: { type: STRING, checks: [{ relationships: { to: teams, column: name } }] } }
outputs: { m: { type: file, path: o.csv } }
`;
    expect(await check({ m: "SELECT name FROM apps" }, more)).toEqual([
      expect.stringContaining("pipeline.yaml:6:70 error there is no source or model `teams`"),
    ]);
  });

  test("every model that is wrong is told, with its place", async () => {
    const found = await check({
      a: "SELECT nmae FROM apps",
      b: "SELECT dato,\n  sum(name) AS x FROM apps GROUP BY ALL",
      c: "SELECT amount + 1 AS x FROM apps",
      d: "SELECT name FROM apps",
    });
    expect(found.map((line) => line.split(" ").slice(0, 2).join(" "))).toEqual([
      "models/a.sql:1:8 error",
      "models/b.sql:2:3 error",
      "models/c.sql:1:15 error",
    ]);
  });

  test("one that reads a wrong one is not told off for it", async () => {
    expect(await check({ a: "SELECT nmae FROM apps", b: "SELECT nmae FROM a" })).toHaveLength(1);
  });

  test("circles, unknown tables and unused sources are told as for a run", async () => {
    expect(await check({ m: "SELECT 1 AS x" })).toEqual([
      "pipeline.yaml:3:3 warning no model reads the source `apps` | Remove it, or read it.",
    ]);
    expect((await check({ m: "FROM app" }))[0]).toBe(
      "models/m.sql:1:6 error there is no source or model `app` | Did you mean `apps`?",
    );
  });

  test("a contract that a model does not fit is told at its declaration", async () => {
    expect(
      await check({ m: "SELECT name AS dato FROM apps" }, `${apps}models:\n  m: { columns: { dato: DATE } }`),
    ).toEqual([
      "pipeline.yaml:5:19 error the column `dato` of `m` is STRING, and its contract says DATE | Convert it in the query: CAST(dato AS DATE), or change the contract.",
    ]);
  });

  test("values and the interval have their types", async () => {
    const values = `${apps}interval: day\nparams: { line: INT64, day: { type: DATE, default: today }, text: STRING, at: TIMESTAMP, on: BOOL, f: FLOAT64 }`;
    const sql =
      "SELECT n + $line AS a, $interval_end - $interval_start AS b, $day - dato AS c, upper($text) AS d, $at AS e, NOT $on AS f, $f * 2 AS g FROM apps";
    expect(await check({ m: sql }, values)).toEqual([]);
    expect(await check({ m: "SELECT upper($line) AS x FROM apps" }, values)).toHaveLength(1);
  });

  test("files are out of reach, as in a run", async () => {
    expect(await check({ m: "SELECT * FROM read_csv('/etc/passwd'), apps" })).toEqual([
      expect.stringMatching(/^models\/m\.sql:1:15 error .*Models see sources and models only/),
    ]);
  });
});

describe("nothing is said of what cannot be known without data", () => {
  test("of models that read a source without columns", async () => {
    const open = "\nsources: { apps: { type: file, path: a.csv } }";
    expect(await check({ m: "SELECT nope FROM apps", n: "SELECT nope FROM m" }, open)).toEqual([]);
  });

  test("of provenance columns", async () => {
    const provenance = "\nsources: { apps: { type: file, path: a.csv, provenance: true, columns: { n: INT64 } } }";
    expect(await check({ m: "SELECT _file, _row, n FROM apps" }, provenance)).toEqual([]);
  });

  test("of a PIVOT whose columns depend on the data, and of what reads it", async () => {
    const pipeline = `${apps}models: { p: { depends_on: [apps], columns: { a: INT64 } } }`;
    expect(await check({ p: "PIVOT apps ON name USING count(*)", q: "SELECT a FROM p" }, pipeline)).toEqual([]);
  });
});

describe("checks are bound, too", () => {
  const m = { m: "SELECT name, n FROM apps" };

  test.each([
    "unique: [name]",
    "{ not_null: [name, n], where: n > 1 }",
    "sql: SELECT * FROM m WHERE n < 0",
    "sql: SELECT * FROM m JOIN apps USING (name)",
    "row_count: { min: 1 }",
  ])("%s is good", async (check_) => {
    expect(await check(m, checked(check_))).toEqual([]);
  });

  test.each([
    [
      "unique: [nmae]",
      'check `unique(nmae)` of `m` cannot run: Referenced column "nmae" not found in FROM clause! | Did you mean `name`?',
    ],
    [
      "{ not_null: [name], where: nn > 1 }",
      'check `not_null(name)` of `m` cannot run: Referenced column "nn" not found in FROM clause! | Did you mean `n`?',
    ],
    [
      "{ sql: SELECT * FROM nowhere, name: mine }",
      "check `mine` of `m` cannot run: Table with name nowhere does not exist! | ",
    ],
    ["{ row_count: { min: 1 }, where: n > }", "check `row_count` of `m` cannot run: syntax error"],
  ])("%s is not", async (check_, message) => {
    const found = await check(m, checked(check_));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`error ${message}`);
    expect(found[0]).toMatch(/^pipeline\.yaml:7:/);
  });

  test("an unknown parameter in a check is told", async () => {
    expect(await check(m, checked("{ not_null: [n], where: n > $lien }"))).toEqual([
      "pipeline.yaml:7:33 error there is no parameter `$lien` | Declare it under `params:`.",
    ]);
    expect(await check(m, checked("sql: FROM m WHERE n > @lien"))).toEqual([
      "pipeline.yaml:7:14 error `@lien` is a GoogleSQL parameter | In a check, write `$lien`.",
    ]);
  });

  test("of sources and of columns, with the line of each", async () => {
    const pipeline = `
sources:
  apps:
    type: file
    path: a.csv
    checks: [{ sql: SELECT nope FROM apps }]
    columns:
      n: { type: INT64, checks: [{ not_null: true, where: nope > 1 }] }
`;
    expect((await check({ m: "FROM apps" }, pipeline)).map((line) => line.replace(/ error .*/s, ""))).toEqual([
      "pipeline.yaml:8:34",
      "pipeline.yaml:6:14",
    ]);
  });
});
