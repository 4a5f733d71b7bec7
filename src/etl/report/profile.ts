/**
 * What the columns of the tables of a run look like. Looked at after publishing, for at most a tenth of the run's time:
 * what that is not enough for is left out, and whatever goes wrong, the run has ended as it has.
 */
import type { Context } from "../../util/context.ts";
import { messageOf } from "../../util/error.ts";
import { formatType } from "../../spec/type.ts";
import { toCell } from "../cell.ts";
import type { Database } from "../engine/duckdb/duckdb.ts";
import type { Row } from "../engine/engine.ts";
import { shownValues, type ShownValues } from "../privacy.ts";
import { secondsInto, type RunRecord } from "../record/run-record.ts";
import { withoutValues, type ColumnProfile, type ColumnValues, type TableProfile } from "../record/table-profile.ts";
import type { RunState } from "../run-state.ts";
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
const sampledRows = 100_000;
/** Values (rows times columns) a second, as measured on one slow core, of which nothing hangs but the choice of a sample. */
const valuesASecond = 10_000_000;
/** Most frequent values that are kept. */
const mostTop = 5;

/** Never throws. Counts go into the run's record. @returns the profile, with values where they may be shown */
export async function profileRun(state: RunState): Promise<TableProfile[]> {
  const { context, record, pipeline, work } = state;
  const tables = tablesToProfile(record);
  if (context.signal.aborted || tables.length === 0) return [];
  const share = shareOfRun * secondsInto(record, context);
  const [seconds, patience] = [Math.max(leastPlanned, share), Math.max(leastPatience, share)];
  const shown = shownValues(pipeline);
  const profile = await profileTables({ tables, seconds, patience, shown, db: work.db, context });
  record.profile = withoutValues(profile);
  return profile;
}

/** Those whose rows are kept, the published ones first. */
function tablesToProfile({ graph, models, sources }: RunRecord): string[] {
  const kept = models.filter(({ kind, status }) => kind === "table" && status === "done").map(({ name }) => name);
  const read = sources.filter(({ status, rows }) => status === "done" && rows !== undefined).map(({ name }) => name);
  const published = new Set(Object.values(graph.outputs));
  const own = [...kept, ...read.filter((name) => published.has(name))];
  return own.toSorted((a, b) => Number(published.has(b)) - Number(published.has(a)));
}

export interface ProfileTables {
  tables: string[];
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
      profile.push(await profileTable({ ...options, table, db, seconds: left() / (tables.length - i) }));
    }
  } catch (error) {
    context.log.debug(`no profile of ${tables.slice(profile.length).join(", ")}: ${messageOf(error)}`);
  } finally {
    db.close();
  }
  return profile;
}

interface ProfileTable extends ProfileTables {
  table: string;
}

async function profileTable({ table, seconds, shown, db }: ProfileTable): Promise<TableProfile> {
  const { dialect } = db;
  const relation = dialect.quoteIdentifier(table);
  const described = await db.describe(`FROM ${relation}`);
  const columns = described.map((column): AskedColumn => ({
    ...column,
    shown: shown.showValues && !shown.except.has(column.name),
  }));
  const [counted] = await db.query(`SELECT count(*) AS total FROM ${relation}`);
  const rows = Number(counted!["total"]);
  const all = rows <= mostRows && rows * columns.length <= seconds * valuesASecond;
  const looked = all || rows <= sampledRows ? undefined : await sample(db, relation, sampledRows / rows);
  const estimated = looked === undefined && rows > sampledRows;
  const { total, columns: found } = await profileColumns(
    { relation: looked ?? relation, columns, estimated, dialect },
    db,
  );
  if (looked) await db.run(`DROP TABLE ${looked}`);
  return { table, rows, looked: total, columns: found };
}

/** @returns its name */
async function sample(db: Database, relation: string, share: number): Promise<string> {
  const name = "temp.nais_etl_sample";
  await db.run(
    `CREATE OR REPLACE TEMP TABLE nais_etl_sample AS FROM ${relation} TABLESAMPLE bernoulli(${(share * 100).toFixed(6)}%) REPEATABLE (1)`,
  );
  return name;
}

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
    type: column.type ? formatType(column.type) : column.engineType,
    nulls: Number(ranges[`nulls_${i}`]),
    ...(distinct !== undefined && { distinct: Number(distinct) }),
    ...(column.shown && column.type && { values: readValues(column, i, { ...ranges, ...spread }) }),
  };
}

function readValues({ type }: AskedColumn, i: number, found: Row): ColumnValues {
  const text = (value: unknown) => (value == null ? undefined : `${toCell(value, type!) as string | number}`);
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
