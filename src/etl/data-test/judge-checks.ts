/** Whether exactly those checks fail that a test wants to see fail. */
import type { Context } from "../../util/context.ts";
import { crossTableKinds } from "../../spec/check.ts";
import { messageOf } from "../../util/error.ts";
import type { Check, CheckResult } from "../check/check.ts";
import { runChecks } from "../check/run-checks.ts";
import type { Database } from "../engine/duckdb/duckdb.ts";
import { engineMessage } from "../engine/duckdb/engine-message.ts";
import type { ShownValues } from "../privacy.ts";
import type { Outcome } from "./planned-test.ts";
import { isNamed, type CheckName, type WantedChecks } from "./wanted-checks.ts";

export interface JudgeChecks extends WantedChecks {
  /** The tested model: its checks need no table in front of their names. */
  model: string;
  bind: (sql: string) => string;
  reference: Date;
  db: Database;
  shown: ShownValues;
}

/** A check that could not be run, and why. */
interface Broken {
  check: Check;
  why: string;
}

/** Offending rows that are shown of a check that should not have failed. */
const shownRows = 3;

export async function judgeChecks(options: JudgeChecks, context: Context): Promise<Outcome> {
  const { wanted, model } = options;
  const { results, broken } = await runAll(options, context);
  const label = ({ table, check }: CheckName) => (table === model ? check : `${table}.${check}`);
  const unexpected = results.filter(
    (result) => result.status === "fail" && !wanted.some((name) => isNamed(named(result), name)),
  );
  const shown = await withSamples(unexpected, options, context);
  const lines = [
    ...wanted.flatMap((name) => {
      const reason = whyNot(name, results, broken);
      return reason === undefined ? [] : [`the check \`${label(name)}\` was expected to fail, ${reason}`];
    }),
    ...shown.flatMap((result) => [`the check \`${label(result)}\` failed too: ${result.found}`, ...samplesOf(result)]),
  ];
  return lines.length > 0 ? { message: lines.join("\n") } : {};
}

const named = ({ table, check }: CheckResult) => ({ table, name: check });

/** Undefined where the check failed, as it should. */
function whyNot(name: CheckName, results: CheckResult[], broken: Broken[]): string | undefined {
  const own = results.filter((result) => isNamed(named(result), name));
  if (own.some(({ status }) => status === "fail" || status === "warn")) return undefined;
  const failure = broken.find(({ check }) => isNamed(check, name));
  if (failure) return `and could not be run: ${failure.why}`;
  const tolerated = own.find(({ status }) => status === "tolerated");
  return tolerated
    ? `and was within its tolerance: ${tolerated.found}`
    : `and passed${own[0] ? ` (${own[0].found})` : ""}`;
}

function samplesOf({ samples = [] }: CheckResult): string[] {
  return samples.map(
    (sample) =>
      `    ${JSON.stringify(sample, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value))}`,
  );
}

/** The results again, with a few offending rows each: a query that a test which passes does without. */
async function withSamples(results: CheckResult[], options: JudgeChecks, context: Context) {
  const { watched, bind, reference, db, shown } = options;
  const checks = watched.filter((check) =>
    results.some((result) => isNamed(named(result), { table: check.table, check: check.name })),
  );
  if (checks.length === 0) return [];
  const again = await Promise.all(
    checks.map((check) =>
      runChecks(
        { engine: db, checks: [check], reference, show: { rows: shownRows, except: shown.except }, bind },
        context,
      ),
    ),
  );
  return again.flat().filter(({ status }) => status === "fail");
}

/** By table, for those of a table share a scan; those that look at other tables one by one, for one of these may not be there. */
async function runAll(options: JudgeChecks, context: Context): Promise<{ results: CheckResult[]; broken: Broken[] }> {
  const { watched, bind, reference, db, shown } = options;
  const results: CheckResult[] = [];
  const broken: Broken[] = [];
  for (const checks of groups(watched)) {
    try {
      results.push(...(await runChecks({ engine: db, checks, reference, show: undefined, bind }, context)));
    } catch (error) {
      context.signal.throwIfAborted();
      broken.push(...checks.map((check) => ({ check, why: whyBroken(error, shown) })));
    }
  }
  return { results, broken };
}

function groups(checks: Check[]): Check[][] {
  const tables = Object.values(
    Object.groupBy(
      checks.filter(({ kind }) => !crossTableKinds.has(kind)),
      ({ table }) => table,
    ),
  );
  const others = checks.filter(({ kind }) => crossTableKinds.has(kind));
  return [...tables.map((table) => table!), ...others.map((check) => [check])];
}

function whyBroken(error: unknown, shown: ShownValues): string {
  const missing = /Table with name (\S+) does not exist/.exec(messageOf(error))?.[1];
  if (missing) return `it reads \`${missing}\`, which the test does not have. Add it under \`given:\`.`;
  return engineMessage(error, shown);
}
