// Made by nais-etl of pipeline.yaml. `nais-etl test` and `nais-etl run` keep it up to date: what is changed here is lost.
// A model says what it reads and makes: import type { … } from "./types.d.ts";

/** A row of orders. */
export interface Orders {
  /** INT64: beyond ±2^53 a bigint, so that no digit is lost */
  order_id: number;
  /** DATE: 2022-01-20 */
  ordered_at: string;
  customer: string | null;
  status: string;
  /** INT64: beyond ±2^53 a bigint, so that no digit is lost */
  amount: number;
}

/** A row of stg_orders. */
export interface StgOrders {
  /** INT64: beyond ±2^53 a bigint, so that no digit is lost */
  order_id: number;
  /** DATE: 2022-01-20 */
  month: string;
  /** INT64: beyond ±2^53 a bigint, so that no digit is lost */
  amount: number;
}

/** orders_per_month: Orders and revenue per month */
export interface OrdersPerMonth {
  /** First day of the month — DATE: 2022-01-20 */
  month: string;
  /** Number of orders — INT64: beyond ±2^53 a bigint, so that no digit is lost */
  orders: number;
  /** What they came to in kroner — INT64: beyond ±2^53 a bigint, so that no digit is lost */
  revenue: number;
}

/** What this run is for: the last parameter of `row` and `table`, { interval, params }. */
export interface Run {
  interval: undefined;
  params: Record<string, never>;
}

/** A whole table, for `table`. Nothing of it is read before it is asked for. */
export interface Table<Row> extends Iterable<Row> {
  /** Its rows, one after the other: for (const row of apps) { … }. They are not kept in memory. */
  [Symbol.iterator](): Iterator<Row>;
  /** Its columns as lists. All of the table is then kept in memory; a column is made when it is first asked for. */
  readonly columns: Columns<Row>;
  /** Its columns, some thousand rows at a time. */
  batches(): Iterable<Batch<Row>>;
  /**
   * Groups of rows that have the same values in these columns, in the order of their first rows. `start` makes what a group
   * begins with, `add` is called for each of its rows.
   */
  groupBy<Key extends keyof Row, Group extends object>(
    keys: readonly Key[],
    start: () => Group,
    add: (group: Pick<Row, Key> & Group, row: Row) => void,
  ): (Pick<Row, Key> & Group)[];
}

/** Some rows of a table, as columns. A generator may yield columns, too: { columns: { … } }. */
export interface Batch<Row> {
  readonly length: number;
  readonly columns: Columns<Row>;
}

/** A list of values for each column, all of one length. */
export type Columns<Row> = { readonly [Column in keyof Row]: readonly Row[Column][] };
