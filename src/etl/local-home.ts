/** A home on disk: a lock that the operating system keeps, and a DuckDB file. */
import { join } from "node:path";
import type { Context } from "../util/context.ts";
import { EtlError, messageOf } from "../util/error.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { takeLock } from "./engine/duckdb/lock.ts";
import type { Home } from "./home.ts";
import { placesOf, type Places } from "./places.ts";
import { openWarehouse } from "./publish/warehouse.ts";
import type { Work } from "./work.ts";

/** Milliseconds to wait for another process that has the store open. It publishes or reads: that takes seconds, not minutes. */
const usualPatience = 60_000;

/** Who was told to stop is killed soon. */
const patienceWhenStopped = 5000;

interface LocalHome {
  pipeline: LoadedPipeline;
  work: Work;
  context: Context;
}

export function localHome({ pipeline, work, context }: LocalHome): Home {
  const { name } = pipeline.spec;
  const places = placesOf(pipeline, context.env);
  const { store: file, shownStore: shown, folder, runs } = places;
  const db = work.store;
  return {
    records: runs,
    async lock({ wait = 0 }) {
      await createPlaces(places, context);
      return takeLock({ file: join(folder, `${name}.lock`), what: `pipeline ${name}`, wait, db, context });
    },
    open() {
      const patience = context.signal.aborted ? patienceWhenStopped : usualPatience;
      return openWarehouse({ pipeline: name, file, shown, db, patience, context });
    },
  };
}

export async function createPlaces(places: Places, { effect }: Context): Promise<void> {
  await effect("places.create", () => places.create()).catch((error: unknown) => {
    throw new EtlError({
      code: "failed",
      message: `the folder of the pipeline's state cannot be made: ${messageOf(error)}`,
      hint: "The warehouse, the lock and the run records stand in it: may this user write there?",
      where: { file: places.folder },
      cause: error,
    });
  });
}
