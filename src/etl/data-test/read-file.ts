/** Files of rows, read as a run on samples reads them: strictly, and with the line of what is wrong. */
import type { Context } from "../../util/context.ts";
import { EtlError, messageOf } from "../../util/error.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Source } from "../../spec/source.ts";
import type { FileScan, ReadRequest } from "../connectors/connector.ts";
import { layoutOf } from "../connectors/file/layout.ts";
import { readFiles, readSample } from "../connectors/file/read.ts";
import type { TypedColumn } from "../engine/duckdb/materialize.ts";
import { scanSql } from "../engine/duckdb/scan.ts";
import { explainScanError } from "../engine/duckdb/scan-error.ts";
import { applyContract } from "../transform/contract.ts";
import type { Work } from "../work.ts";

export interface FileReader {
  pipeline: LoadedPipeline;
  work: Work;
  context: Context;
}

interface FileOf {
  /** Path below the pipeline's folder. */
  file: string;
  /** The source or model whose rows they are: a source's files say how this one is laid out. */
  relation: string;
}

/** The columns that a file has, with the types that its values seem to have. */
export async function describeFile(
  { file, relation, declared }: FileOf & { declared: TypedColumn[] | undefined },
  reader: FileReader,
): Promise<TypedColumn[]> {
  const source = reader.pipeline.spec.sources?.[relation];
  // Without a line of names, the columns are the declared ones, in their order.
  if (declared && layoutOf(source)?.header === false) return declared;
  return withScan(await openSample({ file, relation, columns: undefined }, reader), reader, (scan) =>
    declared ? namesOf(scan, reader) : describeScan(scan, relation, reader),
  );
}

/** Keeps a file's rows as a table. @throws {EtlError} with the place of every value that is not of its column's type */
export async function keepFile(
  { file, relation, columns, table }: FileOf & { columns: TypedColumn[] | undefined; table: string },
  reader: FileReader,
): Promise<void> {
  const { db } = reader.work;
  await withScan(await openSample({ file, relation, columns }, reader), reader, async (scan) => {
    await scan.verified;
    await db.run(`CREATE OR REPLACE TABLE ${db.dialect.quoteIdentifier(table)} AS ${await scanSql(scan, db)}`);
  });
}

/** Columns of a source that declares none, as a run on samples would find them; undefined where there is nothing to read. */
export async function columnsOfSample(
  name: string,
  source: Source,
  reader: FileReader,
): Promise<TypedColumn[] | undefined> {
  try {
    const scan = await openSource(name, source, reader);
    return scan && (await withScan(scan, reader, () => describeScan(scan, name, reader)));
  } catch {
    // A test needs no sample: the types then come from its own values.
    reader.context.signal.throwIfAborted();
    return undefined;
  }
}

async function openSource(name: string, source: Source, reader: FileReader): Promise<FileScan | undefined> {
  if (source.sample !== undefined)
    return openSample({ file: source.sample, relation: name, columns: undefined, isFixture: false }, reader);
  return source.type === "file" ? readFiles({ ...requestFor(name, undefined, reader), spec: source }) : undefined;
}

function openSample(
  { file, relation, columns, isFixture = true }: FileOf & { columns: TypedColumn[] | undefined; isFixture?: boolean },
  reader: FileReader,
): Promise<FileScan> {
  const source = reader.pipeline.spec.sources?.[relation];
  const layout = layoutOf(source);
  // A fixture holds rows of several answers, and says itself which: a run has one file for each.
  const spec = layout && isFixture && source?.type === "http" ? { ...layout, provenance: false } : layout;
  return readSample({ ...requestFor(relation, columns, reader), sample: file, ...(spec && { spec }) });
}

function requestFor(
  name: string,
  columns: TypedColumn[] | undefined,
  { pipeline, work, context }: FileReader,
): ReadRequest {
  return {
    name,
    columns: columns && Object.fromEntries(columns.map((column) => [column.name, { type: column.type }])),
    folder: pipeline.folder,
    show: pipeline.show,
    workFolder: work.folder,
    context,
    // Rows of tests are made up.
    showValues: true,
  };
}

/** @throws {EtlError} where a column's type is none that a table may have */
async function describeScan(scan: FileScan, relation: string, { work }: FileReader): Promise<TypedColumn[]> {
  const computed = await work.db.describe(await scanSql(scan, work.db));
  const where = () => ({ file: scan.files[0]?.shown ?? relation });
  const { columns, problems } = applyContract({ name: relation, declared: undefined, computed, where });
  if (problems.length === 0) return columns;
  throw new EtlError({ code: "invalid", message: "columns that cannot be used", problems });
}

/** Only the names count where types are declared. */
async function namesOf(scan: FileScan, { work }: FileReader): Promise<TypedColumn[]> {
  const computed = await work.db.describe(await scanSql(scan, work.db));
  return computed.map(({ name }) => ({ name, type: { kind: "STRING" }, cast: "exact" }));
}

/** Does something with a scan, and ends it. The engine's error is one of the file, with its line. */
async function withScan<T>(scan: FileScan, { work }: FileReader, act: (scan: FileScan) => Promise<T>): Promise<T> {
  try {
    return await act(scan);
  } catch (error) {
    if (error instanceof EtlError) throw error;
    const explained = await explainScanError(error, scan, work.db, { showValues: true });
    const [first] = scan.files;
    throw (
      explained ??
      new EtlError({
        code: "failed",
        message: messageOf(error).split("\n")[0]!,
        cause: error,
        ...(first && { where: { file: first.shown } }),
      })
    );
  } finally {
    scan.stop();
  }
}
