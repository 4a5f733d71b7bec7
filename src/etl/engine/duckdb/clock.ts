/**
 * A clock that stands still. The engine has no setting for it, but a macro of a connection's own goes before a built-in
 * function of the same name, also where SQL calls it without parentheses (`current_date`). So whatever reads the clock in a
 * query, or in a view that it uses, sees the frozen time, while columns, strings and comments of these names are left alone.
 * Source: https://duckdb.org/docs/stable/sql/functions/timestamptz, …/date, …/time
 */
import type { Database } from "./duckdb.ts";
import { quoteText } from "./sql.ts";

/** Every function that reads the clock, and what it gives at an instant (`2022-01-20T07:30:00.000Z`), in UTC. */
const functions: Record<string, (instant: string) => string> = {
  now: timestamp,
  get_current_timestamp: timestamp,
  transaction_timestamp: timestamp,
  current_localtimestamp: (instant) => `CAST(${timestamp(instant)} AS TIMESTAMP)`,
  current_date: date,
  today: date,
  get_current_time: (instant) => `CAST(${clock(instant, "+00")} AS TIMETZ)`,
  current_localtime: (instant) => `CAST(${clock(instant, "")} AS TIME)`,
};

/** Stops the clock of one connection at an instant. Other connections of the same database are not touched. */
export async function freezeClock(db: Database, now: Date): Promise<void> {
  const instant = now.toISOString();
  const macros = Object.entries(functions).map(
    ([name, at]) => `CREATE OR REPLACE TEMP MACRO ${name}() AS ${at(instant)}`,
  );
  // With one argument, age() counts from today.
  const age = `CREATE OR REPLACE TEMP MACRO age(a) AS system.main.age(${date(instant)}, a), (a, b) AS system.main.age(a, b)`;
  await db.run([...macros, age].join("; "));
}

/** Lets it go on. */
export async function releaseClock(db: Database): Promise<void> {
  await db.run([...Object.keys(functions), "age"].map((name) => `DROP MACRO IF EXISTS temp.main.${name}`).join("; "));
}

function timestamp(instant: string): string {
  return `CAST(${quoteText(instant)} AS TIMESTAMPTZ)`;
}

function date(instant: string): string {
  return `CAST(${quoteText(instant.slice(0, 10))} AS DATE)`;
}

function clock(instant: string, zone: string): string {
  return quoteText(`${instant.slice(11, 23)}${zone}`);
}
