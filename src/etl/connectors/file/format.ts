/** Which format a file has, and how its text is laid out. */
import { extname } from "node:path";
import { fileFormats, type FileFormat } from "../../../spec/connectors/file-format.ts";
import { EtlError } from "../../../util/error.ts";
import { didYouMean } from "../../../util/suggest.ts";
import type { CsvFormat } from "../connector.ts";
import type { FoundFile } from "./find.ts";

/** The keys of pipeline.yaml that say how files are read. */
export interface FormatKeys {
  format?: FileFormat | undefined;
  delimiter?: string | undefined;
  decimal?: "." | "," | undefined;
  encoding?: string | undefined;
  nulls?: string[] | undefined;
  header?: boolean | undefined;
}

const formatOfEnding: Record<string, FileFormat> = {
  ".csv": "csv",
  ".tsv": "csv",
  ".json": "json",
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
  ".parquet": "parquet",
  ".yaml": "yaml",
  ".yml": "yaml",
};

/** The one format of all files: declared, or said by their names' endings. */
export function formatOf(files: FoundFile[], { format }: FormatKeys): FileFormat {
  if (format) return format;
  const found = new Map(files.map((file) => [endingFormat(file), file]));
  const [first, second] = [...found.values()];
  if (second) {
    throw new EtlError({
      code: "invalid",
      part: "file",
      message: `${first!.shown} and ${second.shown} are of different formats`,
      hint: "Narrow the path to files of one format, make it two sources, or say `format:`.",
    });
  }
  return endingFormat(first!);
}

function endingFormat({ shown, name }: FoundFile): FileFormat {
  const ending = extname(name).toLowerCase();
  const format = formatOfEnding[ending];
  if (format) return format;
  const known = Object.keys(formatOfEnding);
  throw new EtlError({
    code: "invalid",
    part: "file",
    message: ending ? `\`${ending}\` says no format: ${shown}` : `the name of ${shown} says no format`,
    hint: `${packed(ending) ?? didYouMean(ending, known)}\nOr say \`format:\` ${fileFormats.join(", ")}.`,
    where: { file: shown },
  });
}

function packed(ending: string): string | undefined {
  if ([".gz", ".zip", ".bz2", ".xz", ".zst"].includes(ending)) return "The file is compressed: unpack it first.";
  return [".xlsx", ".xls", ".ods"].includes(ending) ? "Save the sheet as CSV UTF-8 first." : undefined;
}

/** What the first bytes of other kinds of files are; a wrong `format:` or ending is named by them. */
const signatures: [name: string, bytes: number[], cure: string][] = [
  ["a Parquet file", [0x50, 0x41, 0x52, 0x31], "Say `format: parquet`."],
  [
    "a zip archive or an Excel workbook",
    [0x50, 0x4b, 0x03, 0x04],
    "Save the sheet as CSV UTF-8, or unpack the archive.",
  ],
  ["compressed (gzip)", [0x1f, 0x8b], "Unpack it first."],
  ["compressed (zstd)", [0x28, 0xb5, 0x2f, 0xfd], "Unpack it first."],
  ["a PDF", [0x25, 0x50, 0x44, 0x46], "Ask for the data as CSV or JSON."],
];

/** A sentence for a file that is not text at all, as far as its first bytes show. */
export function foreignFormat(head: Uint8Array): { what: string; cure: string } | undefined {
  const found = signatures.find(([, bytes]) => bytes.every((byte, i) => head[i] === byte));
  return found && { what: found[0], cure: found[2] };
}

/** @throws {EtlError} for a delimiter that cannot be one */
export function csvFormat(keys: FormatKeys, files: FoundFile[]): CsvFormat {
  const nulls = keys.nulls ?? [];
  return {
    delimiter: delimiterOf(keys, files),
    quote: '"',
    decimal: keys.decimal ?? ".",
    header: keys.header ?? true,
    nulls: [...new Set(["", ...nulls])],
    quotedNulls: nulls.includes(""),
  };
}

function delimiterOf({ delimiter }: FormatKeys, files: FoundFile[]): string {
  if (delimiter === undefined) return files.every(({ name }) => /\.tsv$/i.test(name)) ? "\t" : ",";
  // In single quotes, YAML leaves \t as the two characters it is.
  const text = delimiter === "\\t" ? "\t" : delimiter;
  const bytes = Buffer.byteLength(text);
  if (bytes > 4 || /["\r\n]/.test(text)) {
    throw new EtlError({
      code: "invalid",
      part: "file",
      message: `\`delimiter: ${JSON.stringify(delimiter)}\` cannot be used`,
      hint: 'It is one to four bytes, without quotes and line ends: ",", ";", "|" or "\\t".',
    });
  }
  return text;
}
