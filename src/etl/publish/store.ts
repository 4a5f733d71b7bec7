/**
 * Where the outputs and the state of one pipeline live together, so that one transaction can change both.
 * The local warehouse is the first store; BigQuery is the second. A run asks both for the same, in the same order:
 * what is there → begin → stage → publish → record.
 */
import type { Output } from "../../spec/output.ts";
import type { TableColumn } from "../../spec/table.ts";
import type { RunRow } from "../record/run-row.ts";
import type { ExistingColumn } from "./fit-columns.ts";
import type { PastPublish } from "./past-publish.ts";
import type { WritePlan } from "./statements.ts";

/** An output that is a table, and its new rows. */
export interface NewTable {
  output: string;
  spec: TableOutput;
  /** Parquet file with the rows. */
  file: string;
  rows: number;
  columns: NewColumn[];
  /** What the table holds. */
  description: string | undefined;
  plan: WritePlan;
}

export type NewColumn = Pick<TableColumn, "name" | "type" | "description" | "required">;

export type TableOutput = Extract<Output, { type: "bigquery" }>;

/** One whose rows are where the transaction can read them. */
export interface StagedTable extends NewTable {
  /** That relation, as SQL. */
  staged: string;
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

/** Which publish this is. */
export interface PublishId {
  runId: string;
  execution: string;
  generation: number;
}

export interface StageParts {
  id: PublishId;
  allowSchemaChange: boolean;
}

export interface PublishParts extends StageParts {
  at: Date;
  tables: StagedTable[];
  files: StagedFile[];
  /** How far each source with a `cursor` was read, as canonical text of its column's type; undefined: not at all. */
  marks: Record<string, string | undefined>;
  /** Tables that are brought back to how they were. */
  restores?: RestoredTable[];
  /** What that says of run ids that were published since. */
  corrections?: Correction[];
}

export interface RestoredTable {
  output: string;
  spec: TableOutput;
  /** The rows that it had, as SQL: with these columns, which it has now. */
  relation: string;
  columns: string[];
  rows: number;
  /** Where the table has gone: the one that it is made anew from, as SQL. */
  madeFrom?: string;
}

export type Correction = Pick<PastPublish, "output" | "runId" | "generation" | "mode" | "rows">;

/** A publish record: its newest generation. */
export interface Published {
  output: string;
  execution: string;
  generation: number;
  rows: number;
  /** Whether it was taken back since: only its generation counts. */
  undone: boolean;
}

/** A mark of a source's cursor, as a run left it; undefined where a rollback said that it was not read at all. */
export interface PastMark {
  source: string;
  mark: string | undefined;
  at: Date;
}

/** A table as it stands, or stood. */
export interface TableLook {
  columns: ExistingColumn[];
  rows: number;
}

/** A table as it was left by a publish. */
export interface PastTable extends TableLook {
  /** Its rows, as SQL. */
  relation: string;
  /** The table that keeps them, as SQL; undefined where it is the output's own, at an earlier time. */
  copy?: string;
  /** For people: where they are from. */
  from: string;
}

/** Which state of an output's table is meant. */
export interface PastState {
  output: string;
  spec: TableOutput;
  /** The publish that left it; undefined where there was none yet. */
  publish: PastPublish | undefined;
  /** The publish that came after it. */
  next: PastPublish | undefined;
  /** The very moment, where one was asked for. */
  moment: Date | undefined;
  /** Is told why the server did not let it be read; its message may be shown. */
  refused?: (error: Error) => void;
}

/** What a rollback asks of a store. */
export interface PastStore {
  /** All publish records, and all marks, oldest first. */
  publishes(): Promise<PastPublish[]>;
  marks(): Promise<PastMark[]>;
  /** The table as it stands; undefined where there is none. */
  look(output: string, spec: TableOutput): Promise<TableLook | undefined>;
  /** Of these publishes, those whose state of the table is kept. */
  kept(output: string, spec: TableOutput, publishes: PastPublish[]): Promise<PastPublish[]>;
  /** @returns undefined where that state can be had no more */
  find(state: PastState): Promise<PastTable | undefined>;
  /** The first instant that it remembers of a table by itself; undefined where it remembers what is kept alone. */
  reach(output: string): Promise<Date | undefined>;
  /** Keeps the rows of it until they are published, whatever becomes of where they are from. */
  hold(table: PastTable, output: string, id: PublishId): Promise<PastTable>;
}

/** How an earlier process of this execution ended, if it came to an end. */
export interface Ended {
  exitCode: number;
  /** The run record, as JSON. */
  record: string;
}

export interface Store {
  /** Where the store is, for people. */
  shown: string;
  /** What of a run id is published. */
  published(runId: string): Promise<Published[]>;
  /** The last end of an execution; undefined where there is none. */
  ended(execution: string): Promise<Ended | undefined>;
  /** How far each source with a `cursor` has been read by runs that published. */
  marks(): Promise<Record<string, string>>;
  /** Files of an earlier run that was killed, or failed, before all had their names. */
  pendingFiles(): Promise<PendingFile[]>;
  /** In one transaction: the run is running, earlier ones run no more, and these are the files that it may leave aside. */
  begin(row: RunRow, files: FilePlace[]): Promise<void>;
  /**
   * Brings rows where the transaction can read them. Nobody else sees them there.
   * @throws {EtlError} where a table that is there could not take them
   */
  stage(tables: NewTable[], as: StageParts): Promise<StagedTable[]>;
  /** One transaction: tables, publish records, marks, and the list of files to rename. Throws without any change, or changes all. */
  publish(parts: PublishParts): Promise<void>;
  /** No file waits for its name. */
  clearFiles(): Promise<void>;
  /** What runs have staged is needed no more. */
  clearStaged(): Promise<void>;
  /** How its tables were. */
  past: PastStore;
  /** The run's row in `_nais_etl_runs`, in its final form. */
  recordRun(row: RunRow): Promise<void>;
  close(): Promise<void>;
}
