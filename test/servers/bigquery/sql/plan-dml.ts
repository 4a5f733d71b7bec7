/** https://cloud.google.com/bigquery/docs/reference/standard-sql/dml-syntax */
import { assign } from "../value/assign.ts";
import type { Field } from "../value/field.ts";
import { quote } from "../value/type.ts";
import { demandBool } from "./operator.ts";
import { notePartitions } from "./partition.ts";
import type { Execution, Plan } from "./plan.ts";
import { emptyScope, type Context, type Scope } from "./scope.ts";
import type { Expression, Place, Statement } from "./syntax.ts";
import { queryError } from "./token.ts";
import { translateExpression } from "./translate-expression.ts";
import { translateFrom } from "./translate-from.ts";
import { translateQuery } from "./translate-query.ts";
import type { Typed } from "./typed.ts";
import {
  absent,
  adding,
  assignments,
  changing,
  demandOneSource,
  findField,
  openTarget,
  readAll,
  stored,
} from "./target.ts";

type Of<Kind extends Statement["kind"]> = Extract<Statement, { kind: Kind }>;

const nothing = { inserted: 0, updated: 0, deleted: 0 };

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
