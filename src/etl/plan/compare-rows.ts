/**
 * How the rows of two tables differ, as counts: by a key where both have one, else as bags of rows.
 * All of it is the engine's work: no row comes here.
 */
import type { Queryable } from "../engine/engine.ts";
import { quoteIdentifier } from "../engine/duckdb/sql.ts";
import { isRetyped, type CommonColumn } from "./compare-columns.ts";
import { differs, differsAcross, holdsFloat } from "./same-value.ts";

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
  /** The columns that should identify a row. */
  key: string[] | undefined;
}

export async function compareRows(parts: CompareRows): Promise<RowChanges> {
  const key = parts.key && keyColumns(parts.key, parts.columns);
  return key && (await isKey(key, parts)) ? compareByKey(key, parts) : compareBags(parts);
}

/** Undefined where one of them is not there on both sides, or is of another type now. */
function keyColumns(names: string[], columns: CommonColumn[]): CommonColumn[] | undefined {
  const found = names.flatMap((name) => columns.find((one) => one.name.toLowerCase() === name.toLowerCase()) ?? []);
  return found.length === names.length && found.length > 0 && !found.some(isRetyped) ? found : undefined;
}

/** What is declared to be unique may yet not be so. */
async function isKey(key: CommonColumn[], { db, before, after }: CompareRows): Promise<boolean> {
  const old = doubled(
    before,
    key.map(({ oldName }) => oldName),
  );
  const now = doubled(
    after,
    key.map(({ name }) => name),
  );
  const [row] = await db.query(`SELECT ${old} OR ${now} AS doubled`);
  return row!["doubled"] === false;
}

function doubled(query: string, names: string[]): string {
  return `EXISTS (SELECT 1 FROM (${query}) GROUP BY ${names.map(quoteIdentifier).join(", ")} HAVING count(*) > 1)`;
}

/** No column of a table is called so. */
const mark = quoteIdentifier("nais-etl: is there");

const oldValue = ({ oldName }: CommonColumn) => `o.${quoteIdentifier(oldName)}`;
const newValue = ({ name }: CommonColumn) => `n.${quoteIdentifier(name)}`;

async function compareByKey(key: CommonColumn[], { db, before, after, columns }: CompareRows): Promise<RowChanges> {
  const others = columns.filter((column) => !key.includes(column));
  const conditions = others.map((column) => differsAcross(oldValue(column), newValue(column), column));
  const isBoth = `o.${mark} AND n.${mark}`;
  const any = conditions.length === 0 ? "FALSE" : conditions.join(" OR ");
  const counts = [
    `count(*) FILTER (WHERE o.${mark} IS NULL) AS added`,
    `count(*) FILTER (WHERE n.${mark} IS NULL) AS removed`,
    `count(*) FILTER (WHERE ${isBoth} AND (${any})) AS rows_changed`,
    ...conditions.map((condition, i) => `count(*) FILTER (WHERE ${isBoth} AND ${condition}) AS c${i}`),
  ];
  const on = key.map((column) => `${oldValue(column)} IS NOT DISTINCT FROM ${newValue(column)}`).join(" AND ");
  const [row] = await db.query(`SELECT ${counts.join(", ")}
    FROM (SELECT *, TRUE AS ${mark} FROM (${before})) o FULL JOIN (SELECT *, TRUE AS ${mark} FROM (${after})) n ON ${on}`);
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
 * Rows that are on one side only, each as often as it is. Of what then is left, rows that differ in the last digits of a
 * FLOAT64 alone are the same: they are matched in the order of these.
 */
async function compareBags({ db, before, after, columns }: CompareRows): Promise<RowChanges> {
  const compared = columns.filter((column) => !isRetyped(column));
  const none = { key: undefined, rows_changed: 0, changed: {} };
  if (compared.length === 0) {
    const [row] = await db.query(
      `SELECT (SELECT count(*) FROM (${before})) AS old, (SELECT count(*) FROM (${after})) AS now`,
    );
    const more = Number(row!["now"]) - Number(row!["old"]);
    return { ...none, added: Math.max(more, 0), removed: Math.max(-more, 0) };
  }
  const [row] = await db.query(bagsSql({ before, after, columns: compared }));
  return { ...none, added: Number(row!["added"]), removed: Number(row!["removed"]) };
}

function bagsSql({ before, after, columns }: Pick<CompareRows, "before" | "after" | "columns">): string {
  const list = (side: (column: CommonColumn) => string) =>
    columns.map((column, i) => `${quoteIdentifier(side(column))} AS v${i}`).join(", ");
  const value = columns.map((column, i) => ({ name: `v${i}`, type: column.is }));
  const exact = value.filter(({ type }) => !holdsFloat(type));
  const floats = value.filter(({ type }) => holdsFloat(type));
  const partition = exact.length === 0 ? "" : `PARTITION BY ${exact.map(({ name }) => name).join(", ")} `;
  const order = floats.length === 0 ? "" : `ORDER BY ${floats.map(({ name }) => name).join(", ")}`;
  const ranked = (from: string) =>
    `SELECT *, row_number() OVER (${partition}${order}) AS place, TRUE AS there FROM ${from}`;
  const on = ["o.place = n.place", ...exact.map(({ name }) => `o.${name} IS NOT DISTINCT FROM n.${name}`)].join(
    " AND ",
  );
  const same =
    floats.map(({ name, type }) => `NOT ${differs(`o.${name}`, `n.${name}`, type)}`).join(" AND ") || "FALSE";
  return `WITH old_rows AS (SELECT ${list(({ oldName }) => oldName)} FROM (${before})),
    new_rows AS (SELECT ${list(({ name }) => name)} FROM (${after})),
    gone AS (FROM old_rows EXCEPT ALL FROM new_rows),
    come AS (FROM new_rows EXCEPT ALL FROM old_rows)
    SELECT count(*) FILTER (WHERE n.there AND (o.there AND ${same}) IS NOT TRUE) AS added,
      count(*) FILTER (WHERE o.there AND (n.there AND ${same}) IS NOT TRUE) AS removed
    FROM (${ranked("gone")}) o FULL JOIN (${ranked("come")}) n ON ${on}`;
}
