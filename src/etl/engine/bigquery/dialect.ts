/** GoogleSQL's way of saying what checks and publishing need. */
import { formatType, type Type } from "../../../spec/type.ts";
import type { Dialect, MergeParts } from "../dialect.ts";
import { quoteIdentifier, quoteText } from "./sql.ts";

export const googlesqlDialect: Dialect = {
  name: "googlesql",
  quoteIdentifier,
  quoteText,
  literal: (text, type) => (text === null ? `CAST(NULL AS ${typeName(type)})` : typedLiteral(text, type)),
  countIf: (condition) => `COUNTIF(${condition})`,
  matches: (expression, pattern) => `REGEXP_CONTAINS(${expression}, ${quoteText(pattern)})`,
  asText: (expression) => `CAST(${expression} AS STRING)`,
  truncate: (expression, to, { kind }) => `${kind}_TRUNC(${expression}, ${to.toUpperCase()})`,
  secondsBefore: (expression, instant) =>
    `TIMESTAMP_DIFF(TIMESTAMP ${quoteText(instant)}, TIMESTAMP(${expression}), MICROSECOND) / 1000000`,
  asDatetime: (expression) => `DATETIME(${expression})`,
  // Series of DATETIME there are none.
  steps: (bounds, every) => {
    const [unit, first, last] = [every.toUpperCase(), quoteIdentifier("first"), quoteIdentifier("last")];
    return `SELECT DATETIME_ADD(${first}, INTERVAL n ${unit}) AS step FROM ${bounds}, UNNEST(GENERATE_ARRAY(0, DATETIME_DIFF(${last}, ${first}, ${unit}))) AS n`;
  },
  truncateTable: (target) => `TRUNCATE TABLE ${target}`,
  merge,
};

function merge({ target, staged, key, columns, within }: MergeParts): string {
  const same = key.map((column) => `t.${quoteIdentifier(column)} = s.${quoteIdentifier(column)}`);
  const names = columns.map(quoteIdentifier);
  const updates = columns.filter((column) => !key.includes(column)).map(quoteIdentifier);
  const on = [...same, ...(within ? [within("t")] : [])];
  return [
    `MERGE INTO ${target} AS t USING ${staged} AS s ON ${on.join(" AND ")}`,
    ...(updates.length > 0
      ? [`WHEN MATCHED THEN UPDATE SET ${updates.map((name) => `${name} = s.${name}`).join(", ")}`]
      : []),
    `WHEN NOT MATCHED THEN INSERT (${names.join(", ")}) VALUES (${names.map((name) => `s.${name}`).join(", ")})`,
  ].join(" ");
}

/** Without lengths and precisions: a value is checked against them by whoever stores it. */
function typeName(type: Type): string {
  if (type.kind === "ARRAY") return `ARRAY<${typeName(type.element)}>`;
  if (type.kind === "STRUCT")
    return `STRUCT<${type.fields.map((field) => `${quoteIdentifier(field.name)} ${typeName(field.type)}`).join(", ")}>`;
  return type.kind;
}

function nestedLiteral(value: unknown, type: Type): string {
  if (value === null) return googlesqlDialect.literal(null, type);
  if (type.kind === "ARRAY")
    return `${typeName(type)}[${(value as unknown[]).map((item) => nestedLiteral(item, type.element)).join(", ")}]`;
  if (type.kind === "STRUCT") {
    const fields = value as Record<string, unknown>;
    return `${typeName(type)}(${type.fields.map((field) => nestedLiteral(fields[field.name], field.type)).join(", ")})`;
  }
  return typedLiteral(value as string, type);
}

/** Source: https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical#literals */
function typedLiteral(text: string, type: Type): string {
  switch (type.kind) {
    case "BOOL":
    case "INT64":
      return text;
    case "STRING":
      return quoteText(text);
    case "BYTES":
      return `FROM_BASE64(${quoteText(text)})`;
    case "FLOAT64":
      return `CAST(${quoteText(text)} AS FLOAT64)`;
    case "JSON":
      // As data is loaded: a literal refuses numbers that a FLOAT64 would round.
      return `PARSE_JSON(${quoteText(text)}, wide_number_mode => 'round')`;
    case "ARRAY":
    case "STRUCT":
      return nestedLiteral(JSON.parse(text), type);
    case "DATETIME":
    case "TIME":
    case "TIMESTAMP":
      return `${type.kind} ${quoteText(withSeconds(text))}`;
    case "DATE":
    case "NUMERIC":
    case "BIGNUMERIC":
      return `${type.kind} ${quoteText(text)}`;
    default:
      throw new TypeError(`no literal of type ${formatType(type)}`);
  }
}

/** Canonical texts may leave out seconds, the whole time of a day, and the colon of an offset; literals may not. */
function withSeconds(text: string): string {
  const time = text.replace(/((?:^|[ T])\d{2}:\d{2})(?!:|\d)/, "$1:00");
  return time.replace(/([+-]\d{2})(\d{2})$/, "$1:$2");
}
