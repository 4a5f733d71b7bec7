/** Sources that lie in files, samples among them: kept in the work folder, or read where they are used. */
import { stat } from "node:fs/promises";
import { EtlError } from "../../util/error.ts";
import type { Source } from "../../spec/source.ts";
import { localTarget } from "../../spec/target.ts";
import type { FileScan } from "../connectors/connector.ts";
import { layoutOf } from "../connectors/file/layout.ts";
import { readFiles, readSample } from "../connectors/file/read.ts";
import { reachableHosts } from "../egress.ts";
import { explainResourceError } from "../engine/duckdb/duckdb.ts";
import { viewParquet, viewQuery, writeParquet, type TypedColumn } from "../engine/duckdb/materialize.ts";
import { scanSql } from "../engine/duckdb/scan.ts";
import { explainScanError } from "../engine/duckdb/scan-error.ts";
import { shownValues } from "../privacy.ts";
import { failureOf } from "../record/failure.ts";
import { recordSource } from "../record/record-source.ts";
import type { Table } from "../table.ts";
import { applyContract } from "../transform/contract.ts";
import { hasChecks } from "../transform/graph.ts";
import { partToRead, resolveReferences } from "../values.ts";
import { isPublishedAsIs, type Extract, type ExtractedSource } from "./extracted.ts";

/**
 * Below this, a source is always kept: its rows are counted and its bad values found before any model runs.
 * Above, one that a single model reads goes straight through it: the engine reads only what the model asks for.
 */
const keptBytes = 64 * 1024 ** 2;

/** @throws {EtlError} with the bad values of the source */
export async function extractFiles(name: string, options: Extract): Promise<ExtractedSource> {
  const { pipeline, record, context } = options;
  return recordSource({ name, record, context }, async () => {
    const scan = await openScan(name, pipeline.spec.sources![name]!, options);
    try {
      const bytes = await sizeOf(scan);
      const result = await readScan({ name, scan, bytes }, options);
      return { amount: { rows: result.rows, bytes }, result };
    } catch (error) {
      scan.stop();
      throw await explained(error, name, { ...options, explain: explainer(scan, options) });
    }
  });
}

interface ReadScan {
  name: string;
  scan: FileScan;
  bytes: number;
}

async function readScan({ name, scan, bytes }: ReadScan, options: Extract): Promise<ExtractedSource> {
  const { work, pipeline } = options;
  const spec = pipeline.spec.sources![name]!;
  const sql = limited(await scanSql(scan, work.db, { isLarge: bytes > keptBytes }), options.options.limit);
  const columns = await columnsOf(name, sql, spec, options);
  const table = await keep({ name, sql, columns, bytes, scan }, options);
  if (table.file !== undefined) await sameRows({ scan, rows: table.rows, limit: options.options.limit });
  return {
    ...table,
    declared: spec.columns,
    files: scan.files.map((file) => file.path),
    explain: explainer(scan, options),
    verified: scan.verified,
    stop: scan.stop,
  };
}

function explainer(scan: FileScan, { work, pipeline }: Extract): ExtractedSource["explain"] {
  const { showValues, except } = shownValues(pipeline);
  return (error) => explainScanError(error, scan, work.db, { showValues: showValues && except.size === 0 });
}

async function explained(
  error: unknown,
  name: string,
  { explain, pipeline, context }: Pick<ExtractedSource, "explain"> & Pick<Extract, "pipeline" | "context">,
): Promise<unknown> {
  if (error instanceof EtlError) return error;
  const resource = explainResourceError(error);
  if (resource) return resource;
  return (await explain(error)) ?? failureOf(error, { pipeline, context, part: `source ${name}` });
}

/** The engine and the verification take files apart each in its own way: they must have found the same rows. */
async function sameRows({
  scan,
  rows,
  limit,
}: {
  scan: FileScan;
  rows: number | undefined;
  limit: number | undefined;
}) {
  const { rows: verified } = await scan.verified;
  if (limit !== undefined || verified === undefined || verified === rows) return;
  throw new EtlError({
    code: "failed",
    part: `source ${scan.source}`,
    message: `${rows} rows were read, and its files have ${verified}`,
    hint: "Was a file changed while it was read?",
  });
}

async function openScan(name: string, spec: Source, options: Extract): Promise<FileScan> {
  const { pipeline, work, context, values } = options;
  const request = {
    name,
    columns: spec.columns,
    folder: pipeline.folder,
    show: pipeline.show,
    workFolder: work.folder,
    context,
    showValues: pipeline.target === localTarget,
  };
  const resolved = resolveReferences(partToRead(spec, pipeline), {
    values,
    pipeline,
    context,
    path: ["sources", name],
  });
  if (pipeline.target === localTarget && resolved.sample !== undefined) {
    const layout = layoutOf(resolved);
    return readSample({ ...request, sample: resolved.sample, ...(layout && { spec: layout }) });
  }
  if (resolved.type === "file") return readFiles({ ...request, spec: resolved });
  if (resolved.type === "http") {
    const { readHttp } = await import("../connectors/http/read.ts");
    const where = (...inner: string[]) => pipeline.where(["sources", name, ...inner]);
    return readHttp({
      ...request,
      spec: resolved,
      mayReach: reachableHosts(pipeline),
      where,
      limit: options.options.limit,
    });
  }
  throw new EtlError({
    code: "invalid",
    message: `reading from a source of type \`${spec.type}\` is not supported yet`,
    where: pipeline.where(["sources", name]),
  });
}

function limited(sql: string, limit: number | undefined): string {
  return limit === undefined ? sql : `SELECT * FROM (${sql}) LIMIT ${limit}`;
}

/** Declared types are enforced by the scan itself; undeclared ones must be types that a table can have. */
async function columnsOf(name: string, sql: string, spec: Source, { work, pipeline }: Extract): Promise<TypedColumn[]> {
  const computed = await work.db.describe(sql);
  const where = () => pipeline.where(["sources"], name);
  const { columns, problems } = applyContract({ name, declared: undefined, computed, where });
  if (problems.length > 0)
    throw new EtlError({ code: "invalid", message: `source ${name} has columns that cannot be used`, problems });
  return columns.map((column) => ({ ...column, type: spec.columns?.[column.name]?.type ?? column.type }));
}

interface Keep {
  name: string;
  sql: string;
  columns: TypedColumn[];
  bytes: number;
  scan: FileScan;
}

async function keep({ name, sql, columns, bytes, scan }: Keep, options: Extract): Promise<Omit<Table, "declared">> {
  const { graph, pipeline, work, context } = options;
  const readers = graph.models.filter((model) => model.reads.includes(name)).length;
  const again = readers > 1 || hasChecks(pipeline.spec.sources![name]);
  // Parquet is as quick to read a second time as the copy would be; of JSON the engine cannot guess how many rows it joins.
  const isStreamed = scan.format === "parquet" || (scan.format === "csv" && !again);
  const stream = !isPublishedAsIs(name, options) && bytes > keptBytes && isStreamed;
  if (stream) {
    await viewQuery(work.db, { name, sql, columns: undefined });
    return { name, columns, rows: undefined, file: undefined };
  }
  const file = work.file("sources", name);
  const { rows } = await context.effect("source.write", () => writeParquet(work.db, { sql, columns, file }));
  await viewParquet(work.db, { name, columns, file });
  return { name, columns, rows, file };
}

async function sizeOf({ files }: FileScan): Promise<number> {
  const sizes = await Promise.all(files.map(async ({ path }) => (await stat(path)).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}
