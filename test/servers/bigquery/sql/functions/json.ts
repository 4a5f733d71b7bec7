/** https://cloud.google.com/bigquery/docs/reference/standard-sql/json_functions. JSON lies in DuckDB as its text, in one form. */
import { notHere } from "../../api-error.ts";
import { canonicalJson } from "../../value/json.ts";
import { quoteText, scalar, showType } from "../../value/type.ts";
import { queryError } from "../token.ts";
import { canCoerce, coerce, typed, type Typed } from "../typed.ts";
import { translated } from "./conditional.ts";
import type { FunctionCall, Special } from "./functions.ts";

export const jsonFunctions: Record<string, Special> = {
  JSON_VALUE: (parts) => typed("STRING", scalarAt(source(parts), path(parts))),
  JSON_QUERY(parts) {
    const kind = parts.translate(parts.call.args[0]!).type.kind === "JSON" ? "JSON" : "STRING";
    return typed(kind, `CAST(json_extract(${source(parts)}, ${path(parts)}) AS VARCHAR)`);
  },
  PARSE_JSON(parts) {
    const [text] = translated(parts, 1) as [Typed];
    const { named = {} } = parts.call.modifiers;
    for (const [name, mode] of Object.entries(named))
      if (name !== "wide_number_mode" || !/^(exact|round)$/.test(parts.translate(mode).text ?? ""))
        throw queryError(
          `Named argument \`${name}\` not found in signature for call to function PARSE_JSON`,
          parts.call.at,
        );
    if (text.text === undefined) return typed("JSON", `json_canonical(${coerce(text, scalar("STRING")).sql})`);
    const json = canonicalJson(text.text);
    if (json === undefined) throw queryError(`Invalid input to PARSE_JSON: ${text.text}`, parts.call.at);
    return typed("JSON", quoteText(json));
  },
  TO_JSON_STRING(parts) {
    const [value] = translated(parts, 1) as [Typed];
    return typed("STRING", jsonText(value));
  },
};

function source(parts: FunctionCall): string {
  const value = parts.translate(parts.call.args[0]!);
  if (value.type.kind === "JSON") return value.sql;
  if (!canCoerce(value, scalar("STRING"))) {
    throw queryError(
      `No matching signature for function ${parts.call.name} for argument type: ${showType(value.type)}`,
      parts.call.at,
    );
  }
  return coerce(value, scalar("STRING")).sql;
}

function path({ call, translate }: FunctionCall): string {
  const text = call.args[1] === undefined ? "$" : translate(call.args[1]).text;
  if (text === undefined || !/^\$(\.[\p{L}_][\p{L}\p{N}_]*|\[\d+\])*$/u.test(text))
    throw notHere(`such a JSON path in ${call.name}`);
  return quoteText(text);
}

/** Objects, arrays and null give NULL. */
function scalarAt(json: string, at: string): string {
  return `CASE WHEN json_type(${json}, ${at}) IN ('OBJECT', 'ARRAY', 'NULL') THEN NULL ELSE json_extract_string(${json}, ${at}) END`;
}

/** Only where DuckDB and BigQuery write the same. */
function jsonText({ sql, type }: Typed): string {
  const written = `coalesce(${plainJson(type.kind, sql)}, 'null')`;
  return written;
}

function plainJson(kind: string, sql: string): string {
  if (kind === "JSON") return sql;
  if (kind === "STRING") return `CAST(to_json(${sql}) AS VARCHAR)`;
  if (kind === "BOOL") return `CAST(${sql} AS VARCHAR)`;
  // Beyond what a double holds, BigQuery writes a string.
  if (kind === "INT64")
    return `CASE WHEN abs(${sql}) > 9007199254740992 THEN '"' || CAST(${sql} AS VARCHAR) || '"' ELSE CAST(${sql} AS VARCHAR) END`;
  if (kind === "DATE") return `'"' || strftime(${sql}, '%Y-%m-%d') || '"'`;
  throw notHere(`TO_JSON_STRING of ${kind}`);
}
