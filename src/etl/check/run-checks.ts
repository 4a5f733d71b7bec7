/** Runs the checks of one table. All checks that look at single rows share one scan. */
import type { Context } from "../../util/context.ts";
import { count, formatNumber, messageOf } from "../../util/error.ts";
import { durationSeconds } from "../../spec/duration.ts";
import type { Queryable } from "../engine/engine.ts";
import type { Check, CheckResult } from "./check.ts";

export interface CheckOptions {
  engine: Queryable;
  checks: Check[];
  /** What `freshness` counts from. */
  reference: Date;
  /** How many offending rows to show, and which columns never to; undefined shows none (any target but `local`). */
  show: { rows: number; except: ReadonlySet<string> } | undefined;
  /** Values for `$name` in checks of kind sql and in `where`. */
  bind: (sql: string) => string;
}

interface Measured {
  offending: number;
  rows: number | undefined;
  age?: number;
  found?: string;
}

const now = () => performance.now();

export async function runChecks(
  { engine, checks, reference, show, bind }: CheckOptions,
  _context: Context,
): Promise<CheckResult[]> {
  const started = now();
  const bound = checks.map((check) => ({
    ...check,
    query: bind(check.query),
    ...(check.offends && { offends: bind(check.offends) }),
    ...(check.condition && { condition: bind(check.condition) }),
    ...(check.expected && { expected: { ...check.expected, query: bind(check.expected.query) } }),
    where: check.where && bind(check.where),
  }));
  const ofRows = bound.filter((check) => check.offends !== undefined);
  const scanned = await scanRows(engine, ofRows).catch(async (error: unknown) => {
    // All share one query: which of them is wrong shows when each has its own.
    for (const check of ofRows) await scanRows(engine, [check]).catch(brokenBy(check));
    throw error;
  });
  const scanSeconds = (now() - started) / 1000;
  const results: CheckResult[] = [];
  for (const check of bound) {
    const begun = now();
    const measured = scanned.get(check) ?? (await measure(engine, check, reference).catch(brokenBy(check)));
    const seconds = scanned.has(check) ? scanSeconds : (now() - begun) / 1000;
    const result = judge(check, measured, seconds);
    if (show && result.offending > 0 && hasSamples(check, show.except))
      result.samples = await sample(engine, check, show).catch(brokenBy(check));
    results.push(result);
  }
  return results;
}

/** A check whose query the engine refuses. */
export class BrokenCheck extends Error {
  readonly check: Check;
  constructor(check: Check, cause: unknown) {
    super(messageOf(cause), { cause });
    this.check = check;
  }
}

function brokenBy(check: Check): (error: unknown) => never {
  return (error) => {
    throw new BrokenCheck(check, error);
  };
}

/** One scan for all conditions on single rows. */
async function scanRows(engine: Queryable, checks: Check[]): Promise<Map<Check, Measured>> {
  if (checks.length === 0) return new Map();
  const { countIf, quoteIdentifier } = engine.dialect;
  const counts = checks.flatMap((check, i) => [
    `${countIf(check.where ? `(${check.where}) AND (${check.offends})` : check.offends!)} AS ${quoteIdentifier(`offending_${i}`)}`,
    `${check.where ? countIf(check.where) : "count(*)"} AS ${quoteIdentifier(`rows_${i}`)}`,
  ]);
  const [row] = await engine.query(`SELECT ${counts.join(", ")} FROM ${quoteIdentifier(checks[0]!.table)}`);
  return new Map(
    checks.map((check, i) => [check, { offending: Number(row![`offending_${i}`]), rows: Number(row![`rows_${i}`]) }]),
  );
}

async function measure(engine: Queryable, check: Check, reference: Date): Promise<Measured> {
  switch (check.kind) {
    case "row_count":
      return measureRowCount(engine, check);
    case "freshness":
      return measureFreshness(engine, check, reference);
    case "unique":
      return measureUnique(engine, check);
    case "completeness":
      return measureCompleteness(engine, check);
    default: {
      const [row] = await engine.query(`SELECT count(*) AS n FROM (\n${check.query}\n) AS offending`);
      return { offending: Number(row!["n"]), rows: await rowsToShare(engine, check) };
    }
  }
}

/** The rows that a tolerated share is a share of; not counted where nothing is tolerated. */
async function rowsToShare(engine: Queryable, { table, where, tolerate }: Check): Promise<number | undefined> {
  if (tolerate === 0) return undefined;
  const only = where === undefined ? "" : ` WHERE ${where}`;
  const [row] = await engine.query(`SELECT count(*) AS n FROM ${engine.dialect.quoteIdentifier(table)}${only}`);
  return Number(row!["n"]);
}

async function measureRowCount(engine: Queryable, { query, bounds }: Check): Promise<Measured> {
  const [row] = await engine.query(query);
  const rows = Number(row!["rows"]);
  const { min = 0, max = Number.POSITIVE_INFINITY } = bounds!;
  const allowed =
    bounds!.max === undefined ? `at least ${min}` : bounds!.min === undefined ? `at most ${max}` : `${min} to ${max}`;
  return { offending: rows < min || rows > max ? 1 : 0, rows, found: `${count(rows, "row")}, allowed: ${allowed}` };
}

async function measureFreshness(engine: Queryable, { query, freshness }: Check, reference: Date): Promise<Measured> {
  const { secondsBefore } = engine.dialect;
  const [row] = await engine.query(
    `SELECT ${secondsBefore("newest", reference.toISOString())} AS age FROM (${query}) AS newest_row`,
  );
  if (row!["age"] === null)
    return { offending: 1, rows: undefined, found: `no rows; allowed: rows of the last ${freshness!.within}` };
  const age = Number(row!["age"]);
  const late = age > durationSeconds(freshness!.within);
  return {
    offending: late ? 1 : 0,
    rows: undefined,
    age,
    found: `newest row ${(age / 3600).toFixed(1)} h old, allowed: ${freshness!.within}`,
  };
}

async function measureCompleteness(engine: Queryable, { query, expected }: Check): Promise<Measured> {
  const [missing] = await engine.query(`SELECT count(*) AS n FROM (\n${query}\n) AS missing`);
  const [all] = await engine.query(expected!.query);
  const [offending, rows] = [Number(missing!["n"]), Number(all!["steps"])];
  const found = `${formatNumber(offending)} of ${count(rows, expected!.every)} missing`;
  return { offending, rows, found };
}

async function measureUnique(engine: Queryable, check: Check): Promise<Measured> {
  const [only] = check.columns;
  if (check.columns.length === 1 && !check.where && engine.dialect.quickUnique) {
    const quick = engine.dialect.quickUnique(engine.dialect.quoteIdentifier(check.table), only!);
    // Not every type has a bitmap; the general query decides then.
    const [row] = await engine.query(quick).catch(() => []);
    if (row?.["unique"] === true) return { offending: 0, rows: undefined };
  }
  const rows = engine.dialect.quoteIdentifier("rows");
  const [row] = await engine.query(
    `SELECT coalesce(sum(${rows}), 0) AS n, count(*) AS k FROM (${check.query}) AS repeated`,
  );
  const offending = Number(row!["n"]);
  if (offending === 0) return { offending, rows: undefined };
  const all = await rowsToShare(engine, check);
  return { offending, rows: all, found: `${share(offending, all)} with ${count(Number(row!["k"]), "repeated key")}` };
}

function share(offending: number, rows: number | undefined): string {
  return rows === undefined ? count(offending, "row") : `${formatNumber(offending)} of ${count(rows, "row")}`;
}

function judge(check: Check, { offending, rows, age, found }: Measured, seconds: number): CheckResult {
  const tolerated = rows !== undefined && rows > 0 && check.kind !== "row_count" && offending / rows <= check.tolerate;
  const within = check.quarantine ? "quarantined" : "tolerated";
  return {
    check: check.name,
    table: check.table,
    kind: check.kind,
    status: offending === 0 ? "pass" : tolerated ? within : check.severity === "warn" ? "warn" : "fail",
    offending,
    rows,
    ...(age !== undefined && { age_seconds: age }),
    found: found ?? share(offending, rows),
    query: check.query,
    condition: check.condition,
    seconds,
  };
}

/** Whose value a column of somebody's own query holds cannot be seen: where some are sensitive, none is shown. */
function hasSamples({ kind }: Check, except: ReadonlySet<string>): boolean {
  return kind !== "freshness" && kind !== "row_count" && (kind !== "sql" || except.size === 0);
}

async function sample(
  engine: Queryable,
  check: Check,
  { rows, except }: { rows: number; except: ReadonlySet<string> },
): Promise<Record<string, unknown>[]> {
  const found = await engine.query(`SELECT * FROM (\n${check.query}\n) AS offending LIMIT ${rows}`);
  return found.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, except.has(name) ? "(sensitive)" : value])),
  );
}
