import { tmpdir } from "node:os";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDuckdb, type Database } from "../../../../src/etl/engine/duckdb/duckdb.ts";
import { canonicalText } from "../../../../src/spec/literal.ts";
import { parseType } from "../../../../src/spec/type.ts";

let db: Database;

beforeAll(async () => {
  db = await openDuckdb({
    limits: { memory: 128 * 1024 ** 2, threads: 1, temporary: 1024 ** 2 },
    temporaryFolder: tmpdir(),
  });
});

afterAll(() => db.close());

/** What the engine makes of a literal. */
async function read(value: unknown, typeText: string): Promise<unknown> {
  const type = parseType(typeText);
  const result = canonicalText(value, type);
  if ("problem" in result) throw new Error(result.problem);
  const [row] = await db.query(`SELECT ${db.dialect.literal(result.text, type)} AS value`);
  return row!["value"];
}

test.each([
  ["-9223372036854775808", "INT64", -9223372036854775808n],
  ["it's", "STRING", "it's"],
  ["1.5", "NUMERIC", "1.500000000"],
  ["12345678901234567890123456789012345678.5", "BIGNUMERIC", "12345678901234567890123456789012345678.5"],
  ["YQ==", "BYTES", "YQ=="],
  [{ b: 1, a: [true] }, "JSON", '{"b":1,"a":[true]}'],
  ["2022-01-20T07:30:00+01:00", "TIMESTAMP", "2022-01-20 06:30:00+00"],
  [null, "ARRAY<STRING>", null],
  [[], "ARRAY<INT64>", []],
  [["1", "-2"], "ARRAY<INT64>", [1, -2]],
  [["YQ==", ""], "ARRAY<BYTES>", ["YQ==", ""]],
  [
    { it: "it's", at: "2022-01-20" },
    "STRUCT<it STRING, at DATE, gone INT64>",
    { it: "it's", at: "2022-01-20", gone: null },
  ],
  [{ json: { a: 1 } }, "STRUCT<json JSON>", { json: '{"a":1}' }],
  [[{ n: "1", tags: ["a"] }, null], "ARRAY<STRUCT<n INT64, tags ARRAY<STRING>>>", [{ n: 1, tags: ["a"] }, null]],
])("%j as a literal of type %s is read back whole", async (value, type, expected) => {
  expect(await read(value, type)).toEqual(expected);
});
