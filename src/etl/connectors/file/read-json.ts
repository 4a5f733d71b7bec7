/** Reading JSON, NDJSON and YAML: every value is held against its column's type. */
import type { Columns } from "../../../spec/column.ts";
import { mapLimited } from "../../../util/map-limited.ts";
import type { ReadRequest, Verified } from "../connector.ts";
import { convert } from "./convert.ts";
import type { FoundFile } from "./find.ts";
import { createFindings, throwAll, type Findings } from "./findings.ts";
import { csvFormat, type FormatKeys } from "./format.ts";
import { createJsonScanner, longestJsonRecord } from "./json-file.ts";
import { createJsonInference } from "./json-infer.ts";
import { judgeDeclaredJson, judgeInferredJson, type JsonJudge } from "./json-judge.ts";
import { isCut, scanText } from "./scan-text.ts";
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
  const laidOut = await mapLimited(prepared, (file) => layOut(file, format));
  const { judge, columns } = judgeOf(request);
  return {
    format,
    files: () => laidOut.map(({ path, shown, name, isArray }) => ({ path, shown, name, isArray })),
    csv: csvFormat({}, files),
    columns,
    verify: (signal) => verify({ files: laidOut, format, judge, keys, request, signal }),
  };
}

const headBytes = 4096;

interface LaidOut extends FoundFile {
  /** Whether the file is an array; else objects follow each other. */
  isArray: boolean;
}

async function layOut(file: FoundFile, format: "json" | "ndjson"): Promise<LaidOut> {
  if (format === "ndjson") return { ...file, isArray: false };
  const { bytes } = await readHead(file.path, headBytes);
  return { ...file, isArray: /^\ufeff?\s*\[/.test(bytes.toString("utf8")) };
}

interface Verify {
  files: LaidOut[];
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
  for (const file of files) {
    const { path, shown, isArray } = file;
    const layout = format === "ndjson" ? "lines" : isArray ? "array" : "objects";
    const scanner = createJsonScanner({ layout, shown, findings, judge });
    const { bytes } = await readHead(path, markBytes);
    const skip = bytes.toString("utf8") === "\ufeff" ? markBytes : 0;
    await scanText({
      file: { ...file, mojibake: keys.encoding === undefined, isCut: isCut(file, request) },
      skip,
      scanner,
      findings,
      signal,
      longestRecord: longestJsonRecord,
    });
    rows += scanner.rows();
  }
  // A key that the first part lacks may come later.
  const isWhole = !files.some((file) => isCut(file, request));
  conclude({ judge, rows: isWhole ? rows : 0, findings, shown: files[0]?.shown ?? request.name });
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
