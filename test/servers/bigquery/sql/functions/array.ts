/** https://cloud.google.com/bigquery/docs/reference/standard-sql/array_functions */
import { scalar, showType, type SqlType } from "../../value/type.ts";
import { queryError } from "../token.ts";
import { coerce, typed, unify, type Typed } from "../typed.ts";
import { translated } from "./conditional.ts";
import type { FunctionCall, Special } from "./functions.ts";

type ArrayValue = Typed & { type: Extract<SqlType, { kind: "ARRAY" }> };

function arrayArgument(parts: FunctionCall, count: number): [ArrayValue, ...Typed[]] {
  const values = translated(parts, count);
  if (values[0]!.type.kind === "ARRAY") return values as [ArrayValue, ...Typed[]];
  throw queryError(
    `No matching signature for function ${parts.call.name} for argument type: ${showType(values[0]!.type)}`,
    parts.call.at,
  );
}

export const arrayFunctions: Record<string, Special> = {
  ARRAY_LENGTH: (parts) => typed("INT64", `len(${arrayArgument(parts, 1)[0].sql})`),
  ARRAY_REVERSE(parts) {
    const [list] = arrayArgument(parts, 1);
    return { sql: `list_reverse(${list.sql})`, type: list.type };
  },
  ARRAY_CONCAT(parts) {
    const { all, type } = unify(translated(parts), "ARRAY_CONCAT");
    const [first, ...rest] = all.map(({ sql }) => sql) as [string, ...string[]];
    return { sql: rest.reduce((joined, it) => `list_concat(${joined}, ${it})`, first), type };
  },
  /** NULL elements are left out. */
  ARRAY_TO_STRING(parts) {
    const [list, by] = arrayArgument(parts, 2);
    return typed("STRING", `array_to_string(${list.sql}, ${coerce(by!, scalar("STRING")).sql})`);
  },
  GENERATE_ARRAY(parts) {
    const values = translated(parts).map((it) => coerce(it, scalar("INT64")).sql);
    return { sql: `generate_series(${values.join(", ")})`, type: { kind: "ARRAY", element: scalar("INT64") } };
  },
  GENERATE_DATE_ARRAY(parts) {
    const [from, to] = translated(parts, 2).map((it) => coerce(it, scalar("DATE")).sql);
    const days = `generate_series(CAST(${from} AS TIMESTAMP), CAST(${to} AS TIMESTAMP), INTERVAL 1 DAY)`;
    return { sql: `CAST(${days} AS DATE[])`, type: { kind: "ARRAY", element: scalar("DATE") } };
  },
};
