import { describe, expect, test } from "vitest";
import { tryTests, type Trial } from "./try-tests.ts";

const apps: Omit<Trial, "tests"> = {
  pipeline: `
sources:
  apps:
    type: file
    path: data/apps.csv
    columns: { dato: DATE, cluster: STRING, name: STRING }
models:
  per_env:
    columns:
      dato: DATE
      env: { type: STRING, checks: [not_null, { accepted_values: [prod, dev] }] }
      apps: { type: INT64, checks: [{ range: { min: 1, max: 2 }, severity: warn }] }
    checks: [{ row_count: { max: 2 } }]
`,
  models: {
    stg: "SELECT *, CASE WHEN cluster LIKE 'prod-%' THEN 'prod' WHEN cluster IS NOT NULL THEN 'dev' END AS env FROM apps",
    per_env: "SELECT dato, env, count(*) AS apps FROM stg GROUP BY ALL",
  },
};

/** Marks and messages of tests of that pipeline. */
async function tryApps(tests: string) {
  const { marks, results, problems } = await tryTests({ ...apps, tests });
  return { marks, messages: results.map(({ message }) => message), problems };
}

const ordered = (rows: string) => `
- name: ordered
  model: sorted
  given: { apps: [{ name: b }, { name: c }, { name: a }] }
  expect: { ordered: true, rows: ${rows} }
`;

const counted = (n: number) => `
- name: counted
  model: stg
  given: { apps: [{}, {}] }
  expect: { count: ${n} }
`;

describe("expected rows", () => {
  test("are found in any order, through models between, and only the columns that they name are compared", async () => {
    const { marks } = await tryApps(`
- name: passes
  model: per_env
  given: { apps: [{ cluster: prod-gcp }, { cluster: nonprod-gcp }, { cluster: prod-fss, dato: 2022-01-20 }] }
  expect: { rows: [{ env: prod, apps: 1, dato: 2022-01-20 }, { env: dev, apps: 1 }, { env: prod }] }
- name: fails
  model: per_env
  given: { apps: [{ cluster: prod-gcp }] }
  expect: { rows: [{ env: dev }] }
- name: no rows
  model: per_env
  given: { apps: [] }
  expect: { rows: [] }
- name: a model between is given, and its source need not be
  model: per_env
  given: { stg: [{ env: dev }, { env: dev }] }
  expect: { rows: [{ env: dev, apps: 2, dato: null }] }
`);
    expect(marks).toBe(".x..");
  });

  test("the same test file can give other rows, other columns and other relations, one after the other", async () => {
    const given = [
      "apps: [{ cluster: prod-a }]",
      "stg: [{ env: prod }]",
      "apps: [{ cluster: prod-b, dato: 2022-01-01 }]",
    ];
    const tests = [...given, ...given].map(
      (text, i) =>
        `- name: test ${i}\n  model: per_env\n  given: { ${text} }\n  expect: { rows: [{ env: prod, apps: 1 }] }\n`,
    );
    expect((await tryApps(tests.join(""))).marks).toBe("......");
  });

  test("count how often they come", async () => {
    const { messages } = await tryApps(`
- name: twice
  model: stg
  given: { apps: [{ name: a }, { name: a }] }
  expect: { rows: [{ name: a }] }
`);
    expect(messages).toEqual(["1 row was not expected"]);
  });

  test("in order, where that is asked for", async () => {
    const models = { ...apps.models, sorted: "SELECT name FROM apps ORDER BY name DESC" };
    const tests =
      ordered("[{ name: c }, { name: b }, { name: a }]") + ordered("[{ name: a }, { name: b }, { name: c }]");
    const { marks, results } = await tryTests({ ...apps, models, tests });
    expect(marks).toBe(".x");
    expect(results[1]!.message).toBe("the rows are as expected, but not in this order");
  });

  test("a number of rows may be enough", async () => {
    expect(await tryApps(counted(2) + counted(3))).toMatchObject({
      marks: ".x",
      messages: [undefined, "2 rows, expected 3"],
    });
  });
});

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

describe("names are checked before any test is run", () => {
  test("of models, of what is given, and of what is not", async () => {
    const { problems, marks } = await tryApps(`
- name: good
  model: stg
  given: { apps: [] }
  expect: { count: 0 }
- name: unknown model
  model: per_en
  expect: { count: 0 }
- name: a source
  model: apps
  expect: { count: 0 }
- name: misspelt
  model: stg
  given: { app: [] }
  expect: { count: 0 }
- name: nothing given
  model: per_env
  expect: { count: 0 }
- name: given in vain
  model: stg
  given: { apps: [], per_env: [], stg: [] }
  expect: { count: 0 }
- name: misspelt column
  model: stg
  given: { apps: [{ clustr: a }] }
  expect: { rows: [{ en: a }] }
`);
    expect(marks).toBe("");
    expect(problems).toEqual([
      ["tests/t.yaml:7:10", "there is no model `per_en`", "Did you mean `per_env`?"],
      ["tests/t.yaml:10:10", "`apps` is a source, and tests look at models", expect.any(String)],
      ["tests/t.yaml:14:12", "there is no source or model `app`", "Did you mean `apps`?"],
      [
        "tests/t.yaml:16:3",
        "`stg` reads `apps`, which the test does not give",
        "Add it under `given:`: apps: [{ … }], or apps: [] for a table without rows.",
      ],
      ["tests/t.yaml:21:22", "`stg` does not read `per_env`", "It reads apps."],
      ["tests/t.yaml:21:35", "`stg` is the model that is tested", "Give what it reads."],
      ["tests/t.yaml:25:21", "`apps` has no column `clustr`", "Did you mean `cluster`?"],
    ]);
  });

  test("together with what is wrong with models and with files of tests", async () => {
    const { problems } = await tryTests({
      models: { m: "SELECT * FROM nowhere" },
      tests: "- { name: one, expect: { count: 0 } }\n",
    });
    expect(problems.map(([where]) => where)).toEqual(["tests/t.yaml:1:3", "models/m.sql:1:15"]);
  });
});

const allOfThem = (other: string) => `
- name: all of them
  model: second
  given: { s: [{ a: 1, b: 1 }]${other} }
  expect: { fails: [all of them] }
`;

describe("a failing check is what is expected", () => {
  test("by its name", async () => {
    const { marks, messages } = await tryApps(`
- name: passes
  model: per_env
  given: { apps: [{ name: a }] }
  expect: { fails: [not_null(env)] }
- name: one that only warns counts when it is named
  model: per_env
  given: { stg: [{ env: dev }, { env: dev }, { env: dev }] }
  expect: { fails: [range(apps)] }
- name: one that only warns is no surprise
  model: per_env
  given: { stg: [{ env: a }, { env: a }, { env: a }] }
  expect: { fails: [accepted_values(env)] }
- name: it passed
  model: per_env
  given: { stg: [{ env: dev }] }
  expect: { fails: [not_null(env), row_count] }
- name: another one failed too
  model: per_env
  given: { stg: [{ env: a }, { env: b }, {}] }
  expect: { fails: [row_count] }
`);
    expect(marks).toBe("...xx");
    expect(messages.slice(3)).toEqual([
      "the check `not_null(env)` was expected to fail, and passed (0 of 1 row)\n" +
        "the check `row_count` was expected to fail, and passed (1 row, allowed: at most 2)",
      "the check `not_null(env)` failed too: 1 of 3 rows\n" +
        '    {"dato":null,"env":null,"apps":1}\n' +
        "the check `accepted_values(env)` failed too: 2 of 3 rows\n" +
        '    {"dato":null,"env":"a","apps":1}\n    {"dato":null,"env":"b","apps":1}',
    ]);
  });

  const chain: Omit<Trial, "tests"> = {
    pipeline: `
sources:
  s: { type: file, path: s.csv, columns: { a: { type: INT64, checks: [not_null] }, b: INT64 } }
  other: { type: file, path: s.csv, columns: { a: INT64 } }
models:
  first: { columns: { a: { type: INT64, checks: [unique] }, b: INT64 }, checks: [row_count: { min: 1 }] }
  second:
    columns: { a: INT64, b: { type: INT64, checks: [not_null] } }
    checks:
      - row_count: { max: 1 }
      - name: all of them
        sql: SELECT a FROM other EXCEPT SELECT a FROM second
      - unique: [a, b]
`,
    models: { first: "FROM s", second: "FROM first" },
  };

  test("of a model or source on the way, with its name in front where the tested model has the same", async () => {
    const { marks, results } = await tryTests({
      ...chain,
      tests: `
- name: of a model between
  model: second
  given: { s: [{ a: 1, b: 1 }, { a: 1, b: 2 }] }
  expect: { fails: [unique(a), row_count] }
- name: of what is given, where it is named
  model: second
  given: { s: [{ b: 1 }] }
  expect: { fails: [s.not_null(a)] }
- name: and without its table's name, where only one has it
  model: second
  given: { s: [{ b: 1 }] }
  expect: { fails: [not_null(a)] }
- name: not of what is given, where it is not
  model: second
  given: { s: [{}] }
  expect: { fails: [not_null(b)] }
- name: the other row_count
  model: second
  given: { s: [] }
  expect: { fails: [first.row_count] }
- name: a surprise between
  model: second
  given: { s: [{ a: 1, b: 1 }, { a: 1 }] }
  expect: { fails: [not_null(b), row_count] }
`,
    });
    expect(marks).toBe(".....x");
    expect(results[5]!.message).toMatch(/^the check `first\.unique\(a\)` failed too: 2 rows with 1 repeated key/);
  });

  test("of kind sql, which may look at any table that is given", async () => {
    const { marks, results } = await tryTests({
      ...chain,
      tests: `
- name: given
  model: second
  given: { s: [{ a: 1, b: 1 }], other: [{ a: 2 }] }
  expect: { fails: [all of them] }
- name: not given
  model: second
  given: { s: [{ a: 1, b: 1 }] }
  expect: { fails: [all of them] }
- name: not given, and not asked for
  model: second
  given: { s: [{ a: 1 }] }
  expect: { fails: [not_null(b)] }
`,
    });
    expect(marks).toBe(".x.");
    expect(results[1]!.message).toBe(
      "the check `all of them` was expected to fail, and could not be run: it reads `other`, which the test does not have. Add it under `given:`.",
    );
  });

  test("what an earlier test gave is not there any more", async () => {
    const tests = allOfThem(", other: [{ a: 2 }]").repeat(8) + allOfThem("").repeat(8);
    expect((await tryTests({ ...chain, tests })).marks).toBe("........xxxxxxxx");
  });

  test("and a name that no check has is told before", async () => {
    const { problems } = await tryTests({
      ...chain,
      tests: `
- { name: one, model: second, given: { s: [] }, expect: { fails: [not_nul(b)] } }
- { name: two, model: second, given: { s: [] }, expect: { fails: [unique(a, b)] } }
- { name: three, model: first, given: { s: [] }, expect: { fails: ["unique(a,b)"] } }
- { name: four, model: second, given: { s: [{ a: 1, b: 1 }, { a: 1, b: 1 }] }, expect: { fails: ["unique(a,b)", unique(a), row_count] } }
`,
    });
    expect(problems).toEqual([
      ["tests/t.yaml:2:67", "there is no check `not_nul(b)` on the way to `second`", "Did you mean `not_null(b)`?"],
      [
        "tests/t.yaml:3:67",
        expect.stringContaining("`unique(a`"),
        'In YAML, a name with a comma needs quotes: "unique(dato, env)".',
      ],
      ["tests/t.yaml:3:77", expect.stringContaining("`b)`"), expect.stringContaining("needs quotes")],
      ["tests/t.yaml:4:68", expect.stringContaining("`unique(a,b)`"), "Did you mean `unique(a)`?"],
    ]);
  });

  test("no check is run where none is asked for", async () => {
    const { marks } = await tryApps(
      "- { name: one, model: per_env, given: { apps: [{}] }, expect: { rows: [{ env: null }] } }\n",
    );
    expect(marks).toBe(".");
  });
});

describe("an error is what is expected", () => {
  const trial: Omit<Trial, "tests"> = {
    pipeline: "sources: { s: { type: file, path: s.csv, columns: { t: STRING } } }\n",
    models: {
      strict: "SELECT CAST(t AS INTEGER) AS n FROM s",
      reader: "SELECT n + 1 AS n FROM strict",
      misspelt: "SELECT u FROM s",
    },
  };
  const given = "given: { s: [{ t: abc }] }";

  test("by a text that its message contains", async () => {
    const { marks, results } = await tryTests({
      ...trial,
      tests: `
- { name: in the model, model: strict, ${given}, expect: { error: "'abc'" } }
- { name: through another, model: reader, ${given}, expect: { error: Could not convert } }
- { name: none, model: strict, given: { s: [{ t: 1 }] }, expect: { error: "'abc'" } }
- { name: another, model: strict, ${given}, expect: { error: disk is full } }
- { name: a model that cannot run, model: misspelt, ${given}, expect: { error: '"u"' } }
`,
    });
    expect(marks).toBe("..xx.");
    expect(results[2]!.message).toBe(`an error with "'abc'" was expected, and there was none`);
    expect(results[3]!.message).toMatch(
      /^an error with "disk is full" was expected; it was another one:\n.*models\/strict\.sql.*'abc'/,
    );
  });

  test("and fails the test where rows are expected, with file, line and cure", async () => {
    const { marks, results } = await tryTests({
      ...trial,
      tests: `
- { name: rows, model: strict, ${given}, expect: { rows: [] } }
- { name: cannot run, model: misspelt, ${given}, expect: { rows: [{ anything: 1 }] } }
- { name: checks of one that cannot run, model: misspelt, ${given}, expect: { fails: [row_count] } }
`,
    });
    expect(marks).toBe("xxx");
    expect(results[0]!.message).toMatch(/^models\/strict\.sql.* \[model strict\] .*'abc'.*\n    .*TRY_CAST/);
    expect(results[1]!.message).toMatch(/^models\/misspelt\.sql:1:8 \[model misspelt\] .*"u"/);
  });

  test("so is a contract that the model does not fit", async () => {
    const { results } = await tryTests({
      pipeline: `${trial.pipeline}models: { m: { columns: { t: STRING, gone: INT64 } } }\n`,
      models: { m: "SELECT t FROM s" },
      tests: `- { name: rows, model: m, ${given}, expect: { rows: [{ t: abc }] } }\n- { name: said, model: m, ${given}, expect: { error: does not make the column } }\n`,
    });
    expect(results.map(({ status }) => status)).toEqual(["failed", "passed"]);
    expect(results[0]!.message).toContain("`m` does not make the column `gone` (INT64) of its contract");
  });
});

describe("parameters and the interval", () => {
  const trial: Omit<Trial, "tests"> = {
    pipeline: `
schedule: { cron: "30 7 * * *", timeZone: Europe/Oslo }
interval: { every: day, sample: 2022-01-20 }
params: { line: { type: INT64, min: 101, max: 120, default: 101 }, who: STRING, day: { type: DATE, default: today } }
`,
    models: {
      lines: "SELECT $line AS line",
      people: "SELECT $who AS who",
      days: "SELECT $day AS day",
      spans: "SELECT $interval_start AS first, $interval_end AS after",
    },
  };

  test("have their defaults, or what the test says", async () => {
    const { results, problems } = await tryTests({
      ...trial,
      tests: `
- { name: default, model: lines, expect: { rows: [{ line: 101 }] } }
- { name: given, model: lines, params: { line: 102 }, expect: { rows: [{ line: 102 }] } }
- { name: text, model: people, params: { who: 007 }, expect: { rows: [{ who: "007" }] } }
- { name: sample, model: spans, expect: { rows: [{ first: 2022-01-20, after: 2022-01-21 }] } }
- { name: said, model: spans, interval: 2022-03-27, expect: { rows: [{ first: 2022-03-27, after: 2022-03-28 }] } }
- { name: today is the frozen day, model: days, now: 2022-01-20T23:30:00Z, expect: { rows: [{ day: 2022-01-20 }] } }
`,
    });
    expect(problems).toEqual([]);
    expect(results.map(({ message }) => message)).toEqual(Array(6).fill(undefined));
  });

  test("are checked, and asked for where a model needs them", async () => {
    const { problems } = await tryTests({
      ...trial,
      tests: `
- { name: one, model: lines, params: { line: 5, lin: 1 }, interval: 2022-01, expect: { count: 1 } }
- { name: two, model: people, expect: { count: 1 } }
- { name: three, model: days, expect: { count: 1 } }
`,
    });
    expect(problems).toEqual([
      ["tests/t.yaml:2:46", "parameter `line`: 5 is outside the allowed range from 101 to 120", undefined],
      ["tests/t.yaml:2:49", "there is no parameter `lin`", "Did you mean `line`?"],
      ["tests/t.yaml:2:69", "`2022-01` is not a day", "Write it as 2022-01-20."],
      [
        "tests/t.yaml:3:3",
        "`people` uses the parameter `who`, which has no default",
        "Add params: { who: … } to the test.",
      ],
    ]);
  });

  test("an interval needs one in the pipeline; without a sample it is the last before now", async () => {
    const tests = "- { name: one, model: m, interval: 2022-01-20, expect: { count: 1 } }\n";
    const { problems } = await tryTests({ models: { m: "SELECT 1 AS n" }, tests });
    expect(problems).toEqual([["tests/t.yaml:1:36", "the pipeline has no interval", expect.any(String)]]);

    const { results } = await tryTests({
      pipeline: "interval: hour\n",
      models: { m: "SELECT $interval_start AS first" },
      tests:
        "- { name: one, model: m, now: 2022-01-20T07:30:00Z, expect: { rows: [{ first: 2022-01-20T06:00:00Z }] } }\n",
    });
    expect(results[0]!.message).toBeUndefined();
  });
});

test("the clock shows what a test says, also in models between, and goes on for others", async () => {
  const { marks } = await tryTests({
    models: {
      clock: "SELECT current_date AS today, now() AS at",
      reader: "SELECT today, date_diff('day', today, current_date) AS age FROM clock",
    },
    tests: `
- { name: one, model: reader, now: 2022-01-20T23:30:00Z, expect: { rows: [{ today: 2022-01-20, age: 0 }] } }
- { name: two, model: clock, now: 2022-01-21T00:30:00+02:00, expect: { rows: [{ today: 2022-01-20, at: 2022-01-20T22:30:00Z }] } }
- { name: goes on, model: clock, expect: { rows: [{ today: 2022-01-20 }] } }
`,
  });
  expect(marks).toBe("..x");
});

test("a model that two others read is computed once", async () => {
  const { marks } = await tryTests({
    models: {
      chance: "SELECT random() AS r",
      twice: "SELECT a.r = b.r AS same FROM chance AS a, chance AS b",
      left_side: "FROM chance",
      right_side: "FROM chance",
      both_sides: "SELECT l.r = r.r AS same FROM left_side AS l, right_side AS r",
    },
    tests: "- { name: one, model: both_sides, expect: { rows: [{ same: true }] } }\n",
  });
  expect(marks).toBe(".");
});

test("models reach no files, and nothing but the work folder is written", async () => {
  const { results, effects } = await tryTests({
    models: { m: "SELECT content FROM read_text('/etc/hostname')" },
    tests: "- { name: one, model: m, expect: { error: file system } }\n",
  });
  expect(results[0]!.message).toBeUndefined();
  expect(effects).toEqual(["work.create", "work.remove"]);
});

test("results come in the order of the tests, with the test's line", async () => {
  const tests = Array.from(
    { length: 40 },
    (_, i) => `- name: test ${i}\n  model: m\n  expect: { rows: [{ n: ${i % 3} }] }\n`,
  );
  const { results } = await tryTests({ models: { m: "SELECT 0 AS n" }, tests: tests.join("") });
  expect(results.map(({ name }) => name)).toEqual(tests.map((_, i) => `test ${i}`));
  expect(results.map(({ line, status }) => [line, status])).toEqual(
    tests.map((_, i) => [i * 3 + 1, i % 3 === 0 ? "passed" : "failed"]),
  );
});
