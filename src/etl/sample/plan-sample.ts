/** What each sample will be read with: the same rows each time, and of several sources those that belong together. */
import type { Columns } from "../../spec/column.ts";
import { typeOfBigquery } from "../../spec/formats/bigquery.ts";
import type { Type } from "../../spec/type.ts";
import { planRead, type ReadPlan, type ReadSource, type Reading } from "../connectors/bigquery/plan.ts";
import { formatTableName, parseTableName } from "../connectors/bigquery/table-name.ts";
import { sampleQuery, type SampledTable } from "./sample-query.ts";

export interface SamplePlan {
  source: ReadSource;
  /** Reads the sample's rows. */
  plan: ReadPlan;
  columns: { name: string; type: Type }[];
}

export interface SampleSize {
  rows: number;
  /** The column that rows of different sources belong together by; undefined: one that several have. */
  key: string | undefined;
}

/** A source, and what was found when it was looked at. */
export interface Looked {
  source: ReadSource;
  columns: { name: string; type: Type }[];
  location: string | undefined;
}

/** Looks at a source. @throws {EtlError} where it is not what is declared */
export async function look(source: ReadSource, reading: Reading): Promise<Looked> {
  const { fields, location } = await planRead(source, reading);
  const columns = source.columns
    ? Object.entries(source.columns).map(([name, { type }]) => ({ name, type }))
    : fields.map((field) => ({ name: field.name, type: typeOfBigquery(field)! }));
  return { source, columns, location };
}

/** Values by which rows of different tables belong together. A day belongs to everything. */
const keyKinds = new Set(["STRING", "INT64", "BYTES"]);

/** Rows for each value of a key. */
const rowsPerKey = 5;

/** The first column that two or more of the sources have in common. */
export function sharedKey(looked: Looked[]): string | undefined {
  const ofKeys = looked.flatMap(({ columns }) => columns.filter(({ type }) => keyKinds.has(type.kind)));
  const names = ofKeys.map(({ name }) => name);
  return names.find((name, i) => names.indexOf(name) < i);
}

export async function planSample(one: Looked, all: Looked[], size: SampleSize, reading: Reading): Promise<SamplePlan> {
  const { source, columns, location } = one;
  const { rows, key = sharedKey(all) } = size;
  const having = all.filter((other) => other.columns.some(({ name }) => name === key));
  const [first] = having;
  const keys =
    key !== undefined && first !== undefined && having.length > 1 && having.includes(one)
      ? { column: key, of: tableOf(first, reading), count: Math.ceil(rows / rowsPerKey) }
      : undefined;
  const query = sampleQuery({ source: tableOf(one, reading), rows, keys });
  const declared: Columns = Object.fromEntries(columns.map(({ name, type }) => [name, { type }]));
  const plan = await planRead({ ...source, spec: { query, location }, columns: declared }, reading);
  return { source, plan, columns };
}

function tableOf({ source, columns }: Looked, { client }: Reading): SampledTable {
  const { table, query, where } = source.spec;
  const named =
    table && formatTableName(parseTableName(table, { project: client.project, where: () => source.where("table") }));
  return { table: named, query, where, columns };
}
