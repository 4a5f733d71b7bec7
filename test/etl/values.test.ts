import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../src/etl/engine/duckdb/duckdb.ts";
import { bindValues, resolveParams, resolveReferences } from "../../src/etl/values.ts";
import { openSecrets, type Secrets } from "../../src/secrets/secrets.ts";
import { parseLabel } from "../../src/spec/interval.ts";
import { formatWhere } from "../../src/util/error.ts";
import { plainContext } from "../support/context.ts";
import { openEngine } from "../support/engine.ts";
import { problemsOf } from "../support/folder.ts";
import { pipelineOf } from "../support/pipeline.ts";

interface Given {
  given?: Record<string, string>;
  env?: Record<string, string>;
  now?: string;
}

const resolve = (params: string, { given = {}, env = {}, now = "2026-11-05T23:30:00Z" }: Given = {}) =>
  resolveParams({ pipeline: pipelineOf(`params: ${params}`), given, context: plainContext({ env, now }) });

const valuesOf = (params: string, given?: Given) =>
  Object.fromEntries(Object.entries(resolve(params, given)).map(([name, { value }]) => [name, value]));

const problems = async (params: string, given?: Given) =>
  (await problemsOf(() => resolve(params, given))).map(({ message, hint }) => `${message} | ${hint}`);

const line = "{ line: { type: INT64, min: 101, max: 120, default: 101 } }";

describe("a parameter's value is", () => {
  test("what the command line says, before the environment, before its default", () => {
    expect(valuesOf(line, { given: { line: "103" }, env: { PARAM_LINE: "102" } })).toEqual({ line: 103n });
    expect(valuesOf(line, { env: { PARAM_LINE: "102" } })).toEqual({ line: 102n });
    expect(valuesOf(line)).toEqual({ line: 101n });
  });

  test("of its type, with all its digits", () => {
    const params = "{ a: INT64, b: FLOAT64, c: BOOL, d: DATE, e: TIMESTAMP, f: STRING }";
    const given = {
      a: "9007199254740993",
      b: "1e-3",
      c: "TRUE",
      d: "2022-01-20",
      e: "2022-01-20T07:30+01:00",
      f: "å 'b'",
    };
    expect(valuesOf(params, { given })).toEqual({
      a: 9007199254740993n,
      b: 0.001,
      c: true,
      d: "2022-01-20",
      e: "2022-01-20T06:30:00.000Z",
      f: "å 'b'",
    });
  });

  test("its default with all its digits, too, and so are its ends", async () => {
    expect(valuesOf("{ a: { type: INT64, default: 9007199254740993 } }")).toEqual({ a: 9007199254740993n });
    const ends = "{ a: { type: INT64, max: 9007199254740993 } }";
    expect(valuesOf(ends, { given: { a: "9007199254740993" } })).toEqual({ a: 9007199254740993n });
    expect(await problems(ends, { given: { a: "9007199254740994" } })).toHaveLength(1);
  });

  test.each(["today", "TODAY", "NOW", "HOJE", "i dag"])("for DATE and %s the day of the run, in UTC", (text) => {
    expect(valuesOf("{ day: DATE }", { given: { day: text } })).toEqual({ day: "2026-11-05" });
    expect(valuesOf(`{ day: { type: DATE, default: ${text} } }`)).toEqual({ day: "2026-11-05" });
  });
});

describe("what is wrong with parameters is told before any work", () => {
  test("each with where it came from", async () => {
    expect(await problems(line, { given: { line: "99" } })).toEqual([
      "parameter `line`: 99 is outside the allowed range from 101 to 120 | From --param.",
    ]);
    expect(await problems(line, { env: { PARAM_LINE: "121" } })).toEqual([
      "parameter `line`: 121 is outside the allowed range from 101 to 120 | From PARAM_LINE.",
    ]);
    expect(await problems("{ day: { type: DATE, max: 2022-01-20, default: today } }")).toEqual([
      "parameter `day`: today is outside the allowed range to 2022-01-20 | From its default.",
    ]);
  });

  test("all at once: unknown ones, missing ones, wrong ones", async () => {
    const params = "{ line: INT64, day: DATE, needed: STRING }";
    expect(
      await problems(params, { given: { lien: "1", day: "2022-20-01", constructor: "x" }, env: { PARAM_LINE: "" } }),
    ).toEqual([
      "there is no parameter `lien` | Did you mean `line`?",
      "there is no parameter `constructor` | Known here: line, day, needed.",
      "parameter `line`: `` is not an INT64 | From PARAM_LINE.",
      "parameter `day`: `2022-20-01` is not a DATE: write 2022-01-20 or today | From --param.",
      "the parameter `needed` is not given, and has no default | Add --param needed=VALUE, or set PARAM_NEEDED.",
    ]);
  });

  test("an unknown one where there are none", async () => {
    expect(await problems("{}", { given: { line: "1" } })).toEqual([
      "there is no parameter `line` | There are none here.",
    ]);
  });
});

test("a parameter that is a secret, or holds one, is refused, and not repeated; a short one may stand in others by chance", async () => {
  const context = plainContext();
  context.log.mask("hunter2-hunter2");
  context.log.mask("2022");
  const pipeline = pipelineOf("params: { a: STRING, b: STRING, c: STRING, d: DATE }");
  const given = { a: "hunter2-hunter2", b: "Bearer hunter2-hunter2", c: "2022", d: "2022-01-20" };
  const found = await problemsOf(() => resolveParams({ pipeline, given, context }));
  expect(found.map(({ message }) => message)).toEqual([
    "the value of the parameter `a` is or holds a secret",
    "the value of the parameter `b` is or holds a secret",
    "the value of the parameter `c` is or holds a secret",
  ]);
  expect(JSON.stringify(found)).not.toContain("hunter2");
});

describe("values in SQL", () => {
  let db: Database;

  beforeAll(async () => {
    db = await openEngine();
  });

  afterAll(() => db.close());

  test("are literals of their types, and nothing in them is SQL", async () => {
    const params = resolve("{ a: INT64, b: FLOAT64, c: BOOL, d: DATE, e: TIMESTAMP, f: STRING, g: INT64 }", {
      given: {
        a: "9007199254740993",
        b: "1e300",
        c: "false",
        d: "2022-01-20",
        e: "2022-01-20T07:30:00Z",
        f: "'; DROP TABLE x; -- $a \\' æ",
        g: "-9223372036854775808",
      },
    });
    const bind = bindValues({ params, interval: parseLabel("2022-03-27", "day", "Europe/Oslo") }, db.dialect);
    const { columns, rows } = await db.read(
      bind(
        "SELECT $a AS a, $b AS b, $c AS c, $d AS d, $e AS e, $f AS f, $g AS g, $interval_start AS s, $interval_end AS t",
      ),
    );
    expect(rows).toEqual([
      {
        a: 9007199254740993n,
        b: 1e300,
        c: false,
        d: "2022-01-20",
        e: "2022-01-20 07:30:00+00",
        f: "'; DROP TABLE x; -- $a \\' æ",
        g: -9223372036854775808n,
        s: "2022-03-27",
        t: "2022-03-28",
      },
    ]);
    expect(columns.map(({ engineType }) => engineType)).toEqual([
      "BIGINT",
      "DOUBLE",
      "BOOLEAN",
      "DATE",
      "TIMESTAMP WITH TIME ZONE",
      "VARCHAR",
      "BIGINT",
      "DATE",
      "DATE",
    ]);
  });

  test("of an interval of an hour are TIMESTAMPs", async () => {
    const bind = bindValues({ params: {}, interval: parseLabel("2022-01-20T07", "hour", "Europe/Oslo") }, db.dialect);
    expect(await db.query(bind("SELECT $interval_start AS s, $interval_end AS e"))).toEqual([
      { s: "2022-01-20 06:00:00+00", e: "2022-01-20 07:00:00+00" },
    ]);
  });

  test("that are not known are left for who knows them", () => {
    expect(bindValues({ params: {}, interval: undefined }, db.dialect)("SELECT $x, $interval_start")).toBe(
      "SELECT $x, $interval_start",
    );
  });
});

describe("references", () => {
  const pipeline = pipelineOf(`
interval: day
params: { line: { type: INT64, default: 101 } }
secrets: { KEY: { from: env } }
outputs:
  a: { type: file, path: "out/\${env:PLACE}/\${param:line}/\${interval:start}_\${interval:end}.csv", description: "$\${env:PLACE}", write: append }
  b: { type: file, path: "\${env:PLACE}/\${env:OTHER}", write: append }
  c: { type: postgres, url: "postgres://u:\${secret:KEY}@db/\${env:PLACE}", password: "\${secret:KEY}", table: a.b, write: append }
`);
  const values = {
    params: { line: { type: "INT64" as const, value: 102n } },
    interval: parseLabel("2022-01-20", "day"),
  };
  const resolved = (name: "a" | "b" | "c", env: Record<string, string>, secrets?: Secrets) =>
    resolveReferences(pipeline.spec.outputs![name]!, {
      values: { ...values, ...(secrets && { secrets }) },
      pipeline,
      context: plainContext({ env }),
      path: ["outputs", name],
    });

  test("are replaced wherever they stand, and `$${` is a literal", () => {
    expect(resolved("a", { PLACE: "her" })).toMatchObject({
      path: "out/her/102/2022-01-20_2022-01-21.csv",
      description: "${env:PLACE}",
    });
  });

  test("a variable may be empty, and its value is not looked into", () => {
    expect(resolved("a", { PLACE: "" })).toMatchObject({ path: "out//102/2022-01-20_2022-01-21.csv" });
    expect(resolved("a", { PLACE: "${param:line}" })).toMatchObject({
      path: "out/${param:line}/102/2022-01-20_2022-01-21.csv",
    });
  });

  test("that cannot be resolved are told, all at once", async () => {
    const found = await problemsOf(() => resolved("b", {}));
    expect(found.map(({ where, message }) => `${formatWhere(where!)} ${message}`)).toEqual([
      "pipeline.yaml:7:26 the environment variable PLACE is not set",
      "pipeline.yaml:7:26 the environment variable OTHER is not set",
    ]);
  });

  test("to secrets are replaced by what was read; using one before that is a fault of ours", async () => {
    const secrets = openSecrets({ pipeline, context: plainContext({ env: { KEY: "hunter2$&" } }) });
    await secrets.read(["KEY"]);
    expect(resolved("c", { PLACE: "d" }, secrets)).toMatchObject({
      url: "postgres://u:hunter2$&@db/d",
      password: "hunter2$&",
    });
    expect(() => resolved("c", { PLACE: "d" })).toThrow("the secret KEY was not read");
  });
});
