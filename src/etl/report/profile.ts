/**
 * What the columns of the tables of a run look like. Looked at after publishing, for at most a tenth of the run's time:
 * what that is not enough for is left out, and whatever goes wrong, the run has ended as it has.
 */
import type { Context } from "../../util/context.ts";
import { messageOf } from "../../util/error.ts";
import { formatType, type Type } from "../../spec/type.ts";
import { toCell } from "../cell.ts";
import type { Database } from "../engine/duckdb/duckdb.ts";
import { sampleParquet } from "../engine/duckdb/materialize.ts";
import type { Row } from "../engine/engine.ts";
import { shownValues, type ShownValues } from "../privacy.ts";
import { secondsInto } from "../record/run-record.ts";
import { withoutValues, type ColumnProfile, type ColumnValues, type TableProfile } from "../record/table-profile.ts";
import type { RunState } from "../run-state.ts";
import type { Table } from "../table.ts";
import {
  fewValues,
  histogramSteps,
  isNamed,
  rangesQuery,
  spreadQuery,
  type Asked,
  type AskedColumn,
  type Spread,
} from "./profile-query.ts";

const shareOfRun = 0.1;
/** Seconds that even the shortest run may plan to spend. */
const leastPlanned = 0.25;
/** Seconds after which it ends at the latest, should the machine be much slower than planned. */
const leastPatience = 2;

/** Up to here every row is looked at, where the time suffices. */
const mostRows = 1_000_000;
/** Enough for quantiles good to half a per cent. */
const sampled = { rows: 100_000, pieces: 10 };
/** Values (rows times columns) a second, as measured on two idle cores: a sample is taken where all would take too long. */
const valuesASecond = 10_000_000;
/** Most frequent values that are kept. */
const mostTop = 5;

/** A table whose rows are kept in a file of the engine's. */
export interface KeptTable {
  name: string;
  columns: { name: string; type: Type }[];
  rows: number;
  file: string;
}

/** Never throws. Counts go into the run's record. @returns the profile, with values where they may be shown */
export async function profileRun(state: RunState): Promise<TableProfile[]> {
  const { context, record, pipeline, work } = state;
  const tables = tablesToProfile(state);
  if (context.signal.aborted || tables.length === 0) return [];
  const share = shareOfRun * secondsInto(record, context);
  const [seconds, patience] = [Math.max(leastPlanned, share), Math.max(leastPatience, share)];
  const shown = shownValues(pipeline);
  const profile = await profileTables({ tables, seconds, patience, shown, db: work.db, context });
  record.profile = withoutValues(profile);
  return profile;
}

/** Models, and sources that are published as they are; the published ones first. */
function tablesToProfile({ tables = new Map<string, Table>(), record: { graph } }: RunState): KeptTable[] {
  const published = new Set(Object.values(graph.outputs));
  const kept = [...tables.values()].flatMap(({ name, columns, rows, file }): KeptTable[] => {
    if (rows === undefined || file === undefined || !(name in graph.models || published.has(name))) return [];
    return [{ name, columns, rows, file }];
  });
  return kept.toSorted((a, b) => Number(published.has(b.name)) - Number(published.has(a.name)));
}

export interface ProfileTables {
  tables: KeptTable[];
  /** That all of them may take: for that a large table is sampled, and when they are over no table is begun. */
  seconds: number;
  /** Seconds after which no more is done. */
  patience: number;
  shown: ShownValues;
  db: Database;
  context: Context;
}

export async function profileTables(options: ProfileTables): Promise<TableProfile[]> {
  const { tables, seconds, patience, context } = options;
  const started = performance.now();
  const left = () => seconds - (performance.now() - started) / 1000;
  const profile: TableProfile[] = [];
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(Math.ceil(patience * 1000))]);
  const db = await options.db.another(signal);
  try {
    for (const [i, table] of tables.entries()) {
      if (i > 0 && left() <= 0) break;
      profile.push(await profileTable(table, { ...options, db, seconds: left() / (tables.length - i) }));
    }
  } catch (error) {
    const missing = tables.slice(profile.length).map(({ name }) => name);
    context.log.debug(`no profile of ${missing.join(", ")}: ${messageOf(error)}`);
  } finally {
    db.close();
  }
  return profile;
}

async function profileTable(table: KeptTable, { seconds, shown, db }: ProfileTables): Promise<TableProfile> {
  const { name, rows, file } = table;
  const { dialect } = db;
  // The engine takes `Name` and `name` for one.
  const hidden = new Set([...shown.except].map((column) => column.toLowerCase()));
  const columns = table.columns.map((column): AskedColumn => ({
    ...column,
    shown: shown.showValues && !hidden.has(column.name.toLowerCase()),
  }));
  const isWhole = rows <= sampled.rows || (rows <= mostRows && rows * columns.length <= seconds * valuesASecond);
  const asked = { columns, dialect, estimated: isWhole && rows > sampled.rows };
  if (isWhole) {
    const found = await profileColumns({ ...asked, relation: dialect.quoteIdentifier(name) }, db);
    return { table: name, rows, looked: found.total, columns: found.columns };
  }
  await db.run(
    `CREATE OR REPLACE TEMP TABLE ${sampleName} AS ${sampleParquet(file, columns, { ...sampled, of: rows })}`,
  );
  const found = await profileColumns({ ...asked, relation: `temp.${sampleName}` }, db);
  await db.run(`DROP TABLE temp.${sampleName}`);
  return { table: name, rows, looked: found.total, columns: found.columns };
}

const sampleName = "nais_etl_sample";

async function profileColumns(asked: Asked, db: Database): Promise<{ total: number; columns: ColumnProfile[] }> {
  const [ranges = {}] = await db.query(rangesQuery(asked));
  const spreads = asked.columns.flatMap((column, i) => spreadOf(column, i, ranges) ?? []);
  const query = spreadQuery(asked, spreads);
  const [spread = {}] = query === undefined ? [] : await db.query(query);
  const columns = asked.columns.map((column, i) => readColumn({ column, i, ranges, spread }));
  return { total: Number(ranges["total"]), columns };
}

/** How the spread of a column is seen, if it has one to be shown. */
function spreadOf({ type, shown }: AskedColumn, i: number, ranges: Row): Spread | undefined {
  if (!shown) return undefined;
  const distinct = Number(ranges[`distinct_${i}`] ?? 0);
  if (isNamed(type)) return distinct > 0 && distinct <= fewValues ? { i } : undefined;
  const [low, high] = [ranges[`low_${i}`], ranges[`high_${i}`]].map((end) => (end == null ? NaN : Number(end)));
  return Number.isFinite(high! - low!) && high! > low! ? { i, range: { low: low!, high: high! } } : undefined;
}

interface ReadColumn {
  column: AskedColumn;
  i: number;
  ranges: Row;
  spread: Row;
}

function readColumn({ column, i, ranges, spread }: ReadColumn): ColumnProfile {
  const distinct = ranges[`distinct_${i}`];
  return {
    name: column.name,
    type: formatType(column.type),
    nulls: Number(ranges[`nulls_${i}`]),
    ...(distinct !== undefined && { distinct: Number(distinct) }),
    ...(column.shown && { values: readValues(column, i, { ...ranges, ...spread }) }),
  };
}

function readValues({ type }: AskedColumn, i: number, found: Row): ColumnValues {
  const text = (value: unknown) => (value == null ? undefined : `${toCell(value, type) as string | number}`);
  const [min, max] = [text(found[`min_${i}`]), text(found[`max_${i}`])];
  const mean = found[`mean_${i}`];
  const quartiles = found[`quartiles_${i}`] as unknown[] | null | undefined;
  const steps = found[`spread_${i}`] as { key: unknown; value: number }[] | null | undefined;
  return {
    ...(min !== undefined && max !== undefined && { min, max }),
    ...(mean != null && { mean: String(Number(Number(mean).toPrecision(6))) }),
    ...(quartiles && { quartiles: quartiles.map((value) => text(value)!) as [string, string, string] }),
    ...(steps && (isNamed(type) ? { top: topOf(steps) } : { histogram: histogramOf(steps) })),
  };
}

function histogramOf(steps: { key: unknown; value: number }[]): number[] {
  const counts = Array.from({ length: histogramSteps }, () => 0);
  for (const { key, value } of steps) counts[Number(key)] = value;
  return counts;
}

function topOf(values: { key: unknown; value: number }[]): { value: string; count: number }[] {
  const all = values.map(({ key, value }) => ({ value: String(key), count: value }));
  return all.toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1)).slice(0, mostTop);
}
