/** Finds credentials in the files of a folder: what a build would put into the image. */
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Problem } from "../../util/error.ts";
import { mapLimited } from "../../util/map-limited.ts";
import { scanText } from "./scan-text.ts";

export interface ScanOptions {
  /** Absolute. */
  folder: string;
  /** How a path in the folder is shown, and whether it is looked at; paths have `/`. */
  show: (path: string) => string;
  isWanted: (path: string) => boolean;
  signal: AbortSignal;
}

/** Never somebody's own text. */
const passedOver = new Set([".git", "node_modules", ".venv", "venv", "__pycache__", ".nais-etl"]);
/** Of larger files, this much: credentials stand in small ones, or at their beginning. */
const mostBytes = 1_000_000;

export async function scanFolder({ folder, show, isWanted, signal }: ScanOptions): Promise<Problem[]> {
  const paths = await filesBelow(folder, "", isWanted);
  const found = await mapLimited(paths, async (path) => {
    signal.throwIfAborted();
    const text = await readBeginning(join(folder, path));
    return text === undefined ? [] : scanText(text, show(path));
  });
  return found.flat();
}

async function filesBelow(root: string, folder: string, isWanted: ScanOptions["isWanted"]): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true });
  const lists = entries
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(async (entry): Promise<string[]> => {
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) return passedOver.has(entry.name) ? [] : filesBelow(root, path, isWanted);
      return entry.isFile() && isWanted(path) ? [path] : [];
    });
  return (await Promise.all(lists)).flat();
}

/** Undefined for what is no text. */
async function readBeginning(path: string): Promise<string | undefined> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(mostBytes) });
    const bytes = buffer.subarray(0, bytesRead);
    return bytes.subarray(0, 8_000).includes(0) ? undefined : bytes.toString("utf8");
  } finally {
    await file.close();
  }
}
