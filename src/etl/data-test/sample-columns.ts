/** Columns of a source that declares none, as a run on samples would find them. */
import type { Context } from "../../util/context.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Source } from "../../spec/source.ts";
import { readFiles, readSample } from "../connectors/file/read.ts";
import type { TypedColumn } from "../engine/duckdb/materialize.ts";
import { scanSql } from "../engine/duckdb/scan.ts";
import { applyContract } from "../transform/contract.ts";
import type { Work } from "../work.ts";

export interface SampleColumns {
  pipeline: LoadedPipeline;
  work: Work;
  context: Context;
}

/** Undefined where there is no sample here, or none that can be read: a test needs none. */
export function createSampleReader({ pipeline, work, context }: SampleColumns) {
  return async (name: string, source: Source): Promise<TypedColumn[] | undefined> => {
    const { folder, show } = pipeline;
    const request = { name, columns: undefined, folder, show, workFolder: work.folder, context };
    try {
      if (source.sample === undefined && source.type !== "file") return undefined;
      const scan =
        source.sample === undefined
          ? await readFiles({ ...request, spec: source })
          : await readSample({ ...request, sample: source.sample });
      const computed = await work.db.describe(await scanSql(scan, work.db));
      const { columns, problems } = applyContract({ name, declared: undefined, computed, where: () => ({ file: "" }) });
      return problems.length > 0 ? undefined : columns;
    } catch {
      context.signal.throwIfAborted();
      return undefined;
    }
  };
}
