/**
 * Where outputs and the state of a pipeline live together, so that one transaction can change both.
 * The local warehouse is the first store; BigQuery is the second.
 */
import type { Columns } from "../../spec/column.ts";
import type { RunRow } from "../record/run-row.ts";
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

/** A file to publish: written aside first, in the same folder. Absolute paths. */
export interface FilePlace {
  output: string;
  aside: string;
  path: string;
}

/** A file that is written aside already, and gets its final name once the publish record is committed. */
export interface StagedFile extends FilePlace {
  rows: number;
  mode: string;
}

export interface PendingFile extends FilePlace {
  /** Whether its publish record is committed: then it still has to get its name; else it has to go. */
  committed: boolean;
}

export interface PublishRecord {
  pipeline: string;
  runId: string;
  execution: string;
  generation: number;
  at: Date;
}

export interface PublishParts {
  record: PublishRecord;
  tables: StagedTable[];
  files: StagedFile[];
  allowSchemaChange: boolean;
}

export interface Store {
  /** Where the store is, for people. */
  shown: string;
  /** Outputs of this run id that are published, with the generation of the newest. */
  published(pipeline: string, runId: string): Promise<{ outputs: string[]; generation: number }>;
  /** Files of an earlier run of the pipeline that was killed, or failed, before all had their names. */
  pendingFiles(pipeline: string): Promise<PendingFile[]>;
  /** In one transaction: the run is running, earlier ones run no more, and these are the files that it may leave aside. */
  begin(row: RunRow, files: FilePlace[]): Promise<void>;
  /** One transaction: tables, publish records, and the list of files to rename. Throws without any change, or changes all. */
  publish(parts: PublishParts): Promise<void>;
  /** No file of the pipeline waits for its name. */
  clearFiles(pipeline: string): Promise<void>;
  /** The run's row in `_nais_etl_runs`, in its final form. */
  recordRun(row: RunRow): Promise<void>;
  close(): Promise<void>;
}
