/** From sources to relations, all at once: files, and tables of BigQuery. */
import { allOrErrors } from "../util/error.ts";
import { planBigQuery } from "./extract/bigquery.ts";
import type { Extract, ExtractedSource } from "./extract/extracted.ts";
import { extractFiles } from "./extract/files.ts";
import { isReadFromBigQuery } from "./values.ts";

/** @throws {EtlError} with what is wrong with every source */
export async function extractSources(options: Extract): Promise<ExtractedSource[]> {
  const { needed, pipeline } = options;
  const isBigQuery = (name: string) => isReadFromBigQuery(name, pipeline);
  const files = needed.filter((name) => !isBigQuery(name));
  const planned = await planBigQuery(needed.filter(isBigQuery), options);
  try {
    const reads = [
      ...files.map((name) => () => extractFiles(name, options)),
      ...planned.reads.map((read) => () => read.extract()),
    ];
    return await allOrErrors(
      reads.map((read) => read()),
      (source) => source.stop(),
    );
  } finally {
    await planned.close();
  }
}
