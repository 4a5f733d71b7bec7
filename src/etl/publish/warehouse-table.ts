/** An output's table in the local warehouse: `dataset.table`, whatever project it has elsewhere. */
import { quoteName } from "../engine/duckdb/sql.ts";
import type { TableOutput } from "./store.ts";

export function partsOf({ table }: TableOutput): { dataset: string; name: string } {
  const [dataset, name] = table.split(".").slice(-2) as [string, string];
  return { dataset, name };
}

/** As SQL. */
export function tableOf(spec: TableOutput): string {
  const { dataset, name } = partsOf(spec);
  return quoteName(dataset, name);
}
