/**
 * Which types BigQuery can give a column that has rows already.
 * Source: https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language#alter_column_set_data_type_statement
 */
import { formatType, type ScalarName, type Type } from "../../../spec/type.ts";

const wider: Partial<Record<ScalarName, ScalarName[]>> = {
  INT64: ["NUMERIC", "BIGNUMERIC", "FLOAT64"],
  NUMERIC: ["BIGNUMERIC", "FLOAT64"],
};

/** Whether it is the same type, or a wider one. */
export function canWiden(from: Type, to: Type): boolean {
  if (formatType(from) === formatType(to)) return true;
  if (from.kind === "ARRAY") return to.kind === "ARRAY" && canWiden(from.element, to.element);
  if (from.kind === "STRUCT") return to.kind === "STRUCT" && canWidenFields(from.fields, to.fields);
  if (to.kind === "ARRAY" || to.kind === "STRUCT") return false;
  if (from.kind === to.kind) return holds(to.parameters, from.parameters);
  return to.parameters === undefined && (wider[from.kind]?.includes(to.kind) ?? false);
}

type Fields = Extract<Type, { kind: "STRUCT" }>["fields"];

/** No field may come or go by such a statement. */
function canWidenFields(from: Fields, to: Fields): boolean {
  return (
    from.length === to.length && from.every(({ name, type }, i) => name === to[i]!.name && canWiden(type, to[i]!.type))
  );
}

/** A longer text, or more digits on both sides of the point. */
function holds(to: number[] | undefined, from: number[] | undefined): boolean {
  if (to === undefined) return true;
  if (from === undefined) return false;
  const [[size, scale], [oldSize, oldScale]] = [digits(to), digits(from)];
  return scale >= oldScale && size - scale >= oldSize - oldScale;
}

function digits([size = 0, scale = 0]: number[]): [size: number, scale: number] {
  return [size, scale];
}
