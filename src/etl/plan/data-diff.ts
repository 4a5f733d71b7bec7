/** What a change of the models does to the data: old and new models on the same samples, as counts. No value is told. */
import type { Context } from "../../util/context.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { keyOf, tablesOf } from "../../spec/table.ts";
import type { Type } from "../../spec/type.ts";
import type { Database } from "../engine/duckdb/duckdb.ts";
import { selectParquet } from "../engine/duckdb/materialize.ts";
import type { Table } from "../table.ts";
import { identifyRun } from "../identity.ts";
import { openWork } from "../work.ts";
import { compareColumns, type ColumnChanges } from "./compare-columns.ts";
import { compareRows, type RowChanges } from "./compare-rows.ts";
import { makeRows, type MadeRows } from "./make-rows.ts";

export interface ModelChange extends RowChanges {
  model: string;
  /** Whether readers see it, or other models alone. */
  published: boolean;
  rows_before: number;
  rows_after: number;
  columns: ColumnChanges;
  /** It may give other rows each time it is run: these changes may mean nothing. */
  unsteady: boolean;
}

export interface DataDiff {
  /** Only what has changed; published tables first. */
  changes: ModelChange[];
  /** How many tables were compared. */
  compared: number;
  /** Those that the samples give no rows for, before or after: a change of them is not seen. */
  empty: string[];
  /** Models that are new, or gone. */
  added: string[];
  removed: string[];
}

export interface DiffData {
  after: LoadedPipeline;
  /** Ways to the old pipeline: the first whose models can be run is compared. */
  before: OpenOld[];
  interval: string | undefined;
  params: Record<string, string>;
}

export type OpenOld = () => Promise<{ before: LoadedPipeline; context: Context }>;

export interface DiffedData {
  diff: DataDiff | undefined;
  /** Which of the old pipelines it is from. */
  tried: number;
  /** Why there is no diff: what the last of them threw. */
  failure: unknown;
  /** The columns of what the models here make, and of what the old ones do where they could be run. */
  columns: { after: TableColumns; before: TableColumns };
}

export type TableColumns = ReadonlyMap<string, { name: string; type: Type }[]>;

/** @throws as a run does, where the models here cannot be run */
export async function diffData({ before, after, interval, params }: DiffData, context: Context): Promise<DiffedData> {
  const label = identifyRun({ pipeline: after, label: interval, context }).interval?.label;
  const work = await openWork(context);
  try {
    const now = await makeRows({ pipeline: after, interval: label, params, work }, quiet(context));
    const side = { now, after, label, params, db: work.store };
    let failure: unknown;
    for (const [tried, open] of before.entries()) {
      try {
        const { diff, old } = await compareWith(open, side);
        return { diff, tried, failure: undefined, columns: { after: columnsOf(now), before: columnsOf(old) } };
      } catch (error) {
        context.signal.throwIfAborted();
        failure = error;
      }
    }
    return { diff: undefined, tried: before.length, failure, columns: { after: columnsOf(now), before: new Map() } };
  } finally {
    await work.close();
  }
}

function columnsOf({ tables }: MadeRows): TableColumns {
  return new Map([...tables].map(([name, { columns }]) => [name, columns]));
}

interface Side {
  now: MadeRows;
  after: LoadedPipeline;
  /** Of the interval that the rows are for. */
  label: string | undefined;
  params: Record<string, string>;
  /** An engine that can read all files. */
  db: Database;
}

async function compareWith(open: OpenOld, { now, after, label, params, db }: Side) {
  const { before, context } = await open();
  const work = await openWork(context);
  try {
    const interval = before.spec.interval?.every === after.spec.interval?.every ? label : undefined;
    const asked = { pipeline: before, interval, params: knownTo(before, params), work };
    const old = await makeRows(asked, quiet(context));
    return { diff: await compareAll({ old, now, pipeline: after, db }), old };
  } finally {
    await work.close();
  }
}

const silent = () => undefined;

function quiet(context: Context): Context {
  return { ...context, log: { ...context.log, info: silent, warn: silent, problem: silent } };
}

function knownTo({ spec }: LoadedPipeline, params: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(params).filter(([name]) => Object.hasOwn(spec.params ?? {}, name)));
}

interface CompareAll {
  old: MadeRows;
  now: MadeRows;
  pipeline: LoadedPipeline;
  db: Database;
}

async function compareAll({ old, now, pipeline, db }: CompareAll): Promise<DataDiff> {
  const published = new Set(Object.entries(pipeline.spec.outputs ?? {}).map(([name, { model }]) => model ?? name));
  const changes: ModelChange[] = [];
  const both = [...now.tables.values()].filter(({ name }) => old.tables.has(name));
  for (const after of both) {
    const before = old.tables.get(after.name)!;
    const compared = await compareTables({ before, after, key: keyOfModel(after.name, pipeline), db });
    const unsteady = now.unsteady.has(after.name) || old.unsteady.has(after.name);
    const change = { model: after.name, published: published.has(after.name), ...compared, unsteady };
    if (isChange(change)) changes.push(change);
  }
  return {
    changes: changes.toSorted((a, b) => Number(b.published) - Number(a.published)),
    compared: both.length,
    empty: both
      .map(({ name }) => name)
      .filter((name) => isEmpty(now.tables.get(name)) && isEmpty(old.tables.get(name))),
    added: [...now.tables.keys()].filter((name) => !old.tables.has(name)),
    removed: [...old.tables.keys()].filter((name) => !now.tables.has(name)),
  };
}

interface CompareTables {
  before: Table;
  after: Table;
  key: string[] | undefined;
  db: Database;
}

async function compareTables({ before, after, key, db }: CompareTables) {
  const { changes, common } = compareColumns(before.columns, after.columns);
  const rows = await compareRows({ db, before: rowsOf(before), after: rowsOf(after), columns: common, key });
  return { ...rows, rows_before: before.rows!, rows_after: after.rows!, columns: changes };
}

function rowsOf({ file, columns }: Table): string {
  return selectParquet(file!, columns);
}

function keyOfModel(name: string, { spec }: LoadedPipeline): string[] | undefined {
  // A model that declares no columns may have a key yet.
  const models = { ...spec.models, [name]: { ...spec.models?.[name], columns: spec.models?.[name]?.columns ?? {} } };
  const isSource = spec.sources?.[name] !== undefined;
  const table = tablesOf(isSource ? spec : { ...spec, models }).find((one) => one.name === name);
  return table && keyOf(table);
}

function isEmpty(table: Table | undefined): boolean {
  return table?.rows === 0;
}

function isChange({ added, removed, rows_changed: rows, columns }: ModelChange): boolean {
  return added + removed + rows > 0 || Object.values(columns).some((list) => list.length > 0);
}
