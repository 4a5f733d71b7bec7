/** Types of columns that nobody declares, from the values that a test gives them. */
import type { ScalarName } from "../../spec/type.ts";
import { isDate } from "../../spec/value.ts";
import type { GivenRow } from "../../spec/test-file.ts";
import type { TypedColumn } from "../engine/duckdb/materialize.ts";

/**
 * Whole numbers are INT64, others FLOAT64, `true` BOOL, 2022-01-20 (without quotes) DATE, lists and maps JSON, all else STRING.
 * @param isPlain whether a value stands without quotes
 */
export function inferColumns(rows: GivenRow[], isPlain: (row: number, column: string) => boolean): TypedColumn[] {
  const names = [...new Set(rows.flatMap(Object.keys))];
  return names.map((name) => {
    const kinds = rows.map((row, i) => kindOf(row[name], isPlain(i, name)));
    return { name, type: { kind: common(kinds) }, cast: "exact" };
  });
}

function kindOf(value: unknown, isPlain: boolean): ScalarName | undefined {
  if (value === null || value === undefined) return undefined;
  if (typeof value === "number") return Number.isInteger(value) ? "INT64" : "FLOAT64";
  if (typeof value === "boolean") return "BOOL";
  if (typeof value === "object") return "JSON";
  return isPlain && isDate(value as string) ? "DATE" : "STRING";
}

function common(kinds: (ScalarName | undefined)[]): ScalarName {
  const [first, ...others] = new Set(kinds.filter((kind) => kind !== undefined));
  if (first === undefined) return "STRING";
  if (others.length === 0) return first;
  return new Set([first, ...others, "INT64", "FLOAT64"]).size === 2 ? "FLOAT64" : "STRING";
}
