/** A check, ready to run, and what came of it. */
import type { CheckKind } from "../../spec/check.ts";
import type { Path } from "../../spec/document.ts";

export interface Check {
  name: string;
  kind: CheckKind;
  table: string;
  columns: string[];
  severity: "error" | "warn";
  /** Share of rows, 0 to 1, that may offend. */
  tolerate: number;
  /** Only rows for which this holds are looked at. */
  where: string | undefined;
  /** Whether offending rows are taken out of the table, where no more than the tolerated share offends. */
  quarantine: boolean;
  /** Where it is declared in pipeline.yaml. */
  path: Path;
  /** The query that returns the offending rows (for `unique` the keys and how often; for `row_count` and `freshness` the measured value). */
  query: string;
  /** A condition that is true for an offending row; such checks of a table share one scan. */
  offends?: string;
  /** A condition that holds for the offending rows of the table, for `show --where`; not every kind has one. */
  condition?: string;
  /** For `relationships`, the table that holds the known values. */
  to?: string;
  bounds?: { min?: number | undefined; max?: number | undefined };
  /** For `completeness`, a query that gives one row: how many steps there should be, as `steps`. */
  expected?: { query: string; every: string };
  freshness?: { column: string; within: string; wait?: string | undefined };
}

export interface CheckResult {
  check: string;
  table: string;
  kind: CheckKind;
  /**
   * `tolerated`: some rows offend, within the tolerated share. `quarantined`: they were taken out of the table.
   * `warn`: it failed, and only warns.
   */
  status: "pass" | "tolerated" | "quarantined" | "warn" | "fail";
  /** Offending rows; for `row_count` 0 or 1. */
  offending: number;
  /** Rows looked at, where the check counts them. */
  rows: number | undefined;
  /** For `freshness`, how old the newest row is, if there is one. */
  age_seconds?: number;
  /** What was found, in words without values of the data: `3 of 1,708 rows`. */
  found: string;
  query: string;
  /** A condition for `show --where` that gives the offending rows. */
  condition: string | undefined;
  /** Outside target `local`, where it failed: how to see the rows from elsewhere, without any value of the data. */
  look?: string;
  seconds: number;
  /** A few offending rows, on target `local` only, without sensitive columns. */
  samples?: Record<string, unknown>[];
}
