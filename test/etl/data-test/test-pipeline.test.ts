import { describe, expect, test } from "vitest";
import { apps, tryApps, tryTests, type Trial } from "./try-tests.ts";

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

  test("that should not be there are shown with all columns, where none is named", async () => {
    const { results } = await tryTests({
      ...apps,
      tests: `
- { name: none, model: per_env, given: { stg: [{ env: dev }] }, expect: { rows: [] } }
- { name: any, model: per_env, given: { stg: [] }, expect: { rows: [{}] } }
- { name: any two, model: per_env, given: { stg: [{ env: dev }, { env: prod }] }, expect: { rows: [{}, {}] } }
`,
    });
    expect(results.map(({ diff }) => diff?.columns.map(({ name }) => name))).toEqual([
      ["dato", "env", "apps"],
      ["dato", "env", "apps"],
      undefined,
    ]);
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
