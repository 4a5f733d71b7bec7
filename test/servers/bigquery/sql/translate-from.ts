/** FROM: tables, views, sub-queries, elements of arrays, and their joins. */
import { notHere } from "../api-error.ts";
import { quote, showType, type SqlType } from "../value/type.ts";
import { typeOfField } from "../value/field.ts";
import { compare, demandBool } from "./operator.ts";
import {
  columnsOf,
  emptyScope,
  resolvePath,
  same,
  type Column,
  type Context,
  type Reference,
  type Relation,
  type Scope,
} from "./scope.ts";
import type { Expression, From } from "./syntax.ts";
import { notePartitions } from "./partition.ts";
import { openTable } from "./table.ts";
import { queryError } from "./token.ts";
import { translateExpression } from "./translate-expression.ts";
import { translateQuery } from "./translate-query.ts";
import { translateView } from "./view.ts";
import { unify } from "./typed.ts";

export interface Source {
  sql: string;
  scope: Scope;
}

type Of<Kind extends From["kind"]> = Extract<From, { kind: Kind }>;

export function translateFrom(context: Context, from: From, outer: Scope): Source {
  if (from.kind === "join") return translateJoin(context, from, outer);
  const relation = translateItem(context, from, emptyScope(outer));
  return { sql: relation.sql, scope: { ...emptyScope(outer), relations: [relation.relation] } };
}

interface Item {
  sql: string;
  relation: Relation;
}

/** @param outer what stands left of the item, with the queries around as its parent */
function translateItem(context: Context, from: Exclude<From, Of<"join">>, outer: Scope): Item {
  if (from.kind === "subquery") return translateSubquery(context, from, outer);
  if (from.kind === "unnest") return translateUnnest(context, from, outer);
  return isArrayPath(from, outer) ? translateUnnest(context, arrayOf(from), outer) : translateTable(context, from);
}

function translateSubquery(context: Context, { query, alias }: Of<"subquery">, outer: Scope): Item {
  const { sql, columns } = translateQuery(context, query, emptyScope(outer.parent));
  const name = context.fresh("r");
  return {
    sql: `(${sql}) AS ${name}`,
    relation: { ...(alias !== undefined && { alias }), columns: columnsOf(columns, name) },
  };
}

function translateTable(context: Context, { path, alias, asOf, at }: Of<"table">): Item {
  const name = context.fresh("r");
  const known = path.length === 1 ? context.with.get(path[0]!.toLowerCase()) : undefined;
  if (known) {
    const relation = { alias: alias ?? path[0]!, columns: columnsOf(known.columns, name) };
    return { sql: `(${known.sql}) AS ${name}`, relation };
  }
  const reference = openTable(context, path, at, asOf);
  const { table } = reference;
  const called = alias ?? path.at(-1)!;
  if (table.query !== undefined) {
    const { sql, columns } = translateView(context, table);
    return { sql: `(${sql}) AS ${name}`, relation: { alias: called, columns: columnsOf(columns, name) } };
  }
  return { sql: `${table.physical} AS ${name}`, relation: { alias: called, columns: tableColumns(reference, name) } };
}

export function tableColumns(reference: Reference, name: string): Column[] {
  const { table } = reference;
  return table.fields.map((field) => ({
    name: field.name,
    type: typeOfField(field),
    sql: `${name}.${quote(field.name)}`,
    table,
    source: { reference, name: field.name },
  }));
}

/** `FROM t, t.list`: a name from the left, and no table. */
function isArrayPath({ path }: Of<"table">, { relations }: Scope): boolean {
  return path.length > 1 && relations.some(({ alias }) => alias !== undefined && same(alias, path[0]!));
}

function arrayOf({ path, alias, at }: Of<"table">): Of<"unnest"> {
  return { kind: "unnest", of: { kind: "path", names: path, at }, alias: alias ?? path.at(-1)!, at };
}

/** Elements in their order; an array that is NULL or empty has none. */
function translateUnnest(context: Context, { of, alias, offset, at }: Of<"unnest">, outer: Scope): Item {
  const { sql, type } = translateExpression(context, outer, of);
  if (type.kind !== "ARRAY")
    throw queryError(
      `Values referenced in UNNEST must be arrays. UNNEST contains expression of type ${showType(type)}`,
      at,
    );
  const name = context.fresh("r");
  const value = { sql: `${name}.v`, type: type.element };
  const own = elementColumns(value.sql, type.element, alias ?? "");
  const place: Column[] = offset === undefined ? [] : [{ name: offset, type: { kind: "INT64" }, sql: `${name}.o` }];
  const rows = `SELECT unnest(${sql}) AS v, generate_subscripts(${sql}, 1) - 1 AS o`;
  return {
    sql: `LATERAL (${rows}) AS ${name}`,
    relation: { ...(alias !== undefined && { alias }), columns: [...own, ...place], value },
  };
}

function elementColumns(value: string, type: SqlType, name: string): Column[] {
  if (type.kind !== "STRUCT") return [{ name, type, sql: value }];
  return type.fields.map((it) => ({
    name: it.name,
    type: it.type,
    sql: `struct_extract(${value}, '${it.name.replaceAll("'", "''")}')`,
  }));
}

function translateJoin(context: Context, from: Of<"join">, outer: Scope): Source {
  const left = translateFrom(context, from.left, outer);
  if (from.right.kind === "join") throw notHere("joins in parentheses on the right");
  const right = translateItem(context, from.right, left.scope);
  const scope: Scope = { ...left.scope, relations: [...left.scope.relations, right.relation] };
  if (from.join === "CROSS") return { sql: `${left.sql} CROSS JOIN ${right.sql}`, scope };
  if (from.on && from.join === "INNER") notePartitions(context, scope, from.on);
  const { sql, merged } = joinCondition(context, from, { left: left.scope, right: right.relation, both: scope });
  return {
    sql: `${left.sql} ${from.join} JOIN ${right.sql} ON ${sql}`,
    scope: { ...scope, merged: [...left.scope.merged, ...merged] },
  };
}

interface Sides {
  left: Scope;
  right: Relation;
  both: Scope;
}

function joinCondition(
  context: Context,
  { on, using, join, at }: Of<"join">,
  sides: Sides,
): { sql: string; merged: Column[] } {
  if (on) return { sql: demandBool(translateExpression(context, sides.both, on), "JOIN ON clause", at), merged: [] };
  if (!using) return { sql: "true", merged: [] };
  const pairs = using.map((name) => pairOf(context, name, sides, at));
  const merged = pairs.map(({ name, a, b }) => ({
    name,
    type: a.type,
    sql: join === "FULL" ? `coalesce(${a.sql}, ${b.sql})` : join === "RIGHT" ? b.sql : a.sql,
  }));
  return { sql: pairs.map(({ equal }) => equal).join(" AND "), merged };
}

function pairOf(context: Context, name: string, { left, right }: Sides, at: Expression["at"]) {
  const a = resolvePath(context, { ...left, parent: emptyScope() }, [name], at);
  const b = resolvePath(context, { ...emptyScope(), relations: [right] }, [name], at);
  const { all } = unify([a, b], "JOIN USING");
  return { name, a: all[0]!, b: all[1]!, equal: compare("=", all[0]!, all[1]!, at).sql };
}
