/** Who else reads a table, as far as the repository knows: its other pipelines, and their sources. */
import { findPipelines, foundAt } from "../../spec/find.ts";
import { loadPipeline, type LoadedPipeline } from "../../spec/load.ts";
import type { Context } from "../../util/context.ts";

/** `PIPELINE (SOURCE)`. A pipeline that cannot be read is passed over: it is not the one that is rolled back. */
export async function readersOf(table: string, pipeline: LoadedPipeline, { cwd }: Context): Promise<string[]> {
  const { root, selected } = foundAt(pipeline.file);
  const files = selected === undefined ? [pipeline.file] : await findPipelines(root);
  const found: string[] = [];
  for (const file of files) {
    const other = await loadPipeline({ file, cwd, target: pipeline.target }).catch(() => undefined);
    const sources = Object.entries(other?.spec.sources ?? {});
    for (const [name, source] of sources)
      if (source.type === "bigquery" && source.table !== undefined && isSame(source.table, table))
        found.push(`${other!.spec.name} (source ${name})`);
  }
  return found;
}

/** A name without project is of the team's own: the one may say it, and the other not. */
function isSame(a: string, b: string): boolean {
  const [long, short] = a.length > b.length ? [a, b] : [b, a];
  return long === short || (short.split(".").length === 2 && long.endsWith(`.${short}`));
}
