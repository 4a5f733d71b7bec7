/** https://cloud.google.com/bigquery/docs/reference/standard-sql/conditional_expressions, and ERROR. */
import { scalar, showType } from "../../value/type.ts";
import { compare, demandBool } from "../operator.ts";
import { queryError } from "../token.ts";
import { canCoerce, coerce, typed, unify, type Typed } from "../typed.ts";
import type { FunctionCall, Special } from "./functions.ts";

export const conditionals: Record<string, Special> = {
  IF(parts) {
    const [condition, ...branches] = translated(parts, 3);
    const { all, type } = unify(branches, "IF");
    const sql = `CASE WHEN ${demandBool(condition!, "IF condition", parts.call.at)} THEN ${all[0]!.sql} ELSE ${all[1]!.sql} END`;
    return { sql, type };
  },
  IFNULL: (parts) => coalesce(translated(parts, 2)),
  COALESCE: (parts) => coalesce(translated(parts)),
  NULLIF(parts) {
    const [a, b] = translated(parts, 2) as [Typed, Typed];
    return { sql: `CASE WHEN ${compare("=", a, b, parts.call.at).sql} THEN NULL ELSE ${a.sql} END`, type: a.type };
  },
  GREATEST: (parts) => extreme("greatest", translated(parts)),
  LEAST: (parts) => extreme("least", translated(parts)),
  CONCAT: (parts) => concat(translated(parts), parts),
  // Of any type, for it never gives a value.
  ERROR(parts) {
    const [message] = translated(parts, 1) as [Typed];
    if (!canCoerce(message, scalar("STRING"))) throw queryError("ERROR takes a STRING", parts.call.at);
    return { sql: `error(${coerce(message, scalar("STRING")).sql})`, type: scalar("INT64"), untyped: true };
  },
  SESSION_USER: ({ context }) => typed("STRING", `'${context.principal.replaceAll("'", "''")}'`),
};

export function translated({ call, translate }: FunctionCall, count?: number): Typed[] {
  const { args, name, at } = call;
  if (args.length === 0 || (count !== undefined && args.length !== count)) {
    throw queryError(`No matching signature for function ${name}: it takes ${count ?? "more"} arguments`, at);
  }
  return args.map(translate);
}

function coalesce(values: Typed[]): Typed {
  const { all, type } = unify(values, "COALESCE");
  return { sql: `coalesce(${all.map(({ sql }) => sql).join(", ")})`, type };
}

/** NULL where one is NULL, which DuckDB would pass over. */
function extreme(name: string, values: Typed[]): Typed {
  const { all, type } = unify(values, name.toUpperCase());
  const missing = all.map(({ sql }) => `${sql} IS NULL`).join(" OR ");
  return { sql: `CASE WHEN ${missing} THEN NULL ELSE ${name}(${all.map(({ sql }) => sql).join(", ")}) END`, type };
}

function concat(values: Typed[], { call }: FunctionCall): Typed {
  const { all, type } = unify(values, "CONCAT");
  if (type.kind !== "STRING" && type.kind !== "BYTES") {
    throw queryError(
      `No matching signature for function CONCAT for argument types: ${values.map((it) => showType(it.type)).join(", ")}`,
      call.at,
    );
  }
  return { sql: `(${all.map(({ sql }) => sql).join(" || ")})`, type };
}
