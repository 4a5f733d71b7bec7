import { describe, expect, test } from "vitest";
import { tryApps, tryTests, type Trial } from "./try-tests.ts";

const fresh = (interval: string) => ({
  pipeline: `
${interval}
schedule: { cron: "30 7 * * *", timeZone: UTC }
sources: { s: { type: file, path: s.csv, columns: { at: TIMESTAMP }, checks: [freshness: { column: at, within: 2h }] } }
`,
  models: { m: "FROM s" },
  tests: ["2022-01-20T21:59:00Z", "2022-01-20T22:01:00Z", "2022-01-21T05:29:00Z", "2022-01-21T05:31:00Z"]
    .map(
      (at) =>
        `- { name: at, model: m, now: 2022-01-21T07:30:00Z, given: { s: [{ at: ${at} }] }, expect: { fails: [freshness(at)] } }\n`,
    )
    .join(""),
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
  given: { stg: [{ env: a }, { env: dev }, {}] }
  expect: { fails: [row_count] }
`);
    expect(marks).toBe("...xx");
    expect(messages.slice(3)).toEqual([
      "the check `not_null(env)` was expected to fail, and passed (0 of 1 row)\n" +
        "the check `row_count` was expected to fail, and passed (1 row, allowed: at most 2)",
      "the check `not_null(env)` failed too: 1 of 3 rows\n" +
        '    {"dato":null,"env":null,"apps":1}\n' +
        "the check `accepted_values(env)` failed too: 1 of 3 rows\n" +
        '    {"dato":null,"env":"a","apps":1}',
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

  test("of kind freshness counts from the interval's end, or from what the clock shows", async () => {
    expect((await tryTests(fresh("interval: { every: day, sample: 2022-01-20 }"))).marks).toBe(".xxx");
    expect((await tryTests(fresh("description: no interval"))).marks).toBe("...x");
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
