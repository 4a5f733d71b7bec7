/** Which pipeline is meant: the one in this folder, or one of several in pipelines/. */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { EtlError } from "../util/error.ts";
import { didYouMean } from "../util/suggest.ts";
import type { Context } from "../util/context.ts";

export const pipelineFile = "pipeline.yaml";

export interface FindOptions {
  /** Folder to look in; by default where the command was started. */
  dir?: string | undefined;
  /** The pipeline's folder name, where there are several; by default NAIS_ETL_PIPELINE, or PRG_NAME. */
  pipeline?: string | undefined;
}

/**
 * Absolute path of the chosen pipeline.yaml.
 * @throws {EtlError} `usage`, listing the choices, when there are several or none of that name.
 */
export async function findPipeline({ dir, pipeline }: FindOptions, { cwd, env }: Context): Promise<string> {
  const folder = resolve(cwd, dir ?? ".");
  const wanted = [pipeline, env["NAIS_ETL_PIPELINE"], env["PRG_NAME"]].find(
    (name) => name !== undefined && name !== "",
  );
  const files = await findPipelines(folder);
  const names = files.map((file) => nameOf(file, folder));
  if (wanted !== undefined) {
    const index = names.indexOf(wanted);
    if (index >= 0) return files[index]!;
    // One pipeline alone needs no name, but a name that is given must be its own.
    throw new EtlError({
      code: "usage",
      message: `there is no pipeline \`${wanted}\` in ${dir ?? "this folder"}`,
      hint:
        names.length > 0
          ? `${didYouMean(wanted, names)}\nPipelines: ${names.join(", ")}.`
          : "There is no pipeline.yaml here.",
    });
  }
  if (files.length === 1) return files[0]!;
  if (files.length === 0) return join(folder, pipelineFile);
  throw new EtlError({
    code: "usage",
    message: `there are ${files.length} pipelines here: say which one`,
    hint: `Add --pipeline NAME, or set NAIS_ETL_PIPELINE. Pipelines: ${names.join(", ")}.`,
  });
}

/** Every pipeline.yaml of a repository: its own, and pipelines/NAME/pipeline.yaml. */
export async function findPipelines(folder: string): Promise<string[]> {
  const own = join(folder, pipelineFile);
  if (await isFile(own)) return [own];
  const below = await readdir(join(folder, "pipelines"), { withFileTypes: true }).catch(() => []);
  const files = below
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(folder, "pipelines", entry.name, pipelineFile));
  const found = await Promise.all(files.map(isFile));
  return files.filter((_, i) => found[i]).toSorted();
}

export interface FoundPipeline {
  /** Absolute path of pipeline.yaml. */
  file: string;
  /** The repository's folder. */
  root: string;
  /** Which one it is, where the repository holds several. */
  selected?: string;
}

/** A pipeline of several stands in `pipelines/NAME/`, below the repository's folder. */
export function foundAt(file: string): FoundPipeline {
  const folder = dirname(file);
  const above = dirname(folder);
  if (basename(above) !== "pipelines") return { file, root: folder };
  return { file, root: dirname(above), selected: basename(folder) };
}

function nameOf(file: string, folder: string): string {
  return dirname(file) === folder ? basename(folder) : basename(dirname(file));
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
