/** Folders around the pipeline's, and files as GitHub names them: from the top of the repository, with slashes. */
import { existsSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import type { Where } from "../util/error.ts";

/** The folder and those around it, as far as the workspace, the nearest first. */
export function foldersUpTo(workspace: string, folder: string): string[] {
  const above = dirname(folder);
  return folder === workspace || above === folder ? [folder] : [folder, ...foldersUpTo(workspace, above)];
}

/** The checkout that a folder lies in: the workspace itself, or the folder below it that `path:` of actions/checkout named. */
export function repositoryOf(folder: string, workspace: string): string {
  return foldersUpTo(workspace, folder).findLast((above) => existsSync(join(above, ".git"))) ?? workspace;
}

export function pathFrom(top: string, file: string): string {
  return relative(top, file).split(sep).join("/");
}

export interface Places {
  /** The folder in which the command line stands, and from which it names files. */
  folder: string;
  repository: string;
}

export function inRepository<T extends { where?: Where }>(item: T, { folder, repository }: Places): T {
  if (!item.where) return item;
  return { ...item, where: { ...item.where, file: pathFrom(repository, resolve(folder, item.where.file)) } };
}
