/** Reading JSON, NDJSON and YAML: every value is held against its column's type. */
import type { Columns } from "../../../spec/column.ts";
import type { ReadRequest, ScanFile, Verified } from "../connector.ts";
import { convert } from "./convert.ts";
import type { FoundFile } from "./find.ts";
import { createFindings, throwAll, type Findings } from "./findings.ts";
import { csvFormat, type FormatKeys } from "./format.ts";
import { createJsonScanner, longestJsonRecord } from "./json-file.ts";
import { createJsonInference } from "./json-infer.ts";
import { judgeDeclaredJson, judgeInferredJson, type JsonJudge } from "./json-judge.ts";
import { scanText } from "./scan-text.ts";
import { emptyProblems, headText, prepareText, readHead } from "./text-source.ts";
import type { TextScan } from "./text-scan.ts";
import { yamlRows } from "./yaml.ts";

interface ReadJson {
  files: FoundFile[];
  keys: FormatKeys;
  request: ReadRequest;
}

interface Judged {
  judge: JsonJudge;
  columns: () => Columns;
}

function judgeOf({ columns, showValues = false }: ReadRequest): Judged {
  if (columns) return { judge: judgeDeclaredJson({ columns, showValues }), columns: () => columns };
  const inference = createJsonInference();
  return { judge: judgeInferredJson(inference), columns: () => inference.columns() };
}

/** A file of no bytes is NDJSON without rows; of JSON, it is nothing. */
export async function readJson({
  files,
  keys,
  request,
  format,
}: ReadJson & { format: "json" | "ndjson" }): Promise<TextScan> {
  if (format === "json") throwAll(emptyProblems(files, "JSON without rows is an empty array: []"));
  const prepared = await prepareText({
    files: files.filter(({ size }) => size > 0),
    keys,
    allowsMark: format === "json",
    request,
  });
  const scanFiles = await Promise.all(prepared.map((file) => layOut(file, format)));
  const { judge, columns } = judgeOf(request);
  return {
    format,
    files: () => scanFiles,
    csv: csvFormat({}, files),
    columns,
    verify: (signal) => verify({ files: scanFiles, format, judge, keys, request, signal }),
  };
}

const headBytes = 4096;

async function layOut({ path, shown, name }: FoundFile, format: "json" | "ndjson"): Promise<ScanFile> {
  if (format === "ndjson") return { path, shown, name };
  const { bytes } = await readHead(path, headBytes);
  return { path, shown, name, isArray: /^\ufeff?\s*\[/.test(bytes.toString("utf8")) };
}

interface Verify {
  files: ScanFile[];
  format: "json" | "ndjson";
  judge: JsonJudge;
  keys: FormatKeys;
  request: ReadRequest;
  signal: AbortSignal;
}

const markBytes = 3;

async function verify({ files, format, judge, keys, request, signal }: Verify): Promise<Verified> {
  const findings = createFindings(request.name);
  let rows = 0;
  for (const { path, shown, isArray } of files) {
    const layout = format === "ndjson" ? "lines" : isArray ? "array" : "objects";
    const scanner = createJsonScanner({ layout, shown, findings, judge });
    const { bytes } = await readHead(path, markBytes);
    const skip = bytes.toString("utf8") === "\ufeff" ? markBytes : 0;
    await scanText({
      file: { path, shown, mojibake: keys.encoding === undefined },
      skip,
      scanner,
      findings,
      signal,
      longestRecord: longestJsonRecord,
    });
    rows += scanner.rows();
  }
  conclude({ judge, rows, findings, shown: files[0]?.shown ?? request.name });
  return { rows };
}

function conclude({
  judge,
  rows,
  findings,
  shown,
}: {
  judge: JsonJudge;
  rows: number;
  findings: Findings;
  shown: string;
}): void {
  if (rows > 0) for (const problem of judge.conclude(shown)) findings.add(() => problem);
  findings.throwAny();
}

const provenanceColumns: Columns = { _file: { type: { kind: "STRING" } }, _row: { type: { kind: "INT64" } } };

/** The engine reads no YAML: its rows are written as NDJSON in the work folder. */
export async function readYaml({
  files,
  keys,
  request,
  provenance,
}: ReadJson & { provenance: boolean }): Promise<TextScan> {
  const declared = request.columns && { ...request.columns, ...(provenance && provenanceColumns) };
  const { judge, columns } = judgeOf({ ...request, columns: declared });
  const findings = createFindings(request.name);
  const lines: string[] = [];
  for (const file of await prepareText({ files, keys, allowsMark: true, request })) {
    const text = await yamlText(file, keys, findings);
    const own = provenance ? (row: number) => ({ _file: file.name, _row: row }) : undefined;
    if (text !== undefined)
      lines.push(...yamlRows({ text, shown: file.shown, columns: declared, provenance: own, judge, findings }));
  }
  conclude({ judge, rows: lines.length, findings, shown: files[0]!.shown });
  const path = await convert({ kind: "rows", lines }, request);
  const { shown, name } = files[0]!;
  return {
    format: "ndjson",
    files: () => [{ path, shown, name }],
    csv: csvFormat({}, files),
    columns,
    verify: async () => ({ rows: lines.length }),
  };
}

/** YAML is written by people: it is read whole. */
async function yamlText(
  { path, shown, size }: FoundFile,
  keys: FormatKeys,
  findings: Findings,
): Promise<string | undefined> {
  const head = await readHead(path, size * 4 + 1);
  const text = headText(head, { shown, mojibake: keys.encoding === undefined });
  if ("text" in text) return text.text;
  findings.add(() => text.problem);
  return undefined;
}
