import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, test } from "vitest";
import { duckdbTable, duckdbType } from "../../../src/spec/formats/duckdb.ts";
import { parseType } from "../../../src/spec/type.ts";
import { everyType, tableOf, tableWith } from "./tables.ts";

async function query(sql: string[], question: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  try {
    for (const statement of sql) await connection.run(statement);
    return (await connection.runAndReadAll(question)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** DuckDB shows the names of fields without the quotes that they do not need. */
function unquoted(type: unknown): string {
  return String(type).replaceAll('"', "");
}

describe("DuckDB takes the table", () => {
  const sql = duckdbTable(tableOf(everyType));

  test("with the types it was asked for", async () => {
    const columns = await query(
      [sql],
      "SELECT column_name, data_type, is_nullable FROM information_schema.columns ORDER BY ordinal_position",
    );
    expect(Object.fromEntries(columns.map((it) => [it["column_name"], unquoted(it["data_type"])]))).toEqual(
      Object.fromEntries(tableOf(everyType).columns.map(({ name, type }) => [name, unquoted(duckdbType(type))])),
    );
    expect(columns.filter((it) => it["is_nullable"] === "NO").map((it) => it["column_name"])).toEqual([
      "text",
      "short",
    ]);
  });

  test("with its descriptions, whatever stands in them", async () => {
    expect(await query([sql], "SELECT comment FROM duckdb_tables()")).toEqual([{ comment: "One row: it's | all" }]);
    expect(await query([sql], "SELECT comment FROM duckdb_columns() WHERE column_name = 'text'")).toEqual([
      { comment: "The teams' names" },
    ]);
  });

  test("in the warehouse's schema, without the project", async () => {
    expect(await query([sql], "SELECT schema_name, table_name FROM duckdb_tables()")).toEqual([
      { schema_name: "d", table_name: "everything" },
    ]);
  });

  test("twice, when run again from nothing", async () => {
    expect(await query([duckdbTable(tableWith("x: INT64"))], "SELECT count(*)::INTEGER AS n FROM a")).toEqual([
      { n: 0 },
    ]);
  });
});

test("the name of a field is quoted", () => {
  expect(duckdbType(parseType('STRUCT<`a "b` INT64>'))).toBe('STRUCT("a ""b" BIGINT)');
});
