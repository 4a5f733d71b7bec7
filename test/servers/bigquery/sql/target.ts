/** The table that a statement changes: whether it may, when it may, and what its columns take. */
import { invalidQuery, notHere } from "../api-error.ts";
import { touch, type Table } from "../catalog/catalog.ts";
import { demand } from "../grants.ts";
import { assign } from "../value/assign.ts";
import { typeOfField, type Field } from "../value/field.ts";
import { showType } from "../value/type.ts";
import type { Done, Execution } from "./plan.ts";
import { emptyScope, readColumn, same, type Context, type Reference, type Scope } from "./scope.ts";
import type { Assignment, Place } from "./syntax.ts";
import { targetTable } from "./table.ts";
import { queryError } from "./token.ts";
import { translateExpression } from "./translate-expression.ts";
import { tableColumns } from "./translate-from.ts";
import { canCoerce, coerce, type Typed } from "./typed.ts";

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

export async function adding({ context, transaction, written }: Execution, table: Table, act: () => Promise<Done>) {
  const { locks } = context.state;
  if (!transaction) return locks.append(table, () => act().then((done) => (touch(table), done)));
  await locks.insert(transaction, table);
  written.add(table);
  return act();
}

export function findField({ table }: Pick<Target, "table">, name: string, at: Place): Field {
  const found = table.fields.find((it) => same(it.name, name));
  if (found) return found;
  throw queryError(`Column ${name} is not present in table ${table.dataset}.${table.table}`, at);
}

/** What is stored in a column for a value. @throws ApiError where the types do not fit */
export const stored = (field: Field, value: Typed, at: Place, what = "Value"): string =>
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

/** @throws ApiError where a row would be changed twice */
export async function demandOneSource(
  { session }: Pick<Execution, "session">,
  source: string,
  name: string,
): Promise<void> {
  const found = await session.rows(`SELECT 1 FROM ${source} GROUP BY ${name}.rowid HAVING count(*) > 1 LIMIT 1`);
  if (found.length > 0) throw invalidQuery("UPDATE/MERGE must match at most one source row for each target row");
}
