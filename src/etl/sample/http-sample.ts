/** Samples of what APIs answer: the first rows, of no more pages than these need. */
import type { HttpSource, Source } from "../../spec/source.ts";
import { throwProblems } from "../../util/error.ts";
import { readHttp } from "../connectors/http/read.ts";
import { reachableHosts, undeclaredHosts } from "../egress.ts";
import { viewQuery, type TypedColumn } from "../engine/duckdb/materialize.ts";
import { scanSql } from "../engine/duckdb/scan.ts";
import { applyContract } from "../transform/contract.ts";
import { resolveReferences } from "../values.ts";
import { declareColumns, finishSample, hideSensitive, sampleColumns, type Sampled } from "./finish-sample.ts";
import { irreplaceable } from "./replace-sensitive.ts";
import type { Sampling } from "./sampling.ts";
import { sampleFile } from "./write-sample.ts";

export async function sampleHttp(names: string[], sampling: Sampling): Promise<Sampled[]> {
  throwProblems(undeclaredHosts(sampling, { sources: names }), "cannot be sampled");
  const done: Sampled[] = [];
  for (const name of names) done.push(...(await sampleOne(name, sampling)));
  return done;
}

async function sampleOne(name: string, sampling: Sampling): Promise<Sampled[]> {
  const { pipeline, force } = sampling;
  const source = pipeline.spec.sources![name]!;
  if (!source.columns) return declareColumns([{ name, columns: await readRows(name, sampling) }], sampling);
  const where = (column: string) => pipeline.where(["sources", name, "columns", column]);
  const declared = Object.entries(source.columns).map(([column, { type }]) => ({ name: column, type }));
  throwProblems(irreplaceable(name, sampleColumns(declared, sampling), where));
  const file = await sampleFile({
    name,
    sample: source.sample,
    columns: declared,
    folder: pipeline.folder,
    force,
    where: () => pipeline.where(["sources", name, "sample"]),
    hasOwnCsv: hasOwnCsv(source),
  });
  const sample = await hideSensitive({ name, columns: await readRows(name, sampling), where }, sampling);
  throwProblems(sample.problems, "cannot be sampled");
  return [await finishSample({ sample, file, key: undefined }, sampling)];
}

function hasOwnCsv(source: Source): boolean {
  if (source.type !== "http") return false;
  const { delimiter, decimal, encoding, nulls, header } = source;
  return [delimiter, decimal, encoding, nulls, header].some((key) => key !== undefined);
}

/** What a run adds to each row is no column of a sample. */
function ownColumns({ columns, provenance }: HttpSource): HttpSource["columns"] {
  if (!columns || !provenance) return columns;
  const { _file, _row, ...own } = columns;
  return own;
}

/** @returns the columns of what stands in the engine now, under the source's name */
async function readRows(name: string, sampling: Sampling): Promise<TypedColumn[]> {
  const { pipeline, values, context, work, rows } = sampling;
  const path = ["sources", name];
  const spec = resolveReferences(pipeline.spec.sources![name]!, { values, pipeline, context, path });
  if (spec.type !== "http") throw new TypeError(`${name} is no source of type http`);
  const scan = await readHttp({
    name,
    // What a sample is kept for is no run: its answers are not.
    spec: { ...spec, raw: undefined, provenance: undefined },
    columns: ownColumns(spec),
    folder: pipeline.folder,
    show: pipeline.show,
    workFolder: work.folder,
    context,
    mayReach: reachableHosts(pipeline),
    where: (...inner) => pipeline.where([...path, ...inner]),
    limit: rows,
  });
  await scan.verified;
  const sql = `SELECT * FROM (${await scanSql(scan, work.db)}) LIMIT ${rows}`;
  const computed = await work.db.describe(sql);
  const { columns, problems } = applyContract({
    name,
    declared: undefined,
    computed,
    where: () => pipeline.where(path),
  });
  throwProblems(problems);
  await viewQuery(work.db, { name, sql, columns });
  return columns.map((column) => ({ ...column, type: spec.columns?.[column.name]?.type ?? column.type }));
}
