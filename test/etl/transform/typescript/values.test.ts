import { afterEach, describe, expect, test } from "vitest";
import type { Folder } from "../../../support/folder.ts";
import { runTrial } from "./support.ts";

const folders: Folder[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await folder.remove();
});

/** A value of each type as SQL writes it, as a model sees it (in TypeScript), and as another one that it may write. */
const values: { type: string; sql: string; seen: string; or?: string }[] = [
  { type: "STRING", sql: "'blåbær, og et langt stykke tekst 🫐'", seen: '"blåbær, og et langt stykke tekst 🫐"' },
  { type: "STRING", sql: "''", seen: '""' },
  { type: "BYTES", sql: "from_hex('00ff10')", seen: "new Uint8Array([0, 255, 16])" },
  { type: "INT64", sql: "-42", seen: "-42", or: "-42n" },
  { type: "INT64", sql: "9007199254740991", seen: "9007199254740991" },
  { type: "INT64", sql: "9007199254740993", seen: "9007199254740993n" },
  { type: "INT64", sql: "CAST('-9223372036854775808' AS BIGINT)", seen: "-9223372036854775808n" },
  { type: "FLOAT64", sql: "CAST(0.1 AS DOUBLE)", seen: "0.1" },
  { type: "FLOAT64", sql: "CAST('nan' AS DOUBLE)", seen: "NaN" },
  { type: "FLOAT64", sql: "CAST('-inf' AS DOUBLE)", seen: "-Infinity" },
  {
    type: "NUMERIC",
    sql: "CAST('12345678901234567890.123456789' AS DECIMAL(38,9))",
    seen: '"12345678901234567890.123456789"',
  },
  { type: "NUMERIC", sql: "CAST(-12.5 AS DECIMAL(38,9))", seen: '"-12.5"', or: "-12.5" },
  { type: "NUMERIC", sql: "CAST(100 AS DECIMAL(38,9))", seen: '"100"', or: "100n" },
  { type: "NUMERIC(10, 2)", sql: "CAST(0.1 AS DECIMAL(10,2))", seen: '"0.1"', or: "0.1" },
  { type: "NUMERIC(10)", sql: "CAST(500 AS DECIMAL(10,0))", seen: '"500"' },
  {
    type: "BIGNUMERIC",
    sql: "'123456789012345678901234567890123456789.5'",
    seen: '"123456789012345678901234567890123456789.5"',
  },
  { type: "BOOL", sql: "true", seen: "true" },
  { type: "DATE", sql: "DATE '2024-02-29'", seen: '"2024-02-29"' },
  { type: "DATE", sql: "DATE '0001-01-01'", seen: '"0001-01-01"' },
  { type: "DATETIME", sql: "TIMESTAMP '2022-01-20 07:30:00'", seen: '"2022-01-20T07:30:00"', or: '"2022-01-20 07:30"' },
  { type: "DATETIME", sql: "TIMESTAMP '1969-12-31 23:59:59.999999'", seen: '"1969-12-31T23:59:59.999999"' },
  { type: "TIME", sql: "TIME '07:30:00.25'", seen: '"07:30:00.250"' },
  {
    type: "TIMESTAMP",
    sql: "TIMESTAMPTZ '2022-01-20 07:30:00Z'",
    seen: '"2022-01-20T07:30:00Z"',
    or: '"2022-01-20T08:30:00+01:00"',
  },
  { type: "TIMESTAMP", sql: "TIMESTAMPTZ '9999-12-31 23:59:59.123456Z'", seen: '"9999-12-31T23:59:59.123456Z"' },
  {
    type: "TIMESTAMP",
    sql: "TIMESTAMPTZ '2022-01-20 07:30:00.125Z'",
    seen: '"2022-01-20T07:30:00.125Z"',
    or: "new Date(Date.UTC(2022, 0, 20, 7, 30, 0, 125))",
  },
  { type: "JSON", sql: `CAST('{"a":[1,null,"x"]}' AS JSON)`, seen: '{ a: [1, null, "x"] }' },
  { type: "ARRAY<STRING>", sql: "['a', 'b']", seen: '["a", "b"]' },
  { type: "ARRAY<INT64>", sql: "CAST([] AS BIGINT[])", seen: "[]" },
  {
    type: "ARRAY<STRUCT<name STRING, n INT64, price NUMERIC, on_day DATE, at TIMESTAMP, raw BYTES, more JSON>>",
    sql: `[{'name': 'a''b', 'n': 9007199254740993, 'price': CAST(1.50 AS DECIMAL(38,9)), 'on_day': DATE '2022-01-20', 'at': TIMESTAMPTZ '2022-01-20 07:30:00Z', 'raw': from_hex('ff'), 'more': CAST('{"x":1}' AS JSON)}]`,
    seen: '[{ name: "a\'b", n: 9007199254740993n, price: "1.5", on_day: "2022-01-20", at: "2022-01-20T07:30:00Z", raw: new Uint8Array([255]), more: { x: 1 } }]',
  },
  {
    type: "STRUCT<a STRUCT<b FLOAT64, c BOOL>, d ARRAY<STRING>>",
    sql: "{'a': {'b': CAST(1.5 AS DOUBLE), 'c': false}, 'd': ['x']}",
    seen: '{ a: { b: 1.5, c: false }, d: ["x"] }',
  },
  { type: "STRUCT<a INT64, d STRING>", sql: "{'a': NULL::BIGINT, 'd': NULL::VARCHAR}", seen: "{ a: null, d: null }" },
];

const columns = `{ ${values.map(({ type }, i) => `v${i}: "${type}"`).join(", ")} }`;
const given = `SELECT 1 AS id, ${values.map(({ sql }, i) => `${sql} AS v${i}`).join(", ")}
UNION ALL SELECT 2, ${values.map(() => "NULL").join(", ")} ORDER BY id`;
const pipeline = `  given: { columns: ${columns.replace("{", "{ id: INT64,")} }`;
const seen = `import assert from "node:assert";
const seen = { ${values.map(({ seen: text }, i) => `v${i}: ${text}`).join(", ")} };
const other = { ${values.map(({ seen: text, or = text }, i) => `v${i}: ${or}`).join(", ")} };
const none = { ${values.map((_, i) => `v${i}: null`).join(", ")} };
`;
/** Rows that are as they were: none, if all is well. */
const judge =
  "(SELECT * EXCLUDE (id) FROM given EXCEPT ALL FROM copied) UNION ALL (FROM copied EXCEPT ALL SELECT * EXCLUDE (id) FROM given)";

async function differences(copied: string): Promise<unknown> {
  const ran = await runTrial({
    models: { "given.sql": given, "copied.ts": seen + copied, "made.sql": `SELECT count(*) AS n FROM (${judge})` },
    columns: "{ n: INT64 }",
    pipeline: `${pipeline}\n  copied: { inputs: [given], columns: ${columns} }`,
  });
  folders.push(ran.folder);
  return ran.problems.length > 0 ? ran.problems : ran.rows;
}

describe("values of every type", () => {
  test("are seen and given as they are, row by row", async () => {
    const text = `export function row({ id, ...values }: any) {
  assert.deepStrictEqual(values, id === 1 ? seen : none);
  return values;
}`;
    expect(await differences(text)).toEqual([{ n: 0 }]);
  });

  test("and as columns", async () => {
    const text = `export function table(given: any) {
  const { id, ...columns } = given.columns;
  for (const [name, values] of Object.entries(columns)) assert.deepStrictEqual([...(values as any)], [(seen as any)[name], null]);
  return columns;
}`;
    expect(await differences(text)).toEqual([{ n: 0 }]);
  });

  test("may be given in other forms that mean the same", async () => {
    expect(await differences("export const table = (given: any) => [other, none];")).toEqual([{ n: 0 }]);
  });
});

describe("a value that is not of its type is refused", () => {
  const cases: [type: string, value: string, message: string, hint: string][] = [
    ["STRING", "7", "is a number, and not a STRING: 7", "Write String(value)"],
    ["STRING", "undefined", "is undefined", "Write null for NULL."],
    ["STRING", '"a\\ud800"', "holds half of a character", "Cut texts between characters"],
    ["INT64", "1.5", "is a number, and not an INT64: 1.5", "Round it: Math.round(value)"],
    ["INT64", '"7"', 'is a string, and not an INT64: "7"', "Write Number(value)"],
    ["INT64", "2 ** 53", "is a number, and not an INT64: 9007199254740992", "use a bigint"],
    ["INT64", "2n ** 63n", "is a bigint, and not an INT64: 9223372036854775808n", "Write Number(value)"],
    ["INT64", "NaN", "is a number, and not an INT64: null", "Round it"],
    ["FLOAT64", '"1"', 'is a string, and not a FLOAT64: "1"', "Write Number(value)"],
    ["NUMERIC", "0.1 + 0.2", "is a number, and not a NUMERIC: 0.30000000000000004", "value.toFixed(2)"],
    ["NUMERIC", '"1,5"', 'is a string, and not a NUMERIC: "1,5"', "value.toFixed(2)"],
    ["NUMERIC(5, 2)", '"1000"', "is a string, and not a NUMERIC(5, 2)", "value.toFixed(2)"],
    ["BOOL", "1", "is a number, and not a BOOL: 1", "Write true or false"],
    ["DATE", '"2022-02-30"', 'is a string, and not a DATE: "2022-02-30"', 'Write it as "2022-01-20".'],
    ["DATE", "new Date(0)", "is a Date, and not a DATE", "toISOString().slice(0, 10)"],
    ["DATETIME", "new Date(0)", "is a Date, and not a DATETIME", "toISOString().slice(0, 19)"],
    ["TIMESTAMP", "new Date(NaN)", "is a Date, and not a TIMESTAMP", "value.toISOString()"],
    ["TIMESTAMP", '"2022-01-20T25:00:00Z"', "is a string, and not a TIMESTAMP", 'as "2022-01-20T07:30:00Z"'],
    ["TIME", '"7:30"', "is a string, and not a TIME", 'as "07:30:00"'],
    ["BYTES", '"abc"', "is a string, and not a BYTES", "Give a Uint8Array."],
    ["JSON", "1n", "cannot be written as JSON", "JSON has no bigint"],
    ["ARRAY<STRING>", '"a"', "is a string, and not an ARRAY<STRING>", "Give an array."],
    ["ARRAY<INT64>", '["a"]', "is a string, and not an INT64", "Write Number(value)"],
    ["STRUCT<a INT64>", "{ b: 1 }", "has a field that STRUCT<a INT64> does not have", "Its fields are: a."],
    ["STRUCT<a INT64, b INT64>", "{ b: 1 }", "has no field `a`", "Write null for NULL."],
  ];

  test.each(cases)("%s: %s", async (type, value, message, hint) => {
    const text = `export function table() { return { v: ["x", ${value}].slice(1) }; }`;
    const ran = await runTrial({ models: { "made.ts": text }, columns: `{ v: "${type}" }` });
    folders.push(ran.folder);
    expect(ran.problems.join("\n")).toContain(`models/made.ts:1:1 error: [model made] \`v\` ${message}`);
    expect(ran.problems.join("\n")).toContain(hint);
  });
});
