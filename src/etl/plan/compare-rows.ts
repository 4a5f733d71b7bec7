/**
 * How the rows of two tables differ, as counts: by a key where both have one, else as bags of rows.
 * All of it is the engine's work: no row comes here.
 */
import type { Queryable } from "../engine/engine.ts";
import { quoteIdentifier } from "../engine/duckdb/sql.ts";
import type { Type } from "../../spec/type.ts";
import { commonType, inCommonType } from "./common-type.ts";
import type { CommonColumn } from "./compare-columns.ts";
import { differs, holdsFloat } from "./same-value.ts";

export interface RowChanges {
  /** The columns that rows were matched by; undefined where a changed row counts as one removed and one added. */
  key: string[] | undefined;
  added: number;
  removed: number;
  /** Rows that are there on both sides with another value in some column. */
  rows_changed: number;
  /** Of these, how many have another value in which column; columns without are left out. */
  changed: Record<string, number>;
}

export interface CompareRows {
  db: Queryable;
  /** Queries that give the rows. */
  before: string;
  after: string;
  columns: CommonColumn[];
  /** The columns that should identify a row: the first of these that do on both sides. */
  keys: string[][];
}

export async function compareRows({ keys, columns, ...asked }: CompareRows): Promise<RowChanges> {
  const compared = { ...asked, columns: columns.map(asCompared) };
  for (const names of keys) {
    const key = keyColumns(names, compared.columns);
    if (key && (await isKey(key, compared))) return compareByKey(key, compared);
  }
  return compareBags(compared);
}

/** A column as both sides give it: of one type, under one name. */
interface Compared {
  name: string;
  /** In queries: no other is called so. */
  id: string;
  type: Type;
  /** Its values, as SQL. */
  was: string;
  is: string;
}

interface Sides extends Omit<CompareRows, "columns" | "keys"> {
  columns: Compared[];
}

function asCompared({ name, oldName, was, is }: CommonColumn, place: number): Compared {
  const type = commonType(was, is);
  const value = (column: string, from: Type) => inCommonType(quoteIdentifier(column), from, type);
  return { name, id: `v${place}`, type, was: value(oldName, was), is: value(name, is) };
}

/** Undefined where one of them is not there on both sides. */
function keyColumns(names: string[], columns: Compared[]): Compared[] | undefined {
  const found = names.flatMap((name) => columns.find((one) => one.name.toLowerCase() === name.toLowerCase()) ?? []);
  return found.length === names.length && found.length > 0 ? found : undefined;
}

/** What is declared to be unique may yet not be so. */
async function isKey(key: Compared[], { db, before, after }: Sides): Promise<boolean> {
  const old = doubled(rowsOf(before, key, "was"), key);
  const now = doubled(rowsOf(after, key, "is"), key);
  const [row] = await db.query(`SELECT ${old} OR ${now} AS doubled`);
  return row!["doubled"] === false;
}

function doubled(query: string, key: Compared[]): string {
  return `EXISTS (SELECT 1 FROM (${query}) GROUP BY ${key.map(({ id }) => id).join(", ")} HAVING count(*) > 1)`;
}

function rowsOf(query: string, columns: Compared[], side: "was" | "is"): string {
  return `SELECT ${columns.map((column) => `${column[side]} AS ${column.id}`).join(", ")} FROM (${query})`;
}

async function compareByKey(key: Compared[], { db, before, after, columns }: Sides): Promise<RowChanges> {
  const others = columns.filter((column) => !key.includes(column));
  const conditions = others.map(({ id, type }) => differs(`o.${id}`, `n.${id}`, type));
  const isBoth = "o.there AND n.there";
  const any = conditions.length === 0 ? "FALSE" : conditions.join(" OR ");
  const counts = [
    "count(*) FILTER (WHERE o.there IS NULL) AS added",
    "count(*) FILTER (WHERE n.there IS NULL) AS removed",
    `count(*) FILTER (WHERE ${isBoth} AND (${any})) AS rows_changed`,
    ...conditions.map((condition, i) => `count(*) FILTER (WHERE ${isBoth} AND ${condition}) AS c${i}`),
  ];
  const on = key.map(({ id }) => `o.${id} IS NOT DISTINCT FROM n.${id}`).join(" AND ");
  const [row] = await db.query(`SELECT ${counts.join(", ")}
    FROM (SELECT *, TRUE AS there FROM (${rowsOf(before, columns, "was")})) o
    FULL JOIN (SELECT *, TRUE AS there FROM (${rowsOf(after, columns, "is")})) n ON ${on}`);
  const changed = others.map(({ name }, i) => [name, Number(row![`c${i}`])] as const);
  return {
    key: key.map(({ name }) => name),
    added: Number(row!["added"]),
    removed: Number(row!["removed"]),
    rows_changed: Number(row!["rows_changed"]),
    changed: Object.fromEntries(changed.filter(([, count]) => count > 0)),
  };
}

/**
 * Rows that are on one side only, each as often as it is, without the last digits of a FLOAT64. Where that has parted two
 * values that are near each other, they are matched in their order.
 */
async function compareBags({ db, before, after, columns }: Sides): Promise<RowChanges> {
  const none = { key: undefined, rows_changed: 0, changed: {} };
  if (columns.length === 0) {
    const [row] = await db.query(
      `SELECT (SELECT count(*) FROM (${before})) AS old, (SELECT count(*) FROM (${after})) AS now`,
    );
    const more = Number(row!["now"]) - Number(row!["old"]);
    return { ...none, added: Math.max(more, 0), removed: Math.max(-more, 0) };
  }
  const [row] = await db.query(bagsSql({ before, after, columns }));
  return { ...none, added: Number(row!["added"]), removed: Number(row!["removed"]) };
}

function bagsSql({ before, after, columns }: Omit<Sides, "db">): string {
  const exact = columns.filter(({ type }) => !holdsFloat(type));
  const floats = columns.filter(({ type }) => holdsFloat(type));
  const partition = exact.length === 0 ? "" : `PARTITION BY ${exact.map(({ id }) => id).join(", ")} `;
  const order = floats.length === 0 ? "" : `ORDER BY ${floats.map(({ id }) => id).join(", ")}`;
  const ranked = (from: string) =>
    `SELECT *, row_number() OVER (${partition}${order}) AS place, TRUE AS there FROM ${from}`;
  const on = ["o.place = n.place", ...exact.map(({ id }) => `o.${id} IS NOT DISTINCT FROM n.${id}`)].join(" AND ");
  const same = floats.map(({ id, type }) => `NOT ${differs(`o.${id}`, `n.${id}`, type)}`).join(" AND ") || "FALSE";
  const list = columns.map(({ id, type }) => `${type.kind === "FLOAT64" ? rounded(id) : id} AS ${id}`).join(", ");
  return `WITH old_rows AS (SELECT ${list} FROM (${rowsOf(before, columns, "was")})),
    new_rows AS (SELECT ${list} FROM (${rowsOf(after, columns, "is")})),
    gone AS (FROM old_rows EXCEPT ALL FROM new_rows),
    come AS (FROM new_rows EXCEPT ALL FROM old_rows)
    SELECT count(*) FILTER (WHERE n.there AND (o.there AND ${same}) IS NOT TRUE) AS added,
      count(*) FILTER (WHERE o.there AND (n.there AND ${same}) IS NOT TRUE) AS removed
    FROM (${ranked("gone")}) o FULL JOIN (${ranked("come")}) n ON ${on}`;
}

/** To twelve digits, and so many decimals at most: finer than what counts as the same. */
function rounded(id: string): string {
  const digits = `CAST(least(12, 11 - floor(log10(abs(${id})))) AS INTEGER)`;
  return `CASE WHEN isfinite(${id}) AND ${id} <> 0 THEN round(${id}, ${digits}) ELSE ${id} END`;
}
