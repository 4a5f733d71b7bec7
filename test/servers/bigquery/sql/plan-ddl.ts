/** https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language */
import { invalidQuery, notFound } from "../api-error.ts";
import { dropTable, findTable, touch, type Table } from "../catalog/catalog.ts";
import { showTable } from "../catalog/name.ts";
import { addColumns } from "../catalog/evolve.ts";
import { demand } from "../grants.ts";
import { fieldOfType, normaliseFields, type Field } from "../value/field.ts";
import { readOptions } from "./ddl-options.ts";
import type { Done, Execution, Plan } from "./plan.ts";
import type { Context } from "./scope.ts";
import type { ColumnDefinition, Place, Statement } from "./syntax.ts";
import { tableName } from "./table.ts";

type Of<Kind extends Statement["kind"]> = Extract<Statement, { kind: Kind }>;

type Json = Record<string, unknown>;

/** A table to alter or drop. Nothing, where it is missing and may be. */
export function existing(
  context: Context,
  { target, ifExists, at }: { target: string[]; ifExists: boolean; at: Place },
): Table | undefined {
  const name = tableName(context, target, at);
  const found = findTable(context.state.catalog, name);
  if (found || ifExists) return found;
  throw notFound(
    `Table ${showTable(name)}${context.location === undefined ? "" : ` was not found in location ${context.location}`}`,
  );
}

export function planAddColumns(context: Context, statement: Of<"addColumns">): Plan {
  const table = existing(context, statement);
  const { state, principal } = context;
  if (table) demand(state, { principal, permission: "bigquery.tables.update", on: table });
  const run = async (): Promise<Done> => {
    if (!table) return { operation: "SKIP" };
    const isThere = (name: string) => table.fields.some((it) => it.name.toLowerCase() === name.toLowerCase());
    const fresh = statement.columns.filter(({ column, ifNotExists }) => !(ifNotExists && isThere(column.name)));
    const twice = fresh.find(({ column }) => isThere(column.name));
    if (twice) throw invalidQuery(`Column already exists: ${twice.column.name}`);
    await addColumns(state, table, [...table.fields, ...normaliseFields(fresh.map(({ column }) => fieldOf(column)))]);
    return { operation: "ALTER" };
  };
  return { type: "ALTER_TABLE", context, reads: new Map(), ...(table && { ddl: { target: table } }), run };
}

export function planSetOptions(context: Context, statement: Of<"setOptions">): Plan {
  const table = existing(context, statement);
  if (table) demand(context.state, { principal: context.principal, permission: "bigquery.tables.update", on: table });
  const run = async ({ session }: Execution): Promise<Done> => {
    if (!table) return { operation: "SKIP" };
    const { partitionExpirationMs, ...options } = await readOptions(context, session, statement.options);
    table.resource = { ...table.resource, ...options };
    const partitioning = table.resource["timePartitioning"] as Json | undefined;
    if (partitionExpirationMs !== undefined) {
      table.resource["timePartitioning"] = { ...partitioning, expirationMs: partitionExpirationMs };
    }
    touch(table);
    return { operation: "ALTER" };
  };
  return { type: "ALTER_TABLE", context, reads: new Map(), ...(table && { ddl: { target: table } }), run };
}

export function planDrop(context: Context, statement: Of<"drop">): Plan {
  const table = existing(context, statement);
  const { state, principal } = context;
  if (table) demand(state, { principal, permission: "bigquery.tables.delete", on: table });
  const kind = statement.what === "SNAPSHOT TABLE" ? "SNAPSHOT" : statement.what;
  if (table && table.kind !== kind) throw invalidQuery(`${showTable(table)} is a ${table.kind}, not a ${kind}`);
  const run = async (): Promise<Done> => {
    if (!table) return { operation: "SKIP" };
    await dropTable(state.catalog, table);
    return { operation: "DROP" };
  };
  return {
    type: `DROP_${statement.what.replace(" ", "_")}`,
    context,
    reads: new Map(),
    ...(table && { ddl: { target: table } }),
    run,
  };
}

export function fieldOf({ name, type, parameters, notNull, description, fields }: ColumnDefinition): Field {
  const isArray = type.kind === "ARRAY";
  const element = isArray ? type.element : type;
  const [first, second] = parameters.map(String);
  const limits =
    element.kind === "STRING" || element.kind === "BYTES" ? { maxLength: first } : { precision: first, scale: second };
  const given = Object.entries(limits).filter(([, value]) => value !== undefined);
  return {
    ...fieldOfType(name, element),
    mode: isArray ? "REPEATED" : notNull ? "REQUIRED" : "NULLABLE",
    ...(Object.fromEntries(given) as Partial<Field>),
    ...(description !== undefined && { description }),
    ...(fields && { fields: fields.map(fieldOf) }),
  };
}
