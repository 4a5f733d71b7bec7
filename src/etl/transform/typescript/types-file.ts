/** Keeps `models/types.d.ts` as pipeline.yaml says it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { LoadedPipeline } from "../../../spec/load.ts";
import { tablesOf } from "../../../spec/table.ts";
import type { Type } from "../../../spec/type.ts";
import type { Context } from "../../../util/context.ts";
import { EtlError, messageOf } from "../../../util/error.ts";
import { writeBelow } from "../../../util/write-below.ts";
import type { Graph } from "../graph.ts";
import { typesText, type TypedRelation } from "./types-text.ts";

export interface TypesOf {
  pipeline: LoadedPipeline;
  graph: Graph;
  /** The columns that a source or model has in a run; undefined where that is not known before one. */
  columnsOf: (name: string) => Promise<{ name: string; type: Type }[] | undefined>;
}

export interface TypesFile {
  /** The pipeline's. */
  folder: string;
  path: string;
  /** As the user would write it. */
  shown: string;
  /** What should stand there, and what does. */
  text: string;
  present: string | undefined;
}

/** Undefined for a pipeline without TypeScript. */
export async function typesFile({ pipeline, graph, columnsOf }: TypesOf): Promise<TypesFile | undefined> {
  const models = graph.models.filter(({ file }) => file.language === "typescript");
  if (models.length === 0) return undefined;
  const named = new Set(models.flatMap(({ name, reads }) => [...reads, name]));
  const order = [...Object.keys(pipeline.spec.sources ?? {}), ...graph.models.map(({ name }) => name)];
  const declared = new Map(tablesOf(pipeline.spec).map((table) => [table.name, table]));
  const relations: TypedRelation[] = [];
  for (const name of order.filter((candidate) => named.has(candidate))) {
    const table = declared.get(name);
    const known = await columnsOf(name);
    const about = new Map(table?.columns.map((column) => [column.name, column]));
    const columns = known?.map((column) => ({ required: false, ...about.get(column.name), ...column }));
    relations.push({ name, description: table?.description, columns });
  }
  const path = join(pipeline.folder, "models/types.d.ts");
  const present = await readFile(path, "utf8").catch(() => undefined);
  return {
    folder: pipeline.folder,
    path,
    shown: pipeline.show("models/types.d.ts"),
    text: typesText(relations, pipeline),
    present,
  };
}

/** Writes it where it is not as it should be, and somebody could see it there: not in an image. @returns whether it did */
export async function refreshTypes(asked: TypesOf, context: Context): Promise<boolean> {
  const file = await typesFile(asked);
  if (!file || file.present === file.text) return false;
  try {
    await writeTypes(file, context);
  } catch (error) {
    if (((error as EtlError).cause as NodeJS.ErrnoException | undefined)?.code === "EROFS") return false;
    throw error;
  }
  context.log.info(`wrote ${file.shown}: the types of what models read and make\n`, {
    step: "types",
    file: file.shown,
  });
  return true;
}

export async function writeTypes({ folder, path, text, shown }: TypesFile, context: Context): Promise<void> {
  await context
    .effect("types.write", () => writeBelow({ folder, path, data: text }))
    .catch((cause: unknown) => {
      throw new EtlError({
        code: "failed",
        message: `cannot write ${shown}: ${messageOf(cause)}`,
        hint: "Check the folder's permissions.",
        cause,
      });
    });
}
