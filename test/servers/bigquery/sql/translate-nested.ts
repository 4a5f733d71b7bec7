/** Arrays, structs, and queries within expressions. */
import { invalidQuery, notHere } from "../api-error.ts";
import { duckType, quote, scalar, showType, type SqlType, type StructField } from "../value/type.ts";
import { fieldsOf, type Context, type Scope } from "./scope.ts";
import type { Expression, Query } from "./syntax.ts";
import { queryError } from "./token.ts";
import { translateQuery } from "./translate-query.ts";
import { canCoerce, coerce, unify, type Typed } from "./typed.ts";
import type { Of, Translate } from "./translate-expression.ts";

export function array({ elements, element }: Of<"array">, translate: Translate): Typed {
  if (elements.length === 0) {
    const type: SqlType = { kind: "ARRAY", element: element ?? scalar("INT64") };
    return { sql: `CAST([] AS ${duckType(type)})`, type, ...(element === undefined && { untyped: true }) };
  }
  const values = elements.map(translate);
  const { all, type } = element
    ? { all: values.map((it) => forced(it, element)), type: element }
    : unify(values, "array");
  if (type.kind === "ARRAY")
    throw invalidQuery("Cannot construct array with element type ARRAY because nested arrays are not supported");
  return { sql: `[${all.map(({ sql }) => sql).join(", ")}]`, type: { kind: "ARRAY", element: type } };
}

function forced(of: Typed, to: SqlType): Typed {
  if (canCoerce(of, to)) return coerce(of, to);
  throw invalidQuery(`Value of type ${showType(of.type)} cannot be coerced to ${showType(to)}`);
}

export function struct({ fields, type, at }: Of<"struct">, translate: Translate): Typed {
  const given = type?.kind === "STRUCT" ? type.fields : undefined;
  if (given && given.length !== fields.length) throw queryError("STRUCT type has a different number of fields", at);
  const values = fields.map(({ value }, i) => (given ? forced(translate(value), given[i]!.type) : translate(value)));
  const named: StructField[] =
    given ?? fields.map(({ name, value }, i) => ({ name: name ?? impliedName(value) ?? "", type: values[i]!.type }));
  const parts = named.map(({ name }, i) => `${quote(name || `_field_${i + 1}`)} := ${values[i]!.sql}`);
  const result: SqlType = { kind: "STRUCT", fields: named };
  if (parts.length === 0) throw notHere("STRUCTs without fields");
  return { sql: `CAST(struct_pack(${parts.join(", ")}) AS ${duckType(result)})`, type: result };
}

/** A column gives its name to what it is put into. */
export function impliedName(value: Expression): string | undefined {
  if (value.kind === "path") return value.names.at(-1);
  return value.kind === "field" ? value.name : undefined;
}

export function index({ of, mode, position: at, at: place }: Of<"index">, translate: Translate): Typed {
  const value = translate(of);
  const position = translate(at);
  if (value.type.kind === "JSON") throw notHere("subscripts of JSON: use JSON_VALUE or JSON_QUERY");
  if (value.type.kind === "STRUCT") return fieldsOf(value, [], place);
  if (value.type.kind !== "ARRAY")
    throw queryError(
      `Element access using [${mode}()] is not supported on values of type ${showType(value.type)}`,
      place,
    );
  const number = coerce(position, scalar("INT64")).sql;
  const from1 = mode.endsWith("OFFSET") ? `(${number} + 1)` : `(${number})`;
  const element = `list_extract(${value.sql}, ${from1})`;
  if (mode.startsWith("SAFE")) return { sql: `CASE WHEN ${from1} > 0 THEN ${element} END`, type: value.type.element };
  const outside = `${from1} < 1 OR ${from1} > len(${value.sql})`;
  const failure = `error('Array index ' || ${number} || ' is out of bounds')`;
  return { sql: `CASE WHEN ${outside} THEN ${failure} ELSE ${element} END`, type: value.type.element };
}

export function subquery(context: Context, scope: Scope, query: Query): Typed {
  const { sql, columns, isStruct } = translateQuery(context, query, scope);
  if (isStruct) return { sql: `(${packed(sql, columns, "v")})`, type: { kind: "STRUCT", fields: columns } };
  if (columns.length !== 1)
    throw queryError("Scalar subquery cannot have more than one column unless using SELECT AS STRUCT", query.at);
  return { sql: `(${sql})`, type: columns[0]!.type };
}

export function arrayQuery(context: Context, scope: Scope, query: Query): Typed {
  const { sql, columns, isStruct } = translateQuery(context, query, scope);
  if (!isStruct && columns.length !== 1)
    throw queryError("ARRAY subquery cannot have more than one column unless using SELECT AS STRUCT", query.at);
  const element: SqlType = isStruct ? { kind: "STRUCT", fields: columns } : columns[0]!.type;
  const type: SqlType = { kind: "ARRAY", element };
  const list = `coalesce(list(v), CAST([] AS ${duckType(type)}))`;
  const inner = isStruct ? packed(sql, columns, list) : `SELECT ${list} FROM (SELECT c1 AS v FROM (${sql}))`;
  return { sql: `(${inner})`, type };
}

/** The rows of a query as values `v` of one column, and something made of them. */
function packed(sql: string, columns: StructField[], result: string): string {
  const parts = columns.map(({ name }, i) => `${quote(name || `_field_${i + 1}`)} := c${i + 1}`);
  return `SELECT ${result} FROM (SELECT struct_pack(${parts.join(", ")}) AS v FROM (${sql}))`;
}
