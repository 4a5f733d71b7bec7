/** A folder with a pipeline whose models are in TypeScript, and what comes of it. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatProblem } from "../../../../src/util/error.ts";
import { openDuckdb } from "../../../../src/etl/engine/duckdb/duckdb.ts";
import type { Row } from "../../../../src/etl/engine/engine.ts";
import { makeFolder, type Folder } from "../../../support/folder.ts";
import { runFolder, type RunFolder } from "../../../support/run.ts";

export interface Trial {
  /** The file of one model, `made`, or of several by name. */
  models: Record<string, string>;
  /** Columns that `made` declares. */
  columns: string;
  /** The rest of pipeline.yaml. */
  pipeline?: string;
  files?: Record<string, string>;
  output?: string;
}

const limits = { memory: 256 * 1024 ** 2, threads: 2, temporary: 1024 ** 3 };

/** Runs it; the model `made` is published. @returns its rows in their order, or the problems */
export async function runTrial(
  { models, columns, pipeline = "", files = {}, output = "{ type: bigquery, table: d.made, write: append }" }: Trial,
  options: RunFolder = {},
): Promise<{ rows: Row[]; problems: string[]; text: string; folder: Folder }> {
  const made = `  made: { columns: ${columns} }`;
  const yaml = `name: trial\nmodels:\n${made}\n${pipeline}\noutputs: { made: ${output} }\n`;
  const named = Object.fromEntries(Object.entries(models).map(([name, text]) => [`models/${name}`, text]));
  const folder = await makeFolder({ "pipeline.yaml": yaml, ...named, ...files });
  const { record, text } = await runFolder(folder, { dir: folder.path, ...options });
  const problems = record.problems.map((problem) => formatProblem(problem));
  return {
    rows: problems.length > 0 ? [] : await rowsOf(join(folder.path, ".nais-etl/warehouse.duckdb")),
    problems,
    text,
    folder,
  };
}

async function rowsOf(file: string): Promise<Row[]> {
  const db = await openDuckdb({ file, readOnly: true, limits, temporaryFolder: tmpdir() });
  try {
    return await db.query("FROM d.made");
  } finally {
    db.close();
  }
}
