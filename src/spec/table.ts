/** A table as pipeline.yaml declares it. Every format in `formats/` is made from this, and from nothing else. */
import type { DeclaredCheck } from "./check.ts";
import type { Column, Columns } from "./column.ts";
import type { Output } from "./output.ts";
import type { Pipeline } from "./pipeline.ts";
import type { Type } from "./type.ts";

export interface Table {
  name: string;
  description?: string | undefined;
  columns: TableColumn[];
  /** Checks of the whole table. */
  checks: DeclaredCheck[];
  /** The outputs that publish it. */
  outputs: Output[];
}

export interface TableColumn {
  name: string;
  type: Type;
  description?: string | undefined;
  /** A check refuses NULL here, always: no row is published that has one. */
  required: boolean;
  sensitive: boolean;
  checks: DeclaredCheck[];
}

/** The sources and models that declare columns, in the order of the file. */
export function tablesOf(spec: Pipeline): Table[] {
  const outputs = Object.entries(spec.outputs ?? {});
  const declared = [...Object.entries(spec.sources ?? {}), ...Object.entries(spec.models ?? {})];
  return declared.flatMap(([name, { description, columns, checks = [] }]) => {
    if (!columns) return [];
    const publishing = outputs.filter(([output, { model }]) => (model ?? output) === name).map(([, output]) => output);
    const table = { name, columns: columnsOf(columns, checks), checks, outputs: publishing };
    return [{ ...table, description: description ?? publishing.find((output) => output.description)?.description }];
  });
}

function columnsOf(columns: Columns, tableChecks: readonly DeclaredCheck[]): TableColumn[] {
  const filled = new Set(tableChecks.filter(isAbsolute).flatMap((check) => asList(check.not_null)));
  return Object.entries<Column>(columns).map(([name, { type, description, sensitive = false, checks = [] }]) => {
    const required = filled.has(name) || checks.some((check) => check.not_null !== undefined && isAbsolute(check));
    return { name, type, description, sensitive, checks, required };
  });
}

/** Whether no published row breaks the check: it looks at every row, does not only warn, and lets none pass that offends. */
export function isAbsolute({ severity, tolerate = 0, where, on_fail }: DeclaredCheck): boolean {
  return severity !== "warn" && (tolerate === 0 || on_fail === "quarantine") && where === undefined;
}

/**
 * The columns that identify a row: the `key` of an output (of this type before others),
 * else those of the first `unique` check that holds for every row. Undefined where there are neither.
 */
export function keyOf(table: Table, type?: Output["type"]): string[] | undefined {
  const key = outputsFor(table, type).find((output) => output.key)?.key;
  const uniqueColumn = table.columns.find(({ checks }) => checks.some((check) => check.unique && isAbsolute(check)));
  const unique = table.checks.find((check) => check.unique && isAbsolute(check));
  return key ?? (unique ? asList(unique.unique) : undefined) ?? (uniqueColumn && [uniqueColumn.name]);
}

/** The outputs that publish a table, those of this type first. */
export function outputsFor(table: Table, type?: Output["type"]): Output[] {
  return [
    ...table.outputs.filter((output) => output.type === type),
    ...table.outputs.filter((output) => output.type !== type),
  ];
}

/** `not_null` and `unique` on a table name columns; on a column they are `true`. */
function asList(columns: true | string[] | undefined): string[] {
  return Array.isArray(columns) ? columns : [];
}
