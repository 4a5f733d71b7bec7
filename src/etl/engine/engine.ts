/** Where models run. DuckDB is the first engine; BigQuery, by push-down, the second. */
import type { Type } from "../../spec/type.ts";
import type { Dialect } from "./dialect.ts";

export type Row = Record<string, unknown>;

/** What checks need: small results of a query, on relations known by name. */
export interface Queryable {
  dialect: Dialect;
  /**
   * The rows of a query whose result is small: counts, a few samples.
   * Values: INT64 as number where it is exact, else bigint; dates and times as text; NULL as null.
   */
  query(sql: string): Promise<Row[]>;
}

export interface ComputedColumn {
  name: string;
  /** Undefined where the product has no such type (INTERVAL, MAP …): the engine's own name then stands in `engineType`. */
  type: Type | undefined;
  engineType: string;
}
