/** Files that `init` writes, beside those that are there: nothing is written over. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { EtlError, messageOf } from "../util/error.ts";
import { writeBelow } from "../util/write-below.ts";

export interface NewFile {
  /** Path from the pipeline's folder. */
  path: string;
  text: string;
}

/** Lists of what is left out of the repository, and of an image: one that is there gets the lines that it lacks. */
export const lists: readonly string[] = [".gitignore", ".dockerignore"];

/** The text of those files that exist; empty for what is there and cannot be read, such as a folder of that name. */
export async function readPresent(folder: string, files: NewFile[]): Promise<Map<string, string>> {
  const present = new Map<string, string>();
  for (const { path } of files) {
    const text = await readFile(join(folder, path), "utf8").catch((error: NodeJS.ErrnoException) => {
      return error.code === "ENOENT" ? undefined : "";
    });
    if (text !== undefined) present.set(path, text);
  }
  return present;
}

export function refusePresent(present: Map<string, string>, dir: string): void {
  const inTheWay = [...present.keys()].filter((path) => !lists.includes(path) && path !== "README.md");
  if (inTheWay.length === 0) return;
  throw new EtlError({
    code: "usage",
    message: `${inTheWay.join(", ")} ${inTheWay.length === 1 ? "exists" : "exist"} in ${dir === "." ? "this folder" : dir} already`,
    hint: "Nothing was written. Name another folder: nais-etl init NAME.",
  });
}

/** What is left to write of a file; undefined for nothing. */
export function missingPart(file: NewFile, present: string | undefined): NewFile | undefined {
  if (present === undefined) return file;
  if (!lists.includes(file.path)) return undefined;
  const lines = new Set(present.split(/\r?\n/));
  const missing = file.text
    .trimEnd()
    .split("\n")
    .filter((line) => !lines.has(line));
  const start = present === "" || present.endsWith("\n") ? "" : "\n";
  return missing.length > 0 ? { path: file.path, text: `${start}${missing.join("\n")}\n` } : undefined;
}

export async function writeFiles(folder: string, files: NewFile[]): Promise<void> {
  for (const { path, text } of files) {
    const file = join(folder, path);
    try {
      // A file that came into being since we looked is not overwritten; only lists may be there, and grow.
      await writeBelow({ folder, path: file, data: text, how: lists.includes(path) ? "append" : "create" });
    } catch (error) {
      const hint = "Check the folder's permissions.";
      throw new EtlError({ code: "failed", message: `cannot write ${path}: ${messageOf(error)}`, hint, cause: error });
    }
  }
}
