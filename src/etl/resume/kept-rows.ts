/**
 * Rows of models, kept on disk until a run of the pipeline succeeds: a Parquet file by its key, and beside it what is known of
 * it, which comes last. What was killed in between is not there.
 */
import { constants, copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../../util/context.ts";
import { messageOf } from "../../util/error.ts";
import { flushFile } from "../../util/files.ts";

export interface Kept {
  rows: number;
  bytes: number;
  /** When the run began that made them. */
  at: string;
}

export interface KeptRows {
  /** Whether any are kept. */
  isThere(): Promise<boolean>;
  /** Copies kept rows into a file. Undefined where there are none, or not whole. */
  adopt(key: string, file: string): Promise<Kept | undefined>;
  /** That they cannot be kept, fails no run. */
  keep(key: string, file: string, kept: Kept): Promise<void>;
  clear(): Promise<void>;
}

/** Of one pipeline. The oldest go first. */
const mostBytes = 4 * 1024 ** 3;

export function keptRows(folder: string, context: Context): KeptRows {
  const { effect, log } = context;
  const path = (key: string, end: "parquet" | "json") => join(folder, `${key}.${end}`);
  return {
    isThere: async () => (await sizeOf(folder)) !== undefined,
    async adopt(key, file) {
      const kept = await readKept(path(key, "json"));
      const size = kept && (await sizeOf(path(key, "parquet")));
      if (!kept || size !== kept.bytes) return undefined;
      await effect("resume.adopt", () => copyFile(path(key, "parquet"), file, constants.COPYFILE_FICLONE));
      return kept;
    },
    async keep(key, file, kept) {
      if (kept.bytes > mostBytes) return;
      const act = async () => {
        await mkdir(folder, { recursive: true, mode: 0o700 });
        await makeRoom(folder, kept.bytes);
        await place({ path: path(key, "parquet"), write: (aside) => copyFile(file, aside) });
        await place({ path: path(key, "json"), write: (aside) => writeFile(aside, JSON.stringify(kept)) });
      };
      await effect("resume.keep", act).catch((error: unknown) => log.debug(`not kept: ${messageOf(error)}`));
    },
    async clear() {
      if ((await sizeOf(folder)) === undefined) return;
      await effect("resume.clear", () => rm(folder, { recursive: true, force: true })).catch((error: unknown) =>
        log.debug(`left to the next run: ${messageOf(error)}`),
      );
    },
  };
}

async function readKept(path: string): Promise<Kept | undefined> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Kept);
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}

interface Place {
  path: string;
  write: (aside: string) => Promise<void>;
}

async function place({ path, write }: Place): Promise<void> {
  const aside = `${path}.tmp`;
  await write(aside);
  await flushFile(aside);
  await rename(aside, path);
}

/** What a killed run has left half-written goes, too. */
async function makeRoom(folder: string, needed: number): Promise<void> {
  const names = await readdir(folder);
  for (const name of names.filter((one) => one.endsWith(".tmp"))) await rm(join(folder, name), { force: true });
  const files = await Promise.all(
    names
      .filter((name) => name.endsWith(".parquet"))
      .map(async (name) => {
        const { size, mtimeMs } = await stat(join(folder, name));
        return { name, size, mtimeMs };
      }),
  );
  let total = files.reduce((sum, { size }) => sum + size, needed);
  for (const { name, size } of files.toSorted((a, b) => a.mtimeMs - b.mtimeMs)) {
    if (total <= mostBytes) return;
    await rm(join(folder, name.replace(/parquet$/, "json")), { force: true });
    await rm(join(folder, name), { force: true });
    total -= size;
  }
}
