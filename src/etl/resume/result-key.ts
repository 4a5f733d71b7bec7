/**
 * What a model's rows are made of, as one text: the same key, the same rows. A query stands for its rows where all that it
 * reads has a key; rows that come from elsewhere stand for themselves, by their content.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline as pipe } from "node:stream/promises";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { ExtractedSource } from "../extract/extracted.ts";
import type { Table } from "../table.ts";
import type { Graph, QueryNode } from "../transform/graph.ts";
import { isVolatile } from "./volatile.ts";

export interface ResultKeys {
  /** Undefined where its rows may be others the next time. All that the model reads must be there. */
  of(node: QueryNode): Promise<string | undefined>;
}

export interface KeyParts {
  graph: Graph;
  sources: readonly ExtractedSource[];
  tables: ReadonlyMap<string, Table>;
  pipeline: LoadedPipeline;
  bind: (sql: string) => string;
  /** Of this program and of the engine: another one may make other rows. */
  versions: string[];
  volatile: ReadonlySet<string>;
}

export function resultKeys(parts: KeyParts): ResultKeys {
  const known = new Map<string, Promise<string | undefined>>();
  const keyOf = (name: string): Promise<string | undefined> => {
    const key = known.get(name) ?? findKey(name);
    known.set(name, key);
    return key;
  };
  const findKey = async (name: string) => {
    const node = parts.graph.models.find((model) => model.name === name);
    return node?.kind === "query" && isReproducible(node, parts) ? ofQuery(node) : contentKey(name, parts);
  };
  const ofQuery = async (node: QueryNode) => {
    const inputs = await Promise.all([...node.reads, ...node.awaits].map(keyOf));
    if (inputs.includes(undefined)) return undefined;
    const declared = parts.pipeline.spec.models?.[node.name];
    return hash([...parts.versions, node.name, parts.bind(node.sql), declared, inputs]);
  };
  return { of: async (node) => (isReproducible(node, parts) ? keyOf(node.name) : undefined) };
}

/** What a query reads whose columns depend on the data, is not known for sure. */
function isReproducible({ sql, isDynamic }: QueryNode, { volatile }: KeyParts): boolean {
  return !isDynamic && !isVolatile(sql, volatile);
}

async function contentKey(name: string, { tables, sources }: KeyParts): Promise<string | undefined> {
  const file = tables.get(name)?.file;
  if (file !== undefined) return hashFile(file);
  const source = sources.find((one) => one.name === name);
  if (!source || source.files.length === 0) return undefined;
  const states = await Promise.all(source.files.map(async (path) => ({ path, state: await stat(path) })));
  return hash(states.map(({ path, state: { size, mtimeMs } }) => [path, size, mtimeMs]));
}

function hash(parts: unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
}

async function hashFile(path: string): Promise<string> {
  const digest = createHash("sha256");
  await pipe(createReadStream(path), digest);
  return digest.digest("hex").slice(0, 32);
}
