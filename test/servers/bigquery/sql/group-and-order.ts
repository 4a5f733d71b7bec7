/** GROUP BY and ORDER BY, whose keys may be names and places of the SELECT list. */
import { scalar, type SqlType } from "../value/type.ts";
import { orderSql } from "./functions/aggregate.ts";
import { same, type Context, type Scope } from "./scope.ts";
import type { Expression, OrderItem, Select } from "./syntax.ts";
import { queryError } from "./token.ts";
import { translateExpression } from "./translate-expression.ts";
import type { Typed } from "./typed.ts";
import { aliasesOf, type Item } from "./select-list.ts";

export function groupClause(context: Context, scope: Scope, select: Select, items: Item[]): string {
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

export function orderClause({ context, scope, items, orderBy, distinct = false }: Ordering): string {
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
