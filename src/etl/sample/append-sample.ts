/** A sample's rows in the engine, under the source's name, with its types. */
import type { Type } from "../../spec/type.ts";
import type { BatchScan } from "../connectors/connector.ts";
import type { Database } from "../engine/duckdb/duckdb.ts";
import { viewAppended } from "../engine/duckdb/materialize.ts";

interface Keep {
  db: Database;
  name: string;
  scan: BatchScan;
  columns: { name: string; type: Type }[];
}

export async function keepAppended({ db, name, scan, columns }: Keep): Promise<void> {
  const table = `_nais_etl_raw_${name}`;
  const { types } = await db.append({ table, schema: scan.schema, batches: scan.batches });
  const places = new Map(scan.schema.fields.map((field, i) => [field.name.toLowerCase(), i]));
  const appended = columns.map(({ name: column, type }) => {
    const place = places.get(column.toLowerCase())!;
    return { name: column, type, from: scan.schema.fields[place]!.name, engineType: types[place]! };
  });
  await viewAppended(db, { name, table, columns: appended });
}
