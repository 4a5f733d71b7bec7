/** What the columns of a table look like. Counts may stand in a run record; values and their distribution only in a local report. */

export interface TableProfile {
  table: string;
  /** Of the table. */
  rows: number;
  /** Rows that were looked at: fewer than there are, where this is a sample. */
  looked: number;
  columns: ColumnProfile[];
}

export interface ColumnProfile {
  name: string;
  type: string;
  /** Of the rows that were looked at. */
  nulls: number;
  /** Different values among them; undefined for lists, structs and types of the engine's own. */
  distinct?: number;
  /** On target `local` only, and never of a sensitive column. */
  values?: ColumnValues;
}

export interface ColumnValues {
  min?: string | undefined;
  max?: string | undefined;
  mean?: string;
  /** Of many rows an estimate, good to a few per mille: the first quartile, the median and the third. */
  quartiles?: [string, string, string];
  /** How many values lie in each of equally wide steps from the least to the greatest. */
  histogram?: number[];
  /** Of a column with few values: those that come most often. */
  top?: { value: string; count: number }[];
}

/** What may stand in a record, wherever it is kept. */
export function withoutValues(profile: TableProfile[]): TableProfile[] {
  return profile.map((table) => ({ ...table, columns: table.columns.map(countsOf) }));
}

function countsOf({ name, type, nulls, distinct }: ColumnProfile): ColumnProfile {
  return { name, type, nulls, ...(distinct !== undefined && { distinct }) };
}
