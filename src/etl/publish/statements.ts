/**
 * What each write mode does to a destination table, in SQL that both engines understand.
 * The rows come from a staged relation; the statements run inside the publish transaction.
 */
import type { WriteMode } from "../../spec/connectors/connector.ts";
import type { Interval } from "../../spec/interval.ts";
import type { Type } from "../../spec/type.ts";
import type { Dialect } from "../engine/dialect.ts";

export interface WritePlan {
  /** `replace_rows`, which no file can ask for, takes the place of the rows that {@link replaced} says. */
  mode: WriteMode | "replace_rows";
  columns: { name: string; type: Type }[];
  key: string[];
  partition: { column: string; by: "hour" | "day" | "month" | "year" } | undefined;
  interval: Interval | undefined;
  /** `append` again, by force: its interval's rows are replaced, so that none stands twice. */
  forced: boolean;
  /** The partitions that the new rows lie in, where the run has looked: a destination that is partitioned reads no others. */
  range?: PartitionRange | undefined;
  /** For `replace_rows`: a condition on the rows that go. */
  replaced?: (dialect: Dialect) => string;
}

/** Half-open, from the start of one partition to the start of another: canonical texts of the column's type. */
export interface PartitionRange {
  start: string;
  end: string;
}

/** @param target the destination table, @param staged the relation with the new rows: both as SQL text */
export function writeStatements({
  plan,
  target,
  staged,
  dialect,
}: {
  plan: WritePlan;
  target: string;
  staged: string;
  dialect: Dialect;
}): string[] {
  const names = plan.columns.map(({ name }) => dialect.quoteIdentifier(name)).join(", ");
  const insert = `INSERT INTO ${target} (${names}) SELECT ${names} FROM ${staged}`;
  switch (plan.mode) {
    case "replace":
      return replaceAll({ columns: plan.columns.map(({ name }) => name), target, staged, dialect });
    case "append":
      return plan.forced ? [deleteInterval(plan, target, dialect), insert] : [insert];
    case "replace_rows":
      return [`DELETE FROM ${target} WHERE ${plan.replaced!(dialect)}`, insert];
    case "merge":
      return [mergeRows(plan, target, staged, dialect)];
    case "replace_partition":
      return [
        plan.interval ? deleteInterval(plan, target, dialect) : deletePartitions(plan, target, staged, dialect),
        insert,
      ];
  }
}

interface ReplaceAll {
  columns: string[];
  target: string;
  staged: string;
  dialect: Dialect;
}

/** The table itself stays the one it was. */
export function replaceAll({ columns, target, staged, dialect }: ReplaceAll): string[] {
  const names = columns.map((name) => dialect.quoteIdentifier(name)).join(", ");
  return [dialect.truncateTable(target), `INSERT INTO ${target} (${names}) SELECT ${names} FROM ${staged}`];
}

/** Deleted by range, never by partition: an Oslo day crosses two of BigQuery's UTC partitions. */
function deleteInterval(plan: WritePlan, target: string, dialect: Dialect): string {
  return `DELETE FROM ${target} WHERE ${intervalCondition(plan, dialect)}`;
}

function deletePartitions(plan: WritePlan, target: string, staged: string, dialect: Dialect): string {
  const column = partitionOf(plan, dialect);
  const within = plan.range ? ` AND ${rangeCondition(plan, dialect)}` : "";
  return `DELETE FROM ${target} WHERE ${column} IN (SELECT DISTINCT ${column} FROM ${staged})${within}`;
}

/** A row's partition, by the column that decides it. */
export function partitionOf(plan: WritePlan, dialect: Dialect): string {
  const { column, by } = plan.partition!;
  return dialect.truncate(dialect.quoteIdentifier(column), by, partitionType(plan));
}

function partitionType({ columns, partition, interval }: WritePlan): Type {
  const column = columns.find(({ name }) => name === partition!.column);
  return column?.type ?? { kind: interval?.type ?? "DATE" };
}

/** Where the partition is part of the key, no row outside the partitions of the new ones can have the key of one. */
function mergeRows(plan: WritePlan, target: string, staged: string, dialect: Dialect): string {
  const { key, partition, range } = plan;
  const columns = plan.columns.map(({ name }) => name);
  const within =
    partition && range && key.includes(partition.column)
      ? (alias: string) => rangeCondition(plan, dialect, `${alias}.`)
      : undefined;
  return dialect.merge({ target, staged, key, columns, within });
}

function rangeCondition(plan: WritePlan, dialect: Dialect, alias = ""): string {
  const column = `${alias}${dialect.quoteIdentifier(plan.partition!.column)}`;
  const literal = (text: string) => dialect.literal(text, partitionType(plan));
  return `${column} >= ${literal(plan.range!.start)} AND ${column} < ${literal(plan.range!.end)}`;
}

/** `column >= start AND column < end`, bounds in the column's own type. */
export function intervalCondition(plan: WritePlan, dialect: Dialect): string {
  const column = dialect.quoteIdentifier(plan.partition!.column);
  const type = partitionType(plan);
  const [start, end] = boundsFor(plan.interval!, type);
  return `${column} >= ${dialect.literal(start, type)} AND ${column} < ${dialect.literal(end, type)}`;
}

/** Days of the wall for DATE and DATETIME columns, instants for TIMESTAMP. */
function boundsFor(interval: Interval, type: Type): [string, string] {
  if (type.kind === "TIMESTAMP") return [interval.start.toISOString(), interval.end.toISOString()];
  if (type.kind === "DATE") return [interval.startValue.slice(0, 10), interval.endValue.slice(0, 10)];
  return [interval.startValue.replace("T", " ").replace("Z", ""), interval.endValue.replace("T", " ").replace("Z", "")];
}

/** A query that gives one row with `rows`, and how many of them break the mode's own rules: each would corrupt the destination. */
export function guardQuery({ plan, staged, dialect }: { plan: WritePlan; staged: string; dialect: Dialect }): string {
  const { countIf, quoteIdentifier } = dialect;
  const keys = plan.key.map(quoteIdentifier);
  const partition = plan.partition && quoteIdentifier(plan.partition.column);
  const byInterval =
    plan.interval && partition && (plan.mode === "replace_partition" || (plan.mode === "append" && plan.forced));
  const counts = [
    `count(*) AS ${quoteIdentifier("rows")}`,
    `${plan.mode === "merge" ? countIf(keys.map((key) => `${key} IS NULL`).join(" OR ")) : "0"} AS null_keys`,
    `${plan.mode === "replace_partition" || byInterval ? countIf(`${partition} IS NULL`) : "0"} AS null_partitions`,
    `${byInterval ? countIf(`NOT (${intervalCondition(plan, dialect)})`) : "0"} AS outside`,
  ];
  const repeated =
    plan.mode === "merge"
      ? `(SELECT count(*) FROM (SELECT 1 FROM ${staged} GROUP BY ${keys.join(", ")} HAVING count(*) > 1) AS twice)`
      : "0";
  return `SELECT *, ${repeated} AS repeated_keys FROM (SELECT ${counts.join(", ")} FROM ${staged}) AS counted`;
}
