/** Where a pipeline keeps its state and, on target `local`, its tables. */
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { LoadedPipeline } from "../spec/load.ts";
import { localTarget } from "../spec/target.ts";

export interface Places {
  /** Folder of locks, records and the state. */
  folder: string;
  /** The DuckDB file: the warehouse on target `local`, elsewhere the state of file outputs. */
  store: string;
  shownStore: string;
  runs: string;
  /** Makes the folders; to be called inside an effect. */
  create(): Promise<void>;
}

export const localFolder = ".nais-etl";

/** The warehouse of a local run; elsewhere the state lies beside the first output. */
export function placesOf(pipeline: LoadedPipeline): Places {
  const relative = pipeline.target === localTarget ? localFolder : join(folderOfFirstOutput(pipeline), localFolder);
  const name = pipeline.target === localTarget ? "warehouse.duckdb" : "state.duckdb";
  const folder = join(pipeline.folder, relative);
  const runs = join(folder, "runs");
  return {
    folder,
    store: join(folder, name),
    shownStore: pipeline.show(join(relative, name)),
    runs,
    async create() {
      await mkdir(runs, { recursive: true });
    },
  };
}

function folderOfFirstOutput({ spec }: LoadedPipeline): string {
  const file = Object.values(spec.outputs ?? {}).find((output) => output.type === "file");
  return file ? dirname(file.path) : ".";
}
