/** Opens CSV files as far as their first records: which column is which, and how the lines end. */
import type { Columns } from "../../../spec/column.ts";
import type { Problem } from "../../../util/error.ts";
import { mapLimited } from "../../../util/map-limited.ts";
import type { CsvFormat, LineEnding } from "../connector.ts";
import { hasInnerLines, longestCsvRecord } from "./csv-file.ts";
import { headerProblems, nameColumns, readFirstRecord, type CsvHeader } from "./csv-header.ts";
import type { FoundFile } from "./find.ts";
import { throwAll } from "./findings.ts";
import type { FormatKeys } from "./format.ts";
import { headText, readHead } from "./text-source.ts";

export interface CsvFile {
  file: FoundFile;
  names: string[];
  lineEnding: LineEnding;
  /** As far as the file was read. */
  hasInnerLines: boolean;
  /** Bytes and lines before the first row. */
  skip: number;
  firstLine: number;
}

/** A header is read within so many bytes, or within as many as a record may have. */
const headBytes = 65_536;

interface OpenCsv {
  files: FoundFile[];
  keys: FormatKeys;
  format: CsvFormat;
  declared: Columns | undefined;
}

/** Without declared columns, those of the first file are what the others must have, too. */
export async function openCsv({ files, keys, format, declared }: OpenCsv): Promise<CsvFile[]> {
  const results = await mapLimited(files, (file) => openFile(file, keys, format));
  const opened = results.flatMap((result) => ("opened" in result ? [result.opened] : []));
  const columns = declared ?? columnsNamed(opened[0]?.names ?? []);
  const problems = results.flatMap((result) => ("problem" in result ? [result.problem] : []));
  const options = { columns, format, delimiterDeclared: keys.delimiter !== undefined };
  const wrong = opened.flatMap(({ names, file }) => headerProblems({ ...options, names, shown: file.shown }));
  const extra = declared ? [] : opened.flatMap((other) => unlike(opened[0]!, other));
  throwAll([...problems, ...wrong, ...(wrong.length > 0 ? [] : extra)]);
  return declared && !format.header ? opened.map((file) => ({ ...file, names: Object.keys(declared) })) : opened;
}

function columnsNamed(names: string[]): Columns {
  return Object.fromEntries(names.map((name) => [name, { type: { kind: "STRING" } }]));
}

function unlike(first: CsvFile, { names, file: { shown } }: CsvFile): Problem[] {
  const extra = names.filter((name) => !first.names.includes(name));
  if (extra.length === 0) return [];
  return [
    {
      severity: "error",
      rule: "header",
      message: `${shown} has columns that ${first.file.shown} has not: ${extra.join(", ")}`,
      hint: "Declare the `columns:` to be read.",
      where: { file: shown, line: 1 },
    },
  ];
}

async function openFile(
  file: FoundFile,
  keys: FormatKeys,
  format: CsvFormat,
): Promise<{ opened: CsvFile } | { problem: Problem }> {
  for (const length of [headBytes, longestCsvRecord]) {
    const head = await readHead(file.path, Math.min(length, 4 * file.size + 1));
    const text = headText(head, { shown: file.shown, mojibake: keys.encoding === undefined });
    if ("problem" in text) return text;
    const record = readFirstRecord(text.text, format, head.isWhole);
    if (record) return { opened: toCsvFile({ file, record, text: text.text, format }) };
  }
  const message = `the first line is longer than ${longestCsvRecord.toLocaleString("en")} bytes`;
  return {
    problem: {
      severity: "error",
      rule: "csv",
      message,
      hint: "Is a quote opened in it and not closed?",
      where: { file: file.shown, line: 1 },
    },
  };
}

const markBytes = 3;

interface Opened {
  file: FoundFile;
  record: CsvHeader;
  /** The beginning of the file. */
  text: string;
  format: CsvFormat;
}

function toCsvFile({ file, record: { values, end, lines, lineEnding, hasMark }, text, format }: Opened): CsvFile {
  const names = nameColumns(values, format);
  const known = {
    file,
    names,
    lineEnding,
    hasInnerLines: hasInnerLines({ text, columns: names.length, format, lineEnding }),
  };
  if (format.header) return { ...known, skip: end, firstLine: lines + 1 };
  return { ...known, skip: hasMark ? markBytes : 0, firstLine: 1 };
}
