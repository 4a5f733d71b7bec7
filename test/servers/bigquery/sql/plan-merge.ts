/** https://cloud.google.com/bigquery/docs/reference/standard-sql/dml-syntax#merge_statement */
import { notHere } from "../api-error.ts";
import { assign, assignUnchecked } from "../value/assign.ts";
import { quote } from "../value/type.ts";
import { demandBool } from "./operator.ts";
import {
  absent,
  assignments,
  changing,
  demandOneSource,
  findField,
  fitted,
  openTarget,
  readAll,
  type Assigned,
  type Target,
} from "./target.ts";
import { notePartitions } from "./partition.ts";
import type { Done, Execution, Plan } from "./plan.ts";
import { emptyScope, type Context, type Scope } from "./scope.ts";
import type { Expression, MergeClause, Place, Statement } from "./syntax.ts";
import { queryError } from "./token.ts";
import { translateExpression } from "./translate-expression.ts";
import { translateFrom, type Source } from "./translate-from.ts";

type Merge = Extract<Statement, { kind: "merge" }>;

interface Sides {
  target: Target;
  source: Source;
  both: Scope;
}

interface Clause {
  match: MergeClause["match"];
  condition: string;
  /** `UPDATE SET …`, `DELETE`, `INSERT …` */
  act: string;
  set: Assigned[];
}

export function planMerge(context: Context, statement: Merge): Plan {
  if (statement.source.kind === "join") throw notHere("a MERGE whose source is a join: put it into a sub-query");
  const target = openTarget(context, statement);
  readAll(context, target);
  const source = translateFrom(context, statement.source, emptyScope());
  const both: Scope = { ...target.scope, relations: [...target.scope.relations, ...source.scope.relations] };
  notePartitions(context, both, statement.on);
  const on = demandBool(translateExpression(context, both, statement.on), "MERGE ON clause", statement.at);
  const clauses = statement.clauses.map((it) => translateClause(context, { target, source, both }, it, statement.at));
  const parts: Parts = { into: `${target.table.physical} AS ${target.name}`, from: source.sql, on, clauses, target };
  const run = (execution: Execution) => changing(execution, target.table, () => merge(execution, parts));
  return { type: "MERGE", context, reads: context.reads, run };
}

interface Parts {
  into: string;
  from: string;
  on: string;
  clauses: Clause[];
  target: Target;
}

async function merge({ session }: Execution, parts: Parts): Promise<Done> {
  const { into, from, on, clauses, target } = parts;
  const matched = clauses.filter(({ match }) => match === "MATCHED").map(({ condition }) => `(${condition})`);
  const pairs = `${into} JOIN ${from} ON (${on}) WHERE ${matched.join(" OR ")}`;
  if (matched.length > 0) await demandOneSource({ session }, pairs, target.name);
  for (const clause of clauses) await checkRows({ session }, parts, clause);
  const whens = clauses.map(({ match, condition, act }) => {
    const when = match === "NOT MATCHED" ? "NOT MATCHED BY TARGET" : match;
    return `WHEN ${when} AND ${condition} THEN ${act}`;
  });
  const sql = `MERGE INTO ${into} USING ${from} ON (${on}) ${whens.join(" ")} RETURNING merge_action`;
  return { dml: await countActions({ session }, sql) };
}

/**
 * DuckDB reckons the values of all clauses for all rows, so what a column refuses is looked for before, in the rows
 * that each clause is about.
 */
async function checkRows(
  { session }: Pick<Execution, "session">,
  { into, from, on }: Parts,
  clause: Clause,
): Promise<void> {
  const { match, condition, set } = clause;
  const checked = set
    .map(({ field, value }) => ({ strict: assign(field, value.sql), loose: assignUnchecked(field, value.sql) }))
    .filter(({ strict, loose }) => strict !== loose);
  if (checked.length === 0) return;
  const rows = {
    MATCHED: `${into} JOIN ${from} ON (${on}) WHERE ${condition}`,
    "NOT MATCHED": `${from} WHERE NOT EXISTS (SELECT 1 FROM ${into} WHERE ${on}) AND ${condition}`,
    "NOT MATCHED BY SOURCE": `${into} WHERE NOT EXISTS (SELECT 1 FROM ${from} WHERE ${on}) AND ${condition}`,
  }[match];
  const list = checked.map(({ strict }, i) => `${strict} AS c${i}`).join(", ");
  await session.run(`CREATE OR REPLACE TEMP TABLE merge_check AS SELECT ${list} FROM ${rows}`);
  await session.run("DROP TABLE temp.merge_check");
}

function translateClause(context: Context, sides: Sides, { match, and, act }: MergeClause, at: Place): Clause {
  const { target, source, both } = sides;
  const scope = match === "MATCHED" ? both : match === "NOT MATCHED" ? source.scope : target.scope;
  const condition = and ? demandBool(translateExpression(context, scope, and), "WHEN clause", and.at) : "true";
  if (act.kind === "delete") return { match, condition, act: "DELETE", set: [] };
  if (act.kind === "update") {
    const set = assignments(context, target, scope, act.set);
    const items = set.map(({ field, value }) => `${quote(field.name)} = ${assignUnchecked(field, value.sql)}`);
    return { match, condition, act: `UPDATE SET ${items.join(", ")}`, set };
  }
  const set = inserted(context, sides, act, at);
  const names = set.map(({ field }) => quote(field.name)).join(", ");
  const values = set.map(({ field, value }) => assignUnchecked(field, value.sql)).join(", ");
  return { match, condition, act: `INSERT (${names}) VALUES (${values})`, set };
}

type Insert = Extract<MergeClause["act"], { kind: "insert" }>;

function inserted(
  context: Context,
  { target, source }: Sides,
  { columns, values: given }: Insert,
  at: Place,
): Assigned[] {
  const { fields: all } = target.table;
  const fields = columns.length > 0 ? columns.map((it) => findField(target, it, at)) : all;
  const values = given === "ROW" ? rowOf(source, at) : given;
  if (values.length !== fields.length) {
    throw queryError(`Inserted row has wrong column count; Has ${values.length}, expected ${fields.length}`, at);
  }
  const named = fields.map((field, i) => {
    const value = values[i]!;
    const translated = value === "DEFAULT" ? absent(field) : translateExpression(context, source.scope, value);
    return { field, value: fitted(field, translated, at) };
  });
  const rest = all
    .filter((it) => !fields.includes(it))
    .map((field) => ({ field, value: fitted(field, absent(field), at) }));
  return [...named, ...rest];
}

/** INSERT ROW: all columns of the source, in their order. */
function rowOf({ scope }: Source, at: Place): Expression[] {
  const [relation] = scope.relations;
  const alias = relation!.alias === undefined ? [] : [relation!.alias];
  return relation!.columns.map(({ name }) => ({ kind: "path", names: [...alias, name], at }));
}

/** Rows can be many: they are counted as they come. */
async function countActions({ session }: Pick<Execution, "session">, sql: string) {
  const counts: Record<string, number> = {};
  const result = await session.stream(sql);
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (const action of chunk.getColumnValues(0) as string[]) counts[action] = (counts[action] ?? 0) + 1;
  }
  const { INSERT: inserted = 0, UPDATE: updated = 0, DELETE: deleted = 0 } = counts;
  return { inserted, updated, deleted };
}
