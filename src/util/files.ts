/** What `node:fs` leaves to be said: whether something is there, and when it will still be after a power cut. */
import { open, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, sep } from "node:path";

export async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/** Returns when the file's content is on disk. */
export async function flushFile(path: string): Promise<void> {
  const handle = await open(path, "r+");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Returns when the names of the files in a folder are on disk. Windows knows no such thing. */
export async function flushFolder(path: string): Promise<void> {
  const handle = await open(path, "r").catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

/** Whether an absolute path is the folder or lies in it, by its text: links are not followed. */
export function isBelow(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** The top of the git repository that a folder is in; the folder itself where it is in none. */
export async function repositoryOf(folder: string): Promise<string> {
  for (let at = folder; ; at = dirname(at)) {
    if (await exists(join(at, ".git"))) return at;
    if (dirname(at) === at) return folder;
  }
}
