/** Changes of a table's schema that BigQuery allows: new columns, and columns that may be NULL from now on. */
import { invalid } from "../api-error.ts";
import type { State } from "../state.ts";
import { duckType, quote, sameType } from "../value/type.ts";
import { typeOfElement, typeOfField, type Field } from "../value/field.ts";
import { showTable } from "./name.ts";
import { touch, type Table } from "./catalog.ts";

/**
 * The columns that `wanted` has and the table has not.
 * @throws ApiError where a column would go, change its type, or become REQUIRED.
 */
export function addedFields(table: Table, wanted: Field[]): Field[] {
  const mismatch = (why: string) => invalid(`Provided Schema does not match Table ${showTable(table)}. ${why}`);
  for (const field of table.fields) {
    const now = wanted.find((it) => it.name.toLowerCase() === field.name.toLowerCase());
    if (!now) throw mismatch(`Field ${field.name} is missing in new schema`);
    const why = whyNot(field, now);
    if (why) throw mismatch(why);
  }
  const added = wanted.filter((it) => !table.fields.some(({ name }) => name.toLowerCase() === it.name.toLowerCase()));
  const required = added.find(({ mode }) => mode === "REQUIRED");
  if (required) throw mismatch(`Cannot add required fields to an existing schema. (field: ${required.name})`);
  return added;
}

function whyNot(before: Field, now: Field): string | undefined {
  if (!sameType(typeOfElement(before), typeOfElement(now))) {
    return `Field ${before.name} has changed type from ${before.type} to ${now.type}`;
  }
  if (before.mode === now.mode || (before.mode === "REQUIRED" && now.mode === "NULLABLE")) return undefined;
  return `Field ${before.name} has changed mode from ${before.mode} to ${now.mode}`;
}

/** Gives the table this schema: its new columns are NULL, or empty lists, in the rows that are there. */
export async function addColumns({ database, locks }: State, table: Table, wanted: Field[]): Promise<void> {
  const added = addedFields(table, wanted);
  await locks.alone(table, () =>
    database.with(async (session) => {
      for (const field of added) await session.run(addColumn(table.physical, field));
    }),
  );
  table.fields = [...table.fields.map((it) => wanted.find((now) => sameName(now, it))!), ...added];
  touch(table);
}

const sameName = (a: Field, b: Field) => a.name.toLowerCase() === b.name.toLowerCase();

function addColumn(physical: string, field: Field): string {
  const type = duckType(typeOfField(field));
  const empty = field.mode === "REPEATED" ? ` DEFAULT CAST([] AS ${type})` : "";
  return `ALTER TABLE ${physical} ADD COLUMN ${quote(field.name)} ${type}${empty}`;
}
