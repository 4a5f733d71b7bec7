/** Queries of GoogleSQL in DuckDB's SQL. Their columns are called c1, c2 …; what they are named is told beside. */
import { notHere } from "../api-error.ts";
import { scalar, showType, type SqlType } from "../value/type.ts";
import { orderSql } from "./functions/aggregate.ts";
import { demandBool } from "./operator.ts";
import { columnsOf, emptyScope, read, same, type Column, type Context, type Scope, type Translated } from "./scope.ts";
import type { Expression, OrderItem, Query, QueryBody, Select, SelectItem } from "./syntax.ts";
import { queryError } from "./token.ts";
import { notePartitions } from "./partition.ts";
import { impliedName, translateExpression } from "./translate-expression.ts";
import { translateFrom } from "./translate-from.ts";
import { coerce, superType, type Typed } from "./typed.ts";

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

interface Item {
  name: string;
  value: Typed;
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

function translateItem(context: Context, scope: Scope, item: SelectItem): Item[] {
  if (item.kind === "star") return translateStar(context, scope, item);
  const value = translateExpression(context, scope, item.value);
  return [{ name: item.alias ?? impliedName(item.value) ?? "", value }];
}

function translateStar(
  context: Context,
  scope: Scope,
  { of, except, replace, at }: Extract<SelectItem, { kind: "star" }>,
): Item[] {
  const columns = of ? columnsOfPrefix(context, scope, of) : allColumns(scope);
  if (columns.length === 0) throw queryError("SELECT * must have a FROM clause", at);
  const names = [...except, ...replace.map(({ alias }) => alias)];
  const missing = names.find((name) => !columns.some((it) => same(it.name, name)));
  if (missing !== undefined)
    throw queryError(`Column ${missing} in SELECT * EXCEPT or REPLACE list does not exist`, at);
  return columns
    .filter(({ name }) => !except.some((it) => same(it, name)))
    .map((column) => {
      const instead = replace.find(({ alias }) => same(alias, column.name));
      const value = instead ? translateExpression(context, scope, instead.value) : read(context, column);
      return { name: column.name, value };
    });
}

/** Columns of JOIN … USING come once, and first. */
function allColumns({ merged, relations }: Scope): Column[] {
  const rest = relations.flatMap(({ columns }) =>
    columns.filter(({ name }) => !merged.some((it) => same(it.name, name))),
  );
  return [...merged, ...rest];
}

/** `t.*` and `some_struct.*` */
function columnsOfPrefix(context: Context, scope: Scope, of: Expression): Column[] {
  const alias = of.kind === "path" && of.names.length === 1 ? of.names[0]! : undefined;
  const relation = scope.relations.find((it) => it.alias !== undefined && alias !== undefined && same(it.alias, alias));
  if (relation) return relation.columns;
  const { sql, type } = translateExpression(context, scope, of);
  if (type.kind !== "STRUCT") throw queryError(`Dot-star is not supported for type ${showType(type)}`, of.at);
  return type.fields.map((it) => ({
    name: it.name,
    type: it.type,
    sql: `struct_extract(${sql}, '${it.name.replaceAll("'", "''")}')`,
  }));
}

/** Names that the SELECT list gives, for clauses behind it. A column's own name means the column. */
function aliasesOf({ items }: Select, translated: Item[]): Column[] {
  if (items.some(({ kind }) => kind === "star")) {
    const given = items
      .filter((it) => it.kind === "expression" && it.alias !== undefined)
      .map((it) => (it as { alias: string }).alias);
    return translated.filter(({ name }) => given.some((it) => same(it, name))).map(columnOf);
  }
  return translated.filter((_, i) => (items[i] as { alias?: string }).alias !== undefined).map(columnOf);
}

const columnOf = ({ name, value }: Item): Column => ({ name, type: value.type, sql: value.sql });

function groupClause(context: Context, scope: Scope, select: Select, items: Item[]): string {
  const { groupBy } = select;
  if (!groupBy) return "";
  if (groupBy === "ALL") return " GROUP BY ALL";
  const keys = groupBy.map((key) => {
    const { sql, type } = groupKey(context, scope, select, items, key);
    if (type.kind === "ARRAY" || type.kind === "JSON")
      throw queryError(`Grouping by expressions of type ${type.kind} is not allowed`, key.at);
    return sql;
  });
  return ` GROUP BY ${keys.join(", ")}`;
}

function groupKey(context: Context, scope: Scope, select: Select, items: Item[], key: Expression): Typed {
  if (key.kind === "literal" && key.type.kind === "INT64") return itemAt(items, Number(key.text), key);
  const alias = key.kind === "path" && key.names.length === 1 ? key.names[0]! : undefined;
  const named = alias === undefined ? undefined : aliasesOf(select, items).find(({ name }) => same(name, alias));
  if (!named) return translateExpression(context, scope, key);
  const hidden = scope.relations.flatMap(({ columns }) => columns).find(({ name }) => same(name, named.name));
  if (hidden && hidden.sql !== named.sql)
    throw queryError(
      `Name ${named.name} in the GROUP BY clause is ambiguous; it may refer to multiple columns in the SELECT-list and FROM clause`,
      key.at,
    );
  return { sql: named.sql, type: named.type };
}

function itemAt(items: Item[], position: number, { at }: Expression): Typed {
  const found = items[position - 1];
  if (found) return found.value;
  throw queryError(`Position ${position} is out of range: there are ${items.length} columns`, at);
}

interface Ordering {
  context: Context;
  scope: Scope;
  items: { name: string; type?: SqlType; value?: Typed }[];
  orderBy: OrderItem[];
  distinct?: boolean;
}

function orderClause({ context, scope, items, orderBy, distinct = false }: Ordering): string {
  if (orderBy.length === 0) return "";
  const keys = orderBy.map((item) => {
    const position = positionOf(item.of, items);
    const value =
      position === undefined ? translateExpression(context, scope, item.of) : itemOf(items[position]!, position);
    // DISTINCT leaves nothing but its columns to sort by.
    return orderSql(
      item,
      position !== undefined && distinct ? { sql: `c${position + 1}`, type: scalar("STRING") } : value,
    );
  });
  return ` ORDER BY ${keys.join(", ")}`;
}

function positionOf(of: Expression, items: { name: string }[]): number | undefined {
  if (of.kind === "literal" && of.type.kind === "INT64") {
    const position = Number(of.text) - 1;
    if (position >= 0 && position < items.length) return position;
    throw queryError(`ORDER BY column number ${of.text} is out of range`, of.at);
  }
  if (of.kind !== "path" || of.names.length !== 1) return undefined;
  const found = items.findIndex(({ name }) => same(name, (of.names as [string])[0]));
  return found < 0 ? undefined : found;
}

const itemOf = ({ type, value }: Ordering["items"][number], position: number): Typed =>
  value ?? { sql: `c${position + 1}`, type: type! };
