/** The queries of checks that look at more than one row at a time. */
import type { Dialect } from "../engine/dialect.ts";

export function only(where: string | undefined): string {
  return where === undefined ? "" : ` WHERE ${where}`;
}

export function both(where: string | undefined, offends: string): string {
  return where === undefined ? offends : `(${where}) AND (${offends})`;
}

/** Holds for rows whose key stands in another row too. */
export function repeated(relation: string, columns: string[], where: string | undefined, dialect: Dialect): string {
  const names = columns.map(dialect.quoteIdentifier).join(", ");
  const keys = `SELECT ${names} FROM (${duplicates(relation, columns, where, dialect)}) AS repeated`;
  return both(where, `(${names}) IN (${keys})`);
}

/** Rows whose key stands in another row too; a NULL in the key passes. */
export function duplicates(relation: string, columns: string[], where: string | undefined, dialect: Dialect): string {
  const names = columns.map(dialect.quoteIdentifier);
  const filled = names.map((name) => `${name} IS NOT NULL`).join(" AND ");
  return `SELECT ${names.join(", ")}, count(*) AS ${dialect.quoteIdentifier("rows")} FROM ${relation} WHERE ${both(where, filled)} GROUP BY ${names.join(", ")} HAVING count(*) > 1`;
}

/** Holds for values that stand nowhere in another table's column; NULL passes. */
export function notAmong(
  column: string,
  { to, column: known }: { to: string; column: string },
  { quoteIdentifier }: Dialect,
): string {
  const [value, name] = [quoteIdentifier(column), quoteIdentifier(known)];
  // Of a list that holds NULL, `NOT IN` never knows; of an empty one, it knows even of NULL.
  return `${value} IS NOT NULL AND ${value} NOT IN (SELECT ${name} FROM ${quoteIdentifier(to)} WHERE ${name} IS NOT NULL)`;
}

interface Steps {
  relation: string;
  column: string;
  every: "hour" | "day" | "month";
  where: string | undefined;
  dialect: Dialect;
}

/** Hours, days or months between a column's first and last that no row has; and how many there should be. */
export function missingSteps({ relation, column, every, where, dialect }: Steps): {
  missing: string;
  expected: string;
} {
  const name = dialect.quoteIdentifier(column);
  const step = dialect.truncate(dialect.asDatetime(name), every, { kind: "DATETIME" });
  const rows = `FROM ${relation} WHERE ${both(where, `${name} IS NOT NULL`)}`;
  const [first, last] = ["first", "last"].map(dialect.quoteIdentifier);
  const steps = dialect.steps(`(SELECT min(${step}) AS ${first}, max(${step}) AS ${last} ${rows}) AS bounds`, every);
  return {
    missing: `SELECT step AS ${name} FROM (${steps}) AS expected WHERE step NOT IN (SELECT ${step} ${rows})`,
    expected: `SELECT count(*) AS steps FROM (${steps}) AS expected`,
  };
}
