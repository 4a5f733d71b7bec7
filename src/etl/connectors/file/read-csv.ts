/** Reading CSV: the header decides which column is which; every cell is held against its column's type. */
import type { CsvFormat, ReadRequest, ScanFile, Verified } from "../connector.ts";
import { createCsvScanner, longestCsvRecord } from "./csv-file.ts";
import { judgeDeclared, judgeInferred, type CellJudge } from "./csv-judge.ts";
import type { FoundFile } from "./find.ts";
import { createFindings, throwAll } from "./findings.ts";
import { csvFormat, type FormatKeys } from "./format.ts";
import { openCsv, type CsvFile } from "./open-csv.ts";
import { isCut, scanText } from "./scan-text.ts";
import { emptyProblems, prepareText } from "./text-source.ts";
import type { TextScan } from "./text-scan.ts";

interface ReadCsv {
  files: FoundFile[];
  keys: FormatKeys;
  request: ReadRequest;
}

const headerAlone = "A CSV file without rows still has its header; say `header: false` if it never has one.";

export async function readCsv({ files, keys, request }: ReadCsv): Promise<TextScan> {
  const format = csvFormat(keys, files);
  if (format.header) throwAll(emptyProblems(files, headerAlone));
  const prepared = await prepareText({ files: files.filter(({ size }) => size > 0), keys, allowsMark: true, request });
  const opened = await openCsv({ files: prepared, keys, format, declared: request.columns });
  const inferred = request.columns ? undefined : judgeInferred(opened[0]?.names ?? [], format);
  const judge =
    inferred ?? judgeDeclared({ columns: request.columns!, format, showValues: request.showValues ?? false });
  return {
    format: "csv",
    files: () => opened.map(toScanFile),
    csv: format,
    columns: () => request.columns ?? inferred!.columns(),
    verify: (signal) => verify({ opened, format, keys, judge, request, signal }),
  };
}

function toScanFile({ file: { path, shown, name }, names, lineEnding, hasInnerLines }: CsvFile): ScanFile {
  return { path, shown, name, columns: names, lineEnding, hasInnerLines };
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
  for (const open of opened) {
    const { file, names, lineEnding, skip, firstLine } = open;
    const scanner = createCsvScanner({ names, format, shown: file.shown, lineEnding, firstLine, findings, judge });
    const text = { ...file, mojibake: keys.encoding === undefined, isCut: isCut(file, request) };
    await scanText({ file: text, skip, scanner, findings, signal, longestRecord: longestCsvRecord });
    rows += scanner.rows();
    open.hasInnerLines ||= scanner.hasInnerLines();
  }
  findings.throwAny();
  return { rows };
}
