/** The table of rows set aside: published with the outputs, in their transaction. A run's rows stand there once. */
import { durationSeconds } from "../../spec/duration.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { quarantiningChecks } from "../../spec/quarantine-problems.ts";
import { localTarget } from "../../spec/target.ts";
import { quarantineColumns } from "../check/set-aside.ts";
import { parseTableName, type TableName } from "../connectors/bigquery/table-name.ts";
import type { Dialect } from "../engine/dialect.ts";
import { selectParquet, writeParquet } from "../engine/duckdb/materialize.ts";
import type { RunState } from "../run-state.ts";
import { resolveReferences, type RunValues } from "../values.ts";
import type { Context } from "../../util/context.ts";
import type { WritePlan } from "./statements.ts";
import type { NewTable, Published, TableOutput } from "./store.ts";

/** Among the outputs, in state and names of jobs: no name that people would give. */
export const quarantineOutput = "_nais_etl_quarantine";

/** What an error says that it comes from. */
export function partOf(output: string): string {
  return output === quarantineOutput ? "quarantine" : `output ${output}`;
}

const description = "nais-etl: rows that checks have set aside, and why. They may hold personal data.";
const defaultExpire = "30d";

interface Asked {
  pipeline: LoadedPipeline;
  values: RunValues;
  context: Context;
}

/** The quarantine as an output; undefined where no check sets rows aside. */
function quarantineSpec({ pipeline, values, context }: Asked): TableOutput | undefined {
  const { quarantine } = pipeline.spec;
  if (!quarantine || quarantiningChecks(pipeline.spec).next().done) return undefined;
  const { table, expire } = resolveReferences(quarantine, { values, pipeline, context, path: ["quarantine"] });
  return {
    type: "bigquery",
    table,
    write: "append",
    partition: { column: "quarantined_at", by: "day", expire: expire ?? defaultExpire },
    cluster: ["pipeline", "run_id"],
    description,
  };
}

/** Where it lies in BigQuery. */
export function quarantineName(asked: Asked, project: string): TableName | undefined {
  const spec = quarantineSpec(asked);
  return spec && parseTableName(spec.table, { project, where: () => asked.pipeline.where(["quarantine", "table"]) });
}

/** Whether an earlier run of this id has published rows set aside. */
export function hasQuarantine(published: Published[]): boolean {
  return published.some(({ output }) => output === quarantineOutput);
}

/** @returns the rows that this run has set aside, as one more table to publish; undefined where the table stays as it is */
export async function quarantineTable(state: RunState): Promise<NewTable | undefined> {
  const { aside, work, pipeline, quarantined } = state;
  const spec = quarantineSpec(state);
  const rows = aside.reduce((sum, part) => sum + part.rows, 0);
  // In BigQuery expired rows go by themselves, and a table that nobody writes to is in nobody's way.
  const isIdle = rows === 0 && !quarantined && pipeline.target !== localTarget;
  if (!spec || isIdle) return undefined;
  const parts = aside.flatMap(({ file }) => (file === undefined ? [] : [selectParquet(file, quarantineColumns)]));
  const file = work.file("outputs", quarantineOutput);
  const sql = parts.length > 0 ? parts.join(" UNION ALL ") : noRows(work.db.dialect);
  await state.context.effect("quarantine.gather", () =>
    writeParquet(work.db, { sql, columns: quarantineColumns, file }),
  );
  const columns = quarantineColumns.map((column) => ({ ...column, required: false }));
  return { output: quarantineOutput, spec, file, rows, columns, description, plan: planOf(state, spec) };
}

/** How to see what this run has set aside. */
export function lookAside({ pipeline, identity }: RunState, table: string): string {
  const isLocal = pipeline.target === localTarget;
  const from = isLocal ? table.split(".").slice(-2).join(".") : `\`${table}\``;
  const query = `SELECT table_name, reasons, content FROM ${from} WHERE run_id = '${identity.id}'`;
  return isLocal ? `nais-etl query "${query}"` : query;
}

function noRows({ literal, quoteIdentifier }: Dialect): string {
  const list = quarantineColumns.map(({ name, type }) => `${literal(null, type)} AS ${quoteIdentifier(name)}`);
  return `SELECT ${list.join(", ")} WHERE FALSE`;
}

/**
 * In BigQuery, two pipelines that share the table get in each other's way where both delete from it: only a run that has set
 * rows aside before does. On disk, nothing expires but here.
 */
function planOf(state: RunState, { partition }: TableOutput): WritePlan {
  const { pipeline, quarantined } = state;
  const isLocal = pipeline.target === localTarget;
  return {
    mode: quarantined || isLocal ? "replace_rows" : "append",
    columns: quarantineColumns.map(({ name, type }) => ({ name, type })),
    key: [],
    partition: { column: partition!.column, by: "day" },
    interval: undefined,
    forced: false,
    replaced: (dialect) => replacedRows(state, { dialect, expire: isLocal ? partition!.expire! : undefined }),
  };
}

interface Replaced {
  dialect: Dialect;
  /** Rows of this pipeline that are older go, too. */
  expire: string | undefined;
}

/** What this run id has set aside before, of the tables that this run has made; and what is too old. */
function replacedRows({ aside, pipeline, identity, context }: RunState, { dialect, expire }: Replaced): string {
  const is = (column: string, values: string[]) =>
    `${dialect.quoteIdentifier(column)} IN (${values.map(dialect.quoteText).join(", ")})`;
  const tables = aside.map(({ table }) => table);
  const own = tables.length === 0 ? [] : [`(${is("run_id", [identity.id])} AND ${is("table_name", tables)})`];
  return `${is("pipeline", [pipeline.spec.name])} AND (${[...own, ...old(context.now(), { dialect, expire })].join(" OR ") || "FALSE"})`;
}

function old(now: Date, { dialect, expire }: Replaced): string[] {
  if (expire === undefined) return [];
  const since = new Date(now.getTime() - durationSeconds(expire) * 1000).toISOString();
  return [`${dialect.quoteIdentifier("quarantined_at")} < ${dialect.literal(since, { kind: "TIMESTAMP" })}`];
}
