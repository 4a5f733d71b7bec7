/** Every start of a pipeline that is known, killed ones too; and who holds it now. */
import { join } from "node:path";
import { rm } from "node:fs/promises";
import type { Context } from "../../util/context.ts";
import { exists } from "../../util/files.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { labelOf } from "../connectors/bigquery/client.ts";
import { isLockConflict, lockHolder, openDuckdb, type Database } from "../engine/duckdb/duckdb.ts";
import { quoteText } from "../engine/duckdb/sql.ts";
import { readLimits } from "../engine/limits.ts";
import { livesInBigQuery } from "../find-home.ts";
import { onlooker } from "../onlooker.ts";
import { placesOf } from "../places.ts";
import { lookAtLock } from "../publish/bigquery/look-at-lock.ts";
import { lookIntoStore } from "../publish/read-publishes.ts";
import type { RunRecord } from "../record/run-record.ts";
import { isRepeat } from "../repeat-exit.ts";
import { readableRecord, type KeptRun } from "../report/history.ts";
import { findRuns } from "../report/past-runs.ts";

/** What one execution did: a Job of the cluster starts a pod anew when one has failed. */
export interface Execution extends KeptRun {
  /** Each start of it, oldest first. */
  starts: KeptRun[];
}

/** Each as its last start that did work of its own; in the order of their last starts. */
export function byExecution(starts: KeptRun[]): Execution[] {
  const groups = Map.groupBy(starts, ({ record }) => record.execution);
  return starts.flatMap((start) => {
    const own = groups.get(start.record.execution)!;
    if (own.at(-1) !== start) return [];
    const telling = own.findLast(({ record }) => !isRepeat(record)) ?? start;
    return [{ ...telling, starts: own }];
  });
}

/** Oldest first. */
export async function pastStarts(pipeline: LoadedPipeline, context: Context): Promise<KeptRun[]> {
  const ended = await findRuns(pipeline, context);
  if (livesInBigQuery(pipeline)) return ended;
  // A run that was killed has written no record: the store has a row of its start.
  const cut = (await lookIntoStore(pipeline, context, (db) => unended(db, pipeline))) ?? [];
  const known = new Set(ended.map(({ record }) => record.execution));
  return [...ended, ...cut.filter(({ record }) => !known.has(record.execution))].toSorted(
    (a, b) => Date.parse(a.record.started_at) - Date.parse(b.record.started_at),
  );
}

async function unended(db: Database, { spec, target }: LoadedPipeline): Promise<KeptRun[]> {
  const [made] = await db.query("SELECT 1 FROM duckdb_tables() WHERE table_name = '_nais_etl_runs'");
  if (!made) return [];
  const rows = await db.query(`SELECT status, CAST(record AS VARCHAR) AS record FROM main._nais_etl_runs
    WHERE status IN ('running', 'killed') AND pipeline = ${quoteText(spec.name)} AND target = ${quoteText(target)}`);
  return rows.map(({ status, record }) => ({
    record: readableRecord(JSON.parse(String(record)) as RunRecord),
    status: String(status) as KeptRun["status"],
  }));
}

export interface Holder {
  /** Who it is, for people: a Job on a host, or a process here. */
  shown: string;
  /** The Job's name, where it is one of the cluster; undefined for a process of this machine. */
  execution?: string;
  /** Of a process of this machine. */
  pid?: number | undefined;
  /** Until when at least; undefined for a process of this machine. */
  until: Date | undefined;
  /** Whether it holds the lock of this execution. */
  isOf: (execution: string) => boolean;
}

export interface LockSeen {
  /** Undefined where nobody does. */
  holder: Holder | undefined;
  /** The most memory of the process that held it last, as far as it told. */
  peakOf: (execution: string) => number | undefined;
}

export async function lookAtHolder(pipeline: LoadedPipeline, context: Context): Promise<LockSeen> {
  if (!livesInBigQuery(pipeline)) return { holder: await localHolder(pipeline, context), peakOf: () => undefined };
  const last = await lookAtLock(onlooker(pipeline, context));
  const isOf = (execution: string) => last?.execution === labelOf(execution);
  const peakOf = (execution: string) => (isOf(execution) ? last?.peakBytes : undefined);
  if (!last || last.until <= context.now()) return { holder: undefined, peakOf };
  return {
    holder: { shown: `${last.execution} on ${last.host}`, execution: last.execution, until: last.until, isOf },
    peakOf,
  };
}

/** The operating system gives the lock back when a process dies: who has it, runs. */
async function localHolder(pipeline: LoadedPipeline, context: Context): Promise<Holder | undefined> {
  const file = join(placesOf(pipeline, context.env).folder, `${pipeline.spec.name}.lock`);
  if (!(await exists(file))) return undefined;
  const temporaryFolder = join(context.tmpdir, `nais-etl-why-${context.host.pid}`);
  try {
    const db = await openDuckdb({ file, readOnly: true, limits: await readLimits(context.tmpdir), temporaryFolder });
    db.close();
    return undefined;
  } catch (error) {
    if (!isLockConflict(error)) return undefined;
    const pid = lockHolder(error);
    const shown = pid === undefined ? "another process" : `process ${pid} of this machine`;
    return { shown, pid, until: undefined, isOf: () => true };
  } finally {
    await context.effect("why.tidy", () => rm(temporaryFolder, { recursive: true, force: true }));
  }
}
