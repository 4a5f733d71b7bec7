/** From a path or a glob to the files it means, in a fixed order. */
import { access, constants, glob, readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { EtlError, type Problem } from "../../../util/error.ts";
import { exists, isBelow, repositoryOf } from "../../../util/files.ts";
import { mapLimited } from "../../../util/map-limited.ts";
import { nearest } from "../../../util/suggest.ts";
import { throwAll } from "./findings.ts";

export interface FoundFile {
  /** Absolute. */
  path: string;
  shown: string;
  /** Below the pipeline's folder, with `/` on every system. */
  name: string;
  size: number;
}

interface FindFiles {
  path: string;
  /** The pipeline's folder, absolute. */
  folder: string;
  show: (path: string) => string;
}

/**
 * A name that exists is taken as it is, also where it has a glob's characters in it.
 * Hidden files are only found by a pattern that begins with a point.
 * @throws {EtlError} `invalid`: nothing found, or not readable, with what is there instead
 */
export async function findFiles(options: FindFiles): Promise<FoundFile[]> {
  const { path, folder } = options;
  const literal = await existing(resolve(folder, path));
  const paths = literal !== undefined ? [literal] : isGlob(path) ? await globFiles(path, folder) : [];
  if (paths.length === 0) throw await nothingFound(options);
  const results = await mapLimited(paths, (found) => lookAt(found, options));
  const problems = results.flatMap((result) => ("problem" in result ? [result.problem] : []));
  throwAll(problems);
  return results.flatMap((result) => ("file" in result ? [result.file] : []));
}

function isGlob(path: string): boolean {
  return /[*?[{]/.test(path);
}

/** The path if it exists. A name with å may be stored composed or decomposed (macOS); both are the same name to people. */
async function existing(path: string): Promise<string | undefined> {
  if (await exists(path)) return path;
  const names = await readdir(dirname(path)).catch(() => []);
  const same = names.find((name) => name.normalize() === basename(path).normalize());
  return same === undefined ? undefined : join(dirname(path), same);
}

async function globFiles(pattern: string, folder: string): Promise<string[]> {
  const hidden = /(^|\/)\.[^./]/.test(pattern);
  const paths: string[] = [];
  for await (const found of glob(pattern, { cwd: folder })) {
    const path = resolve(folder, found);
    if ((hidden || !isHidden(relative(folder, path))) && (await stat(path)).isFile()) paths.push(path);
  }
  // By code unit, not by the machine's language: the order of rows follows from it.
  return paths.toSorted((a, b) => (a < b ? -1 : 1));
}

function isHidden(path: string): boolean {
  return path.split(sep).some((part) => part.startsWith(".") && part !== "..");
}

async function lookAt(path: string, { folder, show }: FindFiles): Promise<{ file: FoundFile } | { problem: Problem }> {
  const name = relative(folder, path).split(sep).join("/");
  const shown = show(name);
  const problem = (message: string, hint: string) => ({
    problem: { severity: "error" as const, message, hint, where: { file: shown } },
  });
  const info = await stat(path);
  if (info.isDirectory())
    return problem(`${shown} is a folder`, `To read the files in it, write \`path: ${name}/*.csv\`.`);
  const readable = await access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
  if (!readable) return problem(`${shown} cannot be read: permission denied`, "Check the file's permissions.");
  return { file: { path, shown, name, size: info.size } };
}

async function nothingFound({ path, folder, show }: FindFiles): Promise<EtlError> {
  const shown = isAbsolute(path) ? path : show(path);
  const message = isGlob(path) ? `no file matches ${shown}` : `there is no file ${shown}`;
  return new EtlError({ code: "invalid", part: "file", message, hint: await whatIsThere({ path, folder, show }) });
}

/**
 * What lies outside of the repository is nobody's to list: the error may be read by more people than the machine is.
 * The nearest name in the first folder of the path that does not hold what was looked for. */
async function whatIsThere({ path, folder, show }: FindFiles): Promise<string> {
  const top = await repositoryOf(folder);
  const parts = path.split("/");
  const firstGlob = parts.findIndex(isGlob);
  const fixed = firstGlob === -1 ? parts : parts.slice(0, firstGlob);
  let at = isAbsolute(path) ? "/" : folder;
  for (const part of fixed) {
    const next = join(at, part);
    if (!(await exists(next))) return (await outside(at, top)) ?? inFolder({ at, wanted: part, folder, show });
    at = next;
  }
  return (await outside(at, top)) ?? inFolder({ at, wanted: undefined, folder, show });
}

/** @returns the hint for a folder that really lies outside; undefined for one inside */
async function outside(at: string, top: string): Promise<string | undefined> {
  if (isBelow(await realpath(at), await realpath(top))) return undefined;
  return "It lies outside of the repository. Paths start in the pipeline's folder.";
}

const mostNames = 10;

async function inFolder({
  at,
  wanted,
  folder,
  show,
}: {
  at: string;
  wanted: string | undefined;
  folder: string;
  show: FindFiles["show"];
}): Promise<string> {
  const names = (await readdir(at).catch(() => [])).filter((name) => !name.startsWith(".")).toSorted();
  const shown = show(relative(folder, at) || ".");
  const best = wanted === undefined ? undefined : nearest(wanted, names);
  if (best !== undefined) return `Did you mean \`${best}\`? It is in ${shown}.`;
  if (names.length === 0) return `${shown} is empty. Paths start in the pipeline's folder.`;
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : "";
  return `In ${shown}: ${names.slice(0, mostNames).join(", ")}${more}. Paths start in the pipeline's folder.`;
}
