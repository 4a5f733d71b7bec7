/** DuckDB's way of saying what checks and publishing need. */
import { formatType, type Type } from "../../../spec/type.ts";
import type { Dialect } from "../dialect.ts";
import { duckdbType } from "./duckdb-type.ts";
import { quoteIdentifier, quoteText } from "./sql.ts";

/** A bitmap of this many bits is 32 MiB: for a wider range of values, or a sparse one, the general query is better. */
const widestBitmap = 2 ** 28;

export const duckdbDialect: Dialect = {
  name: "duckdb",
  quoteIdentifier,
  quoteText,
  literal: (text, type) => (text === null ? `CAST(NULL AS ${duckdbType(type)})` : typedLiteral(text, type)),
  countIf: (condition) => `count(*) FILTER (WHERE ${condition})`,
  matches: (expression, pattern) => `regexp_matches(${expression}, ${quoteText(pattern)})`,
  asText: (expression) => `CAST(${expression} AS VARCHAR)`,
  truncate: (expression, to) => `date_trunc('${to}', ${expression})`,
  secondsBefore: (expression, instant) => `epoch(TIMESTAMPTZ ${quoteText(instant)}) - epoch(${expression})`,
  asDatetime: (expression) => `CAST(${expression} AS TIMESTAMP)`,
  steps: (bounds, every) =>
    `SELECT unnest(generate_series(${quoteIdentifier("first")}, ${quoteIdentifier("last")}, INTERVAL 1 ${every})) AS step FROM ${bounds}`,
  truncateTable: (target) => `DELETE FROM ${target}`,
  quickUnique: (relation, column) => {
    const id = quoteIdentifier(column);
    return `
      WITH bounds AS (SELECT min(${id}) AS low, max(${id}) AS high, count(${id}) AS filled FROM ${relation})
      SELECT CASE WHEN high::HUGEINT - low::HUGEINT < least(${widestBitmap}, 64 * filled)
        THEN filled = (SELECT bit_count(bitstring_agg(${id})) FROM ${relation}) END AS "unique"
      FROM bounds`;
  },
  merge: ({ target, staged, key, columns }) => {
    const on = key.map((column) => `t.${quoteIdentifier(column)} = s.${quoteIdentifier(column)}`).join(" AND ");
    const names = columns.map(quoteIdentifier);
    const updates = columns.filter((column) => !key.includes(column)).map(quoteIdentifier);
    const update =
      updates.length === 0
        ? ""
        : `WHEN MATCHED THEN UPDATE SET ${updates.map((name) => `${name} = s.${name}`).join(", ")}`;
    return `MERGE INTO ${target} AS t USING ${staged} AS s ON ${on} ${update} WHEN NOT MATCHED THEN INSERT (${names.join(", ")}) VALUES (${names.map((name) => `s.${name}`).join(", ")})`;
  },
};

/** Built from the literals of its parts: a cast from JSON would take BYTES and JSON inside of it as plain text. */
function nestedLiteral(value: unknown, type: Type): string {
  if (value === null) return duckdbDialect.literal(null, type);
  if (type.kind === "ARRAY") {
    const items = (value as unknown[]).map((item) => nestedLiteral(item, type.element));
    return `CAST([${items.join(", ")}] AS ${duckdbType(type)})`;
  }
  if (type.kind === "STRUCT") {
    const fields = value as Record<string, unknown>;
    const parts = type.fields.map(
      (field) => `${quoteIdentifier(field.name)} := ${nestedLiteral(fields[field.name], field.type)}`,
    );
    return `CAST(struct_pack(${parts.join(", ")}) AS ${duckdbType(type)})`;
  }
  return typedLiteral(value as string, type);
}

function typedLiteral(text: string, type: Type): string {
  switch (type.kind) {
    case "INT64":
      // The parser reads the sign apart from the digits, so the least INT64 has no literal of its own.
      return `CAST(${quoteText(text)} AS BIGINT)`;
    case "BOOL":
      return text;
    case "BYTES":
      return `from_base64(${quoteText(text)})`;
    case "ARRAY":
    case "STRUCT":
      return nestedLiteral(JSON.parse(text), type);
    case "STRING":
    case "BIGNUMERIC":
      return quoteText(text);
    case "JSON":
    case "DATE":
    case "DATETIME":
    case "TIME":
    case "TIMESTAMP":
    case "NUMERIC":
    case "FLOAT64":
      return `CAST(${quoteText(text)} AS ${duckdbType(type)})`;
    default:
      throw new TypeError(`no literal of type ${formatType(type)}`);
  }
}
