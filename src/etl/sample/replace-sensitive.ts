/** Sensitive columns of a sample get pseudonyms, and what still holds national identity numbers is found. */
import type { Type } from "../../spec/type.ts";
import { count, type Problem, type Where } from "../../util/error.ts";
import type { Database } from "../engine/duckdb/duckdb.ts";
import { duckdbType } from "../engine/duckdb/duckdb-type.ts";
import { quoteIdentifier, quoteText } from "../engine/duckdb/sql.ts";
import { holdsNationalId, isNationalId } from "./national-id.ts";
import { canReplace, pseudonym } from "./pseudonym.ts";

export interface SampleColumn {
  name: string;
  type: Type;
  sensitive: boolean;
}

interface Replace {
  db: Database;
  /** The relation that holds the sample. */
  relation: string;
  columns: SampleColumn[];
  secret: Uint8Array;
}

/** @returns a query that gives the rows with pseudonyms */
export async function replaceSensitive({ db, relation, columns, secret }: Replace): Promise<string> {
  const replaced = columns.filter(({ sensitive }) => sensitive);
  const joins: string[] = [];
  for (const [i, column] of replaced.entries()) {
    const table = quoteIdentifier(`_nais_etl_pseudonyms_${relation}_${i}`);
    await makeTable({ db, table, relation, column, secret });
    const text = textOf(`s.${quoteIdentifier(column.name)}`, column.type);
    joins.push(`LEFT JOIN ${table} AS p${i} ON p${i}.original = ${text}`);
  }
  const list = columns.map((column) => {
    const i = replaced.indexOf(column);
    const id = quoteIdentifier(column.name);
    return i < 0 ? `s.${id}` : `${valueOf(`p${i}.pseudonym`, column.type)} AS ${id}`;
  });
  return `SELECT ${list.join(", ")} FROM ${quoteIdentifier(relation)} AS s ${joins.join(" ")}`;
}

interface MakeTable extends Omit<Replace, "columns"> {
  table: string;
  column: SampleColumn;
}

async function makeTable({ db, table, relation, column: { name, type }, secret }: MakeTable): Promise<void> {
  const text = textOf(quoteIdentifier(name), type);
  const rows = await db.query(
    `SELECT DISTINCT ${text} AS original FROM ${quoteIdentifier(relation)} WHERE ${quoteIdentifier(name)} IS NOT NULL`,
  );
  const pairs = rows.map(({ original }) => {
    const known = original as string;
    return `(${quoteText(known)}, ${quoteText(pseudonym(known, type, secret))})`;
  });
  await db.run(`CREATE TABLE ${table} (original VARCHAR, pseudonym VARCHAR)`);
  if (pairs.length > 0) await db.run(`INSERT INTO ${table} VALUES ${pairs.join(", ")}`);
}

function textOf(value: string, { kind }: Type): string {
  return kind === "BYTES" ? `base64(${value})` : `CAST(${value} AS VARCHAR)`;
}

function valueOf(text: string, type: Type): string {
  return type.kind === "BYTES" ? `from_base64(${text})` : `CAST(${text} AS ${duckdbType(type)})`;
}

/** Columns that are sensitive, and whose type has no pseudonyms. */
export function irreplaceable(source: string, columns: SampleColumn[], where: (column: string) => Where): Problem[] {
  return columns
    .filter(({ sensitive, type }) => sensitive && !canReplace(type))
    .map(({ name, type }) => ({
      severity: "error",
      rule: "sample-sensitive",
      message: `the sensitive column \`${name}\` of \`${source}\` is ${type.kind}, of which there are no pseudonyms`,
      hint: "Leave it out of `columns:`, or make STRING columns of its parts in `query:`.",
      where: where(name),
    }));
}

interface Search {
  db: Database;
  query: string;
  columns: SampleColumn[];
  source: string;
  where: (column: string) => Where;
}

/** A problem for each column that holds numbers of people; the numbers are shown nowhere. */
export async function findNationalIds({ db, query, columns, source, where }: Search): Promise<Problem[]> {
  const texts = columns.map(({ name }) => `CAST(${quoteIdentifier(name)} AS VARCHAR) AS ${quoteIdentifier(name)}`);
  const rows = await db.query(`SELECT ${texts.join(", ")} FROM (${query})`);
  return columns.flatMap(({ name, type }): Problem[] => {
    const found = rows.filter((row) => holds(row[name] as string | null, type)).length;
    if (found === 0) return [];
    return [
      {
        severity: "error",
        rule: "national-id",
        message: `\`${name}\` of \`${source}\` holds Norwegian national identity numbers, in ${count(found, "row")} of the sample: it is not written`,
        hint: "Mark the column `sensitive: true`: it then gets pseudonyms. Or leave it out of `columns:`.",
        where: where(name),
      },
    ];
  });
}

const numbers = new Set(["INT64", "NUMERIC", "BIGNUMERIC", "FLOAT64"]);

function holds(text: string | null, { kind }: Type): boolean {
  if (text === null) return false;
  if (!numbers.has(kind)) return holdsNationalId(text);
  const [whole = "", fraction = ""] = text.split(".");
  return /^\d{10,11}$/.test(whole) && /^0*$/.test(fraction) && isNationalId(BigInt(whole));
}
