/** https://cloud.google.com/bigquery/docs/reference/standard-sql/dml-syntax */
import { invalidQuery, notHere } from "../api-error.ts";
import { touch, type Table } from "../catalog/catalog.ts";
import { demand } from "../grants.ts";
import { assign } from "../value/assign.ts";
import { quote, showType, typeOfField, type Field } from "../value/type.ts";
import { demandBool } from "./operator.ts";
import { notePartitions } from "./partition.ts";
import type { Done, Execution, Plan } from "./plan.ts";
import { emptyScope, readColumn, same, type Context, type Reference, type Scope } from "./scope.ts";
import type { Assignment, Expression, Place, Statement } from "./syntax.ts";
import { targetTable } from "./table.ts";
import { queryError } from "./token.ts";
import { translateExpression } from "./translate-expression.ts";
import { tableColumns, translateFrom } from "./translate-from.ts";
import { translateQuery } from "./translate-query.ts";
import { canCoerce, coerce, type Typed } from "./typed.ts";

type Of<Kind extends Statement["kind"]> = Extract<Statement, { kind: Kind }>;

/** A table that is written to, under the name by which expressions know it. */
export interface Target {
  table: Table;
  reference: Reference;
  name: string;
  scope: Scope;
}

export function openTarget(
  context: Context,
  { target, alias, at }: { target: string[]; alias?: string; at: Place },
): Target {
  const table = targetTable(context, target, at);
  demand(context.state, { principal: context.principal, permission: "bigquery.tables.updateData", on: table });
  const name = context.fresh("r");
  const reference: Reference = { table, predicates: [] };
  const relation = { alias: alias ?? target.at(-1)!.split(".").at(-1)!, columns: tableColumns(reference, name) };
  return { table, reference, name, scope: { ...emptyScope(), relations: [relation] } };
}

/** A statement that changes rows pays for all columns of its table, in the partitions that its condition leaves. */
export function readAll(context: Context, { table, reference }: Target): void {
  for (const { name } of table.fields) readColumn(context, table, name);
  context.reads.get(table)?.references.push(reference);
}

/** Runs a change of rows where nobody else changes the table. */
export async function changing({ context, transaction, written }: Execution, table: Table, act: () => Promise<Done>) {
  const { locks } = context.state;
  if (!transaction) return locks.alone(table, () => act().then((done) => (touch(table), done)));
  locks.change(transaction, table);
  written.add(table);
  return act();
}

async function adding({ context, transaction, written }: Execution, table: Table, act: () => Promise<Done>) {
  const { locks } = context.state;
  if (!transaction) return locks.append(table, () => act().then((done) => (touch(table), done)));
  await locks.insert(transaction, table);
  written.add(table);
  return act();
}

const nothing = { inserted: 0, updated: 0, deleted: 0 };

export function findField({ table }: Pick<Target, "table">, name: string, at: Place): Field {
  const found = table.fields.find((it) => same(it.name, name));
  if (found) return found;
  throw queryError(`Column ${name} is not present in table ${table.dataset}.${table.table}`, at);
}

/** What is stored in a column for a value. @throws ApiError where the types do not fit */
const stored = (field: Field, value: Typed, at: Place, what = "Value"): string =>
  assign(field, fitted(field, value, at, what).sql);

/** The value as one of the column's type. */
export function fitted(field: Field, value: Typed, at: Place, what = "Value"): Typed {
  const type = typeOfField(field);
  if (canCoerce(value, type)) return coerce(value, type);
  throw queryError(
    `${what} of type ${showType(value.type)} cannot be assigned to ${field.name}, which has type ${showType(type)}`,
    at,
  );
}

const nullValue: Typed = { sql: "NULL", type: { kind: "INT64" }, untyped: true };

/** What a column holds that a row does not name. */
export const absent = (field: Field): Typed =>
  field.mode === "REPEATED" ? { ...nullValue, sql: "[]", type: typeOfField(field) } : nullValue;

export function planInsert(context: Context, statement: Of<"insert">): Plan {
  const { columns, query, values, at } = statement;
  const target = openTarget(context, statement);
  const fields = columns.length > 0 ? columns.map((it) => findField(target, it, at)) : target.table.fields;
  const rows = query
    ? [selected(context, fields, query, at)]
    : values!.map((row) => valuesRow(context, fields, row, at));
  const missing = target.table.fields.filter((it) => !fields.includes(it));
  const names = [...fields, ...missing].map(({ name }) => quote(name)).join(", ");
  const defaults = missing.map((it) => `, ${stored(it, absent(it), at)}`).join("");
  const source = rows.map(({ list, from }) => `SELECT ${list}${defaults}${from}`).join(" UNION ALL ");
  const sql = `INSERT INTO ${target.table.physical} (${names}) ${source}`;
  const act = async ({ session }: Execution) => ({ dml: { ...nothing, inserted: await session.count(sql) } });
  return {
    type: "INSERT",
    context,
    reads: context.reads,
    run: (execution) => adding(execution, target.table, () => act(execution)),
  };
}

function selected(context: Context, fields: Field[], query: Parameters<typeof translateQuery>[1], at: Place) {
  const { sql, columns } = translateQuery(context, query);
  if (columns.length !== fields.length) throw wrongCount(columns.length, fields.length, at);
  const list = fields.map((field, i) => {
    const { type, untyped } = columns[i]!;
    const value: Typed = { sql: `q.c${i + 1}`, type, ...(untyped && { untyped }) };
    return stored(field, value, at, `Query column ${i + 1}`);
  });
  return { list: list.join(", "), from: ` FROM (${sql}) AS q` };
}

const wrongCount = (has: number, expected: number, at: Place) =>
  queryError(`Inserted row has wrong column count; Has ${has}, expected ${expected}`, at);

function valuesRow(context: Context, fields: Field[], row: (Expression | "DEFAULT")[], at: Place) {
  if (row.length !== fields.length) throw wrongCount(row.length, fields.length, at);
  const list = fields.map((field, i) => {
    const value = row[i]!;
    if (value === "DEFAULT") return stored(field, absent(field), at);
    return stored(field, translateExpression(context, emptyScope(), value), value.at);
  });
  return { list: list.join(", "), from: "" };
}

/** A column and the value that it is given. */
export interface Assigned {
  field: Field;
  value: Typed;
}

/** `SET a = 1, b = a + 1` */
export function assignments(context: Context, target: Target, scope: Scope, set: Assignment[]): Assigned[] {
  const names = set.map(({ path }) => path.join(".").toLowerCase());
  const twice = set.find((_, i) => names.indexOf(names[i]!) < i);
  if (twice) throw queryError(`Update item ${twice.path.join(".")} assigned more than once`, twice.at);
  return set.map(({ path, value, at }) => {
    if (path.length > 1) throw notHere("an UPDATE of a field within a STRUCT");
    const field = findField(target, path[0]!, at);
    const given = value === "DEFAULT" ? absent(field) : translateExpression(context, scope, value);
    return { field, value: fitted(field, given, at) };
  });
}

export function planUpdate(context: Context, statement: Of<"update">): Plan {
  const target = openTarget(context, statement);
  readAll(context, target);
  const from = statement.from && translateFrom(context, statement.from, emptyScope());
  const scope: Scope = { ...target.scope, relations: [...target.scope.relations, ...(from?.scope.relations ?? [])] };
  notePartitions(context, scope, statement.where);
  const where = demandBool(translateExpression(context, scope, statement.where), "WHERE clause", statement.at);
  const set = assignments(context, target, scope, statement.set)
    .map(({ field, value }) => `${quote(field.name)} = ${assign(field, value.sql)}`)
    .join(", ");
  const { physical } = target.table;
  const source = from ? ` FROM ${from.sql}` : "";
  const sql = `UPDATE ${physical} AS ${target.name} SET ${set}${source} WHERE ${where}`;
  const act = async ({ session }: Execution) => {
    if (from)
      await demandOneSource({ session }, `${physical} AS ${target.name}, ${from.sql} WHERE ${where}`, target.name);
    return { dml: { ...nothing, updated: await session.count(sql) } };
  };
  return {
    type: "UPDATE",
    context,
    reads: context.reads,
    run: (execution) => changing(execution, target.table, () => act(execution)),
  };
}

/** @throws ApiError where a row would be changed twice */
export async function demandOneSource(
  { session }: Pick<Execution, "session">,
  source: string,
  name: string,
): Promise<void> {
  const found = await session.rows(`SELECT 1 FROM ${source} GROUP BY ${name}.rowid HAVING count(*) > 1 LIMIT 1`);
  if (found.length > 0) throw invalidQuery("UPDATE/MERGE must match at most one source row for each target row");
}

export function planDelete(context: Context, statement: Of<"delete">): Plan {
  const target = openTarget(context, statement);
  readAll(context, target);
  notePartitions(context, target.scope, statement.where);
  const where = demandBool(translateExpression(context, target.scope, statement.where), "WHERE clause", statement.at);
  const sql = `DELETE FROM ${target.table.physical} AS ${target.name} WHERE ${where}`;
  const act = async ({ session }: Execution) => ({ dml: { ...nothing, deleted: await session.count(sql) } });
  return {
    type: "DELETE",
    context,
    reads: context.reads,
    run: (execution) => changing(execution, target.table, () => act(execution)),
  };
}

export function planTruncate(context: Context, statement: Of<"truncate">): Plan {
  const { table } = openTarget(context, statement);
  const act = async ({ session }: Execution) => ({
    dml: { ...nothing, deleted: await session.count(`DELETE FROM ${table.physical}`) },
  });
  return {
    type: "TRUNCATE_TABLE",
    context,
    reads: context.reads,
    run: (execution) => changing(execution, table, () => act(execution)),
  };
}
