/**
 * GoogleSQL that gives a few rows of a source: always the same ones, and of several sources those that belong together.
 * Rows are ordered by a hash, so that neither the oldest nor the first by name come alone.
 */
import type { Type } from "../../spec/type.ts";
import { quotePath, trimQuery } from "../connectors/bigquery/googlesql.ts";

export interface SampledTable {
  /** `project.dataset.table`, or a query. */
  table: string | undefined;
  query: string | undefined;
  where: string | undefined;
  columns: { name: string; type: Type }[];
}

export interface SampleQuery {
  source: SampledTable;
  rows: number;
  /** Only rows whose key stands among the first keys of another source. */
  keys: { column: string; of: SampledTable; count: number } | undefined;
}

export function sampleQuery({ source, rows, keys }: SampleQuery): string {
  const list = source.columns.map(({ name }) => quotePath(name)).join(", ");
  const condition = keys && `${quotePath(keys.column)} IN (${keysQuery(keys)})`;
  return [
    `SELECT ${list}`,
    `FROM ${fromOf(source)}`,
    ...whereOf([source.where, condition]),
    ...orderOf(source),
    `LIMIT ${rows}`,
  ].join("\n");
}

/** Types whose values are texts that tell rows apart. */
const told = new Set<Type["kind"]>([
  "STRING",
  "INT64",
  "NUMERIC",
  "BIGNUMERIC",
  "BOOL",
  "DATE",
  "DATETIME",
  "TIME",
  "TIMESTAMP",
]);

function orderOf({ columns }: SampledTable): string[] {
  const texts = columns
    .filter(({ type }) => told.has(type.kind))
    .map(({ name, type }) => `IFNULL(${textOf(quotePath(name), type.kind)}, '')`);
  return texts.length === 0 ? [] : [`ORDER BY MD5(CONCAT(${texts.join(", ' ', ")}))`];
}

function textOf(value: string, kind: Type["kind"]): string {
  return kind === "STRING" ? value : `CAST(${value} AS STRING)`;
}

function keysQuery({ column, of, count }: NonNullable<SampleQuery["keys"]>): string {
  const key = quotePath(column);
  const kind = of.columns.find(({ name }) => name === column)!.type.kind;
  const text = kind === "BYTES" ? key : textOf(key, kind);
  return [
    `SELECT ${key}`,
    `FROM ${fromOf(of)}`,
    ...whereOf([of.where, `${key} IS NOT NULL`]),
    `GROUP BY ${key}`,
    `ORDER BY MD5(${text})`,
    `LIMIT ${count}`,
  ].join(" ");
}

function fromOf({ table, query }: SampledTable): string {
  return query === undefined ? quotePath(table!) : `(\n${trimQuery(query)}\n)`;
}

function whereOf(conditions: (string | undefined)[]): string[] {
  const given = conditions.filter((condition) => condition !== undefined);
  return given.length === 0 ? [] : [`WHERE ${given.map((condition) => `(${condition}\n)`).join(" AND ")}`];
}
