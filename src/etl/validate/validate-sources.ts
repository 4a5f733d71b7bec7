/**
 * What can be known of the files that a local run reads, without reading them to their ends: they are there, and their
 * format, encoding, columns and first values are as declared.
 */
import { isAbsolute, resolve } from "node:path";
import type { Context } from "../../util/context.ts";
import { EtlError, type Problem } from "../../util/error.ts";
import { isBelow, repositoryOf } from "../../util/files.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { findReferences } from "../../spec/reference.ts";
import type { Source } from "../../spec/source.ts";
import type { FileScan } from "../connectors/connector.ts";
import { layoutOf } from "../connectors/file/layout.ts";
import { readFiles, readSample } from "../connectors/file/read.ts";
import { scanSql } from "../engine/duckdb/scan.ts";
import { isBareHeader } from "../sample/bare-header.ts";
import { partToRead } from "../values.ts";
import { openWork, type Work } from "../work.ts";

/** @param pipeline of target `local` @returns every problem of every source; none is thrown */
export async function validateSources(pipeline: LoadedPipeline, context: Context): Promise<Problem[]> {
  const sources = Object.entries(pipeline.spec.sources ?? {});
  const leaving = await Promise.all(sources.map(([name, source]) => leavesRepository(source, { name, pipeline })));
  return [...leaving.flat(), ...[...(await problemsOfSources(pipeline, context)).values()].flat()];
}

/** By source: of each whose files are known before a run. */
export async function problemsOfSources(pipeline: LoadedPipeline, context: Context): Promise<Map<string, Problem[]>> {
  const found = new Map<string, Problem[]>();
  const sources = Object.entries(pipeline.spec.sources ?? {}).flatMap(([name, source]) => {
    const part = partToRead(source, pipeline);
    return readsFiles(part) && isWritten(part) ? [{ name, source }] : [];
  });
  if (sources.length === 0) return found;
  const work = await openWork(context);
  try {
    for (const { name, source } of sources)
      found.set(name, await sourceProblems(source, { name, pipeline, work, context }));
    return found;
  } finally {
    await work.close();
  }
}

function readsFiles({ type, sample }: Source): boolean {
  return type === "file" || sample !== undefined;
}

/** What `${…}` stands for is known when a run begins. */
function isWritten(source: Source): boolean {
  return findReferences(source, () => ({ file: "" })).references.length === 0;
}

interface SourceOf {
  name: string;
  pipeline: LoadedPipeline;
  work: Work;
  context: Context;
}

async function sourceProblems(source: Source, { name, pipeline, work, context }: SourceOf): Promise<Problem[]> {
  const key = source.sample === undefined ? "path" : "sample";
  try {
    const scan = await openFirstPart(source, { name, pipeline, work, context });
    try {
      await scan.verified;
      await scanSql(scan, work.db);
    } finally {
      scan.stop();
    }
    return await emptySample(source, { name, pipeline });
  } catch (error) {
    context.signal.throwIfAborted();
    if (!(error instanceof EtlError)) throw error;
    return error.problems.map((problem) => ({ where: pipeline.where(["sources", name, key]), ...problem }));
  }
}

/** A path from the root is meant for a machine; one that climbs out is most often one step too many. */
async function leavesRepository(
  source: Source,
  { name, pipeline }: Pick<SourceOf, "name" | "pipeline">,
): Promise<Problem[]> {
  const { folder, where } = pipeline;
  const key = source.sample === undefined ? "path" : "sample";
  const path = source.sample ?? (source.type === "file" ? source.path : undefined);
  if (path === undefined || isAbsolute(path)) return [];
  if (isBelow(resolve(folder, path), await repositoryOf(folder))) return [];
  return [
    {
      severity: "warning",
      rule: "outside-repository",
      message: `\`${path}\` of ${name} leads out of the repository: no checkout and no image has it`,
      hint: "Paths start in the pipeline's folder. Keep the file below the repository.",
      where: where(["sources", name, key]),
    },
  ];
}

async function emptySample(
  source: Source,
  { name, pipeline }: Pick<SourceOf, "name" | "pipeline">,
): Promise<Problem[]> {
  const { sample } = source;
  const isHeaded = !("header" in source) || source.header !== false;
  if (sample === undefined || !isHeaded || !(await isBareHeader(resolve(pipeline.folder, sample)))) return [];
  return [
    {
      severity: "warning",
      rule: "empty-sample",
      message: `the sample of ${name} has no rows`,
      hint: `A run on the laptop begins with none. \`nais-etl sample ${name}\` writes some of the real thing.`,
      where: pipeline.where(["sources", name, "sample"]),
    },
  ];
}

function openFirstPart(source: Source, { name, pipeline, work, context }: SourceOf): Promise<FileScan> {
  const { columns, sample } = source;
  const { folder, show } = pipeline;
  const request = { name, columns, folder, show, workFolder: work.folder, context, showValues: true, firstPart: true };
  if (sample === undefined && source.type === "file") return readFiles({ ...request, spec: source });
  const spec = layoutOf(source);
  return readSample({ ...request, sample: sample!, ...(spec && { spec }) });
}
