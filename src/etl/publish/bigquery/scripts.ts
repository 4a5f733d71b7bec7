/**
 * The GoogleSQL that changes state and publishes: each script is one transaction, and one job.
 * Its first statement is the fence. Transactions that only insert do not conflict in BigQuery, so without it a process that was
 * paused could publish after its successor; two that update the same table cancel each other.
 * Source: https://cloud.google.com/bigquery/docs/transactions
 */
import { formatTableName, type TableName } from "../../connectors/bigquery/table-name.ts";
import { googlesqlDialect as dialect } from "../../engine/bigquery/dialect.ts";
import { quoteIdentifier, quoteText } from "../../engine/bigquery/sql.ts";
import type { RunRow } from "../../record/run-row.ts";
import { insertStatements, valuesOf } from "../insert-rows.ts";
import { undoneMode } from "../past-publish.ts";
import { appendedOutputs, markRows, publishRows } from "../publish-record.ts";
import { replaceAll, writeStatements } from "../statements.ts";
import type { FilePlace, PublishParts } from "../store.ts";
import { layouts, type StateTables } from "./state-tables.ts";

/** What a refused transaction says; see store.ts. */
export const fencedMark = "nais-etl: fenced";
export const appendedMark = "nais-etl: appended";

export function quoteTable(name: TableName): string {
  return quoteIdentifier(formatTableName(name));
}

/** The fence appears with its row, whoever makes it: two who are as quick make one. */
export function createFence(tables: StateTables): string {
  return `CREATE TABLE IF NOT EXISTS ${quoteTable(tables.fence)} AS SELECT 0 AS token`;
}

interface State {
  tables: StateTables;
  pipeline: string;
}

/** The token of the run before, and how many runs of this pipeline are said to be running. */
export function readFence({ tables, pipeline }: State): string {
  const running = `SELECT COUNT(*) FROM ${quoteTable(tables.runs)} WHERE status = 'running' AND pipeline = ${quoteText(pipeline)}`;
  return `SELECT (SELECT MAX(token) FROM ${quoteTable(tables.fence)}) AS token, (${running}) AS running`;
}

interface Begin extends State {
  /** One more than the token that was read. */
  token: number;
  row: RunRow;
  /** Whether earlier runs are said to be running: they were killed, since runs of one pipeline exclude each other. */
  killed: boolean;
  files: FilePlace[];
}

/** From here on, who began earlier is fenced out. */
export function beginScript({ tables, pipeline, token, row, killed, files }: Begin): string {
  const fence = quoteTable(tables.fence);
  const runs = quoteTable(tables.runs);
  const kill = `UPDATE ${runs} SET status = 'killed' WHERE status = 'running' AND pipeline = ${quoteText(pipeline)}`;
  return transaction([
    refuseUnless(`(SELECT COUNT(*) FROM ${fence} WHERE token < ${token}) = 1`, fencedMark),
    `UPDATE ${fence} SET token = ${token} WHERE token < ${token}`,
    ...(killed ? [kill] : []),
    ...insertStatements({ target: runs, rows: [runValues(row)], dialect }),
    ...keepFiles(tables, files, false),
  ]);
}

interface Publish extends State {
  token: number;
  parts: PublishParts;
  /** The destination of an output. */
  target: (output: string) => TableName;
}

export function publishScript({ tables, pipeline, token, parts, target }: Publish): string {
  const fence = quoteTable(tables.fence);
  const writes = parts.tables.flatMap(({ output, plan, staged }) =>
    writeStatements({ plan, target: quoteTable(target(output)), staged, dialect }),
  );
  const restored = (parts.restores ?? []).flatMap(({ output, columns, relation }) =>
    replaceAll({ columns, target: quoteTable(target(output)), staged: relation, dialect }),
  );
  return transaction([
    `UPDATE ${fence} SET token = ${token} WHERE token <= ${token}`,
    refuseUnless(`(SELECT COUNT(*) FROM ${fence} WHERE token = ${token}) = 1`, fencedMark),
    ...refuseSecondAppend(tables, pipeline, parts),
    ...writes,
    ...restored,
    ...insertStatements({ target: quoteTable(tables.publishes), rows: publishRows(pipeline, parts), dialect }),
    ...insertStatements({ target: quoteTable(tables.cursors), rows: markRows(pipeline, parts), dialect }),
    ...keepFiles(tables, parts.files, true),
  ]);
}

/** Read in the transaction that appends: whatever became of the lock, a run id is appended once in a generation. */
function refuseSecondAppend({ publishes }: StateTables, pipeline: string, parts: PublishParts): string[] {
  const outputs = appendedOutputs(parts).map(quoteText);
  if (outputs.length === 0) return [];
  const { runId, generation } = parts.id;
  const appended = `SELECT COUNT(*) FROM ${quoteTable(publishes)} WHERE pipeline = ${quoteText(pipeline)} AND run_id = ${quoteText(runId)} AND generation >= ${generation} AND output IN (${outputs.join(", ")}) AND IFNULL(write_mode, '') != ${quoteText(undoneMode)}`;
  return [refuseUnless(`(${appended}) = 0`, appendedMark)];
}

/** The end of a run, whether its beginning stands there or not. */
export function recordScript({ runs }: StateTables, row: RunRow): string {
  const values = runValues(row);
  const columns = Object.keys(values);
  const list = valuesOf(values, dialect).map((value, i) => {
    const column = columns[i]!;
    // In a query of its own a NULL would be an INT64.
    return `CAST(${value} AS ${layouts.runs.columns[column]}) AS ${quoteIdentifier(column)}`;
  });
  const key = ["pipeline", "execution", "started_at"];
  return dialect.merge({ target: quoteTable(runs), staged: `(SELECT ${list.join(", ")})`, key, columns });
}

/** A query may have a million characters; a record has some thousands, unless very much went wrong. */
const longestRecord = 600_000;
const keptOfLongRecord = 50;

function runValues(row: RunRow): object {
  return { ...row, record: { sql: dialect.literal(shortened(row.record), { kind: "JSON" }) } };
}

function shortened(text: string): string {
  if (text.length <= longestRecord) return text;
  const record = JSON.parse(text) as Record<"checks" | "problems", unknown[]>;
  const { checks, problems } = record;
  return JSON.stringify({
    ...record,
    checks: checks.slice(0, keptOfLongRecord),
    problems: problems.slice(0, keptOfLongRecord),
  });
}

export function clearFiles({ files }: StateTables): string {
  return `DELETE FROM ${quoteTable(files!)} WHERE TRUE`;
}

function keepFiles(tables: StateTables, files: FilePlace[], committed: boolean): string[] {
  if (!tables.files) return [];
  const rows = files.map(({ output, aside, path }) => ({ output, aside, path, committed }));
  return [clearFiles(tables), ...insertStatements({ target: quoteTable(tables.files), rows, dialect })];
}

interface Keep {
  tables: StateTables;
  token: number;
  from: TableName;
  /** There is none of this name. */
  to: TableName;
}

/** One job, so that who was paused cannot keep, in the name of an old state, what its successor has published. */
export function keepScript({ tables, token, from, to }: Keep): string {
  const mine = `(SELECT COUNT(*) FROM ${quoteTable(tables.fence)} WHERE token = ${token}) = 1`;
  const keep = `CREATE SNAPSHOT TABLE ${quoteTable(to)} CLONE ${quoteTable(from)}`;
  return [refuseUnless(mine, fencedMark), keep, ""].join(";\n");
}

/** With its partitions, clusters and policy tags. Source: https://cloud.google.com/bigquery/docs/table-snapshots-restore */
export function cloneScript(to: TableName, from: string): string {
  return `CREATE TABLE IF NOT EXISTS ${quoteTable(to)} CLONE ${from}`;
}

interface Hold {
  /** Its rows, as SQL. */
  relation: string;
  to: TableName;
  expires: Date;
}

export function holdScript({ relation, to, expires }: Hold): string {
  return `CREATE TABLE IF NOT EXISTS ${quoteTable(to)} OPTIONS (expiration_timestamp = ${timestamp(expires)}) AS SELECT * FROM ${relation}`;
}

/** A table as it was. Source: https://cloud.google.com/bigquery/docs/time-travel */
export function asOf(table: TableName, moment: Date): string {
  return `${quoteTable(table)} FOR SYSTEM_TIME AS OF ${timestamp(moment)}`;
}

function timestamp(date: Date): string {
  return dialect.literal(date.toISOString(), { kind: "TIMESTAMP" });
}

function refuseUnless(condition: string, mark: string): string {
  return `SELECT IF(${condition}, 1, ERROR(${quoteText(mark)}))`;
}

function transaction(statements: string[]): string {
  return ["BEGIN TRANSACTION", ...statements, "COMMIT TRANSACTION", ""].join(";\n");
}
