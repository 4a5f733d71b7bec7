/**
 * Where outputs and the state of a pipeline live together, so that one transaction can change both.
 * The local warehouse is the first store; BigQuery is the second.
 */
import type { Columns } from "../../spec/column.ts";
import type { WritePlan } from "./statements.ts";

export interface StagedTable {
  output: string;
  /** `dataset.table`. */
  table: string;
  /** Parquet file with the rows. */
  file: string;
  rows: number;
  columns: Columns;
  description: string | undefined;
  plan: WritePlan;
}

/** A file that is written aside already, and gets its final name once the publish record is committed. */
export interface StagedFile {
  output: string;
  /** Absolute paths, in the same folder. */
  aside: string;
  path: string;
  rows: number;
  mode: string;
}

export interface PublishRecord {
  pipeline: string;
  runId: string;
  execution: string;
  generation: number;
  at: Date;
}

export interface Published {
  output: string;
  rows: number;
  mode: string;
}

export interface Store {
  /** Where the store is, for people. */
  shown: string;
  /** Outputs of this run id that are published, with the generation of the newest. */
  published(pipeline: string, runId: string): Promise<{ outputs: string[]; generation: number }>;
  /** Files that a committed run still has to give their names: what a killed process left to do. */
  pendingFiles(pipeline: string): Promise<StagedFile[]>;
  /** One transaction: tables, publish records, and the list of files to rename. Throws without any change, or changes all. */
  publish(parts: {
    record: PublishRecord;
    tables: StagedTable[];
    files: StagedFile[];
    allowSchemaChange: boolean;
  }): Promise<void>;
  /** The files have their names. */
  clearPending(pipeline: string, outputs: string[]): Promise<void>;
  /** One row in `_nais_etl_runs`. */
  recordRun(row: RunRow): Promise<void>;
  close(): Promise<void>;
}

/** A row of `_nais_etl_runs`: one for each start of a pipeline, failed ones too. */
export interface RunRow {
  pipeline: string;
  run_id: string;
  execution: string;
  generation: number;
  target: string;
  status: string;
  exit_code: number;
  started_at: Date;
  finished_at: Date;
  rows_read: number | undefined;
  rows_written: number | undefined;
  checks_failed: number;
  error: string | undefined;
  revision: string | undefined;
  image: string | undefined;
  source_digest: string;
  record: string;
}
