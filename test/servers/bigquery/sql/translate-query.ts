/** Queries of GoogleSQL in DuckDB's SQL. Their columns are called c1, c2 …; what they are named is told beside. */
import { notHere } from "../api-error.ts";
import { scalar, type SqlType } from "../value/type.ts";
import { demandBool } from "./operator.ts";
import { columnsOf, emptyScope, type Context, type Scope, type Translated } from "./scope.ts";
import type { Expression, OrderItem, Query, QueryBody, Select } from "./syntax.ts";
import { queryError } from "./token.ts";
import { notePartitions } from "./partition.ts";
import { translateExpression } from "./translate-expression.ts";
import { translateFrom } from "./translate-from.ts";
import { coerce, superType, type Typed } from "./typed.ts";
import { aliasesOf, translateItem, type Item } from "./select-list.ts";
import { groupClause, orderClause } from "./group-and-order.ts";

export function translateQuery(outer: Context, query: Query, scope: Scope = emptyScope()): Translated {
  const context: Context = { ...outer, with: new Map(outer.with) };
  for (const { name, query: of } of query.with) {
    const { sql, columns } = translateQuery(context, of, emptyScope());
    context.with.set(name.toLowerCase(), { sql, columns: columnsOf(columns, "") });
  }
  const tail = { orderBy: query.orderBy, end: limits(context, scope, query) };
  return query.body.kind === "select"
    ? translateSelect(context, query.body, scope, tail)
    : translateCompound(context, query.body, scope, tail);
}

interface Tail {
  orderBy: OrderItem[];
  /** LIMIT and OFFSET. */
  end: string;
}

function limits(context: Context, scope: Scope, { limit, offset }: Query): string {
  const count = (of: Expression) => coerce(translateExpression(context, scope, of), scalar("INT64")).sql;
  return (limit ? ` LIMIT ${count(limit)}` : "") + (offset ? ` OFFSET ${count(offset)}` : "");
}

function translateCompound(
  context: Context,
  body: Exclude<QueryBody, Select>,
  outer: Scope,
  { orderBy, end }: Tail,
): Translated {
  const inner = body.kind === "query" ? translateQuery(context, body.query, outer) : translateSet(context, body, outer);
  if (orderBy.length === 0 && end === "") return inner;
  const name = context.fresh("q");
  const scope: Scope = { ...emptyScope(outer), relations: [{ columns: columnsOf(inner.columns, name) }] };
  const order = orderClause({ context, scope, items: inner.columns, orderBy });
  return { ...inner, sql: `SELECT * FROM (${inner.sql}) AS ${name}${order}${end}` };
}

function translateSet(
  context: Context,
  { operator, parts }: Extract<QueryBody, { kind: "set" }>,
  outer: Scope,
): Translated {
  const all = parts.map((part) => translateBody(context, part, outer));
  const [first] = all as [Translated];
  const wrong = all.find(({ columns }) => columns.length !== first.columns.length);
  if (wrong) {
    throw notHere(`${operator} of ${first.columns.length} and ${wrong.columns.length} columns: they must be as many`);
  }
  const types = first.columns.map((_, i) =>
    superType(
      all.map((it) => ({ sql: "", type: it.columns[i]!.type, ...(it.columns[i]!.untyped && { untyped: true }) })),
      operator,
    ),
  );
  const aligned = all.map((it) => align(context, it, types));
  const columns = first.columns.map(({ name }, i) => ({ name, type: types[i]! }));
  return {
    sql: aligned.map((sql) => `(${sql})`).join(` ${operator.replace(" DISTINCT", "")} `),
    columns,
    isStruct: false,
  };
}

function translateBody(context: Context, body: QueryBody, outer: Scope): Translated {
  if (body.kind === "select") return translateSelect(context, body, outer, { orderBy: [], end: "" });
  return body.kind === "query" ? translateQuery(context, body.query, outer) : translateSet(context, body, outer);
}

/** The same rows with columns of these types. */
function align(context: Context, { sql, columns }: Translated, types: SqlType[]): string {
  const name = context.fresh("q");
  const items = columns.map(({ type, untyped }, i) => {
    const value: Typed = { sql: `${name}.c${i + 1}`, type, ...(untyped && { untyped }) };
    return `${coerce(value, types[i]!).sql} AS c${i + 1}`;
  });
  return `SELECT ${items.join(", ")} FROM (${sql}) AS ${name}`;
}

function translateSelect(context: Context, select: Select, outer: Scope, { orderBy, end }: Tail): Translated {
  const from = select.from ? translateFrom(context, select.from, outer) : { sql: "", scope: emptyScope(outer) };
  const { scope } = from;
  if (select.where) notePartitions(context, scope, select.where);
  const where = select.where ? ` WHERE ${condition(context, scope, select.where, "WHERE clause")}` : "";
  const items = select.items.flatMap((item) => translateItem(context, scope, item));
  if (items.length === 0) throw queryError("SELECT list must not be empty", select.at);
  const aliased: Scope = { ...scope, aliases: aliasesOf(select, items) };
  const group = groupClause(context, scope, select, items);
  const having = select.having ? ` HAVING ${condition(context, aliased, select.having, "HAVING clause")}` : "";
  const qualify = select.qualify ? ` QUALIFY ${condition(context, aliased, select.qualify, "QUALIFY clause")}` : "";
  const named = items.map((it, i) => ({ ...it, name: it.name || `f${unnamed(items, i)}_` }));
  const order = orderClause({ context, scope: aliased, items: named, orderBy, distinct: select.distinct });
  const list = items.map(({ value }, i) => `${value.sql} AS c${i + 1}`).join(", ");
  const sql = `SELECT ${select.distinct ? "DISTINCT " : ""}${list}${from.sql && ` FROM ${from.sql}`}${where}${group}${having}${qualify}${order}${end}`;
  // A condition from outside goes through to the rows, unless it is a window or a limit that chose them.
  const isPassed = !select.qualify && end === "";
  const columns = named.map(({ name, value }) => ({
    name,
    type: value.type,
    ...(value.untyped && { untyped: true }),
    ...(isPassed && value.source && { source: value.source }),
  }));
  return { sql, columns, isStruct: select.asStruct };
}

const unnamed = (items: Item[], at: number) => items.slice(0, at).filter(({ name }) => name === "").length;

function condition(context: Context, scope: Scope, of: Expression, where: string): string {
  return demandBool(translateExpression(context, scope, of), where, of.at);
}
