/**
 * One backfill of a pipeline at a time: of two, each would read the intervals of the other, and all but one of these readings
 * would be for nothing. It only saves work: that nothing is published twice is the business of the runs' own lock and records.
 */
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { Context } from "../../util/context.ts";
import { EtlError } from "../../util/error.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { openDuckdb } from "../engine/duckdb/duckdb.ts";
import { takeLock as lockFile } from "../engine/duckdb/lock.ts";
import { readLimits } from "../engine/limits.ts";
import { livesInBigQuery } from "../find-home.ts";
import { identifyRun } from "../identity.ts";
import { createPlaces } from "../local-home.ts";
import { onlooker } from "../onlooker.ts";
import { placesOf } from "../places.ts";
import { findPlace } from "../publish/bigquery/home.ts";
import { takeLock as lockTable } from "../publish/bigquery/lock.ts";

interface BeAlone {
  pipeline: LoadedPipeline;
  params: Record<string, string>;
  /** Milliseconds to wait for another backfill of the pipeline. */
  wait: number;
}

export interface Alone {
  /** Whether another was at work until now: what is missing has become less. */
  waited: boolean;
  release: () => Promise<void>;
}

/** @throws {EtlError} `locked`, naming the other, when it goes on for longer than `wait` */
export async function beAlone(asked: BeAlone, context: Context): Promise<Alone> {
  const take = livesInBigQuery(asked.pipeline) ? inDataset(asked, context) : await onDisk(asked, context);
  try {
    return { waited: false, release: await take(0) };
  } catch (error) {
    if (!(error instanceof EtlError) || error.code !== "locked" || asked.wait === 0) throw error;
    return { waited: true, release: await take(asked.wait) };
  }
}

type Take = (wait: number) => Promise<() => Promise<void>>;

const who = "backfill";

function inDataset({ pipeline, params }: BeAlone, context: Context): Take {
  const { name } = pipeline.spec;
  const { holder } = identifyRun({ pipeline, label: undefined, backfill: true, context });
  const session = randomUUID().slice(0, 13);
  const onLost = (reason: Error) => context.log.debug(`another backfill may be at work, too: ${reason.message}`);
  return async (wait) => {
    const { client, home } = await findPlace(onlooker(pipeline, context, params));
    const table = { ...home, table: `_nais_etl_lock_${name}_backfill` };
    return lockTable({ client, name: table, pipeline: name, execution: holder!, session, wait, onLost, who });
  };
}

/** The operating system gives it back when this process dies. */
async function onDisk({ pipeline }: BeAlone, context: Context): Promise<Take> {
  const { name } = pipeline.spec;
  const places = placesOf(pipeline, context.env);
  await createPlaces(places, context);
  const temporaryFolder = join(context.tmpdir, `nais-etl-backfill-${context.host.pid}`);
  const limits = await readLimits(context.tmpdir);
  return async (wait) => {
    const db = await openDuckdb({ limits, temporaryFolder });
    const close = async () => {
      db.close();
      await context.effect("backfill.tidy", () => rm(temporaryFolder, { recursive: true, force: true }));
    };
    const file = join(places.folder, `${name}.backfill.lock`);
    try {
      const release = await lockFile({ file, what: `pipeline ${name}`, wait, db, context, who });
      return () => release().finally(close);
    } catch (error) {
      await close();
      throw error;
    }
  };
}
