/** What extract and transform make, and publish takes. */
import type { Columns } from "../spec/column.ts";
import type { TypedColumn } from "./engine/duckdb/materialize.ts";
import type { ModelFile } from "./transform/model-file.ts";

/** A relation that is there, by name, and its rows if they are kept. */
export interface Table {
  name: string;
  columns: TypedColumn[];
  declared: Columns | undefined;
  rows: number | undefined;
  file: string | undefined;
  /** What the model is written in that made it; undefined for a source. */
  language?: ModelFile["language"];
}
