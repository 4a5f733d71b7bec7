/** From files to SQL: a query over them whose columns have the declared types exactly. */
import type { Columns } from "../../../spec/column.ts";
import type { CsvFormat, FileScan, ScanFile } from "../../connectors/connector.ts";
import type { Database } from "./duckdb.ts";
import { duckdbType } from "./duckdb-type.ts";
import { scanParquet } from "./scan-parquet.ts";
import { groupBy, pathList, placeOf, provenanceOf } from "./scan-parts.ts";
import { csvReadType, fromCsv, fromJson, jsonReadType } from "./scan-types.ts";
import { quoteIdentifier, quoteText } from "./sql.ts";

/**
 * The rows of a scan, with their declared (or found) columns in their order, and `_file` and `_row` behind them where asked for.
 * Nothing is read but schemas of Parquet; filters and projections on the query reach the files.
 * Text is read as what it was verified to be: see {@link FileScan.verified}.
 * @throws {EtlError} `invalid` for Parquet whose types are not the declared ones
 */
export async function scanSql(
  scan: FileScan,
  db: Pick<Database, "query" | "describe">,
  { isLarge = false }: ScanOptions = {},
): Promise<string> {
  if (scan.format === "parquet") return scanParquet(scan, db);
  const parts = scan.provenance ? scan.files.map((file) => [file]) : groupBy(scan.files, layoutOf);
  if (parts.length === 0) return noRows(scan);
  const sqlWith = (looksInto: boolean) => parts.map((files) => selectText(scan, files, looksInto)).join("\nUNION ALL ");
  if (!isLarge || scan.format !== "csv") return sqlWith(false);
  // A first record that is right and odd is more than its looking into files can take.
  const canLook = await db.describe(sqlWith(true)).then(
    () => true,
    () => false,
  );
  return sqlWith(canLook);
}

interface ScanOptions {
  /**
   * Whether the files are large, and joined as they are read. The engine takes a file of text for 42 rows unless it
   * looks into it, and would build the hash table of a join of the large side.
   */
  isLarge?: boolean;
}

/** Files of the same layout are read together. */
function layoutOf({ columns, lineEnding, hasInnerLines, isArray }: ScanFile): string {
  return JSON.stringify([columns, lineEnding, hasInnerLines, isArray]);
}

function selectText(scan: FileScan, files: ScanFile[], looksInto: boolean): string {
  const read = scan.format === "csv" ? readCsv(scan, files, looksInto) : readJson(scan, files);
  const list = [...read.columns, ...(scan.provenance ? provenanceOf(files[0]!, "row_number() OVER ()") : [])];
  return `SELECT ${list.join(", ")} FROM ${read.from}`;
}

interface Read {
  columns: string[];
  from: string;
}

function readCsv({ columns = {}, csv }: FileScan, files: ScanFile[], looksInto: boolean): Read {
  const names = files[0]!.columns ?? [];
  const types = names.map(() => "VARCHAR");
  const selected = Object.entries(columns).map(([name, { type }]) => {
    const place = placeOf(name, names);
    types[place] = csvReadType(type);
    return `${fromCsv(`c${place}`, type, csv.decimal)} AS ${quoteIdentifier(name)}`;
  });
  const list = types.map((type, i) => `c${i}: ${quoteText(type)}`);
  return {
    columns: selected,
    from: `read_csv(${pathList(files)}, ${csvOptions(csv, files[0]!, looksInto)}, columns = {${list.join(", ")}})`,
  };
}

/** All is said, so that the reader has nothing to guess. Source: https://duckdb.org/docs/stable/data/csv/overview */
function csvOptions(
  { delimiter, quote, decimal, header, nulls, quotedNulls }: CsvFormat,
  { lineEnding, hasInnerLines }: ScanFile,
  looksInto: boolean,
): string {
  const options = {
    // What is said below is not detected, and the first row is all that is looked at.
    ...(looksInto ? { auto_detect: "true", sample_size: "1", skip: "0", comment: "''" } : { auto_detect: "false" }),
    // The reader would take the first that it finds, in quotes too.
    new_line: lineEnding === "\r\n" ? "'\\r\\n'" : "'\\n'",
    delim: quoteText(delimiter),
    quote: quoteText(quote),
    escape: quoteText(quote),
    header: String(header),
    nullstr: `[${nulls.map(quoteText).join(", ")}]`,
    allow_quoted_nulls: String(quotedNulls),
    ...(decimal === "," && { decimal_separator: quoteText(decimal) }),
    // Threads that begin in the middle of a file must know a record when they see one.
    ...(hasInnerLines && { parallel: "false" }),
    hive_partitioning: "false",
    compression: "'none'",
  };
  return optionList(options);
}

const jsonFormats = { array: "array", objects: "unstructured", lines: "newline_delimited" };

/** Source: https://duckdb.org/docs/stable/data/json/loading_json */
function readJson({ columns = {}, format }: FileScan, files: ScanFile[]): Read {
  const layout = format === "ndjson" ? "lines" : files[0]!.isArray ? "array" : "objects";
  const options = {
    auto_detect: "false",
    format: quoteText(jsonFormats[layout]),
    records: "true",
    hive_partitioning: "false",
    compression: "'uncompressed'",
  };
  const types = Object.entries(columns).map(
    ([name, { type }]) => `${quoteIdentifier(name)}: ${quoteText(jsonReadType(type))}`,
  );
  const selected = Object.entries(columns).map(
    ([name, { type }]) => `${fromJson(quoteIdentifier(name), type)} AS ${quoteIdentifier(name)}`,
  );
  return {
    columns: selected,
    from: `read_json(${pathList(files)}, ${optionList(options)}, columns = {${types.join(", ")}})`,
  };
}

function optionList(options: Record<string, string>): string {
  return Object.entries(options)
    .map(([name, value]) => `${name} = ${value}`)
    .join(", ");
}

function noRows({ columns = {}, provenance }: FileScan): string {
  const added: Columns = provenance ? { _file: { type: { kind: "STRING" } }, _row: { type: { kind: "INT64" } } } : {};
  const list = Object.entries({ ...columns, ...added }).map(
    ([name, { type }]) => `CAST(NULL AS ${duckdbType(type)}) AS ${quoteIdentifier(name)}`,
  );
  return `SELECT ${list.join(", ")} WHERE false`;
}
