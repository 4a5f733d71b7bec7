/** Reading CSV: the header decides which column is which; every cell is held against its column's type. */
import type { Columns } from "../../../spec/column.ts";
import { EtlError, type Problem } from "../../../util/error.ts";
import type { CsvFormat, LineEnding, ReadRequest, ScanFile, Verified } from "../connector.ts";
import { createCsvScanner, judgeDeclared, judgeInferred, longestCsvRecord, type CellJudge } from "./csv-file.ts";
import { headerProblems, nameColumns, readFirstRecord, type CsvHeader } from "./csv-header.ts";
import type { FoundFile } from "./find.ts";
import { createFindings } from "./findings.ts";
import { csvFormat, type FormatKeys } from "./format.ts";
import { scanText } from "./scan-text.ts";
import { emptyProblems, headText, prepareText, readHead } from "./text-source.ts";
import type { TextScan } from "./text-scan.ts";

interface CsvFile {
  file: FoundFile;
  names: string[];
  lineEnding: LineEnding;
  /** Bytes and lines before the first row. */
  skip: number;
  firstLine: number;
}

/** A header is read within so many bytes, or within as many as a record may have. */
const headBytes = 65_536;

export async function readCsv({
  files,
  keys,
  request,
}: {
  files: FoundFile[];
  keys: FormatKeys;
  request: ReadRequest;
}): Promise<TextScan> {
  const format = csvFormat(keys, files);
  if (format.header)
    throwAny(
      emptyProblems(files, "A CSV file without rows still has its header; say `header: false` if it never has one."),
    );
  const prepared = await prepareText({ files: files.filter(({ size }) => size > 0), keys, allowsMark: true, request });
  const opened = await openAll({ files: prepared, keys, format, declared: request.columns });
  const inferred = request.columns ? undefined : judgeInferred(opened[0]?.names ?? [], format);
  const judge =
    inferred ?? judgeDeclared({ columns: request.columns!, format, showValues: request.showValues ?? false });
  return {
    format: "csv",
    files: opened.map(toScanFile),
    csv: format,
    columns: () => request.columns ?? inferred!.columns(),
    verify: (signal) => verify({ opened, format, keys, judge, request, signal }),
  };
}

function toScanFile({ file: { path, shown, name }, names, lineEnding }: CsvFile): ScanFile {
  return { path, shown, name, columns: names, lineEnding };
}

function throwAny(problems: Problem[]): void {
  if (problems.length === 0) return;
  const { message, hint, where } = problems[0]!;
  const summary = problems.length === 1 ? message : problems.map((problem) => problem.message).join("; ");
  throw new EtlError({
    code: "invalid",
    part: "file",
    message: summary,
    problems,
    ...(problems.length === 1 && { hint, where }),
  });
}

interface OpenAll {
  files: FoundFile[];
  keys: FormatKeys;
  format: CsvFormat;
  declared: Columns | undefined;
}

/** Without declared columns, those of the first file are what the others must have, too. */
async function openAll({ files, keys, format, declared }: OpenAll): Promise<CsvFile[]> {
  const results = await Promise.all(files.map((file) => openFile(file, keys, format)));
  const opened = results.flatMap((result) => ("opened" in result ? [result.opened] : []));
  const columns = declared ?? columnsNamed(opened[0]?.names ?? []);
  const problems = results.flatMap((result) => ("problem" in result ? [result.problem] : []));
  const options = { columns, format, delimiterDeclared: keys.delimiter !== undefined };
  const wrong = opened.flatMap(({ names, file }) => headerProblems({ ...options, names, shown: file.shown }));
  const extra = declared ? [] : opened.flatMap((other) => unlike(opened[0]!, other));
  throwAny([...problems, ...wrong, ...(wrong.length > 0 ? [] : extra)]);
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
    const head = await readHead(file.path, length);
    const text = headText(head, { shown: file.shown, mojibake: keys.encoding === undefined });
    if ("problem" in text) return text;
    const record = readFirstRecord(text.text, format, head.isWhole);
    if (record) return { opened: toCsvFile(file, record, format) };
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

function toCsvFile(
  file: FoundFile,
  { values, end, lines, lineEnding, hasMark }: CsvHeader,
  format: CsvFormat,
): CsvFile {
  const names = nameColumns(values, format);
  return format.header
    ? { file, names, lineEnding, skip: end, firstLine: lines + 1 }
    : { file, names, lineEnding, skip: hasMark ? markBytes : 0, firstLine: 1 };
}

interface Verify {
  opened: CsvFile[];
  format: CsvFormat;
  keys: FormatKeys;
  judge: CellJudge;
  request: ReadRequest;
  signal: AbortSignal;
}

async function verify({ opened, format, keys, judge, request, signal }: Verify): Promise<Verified> {
  const findings = createFindings(request.name);
  let rows = 0;
  for (const { file, names, lineEnding, skip, firstLine } of opened) {
    const scanner = createCsvScanner({ names, format, shown: file.shown, lineEnding, firstLine, findings, judge });
    const text = { ...file, mojibake: keys.encoding === undefined };
    await scanText({ file: text, skip, scanner, findings, signal, longestRecord: longestCsvRecord });
    rows += scanner.rows();
  }
  findings.throwAny();
  return { rows };
}
