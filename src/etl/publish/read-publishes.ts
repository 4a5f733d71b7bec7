/** The publish records of a pipeline on its target, read by who runs nothing: nothing is made where there are none. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import { exists } from "../../util/files.ts";
import { sleep } from "../../util/retry.ts";
import type { Database } from "../engine/duckdb/duckdb.ts";
import { readLimits } from "../engine/limits.ts";
import { livesInBigQuery } from "../find-home.ts";
import { onlooker } from "../onlooker.ts";
import { placesOf } from "../places.ts";
import { readPublishesThere } from "./bigquery/past-runs.ts";
import type { PastPublish } from "./past-publish.ts";
import { openWarehouseReadOnly } from "./warehouse.ts";
import { allPublishes } from "./warehouse-past.ts";

interface ReadPublishes {
  pipeline: LoadedPipeline;
  /** Parameters of the command line. */
  params?: Record<string, string>;
  /** Only those of run ids from the first to the last, both included; all by default. */
  runs?: { first: string; last: string };
}

/** Milliseconds to wait for a run that publishes just now. */
const patience = 60_000;
const pause = 250;

/** Oldest first. */
export async function readPublishes(
  { pipeline, params, runs }: ReadPublishes,
  context: Context,
): Promise<PastPublish[]> {
  if (livesInBigQuery(pipeline)) return readPublishesThere(onlooker(pipeline, context, params), runs);
  return (await lookIntoStore(pipeline, context, (db) => publishesIn(db, pipeline.spec.name, runs))) ?? [];
}

/** Opens the store on disk to read it, waiting for who publishes. Undefined where there is none. */
export async function lookIntoStore<T>(
  pipeline: LoadedPipeline,
  context: Context,
  look: (db: Database) => Promise<T>,
): Promise<T | undefined> {
  const { store: file, shownStore: shown } = placesOf(pipeline, context.env);
  if (!(await exists(file))) return undefined;
  const temporaryFolder = join(context.tmpdir, `nais-etl-look-${context.host.pid}`);
  const limits = await readLimits(context.tmpdir);
  const db = await patiently(() => openWarehouseReadOnly({ file, shown, limits, temporaryFolder }), context);
  try {
    return await look(db);
  } finally {
    db.close();
    // Where the engine has spilled to, if it has.
    await context.effect("look.tidy", () => rm(temporaryFolder, { recursive: true, force: true }));
  }
}

async function patiently<T>(open: () => Promise<T>, { signal }: Context): Promise<T> {
  for (let waited = 0; ; waited += pause) {
    try {
      return await open();
    } catch (error) {
      if (!(error instanceof EtlError) || error.code !== "locked" || waited >= patience) throw error;
      await sleep(pause, signal);
    }
  }
}

async function publishesIn(db: Database, pipeline: string, runs: ReadPublishes["runs"]): Promise<PastPublish[]> {
  const [made] = await db.query("SELECT 1 FROM duckdb_tables() WHERE table_name = '_nais_etl_publishes'");
  return made ? allPublishes(db, pipeline, runs) : [];
}
