/**
 * What a connector gives: files that lie on this machine, and how they are to be read.
 * A connector knows nothing of the engine; the engine makes SQL of what is said here.
 */
import type { RecordBatch, Schema } from "apache-arrow";
import type { Columns } from "../../spec/column.ts";
import type { Context } from "../../util/context.ts";

/** What every reader is asked. */
export interface ReadRequest {
  /** The source's name, for messages. */
  name: string;
  /** The declared columns: only these are read, with these types. Where undefined, all are, and their types found out. */
  columns: Columns | undefined;
  /** The pipeline's folder, absolute: relative paths start here. */
  folder: string;
  /** A path below that folder, as the user would write it. */
  show: (path: string) => string;
  /** An absolute folder in the temporary directory, where converted files may be put. */
  workFolder: string;
  context: Context;
  /** Whether messages may show values of cells: on target `local` only. Not by default. */
  showValues?: boolean;
  /** Whether what the first part of a text file shows is enough: a run reads on. */
  firstPart?: boolean;
}

/** Files of one format, and how to read them. */
export interface FileScan {
  kind: "files";
  /** The source's name. */
  source: string;
  format: "csv" | "json" | "ndjson" | "parquet";
  files: ScanFile[];
  /** Columns to read, with their types. Undefined for Parquet without declared columns: its schema says them. */
  columns: Columns | undefined;
  csv: CsvFormat;
  /** Whether the columns `_file` and `_row` are to be added. */
  provenance: boolean;
  /**
   * Settles when every byte of the files was looked at. The engine reads text more leniently than the types allow
   * (`1.5` as an INT64 becomes 2), so nothing that was made of this scan may be published before.
   * Small files are verified before the scan is given; large ones while the engine works.
   * Never unhandled: whoever does not wait for it, is not told.
   * @throws {EtlError} `invalid`, with the place of the first bad value of each kind and column (ten at most)
   */
  verified: Promise<Verified>;
  /** Ends a verification that nobody waits for any more. */
  stop: () => void;
}

export interface Verified {
  /** Rows of all files; undefined for Parquet, which says them itself. */
  rows: number | undefined;
}

export interface ScanFile {
  /** Absolute path that the engine reads: of the file, or of its conversion. */
  path: string;
  /** Path as the user would write it, for messages. */
  shown: string;
  /** Path below the pipeline's folder, for the column `_file`. */
  name: string;
  /** csv: the names of the file's columns, in the file's order. */
  columns?: string[];
  /** csv: how all its lines end. In quotes, either may stand. */
  lineEnding?: LineEnding;
  /** csv: whether values in quotes are known to hold line ends. What follows one may look like a record. */
  hasInnerLines?: boolean;
  /** json: whether the file is an array of objects; else one object after the other. */
  isArray?: boolean;
}

export type LineEnding = "\n" | "\r\n";

export interface CsvFormat {
  delimiter: string;
  quote: string;
  decimal: "." | ",";
  header: boolean;
  /** Texts that are NULL where they stand without quotes. The empty text is always among them. */
  nulls: string[];
  /** Whether they are NULL in quotes, too: so where the user lists the empty text. */
  quotedNulls: boolean;
}

/** Rows as they come over the wire, in Arrow; nothing of them is kept before they are asked for. */
export interface BatchScan {
  kind: "batches";
  /** Of every batch, in this order. */
  schema: Schema;
  /** Each is good until the next one is asked for: its memory may be used again. */
  batches: AsyncIterable<RecordBatch>;
  /** Bytes that came so far. */
  received: () => number;
  /** What will come, as far as it is known. */
  size: { bytes: number | undefined; rows: number | undefined };
  /** Bytes that reading it is billed for. */
  billed: number;
}
