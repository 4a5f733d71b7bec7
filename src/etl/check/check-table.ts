/** The checks of one table in a run: most as soon as its rows are there, those that look at other models when all are. */
import { EtlError, type Problem } from "../../util/error.ts";
import { localTarget } from "../../spec/target.ts";
import type { Check, CheckResult } from "./check.ts";
import { compileChecks } from "./compile.ts";
import { findLate } from "./find-late.ts";
import { explainCheck } from "./explain-check.ts";
import { lookElsewhere } from "./look-elsewhere.ts";
import { BrokenCheck, runChecks } from "./run-checks.ts";
import { explainResourceError, type Database } from "../engine/duckdb/duckdb.ts";
import { engineMessage, isBeforeRows } from "../engine/duckdb/engine-message.ts";
import { sensitiveColumns, shownValues } from "../privacy.ts";
import { setAside, type RowsAside } from "./set-aside.ts";
import { logChecks } from "../record/console.ts";
import type { RunState } from "../run-state.ts";
import type { Table } from "../table.ts";

/** How many offending rows a failed check shows on target `local`. */
const shownRows = 3;

export interface Checking {
  state: RunState;
  bind: (sql: string) => string;
  /** What checks found of tables that have others, which are not run yet: all of a table is told together. */
  held: Map<string, CheckResult[]>;
  /** An error of the engine, if it comes from reading a source. */
  explainSource: (error: unknown) => Promise<EtlError | undefined>;
}

interface CheckTable {
  table: Table;
  /** Whether those that wait for other models are asked for, or the others. */
  late: boolean;
}

/** @returns what failed; everything is recorded, and told once the table has no more checks to come */
export async function checkTable(checking: Checking, { table, late }: CheckTable, db: Database): Promise<Problem[]> {
  const { state, held } = checking;
  const { pipeline, context, record } = state;
  const { early: first, late: last } = await splitChecks(table, pipeline, db);
  const checks = late ? last : first;
  if (checks.length === 0) return [];
  const results = await withLooks(await resultsOf(checking, checks, { table, db }), checks, { table, state });
  record.checks.push(...results.map(withoutSamples));
  const all = [...(held.get(table.name) ?? []), ...results];
  held.delete(table.name);
  if (!late && last.length > 0) held.set(table.name, all);
  else logChecks(context.log, table.name, all);
  return results.flatMap((result, i) => (result.status === "fail" ? [failure(result, checks[i]!, pipeline)] : []));
}

async function splitChecks({ name, columns }: Table, pipeline: RunState["pipeline"], db: Database) {
  const group = pipeline.spec.sources?.[name] ? ("sources" as const) : ("models" as const);
  const declared = pipeline.spec[group]?.[name];
  const types = new Map(columns.map((column) => [column.name, column.type]));
  const locate = pipeline.where;
  const all = compileChecks(
    { group, name, types, columns: declared?.columns, checks: declared?.checks, locate },
    db.dialect,
  );
  const late = await findLate(all, pipeline, db);
  return { early: all.filter((check) => !late.has(check)), late: all.filter((check) => late.has(check)) };
}

/** On a laptop the rows are at hand. */
async function withLooks(
  results: CheckResult[],
  checks: Check[],
  of: { table: Table; state: RunState },
): Promise<CheckResult[]> {
  if (of.state.pipeline.target === localTarget) return results;
  return Promise.all(
    results.map(async (result, i) =>
      result.status === "fail" || result.status === "warn"
        ? { ...result, look: await lookElsewhere({ ...of, check: checks[i]!, result }) }
        : result,
    ),
  );
}

interface Checked {
  table: Table;
  db: Database;
}

/** Checks that take rows out come first: the others judge what stays. Results are in the order of the checks. */
async function resultsOf(checking: Checking, checks: Check[], { table, db }: Checked): Promise<CheckResult[]> {
  const results = new Map<Check, CheckResult>();
  for (const some of [checks.filter((check) => check.quarantine), checks.filter((check) => !check.quarantine)]) {
    const found = some.length === 0 ? [] : await measureAll(checking, some, db);
    for (const [i, result] of found.entries()) results.set(some[i]!, result);
    const taken = found.filter(({ status }) => status === "quarantined");
    if (some.some((check) => check.quarantine) && found.every(({ status }) => status !== "fail"))
      checking.state.aside.push(await takeOut(checking, taken, { table, db }));
  }
  return checks.map((check) => results.get(check)!);
}

async function takeOut(
  { state, explainSource }: Checking,
  results: CheckResult[],
  { table, db }: Checked,
): Promise<RowsAside> {
  if (results.length === 0) return { table: table.name, file: undefined, rows: 0 };
  const { pipeline, identity, context, work } = state;
  return setAside({
    db,
    table,
    results,
    of: { pipeline: pipeline.spec.name, runId: identity.id, execution: identity.execution, at: context.now() },
    files: { kept: work.file("models", `${table.name}.kept`), aside: work.file("outputs", `${table.name}.aside`) },
    context,
  }).catch(async (error: unknown) => {
    throw (await explainSource(error)) ?? explainResourceError(error) ?? unkept(table.name, error, pipeline);
  });
}

function unkept(table: string, cause: unknown, pipeline: RunState["pipeline"]): EtlError {
  return new EtlError({
    code: "failed",
    part: "quarantine",
    message: `rows of \`${table}\` could not be set aside: ${engineMessage(cause, shownValues(pipeline))}`,
    cause,
  });
}

async function measureAll(
  { state, bind, explainSource }: Checking,
  checks: Check[],
  db: Database,
): Promise<CheckResult[]> {
  const { pipeline, context, identity } = state;
  const local = pipeline.target === localTarget;
  // A sample holds what the source returned for its interval, so its age counts from the interval's end.
  const reference = local && identity.interval ? identity.interval.end : identity.scheduled;
  const show = local ? { rows: shownRows, except: sensitiveColumns(pipeline) } : undefined;
  try {
    return await runChecks({ engine: db, checks, reference, show, bind }, context);
  } catch (error) {
    if (!(error instanceof BrokenCheck)) throw error;
    const { check, cause } = error;
    throw (
      (await explainSource(cause)) ??
      explainResourceError(cause) ??
      (await brokenError(check, cause, { db, bind, pipeline }))
    );
  }
}

interface Broken {
  db: Database;
  bind: (sql: string) => string;
  pipeline: RunState["pipeline"];
}

/** What was run holds more than what somebody wrote: the engine's words about that alone are the right ones. */
async function brokenError(check: Check, cause: unknown, { db, bind, pipeline }: Broken): Promise<EtlError> {
  const isWrong = isBeforeRows(cause);
  const error = isWrong
    ? await db.describe(bind(check.query)).then(
        () => cause,
        (own: unknown) => own,
      )
    : cause;
  return new EtlError({
    code: isWrong ? "invalid" : "failed",
    ...explainCheck(check, error, shownValues(pipeline)),
    where: pipeline.where(check.path),
    cause,
  });
}

function failure(result: CheckResult, check: Check, pipeline: RunState["pipeline"]): Problem {
  return {
    severity: "error",
    rule: result.kind,
    message: `check \`${result.check}\` of \`${result.table}\` failed: ${result.found}`,
    hint: "Nothing was published. What stands behind `look:` shows the rows.",
    where: pipeline.where(check.path),
  };
}

/** Samples are values of the data: shown on the terminal of target `local`, never recorded. */
function withoutSamples({ samples: _samples, ...result }: CheckResult): Omit<CheckResult, "samples"> {
  return result;
}
