/** The queries of a profile: one that counts and finds ranges, and one that needs these to see how values are spread. */
import type { Type } from "../../spec/type.ts";
import type { Dialect } from "../engine/dialect.ts";

/** What of a column is asked. */
export interface AskedColumn {
  name: string;
  type: Type;
  /** Its values may be shown. */
  shown: boolean;
}

export interface Asked {
  /** The table's name, or that of a sample of it. */
  relation: string;
  columns: AskedColumn[];
  /** Estimate quartiles, which takes next to no memory. */
  estimated: boolean;
  dialect: Dialect;
}

export const histogramSteps = 20;
/** A column with more different values is not shown value by value. */
export const fewValues = 30;
/** A longer text is cut. */
const longestText = 60;

const numbers = new Set(["INT64", "FLOAT64", "NUMERIC"]);
const times = new Set(["DATE", "DATETIME", "TIMESTAMP"]);
const counted = new Set([...numbers, ...times, "STRING", "BOOL", "TIME", "BIGNUMERIC", "JSON", "BYTES"]);
/** BIGNUMERIC is a text to the engine, whose order is another one. */
const ordered = new Set([...numbers, ...times, "STRING", "TIME"]);

const isNumber = (type: Type) => numbers.has(type.kind);
const isCounted = (type: Type) => counted.has(type.kind);
const isOrdered = (type: Type) => ordered.has(type.kind);
/** Lies on a line, so that there are quantiles and equally wide steps. */
const isMeasured = (type: Type) => numbers.has(type.kind) || times.has(type.kind);
/** Is shown value by value. */
export const isNamed = (type: Type) => type.kind === "STRING" || type.kind === "BOOL";

/** One row: `total`, and for the column at place i `nulls_i`, `distinct_i`, `min_i`, `low_i` … */
export function rangesQuery({ relation, columns, estimated, dialect }: Asked): string {
  const parts = columns.flatMap(({ name, type, shown }, i) => {
    const column = dialect.quoteIdentifier(name);
    const values = finite(column, type);
    const quantiles = estimated ? "approx_quantile" : "quantile_disc";
    return [
      `count(*) - count(${column}) AS nulls_${i}`,
      ...(isCounted(type) ? [`count(DISTINCT ${column}) AS distinct_${i}`] : []),
      ...(shown && isOrdered(type)
        ? [`${textOf(`min(${values})`)} AS min_${i}`, `${textOf(`max(${values})`)} AS max_${i}`]
        : []),
      ...(shown && isNumber(type) ? [`avg(CAST(${values} AS DOUBLE)) AS mean_${i}`] : []),
      ...(shown && isMeasured(type)
        ? [
            `min(${place(column, type)}) AS low_${i}`,
            `max(${place(column, type)}) AS high_${i}`,
            `CAST(${quantiles}(${values}, [0.25, 0.5, 0.75]) AS VARCHAR[]) AS quartiles_${i}`,
          ]
        : []),
    ];
  });
  return `SELECT ${["count(*) AS total", ...parts].join(", ")} FROM ${relation}`;
}

export interface Spread {
  /** Place among the columns. */
  i: number;
  /** For equally wide steps: the ends. Undefined for values themselves. */
  range?: { low: number; high: number };
}

/** One row: `spread_i` is a map, of steps or of values, to how often. Undefined where no column is to be looked at. */
export function spreadQuery({ relation, columns, dialect }: Asked, spreads: Spread[]): string | undefined {
  if (spreads.length === 0) return undefined;
  const parts = spreads.map(({ i, range }) => {
    const { name, type } = columns[i]!;
    const column = dialect.quoteIdentifier(name);
    if (!range) return `histogram(${textOf(column)}) AS spread_${i}`;
    const at = place(column, type);
    // What is NULL has no step: `least` would give it the last.
    return `histogram(${stepOf(at, range)}) FILTER (WHERE ${at} IS NOT NULL) AS spread_${i}`;
  });
  return `SELECT ${parts.join(", ")} FROM ${relation}`;
}

function stepOf(expression: string, { low, high }: { low: number; high: number }): string {
  const share = `(${expression} - ${number(low)}) / ${number(high - low)}`;
  return `CAST(least(${histogramSteps - 1}, greatest(0, floor(${share} * ${histogramSteps}))) AS INTEGER)`;
}

/** Also where it is large: the engine would read `1e21` as it is meant, and a long run of digits as a decimal. */
function number(value: number): string {
  return `CAST('${value}' AS DOUBLE)`;
}

/** Where a value lies on a line. */
function place(column: string, type: Type): string {
  const value = finite(column, type);
  return times.has(type.kind) ? `epoch(${value})` : `CAST(${value} AS DOUBLE)`;
}

/** NaN and infinity are on no line, nor is the engine's date of that name. */
function finite(column: string, type: Type): string {
  return type.kind === "FLOAT64" || times.has(type.kind) ? `CASE WHEN isfinite(${column}) THEN ${column} END` : column;
}

function textOf(expression: string): string {
  return `left(CAST(${expression} AS VARCHAR), ${longestText})`;
}
