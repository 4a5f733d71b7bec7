/** Errors of the engine that come from reading files: said in terms of the file. */
import { EtlError, messageOf } from "../../../util/error.ts";
import type { FileScan, ScanFile } from "../../connectors/connector.ts";
import type { Database } from "./duckdb.ts";
import { misfitMark, scanParquet } from "./scan-parquet.ts";
import { quoteIdentifier } from "./sql.ts";

type Engine = Pick<Database, "query" | "describe">;

/** Words in the messages of readers and casts. What has none of them comes from elsewhere, and is not waited for. */
const fromReading =
  /CSV|JSON|Parquet|read_|Could not convert|Conversion Error|Invalid Input Error|IO Error|nais-etl: value of/i;

/**
 * An error of the engine as an error of this scan, if it is one.
 * Bad values in text are found by the verification, which may still be on its way: it is waited for.
 */
export async function explainScanError(
  error: unknown,
  scan: FileScan,
  db: Engine,
  { showValues }: { showValues: boolean },
): Promise<EtlError | undefined> {
  const message = messageOf(error);
  if (!fromReading.test(message)) return undefined;
  return (
    (await misfit(message, scan, db)) ??
    (await verificationError(scan)) ??
    linesInQuotes(message, scan) ??
    unreadable({ message, error, scan, showValues })
  );
}

const misfitPattern = new RegExp(`${misfitMark} (\\w+) (.+) is not ([^'"]+)`, "u");

async function misfit(message: string, scan: FileScan, db: Engine): Promise<EtlError | undefined> {
  const [, source, column = "", type] = misfitPattern.exec(message) ?? [];
  if (source !== scan.source) return undefined;
  const { shown } = (await fileOfMisfit(column, scan, db)) ?? scan.files[0]!;
  return new EtlError({
    code: "invalid",
    part: "file",
    message: `column \`${column}\` of ${shown} has values that are not ${type}: too large, too long or too precise`,
    hint: "Declare the type that the column has in the file, and cast it in a model.",
    where: { file: shown },
  });
}

/** The first file of which the column cannot be read. */
async function fileOfMisfit(column: string, scan: FileScan, db: Engine): Promise<ScanFile | undefined> {
  const columns = { [column]: scan.columns![column]! };
  for (const file of scan.files) {
    const sql = await scanParquet({ ...scan, files: [file], columns, provenance: false }, db);
    const fits = await db.query(`SELECT count(${quoteIdentifier(column)}) FROM (${sql})`).then(
      () => true,
      () => false,
    );
    if (!fits) return file;
  }
  return undefined;
}

async function verificationError({ verified }: FileScan): Promise<EtlError | undefined> {
  return verified.then(
    () => undefined,
    (error: unknown) => (error instanceof EtlError ? error : undefined),
  );
}

/** Where a large file's quoted values hold line ends from its middle on only, and look like records themselves. */
function linesInQuotes(message: string, { format, files }: FileScan): EtlError | undefined {
  if (format !== "csv" || !message.includes("Parallel CSV Reader")) return undefined;
  return new EtlError({
    code: "failed",
    part: "file",
    message: `${files.map(({ shown }) => shown).join(", ")}: values in quotes hold what looks like lines of the file`,
    hint: "The engine cannot read so large a file of this kind: convert it to Parquet or NDJSON.",
    where: { file: files[0]!.shown },
  });
}

interface Unreadable {
  message: string;
  error: unknown;
  scan: FileScan;
  showValues: boolean;
}

/** The engine names the file by its path; its words may hold values, and are shown on target `local` only. */
function unreadable({ message, error, scan, showValues }: Unreadable): EtlError | undefined {
  const file = scan.files.find(({ path }) => message.includes(path));
  if (!file) return undefined;
  const said = message.split("\n")[0]!.replaceAll(file.path, file.shown);
  return new EtlError({
    code: "failed",
    part: "file",
    message: `${file.shown} cannot be read${showValues ? `: ${said}` : ""}`,
    hint: "Was it changed while it was read, or not written to its end?",
    where: { file: file.shown },
    ...(showValues && { cause: error }),
  });
}
