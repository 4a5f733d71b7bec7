/** Which planner knows which statement. */
import { fieldOfType } from "../value/field.ts";
import { planAlterColumns } from "./plan-alter.ts";
import { queryError } from "./token.ts";
import { planAddColumns, planDrop, planSetOptions } from "./plan-ddl.ts";
import { planCreateSchema, planCreateSnapshot, planCreateTable, planCreateView } from "./plan-create.ts";
import { planDelete, planInsert, planTruncate, planUpdate } from "./plan-dml.ts";
import { planMerge } from "./plan-merge.ts";
import { demandPartitionFilters } from "./partition.ts";
import type { Plan } from "./plan.ts";
import { same, type Context } from "./scope.ts";
import type { Query, Statement } from "./syntax.ts";
import { translateQuery } from "./translate-query.ts";

/** Statements of a transaction's own, which the script runs itself. */
export type Control = Extract<Statement, { kind: "begin" | "commit" | "rollback" }>;

export function planStatement(context: Context, statement: Exclude<Statement, Control>): Plan {
  const plan = planKind(context, statement);
  demandPartitionFilters(context);
  return plan;
}

function planKind(context: Context, statement: Exclude<Statement, Control>): Plan {
  switch (statement.kind) {
    case "query":
      return planQuery(context, statement.query);
    case "insert":
      return planInsert(context, statement);
    case "update":
      return planUpdate(context, statement);
    case "delete":
      return planDelete(context, statement);
    case "truncate":
      return planTruncate(context, statement);
    case "merge":
      return planMerge(context, statement);
    case "createTable":
      return planCreateTable(context, statement);
    case "createSnapshot":
      return planCreateSnapshot(context, statement);
    case "createView":
      return planCreateView(context, statement);
    case "createSchema":
      return planCreateSchema(context, statement);
    case "addColumns":
      return planAddColumns(context, statement);
    case "alterColumns":
      return planAlterColumns(context, statement);
    case "setOptions":
      return planSetOptions(context, statement);
    case "drop":
      return planDrop(context, statement);
  }
}

function planQuery(context: Context, query: Query): Plan {
  const { sql, columns } = translateQuery(context, query);
  const twice = columns.find(({ name }, i) => columns.findIndex((it) => same(it.name, name)) < i);
  if (twice) {
    throw queryError(
      `Duplicate column names in the result are not supported. Found duplicate(s): ${twice.name}`,
      query.at,
    );
  }
  const fields = columns.map(({ name, type }) => fieldOfType(name, type));
  return { type: "SELECT", context, reads: context.reads, result: { sql, fields } };
}
