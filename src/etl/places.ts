/** Where a pipeline keeps its state and, on target `local`, its tables. */
import { mkdir } from "node:fs/promises";
import { dirname, isAbsolute, join, resolve } from "node:path";
import type { Context } from "../util/context.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { replaceReferences } from "../spec/reference.ts";
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

/** The warehouse of a local run; elsewhere the state lies beside the first output, in the part of its path that no run changes. */
export function placesOf(pipeline: LoadedPipeline, env: Context["env"] = {}): Places {
  const relative =
    pipeline.target === localTarget ? localFolder : join(folderOfFirstOutput(pipeline, env), localFolder);
  const name = pipeline.target === localTarget ? "warehouse.duckdb" : "state.duckdb";
  const folder = resolve(pipeline.folder, relative);
  const runs = join(folder, "runs");
  return {
    folder,
    store: join(folder, name),
    shownStore: isAbsolute(relative) ? join(relative, name) : pipeline.show(join(relative, name)),
    runs,
    async create() {
      await mkdir(runs, { recursive: true });
    },
  };
}

function folderOfFirstOutput({ spec }: LoadedPipeline, env: Context["env"]): string {
  const file = Object.values(spec.outputs ?? {}).find((output) => output.type === "file");
  if (!file) return ".";
  const path = replaceReferences(file.path, (kind, name) => (kind === "env" ? env[name] : undefined));
  const [start = ""] = path.split("${");
  return start === path ? dirname(path) : dirname(`${start}…`);
}
