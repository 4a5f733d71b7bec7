import { afterAll, beforeAll, expect, test } from "vitest";
import { arrowBatch, arrowSchema, type RestRow } from "../../../../src/etl/connectors/bigquery/rest-rows.ts";
import type { Database } from "../../../../src/etl/engine/duckdb/duckdb.ts";
import type { BigqueryField } from "../../../../src/spec/formats/bigquery.ts";
import { openEngine } from "../../../support/engine.ts";

let db: Database;
beforeAll(async () => {
  db = await openEngine();
});
afterAll(() => db.close());

const field = (name: string, type: string, more: Partial<BigqueryField> = {}): BigqueryField => ({
  name,
  type,
  mode: "NULLABLE",
  ...more,
});
const row = (...values: unknown[]) => ({ f: values.map((v) => ({ v })) }) as RestRow;

async function read(fields: BigqueryField[], rows: RestRow[]) {
  async function* batches() {
    yield arrowBatch(fields, rows);
  }
  await db.run("DROP TABLE IF EXISTS t");
  await db.append({ table: "t", schema: arrowSchema(fields), batches: batches() });
  const list = fields.map(({ name }) => `CAST(COLUMNS('^${name}$') AS VARCHAR)`).join(", ");
  return (await db.query(`SELECT ${list} FROM t`)).map((one) => Object.values(one));
}

test("scalars come with every digit", async () => {
  const fields = [
    field("i", "INTEGER"),
    field("f", "FLOAT"),
    field("b", "BOOLEAN"),
    field("s", "STRING"),
    field("y", "BYTES"),
    field("d", "DATE"),
    field("t", "TIME"),
    field("dt", "DATETIME"),
    field("ts", "TIMESTAMP"),
    field("n", "NUMERIC"),
    field("w", "BIGNUMERIC"),
    field("j", "JSON"),
  ];
  const rows = [
    row(
      "-9223372036854775808",
      "-Infinity",
      "true",
      "æøå 𝄞",
      "AP8=",
      "0001-01-01",
      "23:59:59.999999",
      "9999-12-31T23:59:59.999999",
      "1642662000123456",
      "-99999999999999999999999999999.999999999",
      "0.00000000000000000000000000000000000001",
      '{"a": 1}',
    ),
    row(
      "9223372036854775807",
      "1.5E-7",
      "false",
      "",
      "",
      "2022-01-20",
      "00:00:00",
      "0001-01-01T00:00:00.5",
      "-1",
      "1E+3",
      "-578960446186580977117854925043439539266.34992332820282019728792003956564819968",
      "null",
    ),
    row(...fields.map(() => null)),
  ];
  expect(await read(fields, rows)).toEqual([
    [
      "-9223372036854775808",
      "-inf",
      "true",
      "æøå 𝄞",
      "\\x00\\xFF",
      "0001-01-01",
      "23:59:59.999999",
      "9999-12-31 23:59:59.999999",
      "2022-01-20 07:00:00.123456+00",
      "-99999999999999999999999999999.999999999",
      "0.00000000000000000000000000000000000001",
      '{"a": 1}',
    ],
    [
      "9223372036854775807",
      "1.5e-07",
      "false",
      "",
      "",
      "2022-01-20",
      "00:00:00",
      "0001-01-01 00:00:00.5",
      "1969-12-31 23:59:59.999999+00",
      "1000.000000000",
      "-578960446186580977117854925043439539266.34992332820282019728792003956564819968",
      "null",
    ],
    fields.map(() => null),
  ]);
});

test("lists and rows come whole", async () => {
  const fields = [
    field("l", "STRING", { mode: "REPEATED" }),
    field("r", "RECORD", { fields: [field("a", "INTEGER"), field("l", "DATE", { mode: "REPEATED" })] }),
    field("rs", "RECORD", { mode: "REPEATED", fields: [field("a", "INTEGER")] }),
  ];
  const rows = [
    row([{ v: "a" }, { v: "b" }], row("1", [{ v: "2022-01-20" }]), [{ v: row("1") }, { v: row(null) }]),
    row([], null, []),
  ];
  expect(await read(fields, rows)).toEqual([
    ["[a, b]", "{'a': 1, 'l': [2022-01-20]}", "[{'a': 1}, {'a': NULL}]"],
    ["[]", null, "[]"],
  ]);
});
