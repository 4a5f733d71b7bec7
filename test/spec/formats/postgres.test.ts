import { describe, expect, test } from "vitest";
import { postgresTable } from "../../../src/spec/formats/postgres.ts";
import { everyType, tableOf, tableWith } from "./tables.ts";

test("every type has its place", async () => {
  await expect(`${postgresTable(tableOf(everyType))}\n`).toMatchFileSnapshot("../../golden/formats/postgres.sql");
});

const output = (key: string) => `outputs: { a: { type: postgres, table: s.a, write: merge, key: ${key} } }`;

describe("the key", () => {
  test("is primary where none of it may be NULL", () => {
    const column = "x: { type: INT64, checks: [not_null] }, y: INT64";
    expect(postgresTable(tableWith(column, output("x")))).toContain('  PRIMARY KEY ("x")\n);');
    expect(postgresTable(tableWith(column, output("[x, y]")))).toContain('  UNIQUE ("x", "y")\n);');
  });

  test("may be missing", () => {
    expect(postgresTable(tableWith("x: INT64"))).toBe('CREATE TABLE "a" (\n  "x" bigint\n);');
  });
});

test("the table has the name of its postgres output, and so have its types", () => {
  const outputs = "outputs: { a: { type: file, path: a.csv }, b: { type: postgres, model: a, table: s.t } }";
  const sql = postgresTable(tableWith("x: STRUCT<y INT64>", outputs));
  expect(sql).toContain('CREATE TYPE "s"."t_x" AS');
  expect(sql).toContain('CREATE TABLE "s"."t" (\n  "x" "s"."t_x"\n)');
});

test("a name that PostgreSQL would cut is refused", () => {
  const name = "ø".repeat(32);
  expect(() => postgresTable(tableWith(`${name}: INT64`))).toThrow(`\`${name}\` is longer than 63 bytes`);
  expect(postgresTable(tableWith(`${"o".repeat(63)}: INT64`))).toContain("bigint");
});
