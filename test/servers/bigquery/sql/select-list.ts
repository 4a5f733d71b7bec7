/** What stands between SELECT and FROM, and the names that it gives. */
import { showType } from "../value/type.ts";
import { read, same, type Column, type Context, type Scope } from "./scope.ts";
import type { Expression, Select, SelectItem } from "./syntax.ts";
import { queryError } from "./token.ts";
import { impliedName } from "./translate-nested.ts";
import { translateExpression } from "./translate-expression.ts";
import type { Typed } from "./typed.ts";

export interface Item {
  name: string;
  value: Typed;
}

export function translateItem(context: Context, scope: Scope, item: SelectItem): Item[] {
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
export function aliasesOf({ items }: Select, translated: Item[]): Column[] {
  if (items.some(({ kind }) => kind === "star")) {
    const given = items
      .filter((it) => it.kind === "expression" && it.alias !== undefined)
      .map((it) => (it as { alias: string }).alias);
    return translated.filter(({ name }) => given.some((it) => same(it, name))).map(columnOf);
  }
  return translated.filter((_, i) => (items[i] as { alias?: string }).alias !== undefined).map(columnOf);
}

const columnOf = ({ name, value }: Item): Column => ({ name, type: value.type, sql: value.sql });
