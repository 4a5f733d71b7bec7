import { describe, expect, test } from "vitest";
import { cqlTable } from "../../../src/spec/formats/cql.ts";
import { everyType, tableOf, tableWith } from "./tables.ts";

test("every type has its place", async () => {
  await expect(`${cqlTable(tableOf(everyType))}\n`).toMatchFileSnapshot("../../golden/formats/table.cql");
});

function keyOf(settings: string): string | undefined {
  const outputs = `outputs: { a: { type: cassandra, table: k.a, write: merge, ${settings} } }`;
  return /PRIMARY KEY (.*)/.exec(cqlTable(tableWith("x: INT64, y: INT64, z: INT64", outputs)))?.[1];
}

describe("the primary key", () => {
  test.each([
    ["key: x", '(("x"))'],
    ["key: [x, y, z]", '(("x"), "y", "z")'],
    ["key: [x, y, z], partition: y", '(("y"), "x", "z")'],
    ["key: [x, y, z], cluster: [z]", '(("x", "y"), "z")'],
    ["key: [x, y, z], cluster: [z, y]", '(("x"), "z", "y")'],
  ])("of %s is %s", (settings, key) => {
    expect(keyOf(settings)).toBe(key);
  });

  test("is needed", () => {
    const error = catchError(() => cqlTable(tableWith("x: INT64")));
    expect(error.message).toBe("`a` has no key, and a table in Cassandra needs one");
    expect(error.hint).toContain("unique: [column, …]");
  });
});

describe("names that Cassandra has not", () => {
  const key = "x: { type: INT64, checks: [unique] }";

  test("of tables", () => {
    const table = tableOf(`name: apps\nmodels: { år: { columns: { ${key} } } }`, "år");
    expect(catchError(() => cqlTable(table)).message).toContain("`år` cannot be the name of a table in Cassandra");
    const named = tableOf(
      `name: apps\nmodels: { år: { columns: { ${key} } } }\noutputs: { år: { type: cassandra, table: k.aar } }`,
      "år",
    );
    expect(cqlTable(named)).toContain('CREATE TABLE "k"."aar"');
  });

  test("but not of columns and types", () => {
    const sql = cqlTable(tableWith(`${key}, år: STRUCT<å INT64>`));
    expect(sql).toContain('CREATE TYPE "a_år" (\n  "å" bigint\n);');
    expect(sql).toContain('"år" frozen<"a_år">');
  });
});

function catchError(act: () => unknown): Error & { hint?: string } {
  try {
    act();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}
