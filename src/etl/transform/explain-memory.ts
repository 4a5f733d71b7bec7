/** A model for which the engine's memory is too little, also the second time: what holds so much, and what to ask for. */
import { EtlError } from "../../util/error.ts";
import { formatMemory } from "../../spec/resources.ts";
import type { Database } from "../engine/duckdb/duckdb.ts";
import { holdsRows } from "../engine/duckdb/holds-rows.ts";
import { isShortOfMemory } from "../engine/duckdb/sparing.ts";
import { memoryLimit, thisMachine } from "../engine/limits.ts";
import type { ModelNode } from "./graph.ts";

interface Short {
  node: ModelNode;
  sql: string;
  db: Database;
}

const usual = 512 * 1024 ** 2;

/** Undefined for any other error. */
export async function explainMemory(error: unknown, { node, sql, db }: Short): Promise<EtlError | undefined> {
  if (error instanceof EtlError || !isShortOfMemory(error)) return undefined;
  const holds = await holdsRows(db, sql);
  const twice = formatMemory(2 * ((await memoryLimit(thisMachine)) ?? usual));
  const split = "Give a part of it a model of its own with `materialize: table`";
  return new EtlError({
    code: "failed",
    part: `model ${node.name}`,
    message: `the engine ran out of memory, also with spilling to disk${holds === undefined ? "" : `: ${holds}`}`,
    hint: `${split}, or reduce earlier: filter and aggregate in the first model, or in \`query:\`. Or give the job more memory (nais: { resources: { limits: { memory: ${twice} } } }).`,
    where: { file: node.file.shown },
    cause: error,
  });
}
