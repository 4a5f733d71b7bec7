/** What checks and publishing say differs by engine. How they think does not: see check/ and publish.ts. */
import type { Type } from "../../spec/type.ts";

export interface Dialect {
  name: "duckdb" | "googlesql";
  quoteIdentifier: (name: string) => string;
  quoteText: (text: string) => string;
  /** A typed literal. `text` is the value's canonical text: see {@link import("../../spec/literal.ts").canonicalText}. */
  literal: (text: string | null, type: Type) => string;
  /** The number of rows for which a condition holds, as an aggregate. */
  countIf: (condition: string) => string;
  /** Whether a text contains a match of a regular expression (RE2). */
  matches: (expression: string, pattern: string) => string;
  /** A value as text, to compare it with texts of any type. */
  asText: (expression: string) => string;
  /** The start of the hour, day, month or year of a DATE, DATETIME or TIMESTAMP, in UTC. `type` is the expression's. */
  truncate: (expression: string, to: "hour" | "day" | "month" | "year", type: Type) => string;
  /** Seconds from a DATE, DATETIME or TIMESTAMP column's value to an instant (ISO 8601, UTC). */
  secondsBefore: (expression: string, instant: string) => string;
  /**
   * A cheap query that proves that no two rows are equal in one integer-like column: one row, one column `unique`, true, false
   * or NULL (don't know). Undefined where the engine has none.
   */
  quickUnique?: (relation: string, column: string) => string;
  /** A DATE, DATETIME or TIMESTAMP as a DATETIME, in UTC. */
  asDatetime: (expression: string) => string;
  /** A query of one column `step`: every hour, day or month of a relation's two DATETIMEs `first` and `last`, both included. */
  steps: (bounds: string, every: "hour" | "day" | "month") => string;
  /** All rows of `target` go. */
  truncateTable: (target: string) => string;
  /** Update the rows of `target` that have the key of a row in `staged`, insert the others. */
  merge: (parts: MergeParts) => string;
}

export interface MergeParts {
  target: string;
  staged: string;
  key: string[];
  columns: string[];
  /** A condition on the target, by its alias, that holds for every row with the key of a staged one: less of it is read. */
  within?: ((alias: string) => string) | undefined;
}
