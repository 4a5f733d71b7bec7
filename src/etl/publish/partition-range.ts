/** Which partitions of a destination the new rows lie in, so that no other is read to replace or to merge them. */
import type { Database } from "../engine/duckdb/duckdb.ts";
import { partitionOf, type PartitionRange, type WritePlan } from "./statements.ts";

interface RangeOf {
  plan: WritePlan;
  /** The relation with the new rows. */
  relation: string;
  db: Database;
}

/** Undefined where the mode does not ask for it, or there are no rows. */
export async function rangeOf({ plan, relation, db }: RangeOf): Promise<PartitionRange | undefined> {
  if (!isAskedFor(plan)) return undefined;
  const { dialect } = db;
  const partition = partitionOf(plan, dialect);
  const [row] = await db.query(
    `SELECT ${dialect.asText(`min(${partition})`)} AS first, ${dialect.asText(`max(${partition})`)} AS last FROM ${relation}`,
  );
  const { first, last } = row as { first: string | null; last: string | null };
  if (first === null || last === null) return undefined;
  const type = plan.columns.find(({ name }) => name === plan.partition!.column)!.type.kind;
  const [start, end] = [dateOf(first), nextPartition(dateOf(last), plan.partition!.by)];
  return { start: textOf(start, type), end: textOf(end, type) };
}

function isAskedFor({ mode, partition, interval, key }: WritePlan): boolean {
  if (!partition) return false;
  return mode === "merge" ? key.includes(partition.column) : mode === "replace_partition" && !interval;
}

/** Of `2022-01-20`, `2022-01-20 07:00:00` or `2022-01-20 07:00:00+00`: the engine's time zone is UTC. */
function dateOf(text: string): Date {
  return new Date(`${text.slice(0, 10)}T${text.slice(11, 19) || "00:00:00"}Z`);
}

function nextPartition(start: Date, by: "hour" | "day" | "month" | "year"): Date {
  const [year, month, day] = [start.getUTCFullYear(), start.getUTCMonth(), start.getUTCDate()];
  switch (by) {
    case "hour":
      return new Date(start.getTime() + 3_600_000);
    case "day":
      return new Date(Date.UTC(year, month, day + 1));
    case "month":
      return new Date(Date.UTC(year, month + 1, 1));
    case "year":
      return new Date(Date.UTC(year + 1, 0, 1));
  }
}

function textOf(date: Date, kind: string): string {
  const text = date.toISOString();
  if (kind === "DATE") return text.slice(0, 10);
  return `${text.slice(0, 10)} ${text.slice(11, 19)}${kind === "TIMESTAMP" ? "+00" : ""}`;
}
