/**
 * A run that failed is taken up where it stopped: rows of models that took long are kept, on target `local`, and the next run
 * takes those of which nothing has changed. Elsewhere no disk outlives a pod; there, queries and loads are adopted in BigQuery.
 */
import { join } from "node:path";
import { version } from "../../util/version.ts";
import { localTarget } from "../../spec/target.ts";
import type { ExtractedSource } from "../extract/extracted.ts";
import { placesOf } from "../places.ts";
import { isForced } from "../publish/decide.ts";
import type { RunState } from "../run-state.ts";
import type { Table } from "../table.ts";
import type { Graph, ModelNode } from "../transform/graph.ts";
import { keptRows, type Kept, type KeptRows } from "./kept-rows.ts";
import { resultKeys, type ResultKeys } from "./result-key.ts";
import { volatileNames } from "./volatile.ts";

/** What is made again as quickly is not worth the disk. */
const leastSeconds = 1;

export interface Resume {
  /** Copies the model's rows into a file, if an earlier run has kept them. */
  adopt(node: ModelNode, file: string): Promise<Kept | undefined>;
  /** Keeps them, where that is of use. */
  keep(node: ModelNode, made: Made): Promise<void>;
}

interface Made {
  file: string | undefined;
  rows: number | undefined;
  bytes: number | undefined;
  seconds: number;
}

interface ResumeParts {
  state: RunState;
  graph: Graph;
  sources: readonly ExtractedSource[];
  tables: ReadonlyMap<string, Table>;
  bind: (sql: string) => string;
}

export function openResume(parts: ResumeParts): Resume {
  const { state } = parts;
  // Runs beside each other would take these files away from each other.
  const isAlone = state.options.ahead === undefined;
  if (state.pipeline.target !== localTarget || !isAlone)
    return { adopt: async () => undefined, keep: async () => undefined };
  const kept = keptOf(state);
  let keys: Promise<ResultKeys> | undefined;
  const keyOf = async (node: ModelNode) =>
    node.kind === "query" ? (await (keys ??= openKeys(parts))).of(node) : undefined;
  return {
    async adopt(node, file) {
      if (isForced(state) || !(await kept.isThere())) return undefined;
      const key = await keyOf(node);
      return key === undefined ? undefined : kept.adopt(key, file);
    },
    async keep(node, { file, rows, bytes, seconds }) {
      if (file === undefined || rows === undefined || bytes === undefined || seconds < leastOf(state)) return;
      const key = await keyOf(node);
      if (key !== undefined) await kept.keep(key, file, { rows, bytes, at: state.record.started_at });
    },
  };
}

/** A run has succeeded: nothing is left to take up. */
export async function endResume(state: RunState): Promise<void> {
  if (state.pipeline.target === localTarget) await keptOf(state).clear();
}

function keptOf({ pipeline, context }: RunState): KeptRows {
  return keptRows(join(placesOf(pipeline).folder, "resume", pipeline.spec.name), context);
}

function leastOf({ context }: RunState): number {
  return Number(context.env["NAIS_ETL_KEEP_SECONDS"] ?? leastSeconds);
}

async function openKeys({ state, ...parts }: ResumeParts): Promise<ResultKeys> {
  const { db } = state.work;
  const [[engine], volatile] = await Promise.all([db.query("SELECT version() AS v"), volatileNames(db)]);
  const versions = [version(), String(engine!["v"])];
  return resultKeys({ ...parts, pipeline: state.pipeline, versions, volatile });
}
