/** Where runs are tried: on this machine alone, or against a BigQuery. */
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { RunCommandOptions } from "../../src/commands/run.ts";
import { find, leftovers, type Found } from "./published.ts";

/** A folder with a pipeline, and what belongs to it. */
export interface Place {
  root: string;
  folder: string;
  /** The temporary directory of its runs. */
  temporary: string;
  /** Its part of BigQuery, where it has one. */
  dataset?: string;
}

export interface World {
  /** Of every run. */
  options: RunCommandOptions;
  /** Keys of pipeline.yaml that the world needs. */
  pipeline: object;
  /** The dataset of tables, as pipeline.yaml says it. */
  dataset: string;
  /** Where runs are recorded as files, below the pipeline's folder. */
  runs?: string;
  /** Of the processes of one Job. */
  env(place: Place, job: string): Record<string, string>;
  make(): Promise<Place>;
  /** The same state once more. */
  copy(place: Place): Promise<Place>;
  /** What stands published, and what a run has left behind. */
  find(place: Place): Promise<Found>;
  remove(place: Place): Promise<void>;
}

export async function makePlace(): Promise<Place> {
  const root = await mkdtemp(join(tmpdir(), "nais-etl-kill-"));
  const place = { root, folder: join(root, "pipeline"), temporary: join(root, "tmp") };
  await mkdir(place.folder);
  await mkdir(place.temporary);
  return place;
}

export async function copyPlace({ folder }: Place): Promise<Place> {
  const place = await makePlace();
  await cp(folder, place.folder, { recursive: true });
  return place;
}

/** @param store the DuckDB file, below the pipeline's folder: beside the first output, unless the target is `local` */
export const worldOnDisk = (options: RunCommandOptions, store: string): World => ({
  options,
  pipeline: {},
  dataset: "lab",
  runs: join(dirname(store), "runs"),
  env: () => ({}),
  make: makePlace,
  copy: copyPlace,
  find: async ({ folder, temporary }) => ({ ...(await find(folder, store)), left: await leftovers(folder, temporary) }),
  remove: ({ root }) => rm(root, { recursive: true, force: true }),
});

export const localWorld = worldOnDisk({}, ".nais-etl/warehouse.duckdb");
