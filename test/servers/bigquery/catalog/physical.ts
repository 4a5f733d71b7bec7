/** The tables of DuckDB that hold the rows. */
import { duckType, quote } from "../value/type.ts";
import { typeOfField, type Field } from "../value/field.ts";
import type { Catalog } from "./catalog.ts";

export async function createPhysical(catalog: Catalog, physical: string, fields: Field[]): Promise<void> {
  // A table of DuckDB has one column at least, and a table of BigQuery may have none.
  const columns = fields.map((field) => `${quote(field.name)} ${duckType(typeOfField(field))}`);
  await catalog.database.with((session) =>
    session.run(`CREATE TABLE ${physical} (${columns.join(", ") || "_none INTEGER"})`),
  );
}

export async function dropPhysical(catalog: Catalog, physical: string): Promise<void> {
  await catalog.database.with((session) => session.run(`DROP TABLE IF EXISTS ${physical}`));
}
