/**
 * A database file appears whole or not at all: what a killed process leaves of a half-written one
 * is refused by the engine for good ("not a valid DuckDB database file").
 */
import { randomUUID } from "node:crypto";
import { link, mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { exists } from "../../../util/files.ts";
import { attach, detach } from "./attach.ts";
import type { Database } from "./duckdb.ts";

/** Makes an empty database, and its folder, where there is no file yet. Several processes may do so at once. */
export async function createDatabaseFile(file: string, db: Database): Promise<void> {
  const prefix = `.${basename(file)}.new-`;
  const aside = join(dirname(file), `${prefix}${randomUUID().slice(0, 8)}`);
  await mkdir(dirname(file), { recursive: true });
  while (!(await exists(file))) {
    try {
      await attach(db, aside, "created");
      await detach(db, "created");
      await giveName(aside, file);
    } catch (error) {
      // Another process was quicker, and has tidied up after all who came second.
      if (!(await exists(file))) throw error;
    }
  }
  // Also where the file stood there already: a process may have been killed between giving it its name and this.
  await tidy(dirname(file), prefix);
}

/** A link, unlike a rename, never takes the place of a file that another process has made meanwhile. */
async function giveName(aside: string, file: string): Promise<void> {
  try {
    await link(aside, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return;
    // Some file systems have no links (SMB, exFAT).
    if (code === "EPERM" || code === "ENOTSUP" || code === "ENOSYS") await rename(aside, file);
    else throw error;
  }
}

async function tidy(folder: string, prefix: string): Promise<void> {
  const left = (await readdir(folder)).filter((name) => name.startsWith(prefix));
  await Promise.all(left.map((name) => rm(join(folder, name), { force: true })));
}
