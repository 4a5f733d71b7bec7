/** What the readers of text formats give: what is known before the bytes are looked at, and how to look at them. */
import type { Columns } from "../../../spec/column.ts";
import type { CsvFormat, FileScan, ScanFile, Verified } from "../connector.ts";

export interface TextScan {
  format: Exclude<FileScan["format"], "parquet">;
  /** What is said of the files gets surer by verifying them. */
  files(): ScanFile[];
  csv: CsvFormat;
  /** Declared, or found out: then only after all was verified. */
  columns(): Columns;
  /** @throws {EtlError} with the places of what is wrong */
  verify(signal: AbortSignal): Promise<Verified>;
}
