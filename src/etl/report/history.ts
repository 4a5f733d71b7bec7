/** Earlier runs of a pipeline, from the records that they left. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { sumRows, type RunRecord } from "../record/run-record.ts";
import type { PastRun } from "./report-run.ts";

/** As many as a chart shows well. */
export const shownRuns = 30;

/** A record, and how its run stands: one that was killed could not say so in its record. */
export interface KeptRun {
  record: RunRecord;
  status: PastRun["status"];
}

/**
 * The newest records of a folder, oldest first. What is no record of this pipeline and target is passed over.
 * @param most of the files, newest first
 */
export async function readRecords(
  { folder, pipeline, target }: { folder: string; pipeline: string; target: string },
  most = Number.POSITIVE_INFINITY,
): Promise<KeptRun[]> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => /^[^.].*\.json$/.test(name));
  const files = await Promise.all(names.map((name) => fileOf(join(folder, name))));
  const newest = files.toSorted((a, b) => b.changed - a.changed || (a.path < b.path ? 1 : -1)).slice(0, most);
  const records = await Promise.all(newest.map(({ path }) => readRecord(path)));
  return records
    .filter((record) => record !== undefined)
    .filter((record) => record.pipeline === pipeline && record.target === target)
    .map((record) => ({ record, status: record.status }))
    .toReversed()
    .toSorted((a, b) => Date.parse(a.record.started_at) - Date.parse(b.record.started_at));
}

async function fileOf(path: string): Promise<{ path: string; changed: number }> {
  return { path, changed: (await stat(path).catch(() => undefined))?.mtimeMs ?? 0 };
}

async function readRecord(path: string): Promise<RunRecord | undefined> {
  try {
    const read = JSON.parse(await readFile(path, "utf8")) as RunRecord;
    return read.version === 1 ? readableRecord(read) : undefined;
  } catch {
    return undefined;
  }
}

/** A record of an earlier version may lack parts. */
export function readableRecord(record: RunRecord): RunRecord {
  const empty = { nais_etl: "", graph: { models: {}, outputs: {} }, params: {} };
  const lists = { sources: [], models: [], checks: [], outputs: [], problems: [] };
  return { ...empty, ...lists, ...record };
}

/** The runs up to one of them, as charts show them. */
export function historyUpTo(record: RunRecord, kept: KeptRun[]): PastRun[] {
  const own = kept.findLastIndex((run) => run.record.execution === record.execution);
  const runs = own < 0 ? [...kept, { record, status: record.status }] : kept.slice(0, own + 1);
  return runs.slice(-shownRuns).map(pastRun);
}

function pastRun({ record, status }: KeptRun): PastRun {
  const { run_id, execution, started_at, seconds, outputs } = record;
  const ended = status !== "running" && status !== "killed";
  return { run_id, execution, status, started_at, seconds: ended ? seconds : undefined, rows: sumRows(outputs) };
}
