/**
 * A run's work folder and its engine: opened with the machine's limits, removed at the end, whatever happened.
 * What a killed process could not remove, the next run does: the folder's name says whose it is.
 */
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../util/context.ts";
import { EtlError, messageOf } from "../util/error.ts";
import { isOwnerGone, ownerMark } from "../util/owner-mark.ts";
import { openDuckdb, type Database } from "./engine/duckdb/duckdb.ts";
import { readLimits, type Limits } from "./engine/limits.ts";
import { createSessions, type Sessions } from "./transform/program/sessions.ts";

export interface Work {
  /** Absolute path, in the temporary directory. */
  folder: string;
  /** Where models run: locked down once the sources are there. */
  db: Database;
  /** Where lock, state and destinations are opened: no SQL of the pipeline's runs here. No signal ends its statements. */
  store: Database;
  limits: Limits;
  /** What programs keep open. */
  sessions: Sessions;
  /** A path in the folder, for one kind of file. */
  file(kind: "sources" | "models" | "outputs", name: string): string;
  close(): Promise<void>;
}

/** An engine clears the folder that it spills to at its end, so each has one. */
const folders = ["spill/work", "spill/store", "sources", "models", "outputs"];

export interface OpenWork {
  /** Whether rows come over the wire, which takes memory of its own. */
  reads?: boolean;
  /** Whether models are processes of their own, which take memory, too. */
  shares?: boolean;
  /** So many runs of this process have the machine together. */
  among?: number | undefined;
  /** What programs keep open already: it is closed with the rest. */
  sessions?: Sessions;
}

export async function openWork(
  context: Context,
  { reads = false, shares = false, among = 1, sessions = createSessions() }: OpenWork = {},
): Promise<Work> {
  await tidyDead(context);
  const folder = await context
    .effect("work.create", () => createFolder(context))
    .catch(async (error: unknown) => {
      await sessions.close();
      throw folderError(context, error);
    });
  const remove = () => context.effect("work.remove", () => rm(folder, { recursive: true, force: true }));
  try {
    const limits = await readLimits(folder, { reads, shares, among });
    const spill = (engine: string) => ({ limits, temporaryFolder: join(folder, "spill", engine) });
    const [db, store] = await Promise.all([
      openDuckdb({ ...spill("work"), signal: context.signal }),
      openDuckdb(spill("store")),
    ]);
    return {
      folder,
      db,
      store,
      limits,
      sessions,
      file: (kind, name) => join(folder, kind, `${name}.parquet`),
      async close() {
        await sessions.close();
        db.close();
        store.close();
        await remove();
      },
    };
  } catch (error) {
    await sessions.close();
    await remove();
    throw error;
  }
}

async function createFolder(context: Context): Promise<string> {
  const created = await mkdtemp(join(context.tmpdir, `${await ownerMark(context.host)}-`));
  await Promise.all(folders.map((name) => mkdir(join(created, name), { recursive: true })));
  return created;
}

function folderError({ tmpdir }: Context, error: unknown): EtlError {
  return new EtlError({
    code: "failed",
    message: `nothing can be written to the temporary directory ${tmpdir}: ${messageOf(error)}`,
    hint: "Name another one in the environment variable TMPDIR. In a pod with a read-only root, mount one.",
    cause: error,
  });
}

/** Removes the work folders of processes of this host that run no more. Another user's cannot be removed, and stay. */
async function tidyDead(context: Context): Promise<void> {
  const names = await readdir(context.tmpdir).catch(() => []);
  const dead: string[] = [];
  for (const name of names) if (await isDead(name, context)) dead.push(join(context.tmpdir, name));
  if (dead.length === 0) return;
  await context.effect("work.tidy", async () => {
    await Promise.allSettled(dead.map((folder) => rm(folder, { recursive: true, force: true })));
  });
}

async function isDead(name: string, { host }: Context): Promise<boolean> {
  const mark = /^(.+)-[A-Za-z0-9]{6}$/.exec(name)?.[1];
  return mark !== undefined && (await isOwnerGone(mark, host)) === true;
}
