/** Rows of DuckDB as rows of the REST API. */
import { DuckDBListValue, DuckDBStructValue, type DuckDBValue } from "@duckdb/node-api";
import { cellText, type TimestampFormat } from "./text.ts";
import type { SqlType } from "./type.ts";

interface Cell {
  v: unknown;
}
export interface Row {
  f: Cell[];
}

export function restRow(types: SqlType[], values: readonly DuckDBValue[], timestamps: TimestampFormat): Row {
  return { f: types.map((type, i) => ({ v: restValue(type, values[i]!, timestamps) })) };
}

function restValue(type: SqlType, value: DuckDBValue, timestamps: TimestampFormat): unknown {
  if (value === null || value === undefined) return type.kind === "ARRAY" ? [] : null;
  if (type.kind === "ARRAY") {
    return (value as DuckDBListValue).items.map((item) => ({ v: restValue(type.element, item, timestamps) }));
  }
  if (type.kind !== "STRUCT") return cellText(type.kind, value, timestamps);
  const values = Object.values((value as DuckDBStructValue).entries);
  return restRow(
    type.fields.map((it) => it.type),
    values,
    timestamps,
  );
}
