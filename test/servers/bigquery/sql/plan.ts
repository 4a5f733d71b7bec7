/** A statement that was understood: what it is, what it reads, and how it is done. */
import type { Table } from "../catalog/catalog.ts";
import type { TableName } from "../catalog/name.ts";
import type { Session } from "../database.ts";
import type { Transaction } from "../job/locks.ts";
import type { Field } from "../value/field.ts";
import type { Context, TableRead } from "./scope.ts";

export interface Plan {
  /** As `statistics.query.statementType` says it. */
  type: string;
  context: Context;
  /** Columns read, by table: what the statement is billed for. */
  reads: Map<Table, TableRead>;
  /** For a query: the DuckDB SQL of its rows, whose columns are c1, c2 …. */
  result?: { sql: string; fields: Field[] };
  ddl?: { target: TableName };
  /** Does the work. For a query there is none: whoever runs it takes the rows. */
  run?(execution: Execution): Promise<Done>;
}

/** Where a statement is run. */
export interface Execution {
  context: Context;
  session: Session;
  transaction?: Transaction;
  /** Tables that a transaction wrote to: they change for others when it is committed. */
  written: Set<Table>;
}

export interface Done {
  dml?: { inserted: number; updated: number; deleted: number };
  /** What a DDL statement did: CREATE, SKIP, REPLACE, ALTER, DROP. */
  operation?: string;
}
