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
import { matchOutputs, outputModels } from "./match-outputs.ts";
import { makeRows, type MadeRows } from "./make-rows.ts";

export interface ModelChange extends RowChanges {
  model: string;
  /** The model whose rows readers saw in place of these; undefined where it is the same one. */
  was: string | undefined;
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
  /** The old pipeline, where its models could be run. */
  old: LoadedPipeline | undefined;
}

export type TableColumns = ReadonlyMap<string, { name: string; type: Type }[]>;

/** @throws as a run does, where the models here cannot be run */
export async function diffData({ before, after, interval, params }: DiffData, context: Context): Promise<DiffedData> {
  const label = identifyRun({ pipeline: after, label: interval, context }).interval?.label;
  const work = await openWork(context);
  try {
    const at = context.now();
    const now = await makeRows({ pipeline: after, interval: label, params, now: at, work }, quiet(context));
    const side = { now, at, after, label, params, db: work.store };
    let failure: unknown;
    for (const [tried, open] of before.entries()) {
      try {
        const { diff, old, before: pipeline } = await compareWith(open, side);
        const columns = { after: columnsOf(now), before: columnsOf(old) };
        return { diff, tried, failure: undefined, columns, old: pipeline };
      } catch (error) {
        context.signal.throwIfAborted();
        failure = error;
      }
    }
    const columns = { after: columnsOf(now), before: new Map() };
    return { diff: undefined, tried: before.length, failure, columns, old: undefined };
  } finally {
    await work.close();
  }
}

function columnsOf({ tables }: MadeRows): TableColumns {
  return new Map([...tables].map(([name, { columns }]) => [name, columns]));
}

interface Side {
  now: MadeRows;
  /** What the models took for now. */
  at: Date;
  after: LoadedPipeline;
  /** Of the interval that the rows are for. */
  label: string | undefined;
  params: Record<string, string>;
  /** An engine that can read all files. */
  db: Database;
}

async function compareWith(open: OpenOld, { now, at, after, label, params, db }: Side) {
  const { before, context } = await open();
  const work = await openWork(context);
  try {
    const interval = before.spec.interval?.every === after.spec.interval?.every ? label : undefined;
    const asked = { pipeline: before, interval, params: knownTo(before, params), now: at, work };
    const old = await makeRows(asked, quiet(context));
    return { diff: await compareAll({ old, now, pipeline: after, before, db }), old, before };
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
  before: LoadedPipeline;
  db: Database;
}

async function compareAll({ old, now, pipeline, before, db }: CompareAll): Promise<DataDiff> {
  const published = new Set(outputModels(pipeline).values());
  const changes: ModelChange[] = [];
  const pairs = pairsOf({ old, now, pipeline, before });
  for (const { name, was } of pairs) {
    const [after, earlier] = [now.tables.get(name)!, old.tables.get(was)!];
    const keys = [keyOfModel(name, pipeline), keyOfModel(was, before)].filter((key) => key !== undefined);
    const compared = await compareTables({ before: earlier, after, keys, db });
    const unsteady = now.unsteady.has(name) || old.unsteady.has(was);
    const isPublished = published.has(name);
    const change = { model: name, was: was === name ? undefined : was, published: isPublished, ...compared, unsteady };
    if (isChange(change)) changes.push(change);
  }
  const [names, olds] = [new Set(pairs.map(({ name }) => name)), new Set(pairs.map(({ was }) => was))];
  return {
    changes: changes.toSorted((a, b) => Number(b.published) - Number(a.published)),
    compared: pairs.length,
    empty: pairs
      .filter(({ name, was }) => isEmpty(now.tables.get(name)) && isEmpty(old.tables.get(was)))
      .map(({ name }) => name),
    added: [...now.tables.keys()].filter((name) => !names.has(name)),
    removed: [...old.tables.keys()].filter((name) => !olds.has(name)),
  };
}

/** What is compared: models of one name, and what readers see in place of what they saw. */
function pairsOf({ old, now, pipeline, before }: Omit<CompareAll, "db">): { name: string; was: string }[] {
  const [models, oldModels] = [outputModels(pipeline), outputModels(before)];
  const seen = [...matchOutputs(pipeline.spec, before.spec)].flatMap(([output, earlier]) => {
    const [name, was] = [models.get(output)!, oldModels.get(earlier)!];
    return name !== was && now.tables.has(name) && old.tables.has(was) ? [{ name, was }] : [];
  });
  const own = [...now.tables.keys()].filter((name) => old.tables.has(name)).map((name) => ({ name, was: name }));
  return [
    ...own,
    ...seen.filter((one, i) => seen.findIndex(({ name, was }) => name === one.name && was === one.was) === i),
  ];
}

interface CompareTables {
  before: Table;
  after: Table;
  keys: string[][];
  db: Database;
}

async function compareTables({ before, after, keys, db }: CompareTables) {
  const { changes, common } = compareColumns(before.columns, after.columns);
  const rows = await compareRows({ db, before: rowsOf(before), after: rowsOf(after), columns: common, keys });
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
