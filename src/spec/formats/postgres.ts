/**
 * A table in PostgreSQL.
 *
 * | type | there | |
 * |---|---|---|
 * | NUMERIC, BIGNUMERIC | numeric(38, 9), numeric(77, 38) | all digits, as in BigQuery |
 * | DATETIME, TIME, TIMESTAMP | timestamp(6), time(6), timestamptz(6) | microseconds, as in BigQuery |
 * | STRING(n) | varchar(n) | both count characters |
 * | BYTES(n) | bytea | its length is not kept |
 * | JSON | jsonb | as in BigQuery, of equal keys the last one counts and their order is not kept |
 * | STRUCT | a type of its own, `table_column` | |
 * | ARRAY | an array | |
 *
 * Source: https://www.postgresql.org/docs/current/datatype.html
 */
import { EtlError } from "../../util/error.ts";
import { keyOf, outputsFor, type Table } from "../table.ts";
import type { ScalarName, Type } from "../type.ts";
import { createTable, namedStructs, quoteDotted, quoteText } from "./sql-text.ts";

const scalars: Record<ScalarName, string> = {
  STRING: "text",
  BYTES: "bytea",
  INT64: "bigint",
  FLOAT64: "double precision",
  NUMERIC: "numeric(38, 9)",
  BIGNUMERIC: "numeric(77, 38)",
  BOOL: "boolean",
  DATE: "date",
  DATETIME: "timestamp(6)",
  TIME: "time(6)",
  TIMESTAMP: "timestamptz(6)",
  JSON: "jsonb",
};

/** Longer names are cut without a word, and may then be equal. */
const longestName = 63;

/**
 * CREATE TABLE, with the types it needs before it and comments after it. The key (see {@link keyOf}) is the primary key
 * where none of it may be NULL, else UNIQUE, which passes NULL as the check `unique` does.
 * @throws {EtlError} `invalid` for a name that PostgreSQL would cut.
 */
export function postgresTable(table: Table): string {
  const [output] = outputsFor(table, "postgres");
  const name = output?.type === "postgres" ? output.table : table.name;
  const target = quoteName(name);
  const lines = table.columns.map(({ name: column, type, required }) => {
    return `${quoteName(column)} ${postgresType(type, `${name}_${column}`)}${required ? " NOT NULL" : ""}`;
  });
  const described = table.columns.filter((column) => column.description !== undefined);
  return [
    ...table.columns.flatMap(({ name: column, type }) => namedStructs(type, `${name}_${column}`).map(createType)),
    createTable(target, [...lines, ...constraint(table)]),
    ...(table.description === undefined ? [] : [`COMMENT ON TABLE ${target} IS ${quoteText(table.description)};`]),
    ...described.map((it) => `COMMENT ON COLUMN ${target}.${quoteName(it.name)} IS ${quoteText(it.description!)};`),
  ].join("\n");
}

function createType({ name, fields }: ReturnType<typeof namedStructs>[number]): string {
  const lines = fields.map(
    (field) => `  ${quoteName(field.name)} ${postgresType(field.type, `${name}_${field.name}`)}`,
  );
  return `CREATE TYPE ${quoteName(name)} AS (\n${lines.join(",\n")}\n);`;
}

function postgresType(type: Type, structName: string): string {
  if (type.kind === "ARRAY") return `${postgresType(type.element, structName)}[]`;
  if (type.kind === "STRUCT") return quoteName(structName);
  const [first, second = 0] = type.parameters ?? [];
  if (first === undefined) return scalars[type.kind];
  if (type.kind === "STRING") return `varchar(${first})`;
  return type.kind === "BYTES" ? scalars.BYTES : `numeric(${first}, ${second})`;
}

function constraint(table: Table): string[] {
  const key = keyOf(table, "postgres");
  if (!key) return [];
  const required = key.every((name) => table.columns.find((column) => column.name === name)?.required);
  return [`${required ? "PRIMARY KEY" : "UNIQUE"} (${key.map(quoteName).join(", ")})`];
}

function quoteName(name: string): string {
  const long = name.split(".").find((part) => Buffer.byteLength(part) > longestName);
  if (long === undefined) return quoteDotted(name);
  throw new EtlError({
    code: "invalid",
    message: `\`${long}\` is longer than ${longestName} bytes: PostgreSQL would cut it`,
    hint: "Shorten the name of the table, the column or the STRUCT's field.",
  });
}
