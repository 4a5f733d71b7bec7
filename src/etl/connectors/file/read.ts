/** `type: file`, and the samples of every source: from paths and globs to files that the engine can read. */
import { EtlError } from "../../../util/error.ts";
import { mapLimited } from "../../../util/map-limited.ts";
import type { FileSource } from "../../../spec/source.ts";
import type { FileScan, ReadRequest, Verified } from "../connector.ts";
import { findFiles, type FoundFile } from "./find.ts";
import { throwAll } from "./findings.ts";
import { csvFormat, formatOf, type FormatKeys } from "./format.ts";
import { readCsv } from "./read-csv.ts";
import { readJson, readYaml } from "./read-json.ts";
import { readRecords } from "./read-records.ts";
import { foreignProblems, linkPlainName, readHead } from "./text-source.ts";
import type { TextScan } from "./text-scan.ts";

/** What says how files are read: a source of type file has all of it, others some. */
export type FileKeys = FormatKeys & {
  provenance?: boolean | undefined;
  /** json: the path of the rows. */
  records?: string | undefined;
};

/**
 * Reads a source of type `file`.
 * @throws {EtlError} `invalid`: nothing found, not readable, another format, another encoding, wrong columns, wrong values
 */
export async function readFiles({ spec, ...request }: ReadRequest & { spec: FileSource }): Promise<FileScan> {
  return readPath({ path: spec.path, keys: spec, request });
}

/**
 * Reads a source's sample. It is laid out as the source's own files are, where it has such; its format is what its name says.
 * @throws {EtlError} as {@link readFiles}
 */
export async function readSample({
  sample,
  spec,
  ...request
}: ReadRequest & { sample: string; spec?: FileKeys }): Promise<FileScan> {
  const isOwn = spec !== undefined && !/\.(?:tsv|parquet)$/i.test(sample);
  const { delimiter, decimal, encoding, nulls, header, records } = isOwn ? spec : ({} as FileKeys);
  const keys = { delimiter, decimal, encoding, nulls, header, provenance: spec?.provenance };
  return readPath({ path: sample, keys: /\.json$/i.test(sample) ? { ...keys, records } : keys, request });
}

interface ReadPath {
  path: string;
  keys: FileKeys;
  request: ReadRequest;
}

interface ReadFound {
  files: FoundFile[];
  keys: FileKeys;
  request: ReadRequest;
}

async function readPath({ path, keys, request }: ReadPath): Promise<FileScan> {
  return readFound({ files: await findFiles({ path, folder: request.folder, show: request.show }), keys, request });
}

/**
 * Reads files that are known to be there.
 * @throws {EtlError} as {@link readFiles}
 */
export async function readFound({ files, keys, request }: ReadFound): Promise<FileScan> {
  const format = formatOf(files, keys);
  if (keys.records !== undefined && format !== "json") throw noRecordsIn(format, files);
  if (format === "parquet") return readParquet({ files, keys, request });
  throwAll(await foreignProblems(files));
  const provenance = keys.provenance ?? false;
  const own = { files, keys, request: provenance ? withoutProvenance(request) : request };
  if (format === "csv") return verified({ scan: await readCsv(own), files, provenance, request });
  if (format === "yaml")
    return verified({ scan: await readYaml({ ...own, provenance }), files, provenance: false, request });
  const rows = format === "json" && keys.records !== undefined ? await readRecords(own) : own;
  const lines = rows === own ? format : "ndjson";
  return verified({ scan: await readJson({ ...rows, format: lines }), files: rows.files, provenance, request });
}

function noRecordsIn(format: string, [first]: FoundFile[]): EtlError {
  return new EtlError({
    code: "invalid",
    part: "file",
    message: `\`records\` says nothing of ${format}`,
    hint: "It is a path in JSON: files of other formats hold their rows as they are.",
    where: { file: first!.shown },
  });
}

/** `_file` and `_row` are added; that they are declared, too, makes them no columns of the files. */
function withoutProvenance(request: ReadRequest): ReadRequest {
  if (!request.columns) return request;
  const { _file, _row, ...columns } = request.columns;
  return { ...request, columns };
}

async function readParquet({ files, keys, request }: ReadFound): Promise<FileScan> {
  const heads = await mapLimited(files, ({ path }) => readHead(path, 4));
  const wrong = files.filter((_, i) => heads[i]!.bytes.toString("latin1") !== "PAR1");
  if (wrong.length > 0) {
    const shown = wrong.map((file) => file.shown).join(", ");
    throw new EtlError({
      code: "invalid",
      part: "file",
      message: `${shown} ${wrong.length === 1 ? "is no Parquet file" : "are no Parquet files"}`,
      hint: "It does not begin with PAR1. Was it written to its end? Is `format:` another one?",
      where: { file: wrong[0]!.shown },
    });
  }
  const linked = await mapLimited(files, (file) => linkPlainName(file, request));
  return {
    kind: "files",
    source: request.name,
    format: "parquet",
    files: linked.map(({ path, shown, name }) => ({ path, shown, name })),
    columns: keys.provenance ? withoutProvenance(request).columns : request.columns,
    csv: csvFormat({}, files),
    provenance: keys.provenance ?? false,
    verified: Promise.resolve({ rows: undefined }),
    stop: () => {},
  };
}

/** Below this, verification takes less than a tenth of a second: bad values are found before anything else is done. */
const verifiedFirst = 64 * 1024 ** 2;

interface VerifyScan {
  scan: TextScan;
  files: FoundFile[];
  provenance: boolean;
  request: ReadRequest;
}

async function verified({ scan, files, provenance, request }: VerifyScan): Promise<FileScan> {
  const stopping = new AbortController();
  const result = scan.verify(AbortSignal.any([stopping.signal, request.context.signal]));
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  if (request.columns === undefined || bytes <= verifiedFirst) await result;
  return {
    kind: "files",
    source: request.name,
    format: scan.format,
    files: scan.files(),
    columns: scan.columns(),
    csv: scan.csv,
    provenance,
    verified: handled(result),
    stop: () => stopping.abort(),
  };
}

/** A rejection that nobody waits for is not to end the process. */
function handled(result: Promise<Verified>): Promise<Verified> {
  result.catch(() => {});
  return result;
}
