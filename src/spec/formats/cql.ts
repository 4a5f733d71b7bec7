/**
 * A table in Cassandra.
 *
 * | type | there | |
 * |---|---|---|
 * | NUMERIC, BIGNUMERIC | decimal | any number of digits |
 * | DATETIME | text, `2022-01-20T07:30:00.123456` | CQL has no date and time without a zone; as text it sorts rightly |
 * | TIMESTAMP | timestamp | milliseconds; Cassandra cuts what has more in silence, so who writes must refuse it |
 * | JSON | text | |
 * | STRUCT | a type of its own, `table_column`, frozen | |
 * | ARRAY | frozen list | written as a whole, so that writing it again changes nothing; NULL and empty are one |
 *
 * NOT NULL is for Cassandra's key columns only, where it needs no word; lengths and precisions are not kept.
 * Source: https://cassandra.apache.org/doc/latest/cassandra/developing/cql/types.html
 */
import { EtlError } from "../../util/error.ts";
import { keyOf, outputsFor, type Table } from "../table.ts";
import type { ScalarName, Type } from "../type.ts";
import { createTable, namedStructs, quoteDotted, quoteIdentifier, quoteText, type NamedStruct } from "./sql-text.ts";

const scalars: Record<ScalarName, string> = {
  STRING: "text",
  BYTES: "blob",
  INT64: "bigint",
  FLOAT64: "double",
  NUMERIC: "decimal",
  BIGNUMERIC: "decimal",
  BOOL: "boolean",
  DATE: "date",
  DATETIME: "text",
  TIME: "time",
  TIMESTAMP: "timestamp",
  JSON: "text",
};

/**
 * CREATE TABLE, with the types it needs before it. Which columns spread the rows over the nodes, and which order them
 * within one, follows from the output: see {@link primaryKey}.
 * @throws {EtlError} `invalid` where no key is declared, or a name is none in Cassandra.
 */
export function cqlTable(table: Table): string {
  const [output] = outputsFor(table, "cassandra");
  const name = output?.type === "cassandra" ? output.table : table.name;
  assertName(name);
  const structs = table.columns.flatMap(({ name: column, type }) => namedStructs(type, `${name}_${column}`));
  const lines = table.columns.map(
    (column) => `${quoteIdentifier(column.name)} ${cqlType(column.type, `${name}_${column.name}`)}`,
  );
  const comment = table.description === undefined ? "" : ` WITH comment = ${quoteText(table.description)}`;
  return [
    ...structs.map(createType),
    createTable(quoteDotted(name), [...lines, `PRIMARY KEY (${primaryKey(table)})`], comment),
  ].join("\n");
}

/**
 * `key` of the output (else of a `unique` check), divided: `partition` names the partition key, and the rest of the key
 * orders its rows; or `cluster` names what orders them, and the rest is the partition key; or, as CQL itself has it,
 * the first column of the key is the partition key.
 */
function primaryKey(table: Table): string {
  const key = keyOf(table, "cassandra");
  if (!key) throw noKey(table);
  const [output] = outputsFor(table, "cassandra");
  const { partition, cluster } = output?.type === "cassandra" ? output : {};
  const spread = partition
    ? [partition.column]
    : key.filter((column, i) => (cluster ? !cluster.includes(column) : i === 0));
  const order = cluster ?? key.filter((column) => !spread.includes(column));
  return [`(${spread.map(quoteIdentifier).join(", ")})`, ...order.map(quoteIdentifier)].join(", ");
}

function noKey({ name }: Table): EtlError {
  return new EtlError({
    code: "invalid",
    message: `\`${name}\` has no key, and a table in Cassandra needs one`,
    hint: "Say which columns identify a row: `key:` in the output, or a check `unique: [column, …]` in the model.",
  });
}

function createType({ name, fields }: NamedStruct): string {
  const lines = fields.map(
    (field) => `  ${quoteIdentifier(field.name)} ${cqlType(field.type, `${name}_${field.name}`)}`,
  );
  return `CREATE TYPE ${quoteDotted(name)} (\n${lines.join(",\n")}\n);`;
}

function cqlType(type: Type, structName: string): string {
  if (type.kind === "ARRAY") return `frozen<list<${cqlType(type.element, structName)}>>`;
  return type.kind === "STRUCT" ? `frozen<${quoteDotted(structName)}>` : scalars[type.kind];
}

/** Columns and types may have any name; keyspaces and tables not, quoted or not. Seen in Cassandra 5.0.6. */
function assertName(name: string): void {
  if (/^(\w{1,48}\.)?\w{1,222}$/.test(name)) return;
  throw new EtlError({
    code: "invalid",
    message: `\`${name}\` cannot be the name of a table in Cassandra: letters a to z, digits and _, at most 222`,
    hint: "Name the table in an output of type cassandra: table: keyspace.table, the keyspace of at most 48.",
  });
}
