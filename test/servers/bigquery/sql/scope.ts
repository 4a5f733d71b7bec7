/** What names mean in a query: the relations of its FROM clause, those of the queries around it, and who asks. */
import { quoteText, type SqlType } from "../value/type.ts";
import type { Table } from "../catalog/catalog.ts";
import type { State } from "../state.ts";
import type { Place } from "./syntax.ts";
import { queryError } from "./token.ts";
import type { Typed } from "./typed.ts";

export interface Column {
  name: string;
  type: SqlType;
  /** How DuckDB reads it. */
  sql: string;
  /** The table it is a column of: what a query reads is what it pays for. */
  table?: Table;
  /** Where its values come from unchanged, through sub-queries and views: a condition on it may leave partitions out. */
  source?: { reference: Reference; name: string };
}

/** A table in a FROM clause. */
export interface Reference {
  table: Table;
  /** Conditions on its partitioning column, over the table as `p`. All of them hold. */
  predicates: string[];
}

/** What a statement reads of a table. */
export interface TableRead {
  columns: Set<string>;
  references: Reference[];
}

export interface Relation {
  /** What the query calls it; nothing, where it has no name. */
  alias?: string;
  columns: Column[];
  /** The whole row, where it is a value of its own: an element of UNNEST. */
  value?: Typed;
}

export interface Scope {
  relations: Relation[];
  /** Columns that JOIN … USING made one: they come first, and hide the two. */
  merged: Column[];
  /** Names of the SELECT list, which GROUP BY, HAVING and ORDER BY may use. */
  aliases?: Column[];
  parent?: Scope;
}

/** What one query, or one statement of a script, is translated in. */
export interface Context {
  state: State;
  project: string;
  principal: string;
  /** Where tables must lie; anywhere, where it is undefined. */
  location: string | undefined;
  defaultDataset?: { project: string; dataset: string };
  parameters: Map<string, Typed>;
  /** Queries of WITH, by lower-case name. */
  with: Map<string, WithQuery>;
  /** What is read: columns by table. */
  reads: Map<Table, TableRead>;
  /** The time of CURRENT_TIMESTAMP: the same for a whole statement. */
  now: Date;
  /** Within a view, whose tables need no grant of their own. */
  isTrusted: boolean;
  /** How many views stand around. */
  depth: number;
  /** A fresh name. */
  fresh(prefix: string): string;
}

export interface WithQuery {
  sql: string;
  columns: Column[];
}

export const emptyScope = (parent?: Scope): Scope => ({ relations: [], merged: [], ...(parent && { parent }) });

/** A column, a row, or a field of either. */
export function resolvePath(context: Context, scope: Scope, names: string[], at: Place): Typed {
  for (let within: Scope | undefined = scope; within; within = within.parent) {
    const found = resolveIn(context, within, names, at);
    if (found) return found;
  }
  throw queryError(`Unrecognized name: ${names[0]!}`, at);
}

function resolveIn(context: Context, scope: Scope, names: string[], at: Place): Typed | undefined {
  const [first, ...rest] = names as [string, ...string[]];
  const alias = scope.aliases?.find(({ name }) => same(name, first));
  if (alias) return fieldsOf(read(context, alias), rest, at);
  // The name of a table goes before that of a column.
  const relation = scope.relations.find((it) => it.alias !== undefined && same(it.alias, first));
  if (!relation) {
    const column = findColumn(scope, first, at);
    return column && fieldsOf(read(context, column), rest, at);
  }
  if (rest.length === 0) return relation.value ?? rowOf(context, relation);
  const own = relation.columns.find(({ name }) => same(name, rest[0]!));
  if (own) return fieldsOf(read(context, own), rest.slice(1), at);
  throw queryError(`Name ${rest[0]!} not found inside ${first}`, at);
}

function findColumn(scope: Scope, name: string, at: Place): Column | undefined {
  const preferred = scope.merged.find((it) => same(it.name, name));
  if (preferred) return preferred;
  const found = scope.relations.flatMap(({ columns }) => columns.filter((it) => same(it.name, name)));
  if (found.length > 1) throw queryError(`Column name ${name} is ambiguous`, at);
  return found[0];
}

export const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** Marks a column as read. */
export function read(context: Context, { name, table, type, sql, source }: Column): Typed {
  if (table) readColumn(context, table, name);
  return { sql, type, ...(source && { source }) };
}

export function readColumn(context: Context, table: Table, name: string): void {
  readOf(context, table).columns.add(name);
}

function readOf({ reads }: Context, table: Table): TableRead {
  const known = reads.get(table) ?? { columns: new Set(), references: [] };
  reads.set(table, known);
  return known;
}

/** Notes that a statement looks into a table, once more. */
export function refer(context: Context, table: Table): Reference {
  const reference: Reference = { table, predicates: [] };
  readOf(context, table).references.push(reference);
  return reference;
}

/** A whole row as a STRUCT. */
function rowOf(context: Context, { columns }: Relation): Typed {
  const parts = columns.map((it) => `${quoteName(it.name)} := ${read(context, it).sql}`);
  const type: SqlType = { kind: "STRUCT", fields: columns.map(({ name, type: of }) => ({ name, type: of })) };
  return { sql: `struct_pack(${parts.join(", ")})`, type };
}

const quoteName = (name: string) => `"${name.replaceAll('"', '""')}"`;

export function fieldsOf(of: Typed, names: string[], at: Place): Typed {
  return names.reduce((value, name) => fieldOf(value, name, at), of);
}

export function fieldOf({ sql, type }: Typed, name: string, at: Place): Typed {
  if (type.kind !== "STRUCT") throw queryError(`Cannot access field ${name} on a value with type ${type.kind}`, at);
  const field = type.fields.find((it) => same(it.name, name));
  if (!field) throw queryError(`Field name ${name} does not exist in STRUCT`, at);
  return { sql: `struct_extract(${sql}, ${quoteText(field.name)})`, type: field.type };
}

/** Columns of a translated query, which calls them c1, c2 …, as those of a relation of this name. */
export function columnsOf(columns: ResultColumn[], relation: string): Column[] {
  return columns.map(({ name, type, source }, i) => ({
    name,
    type,
    sql: `${relation}.c${i + 1}`,
    ...(source && { source }),
  }));
}

export interface ResultColumn {
  name: string;
  type: SqlType;
  /** NULL, which takes any type. */
  untyped?: boolean;
  source?: Column["source"];
}

export interface Translated {
  /** SELECT whose columns are c1, c2 … */
  sql: string;
  columns: ResultColumn[];
  /** SELECT AS STRUCT: its rows are values. */
  isStruct: boolean;
}
