/** `types.d.ts`: what TypeScript models read, make and are given, for editors and for tsc. */
import { comment, interfaceName, propertyName, scalars as exactScalars } from "../../../spec/formats/typescript.ts";
import type { LoadedPipeline } from "../../../spec/load.ts";
import type { ParamType } from "../../../spec/param.ts";
import type { ScalarName, Type } from "../../../spec/type.ts";

export interface TypedRelation {
  name: string;
  description?: string | undefined;
  /** Undefined where they are not known before a run. */
  columns: TypedColumn[] | undefined;
}

export interface TypedColumn {
  name: string;
  type: Type;
  description?: string | undefined;
  required: boolean;
}

export function typesText(relations: TypedRelation[], pipeline: LoadedPipeline): string {
  const names = interfaceNames(relations.map(({ name }) => name));
  const rows = relations.map((relation) => rowType(names.get(relation.name)!, relation));
  return [head, ...rows, runType(pipeline), tail].join("\n\n");
}

const head = `// Made by nais-etl of pipeline.yaml. \`nais-etl test\` and \`nais-etl run\` keep it up to date: what is changed here is lost.
// A model says what it reads and makes: import type { … } from "./types.d.ts";`;

const tail = `/** A whole table, for \`table\`. Nothing of it is read before it is asked for. */
export interface Table<Row> extends Iterable<Row> {
  /** Its rows, one after the other: for (const row of apps) { … }. They are not kept in memory. */
  [Symbol.iterator](): Iterator<Row>;
  /** Its columns as lists. All of the table is then kept in memory; a column is made when it is first asked for. */
  readonly columns: Columns<Row>;
  /** Its columns, some thousand rows at a time. */
  batches(): Iterable<Batch<Row>>;
  /**
   * Groups of rows that have the same values in these columns, in the order of their first rows. \`start\` makes what a group
   * begins with, \`add\` is called for each of its rows.
   */
  groupBy<Key extends keyof Row, Group extends object>(
    keys: readonly Key[],
    start: () => Group,
    add: (group: Pick<Row, Key> & Group, row: Row) => void,
  ): (Pick<Row, Key> & Group)[];
}

/** Some rows of a table, as columns. A generator may yield columns, too: { columns: { … } }. */
export interface Batch<Row> {
  readonly length: number;
  readonly columns: Columns<Row>;
}

/** A list of values for each column, all of one length. */
export type Columns<Row> = { readonly [Column in keyof Row]: readonly Row[Column][] };
`;

/** Names that this file gives to types of its own. */
const taken = ["Run", "Table", "Batch", "Columns"];

function interfaceNames(relations: string[]): Map<string, string> {
  const names = new Map<string, string>();
  const used = new Set(taken);
  for (const relation of relations) {
    let name = interfaceName(relation);
    while (used.has(name)) name += "Row";
    used.add(name);
    names.set(relation, name);
  }
  return names;
}

function rowType(name: string, { name: relation, description, columns }: TypedRelation): string {
  const about = comment(description ? `${relation}: ${description.trim()}` : `A row of ${relation}.`);
  if (!columns) return [...about, `export type ${name} = Record<string, any>;`].join("\n");
  return [...about, `export interface ${name} {`, ...columns.flatMap(columnLines), "}"].join("\n");
}

function columnLines({ name, type, description, required }: TypedColumn): string[] {
  const note = [description, notes[type.kind]].filter((text) => text !== undefined).join(" — ");
  const line = `${propertyName(name)}: ${required ? valueType(type) : orNull(valueType(type))};`;
  return [...comment(note === "" ? undefined : note), line].map((text) => `  ${text}`);
}

/** What a type of TypeScript does not say. */
const notes: Partial<Record<Type["kind"], string>> = {
  INT64: "INT64: beyond ±2^53 a bigint, so that no digit is lost",
  NUMERIC: 'NUMERIC: its digits, "12.50"',
  BIGNUMERIC: 'BIGNUMERIC: its digits, "12.50"',
  DATE: "DATE: 2022-01-20",
  DATETIME: "DATETIME: 2022-01-20T07:30:00",
  TIME: "TIME: 07:30:00",
  TIMESTAMP: "TIMESTAMP: 2022-01-20T07:30:00Z",
};

const scalars: Record<ScalarName, string> = { ...exactScalars, INT64: "number", JSON: "any" };

function valueType(type: Type): string {
  if (type.kind === "ARRAY") return `${valueType(type.element)}[]`;
  if (type.kind !== "STRUCT") return scalars[type.kind];
  const fields = type.fields.map((field) => `${propertyName(field.name)}: ${orNull(valueType(field.type))}`);
  return `{ ${fields.join("; ")} }`;
}

function orNull(type: string): string {
  return type === "any" ? type : `${type} | null`;
}

function runType({ spec }: LoadedPipeline): string {
  const interval = spec.interval
    ? `{
    /** The first ${spec.interval.every === "hour" ? "instant" : "day"}, and the first after it. */
    start: string;
    end: string;
    /** The interval's name: ${{ hour: "2022-01-20T07", day: "2022-01-20", month: "2022-01" }[spec.interval.every]}. */
    label: string;
  }`
    : "undefined";
  const params = Object.entries(spec.params ?? {}).map(
    ([name, { type }]) => `${propertyName(name)}: ${paramTypes[type]}`,
  );
  return `/** What this run is for: the last parameter of \`row\` and \`table\`, { interval, params }. */
export interface Run {
  interval: ${interval};
  params: ${params.length === 0 ? "Record<string, never>" : `{ ${params.join("; ")} }`};
}`;
}

const paramTypes: Record<ParamType, string> = {
  STRING: "string",
  INT64: "number",
  FLOAT64: "number",
  BOOL: "boolean",
  DATE: "string",
  TIMESTAMP: "string",
};
