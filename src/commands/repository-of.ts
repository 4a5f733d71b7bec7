/** The top of a repository: where GitHub reads workflows. */
import { dirname, join } from "node:path";
import { exists } from "../util/files.ts";

/** @returns the nearest folder above that is one of Git; where there is none yet, the folder itself */
export async function repositoryOf(folder: string, from = folder): Promise<string> {
  if (await exists(join(from, ".git"))) return from;
  return dirname(from) === from ? folder : repositoryOf(folder, dirname(from));
}
