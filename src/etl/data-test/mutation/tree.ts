/** A query as the engine's parser gives it (json_serialize_sql), and back to text. */
import type { Queryable } from "../../engine/engine.ts";

/** A node of the tree: JSON, with the parser's own names. */
export type Tree = Record<string, unknown>;

export interface Parsed {
  /** The statement's topmost node, in its {@link Parsed.document}. */
  root: Tree;
  /** What is printed back. */
  document: Tree;
}

/** Undefined where the parser has no JSON for it (PIVOT), or more than one statement. */
export async function parseTree(sql: string, engine: Queryable): Promise<Parsed | undefined> {
  const [row] = await engine.query(`SELECT json_serialize_sql(${engine.dialect.quoteText(sql)}) AS parsed`);
  const document = readJson(String(row!["parsed"])) as Tree;
  const statements = document["statements"] as { node: Tree }[] | undefined;
  return statements?.length === 1 ? { root: statements[0]!.node, document } : undefined;
}

/** The texts of documents, each as {@link writeJson} wrote it; undefined for one that the engine cannot print. */
export async function printTrees(documents: string[], engine: Queryable): Promise<(string | undefined)[]> {
  if (documents.length === 0) return [];
  const { quoteText } = engine.dialect;
  const list = documents.map((text, i) => `(${i}, ${quoteText(text)})`).join(", ");
  try {
    const sql = `SELECT json_deserialize_sql(tree) AS sql FROM (VALUES ${list}) AS trees(i, tree) ORDER BY i`;
    return (await engine.query(sql)).map((row) => String(row["sql"]));
  } catch {
    if (documents.length === 1) return [undefined];
    const half = Math.ceil(documents.length / 2);
    return [
      ...(await printTrees(documents.slice(0, half), engine)),
      ...(await printTrees(documents.slice(half), engine)),
    ];
  }
}

/** What stands before a number that would not be written as it was read: such are kept as text. */
const mark = "\u0001";

const stringOrNumber = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/** Longer integers lose digits in JavaScript, and `1.0` its point, without which the engine takes it for an integer. */
const isMarked = (part: string) => !part.startsWith('"') && (part.length > 15 || /[.eE]/.test(part));

function readJson(text: string): unknown {
  return JSON.parse(text.replaceAll(stringOrNumber, (part) => (isMarked(part) ? `"\\u0001${part}"` : part)));
}

export function writeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(/"\\u0001(-?\d[\d.eE+-]*)"/g, "$1");
}

/** A number with a point, one greater; undefined for anything else. */
export function nextFloat(value: unknown): string | undefined {
  if (typeof value !== "string" || !value.startsWith(mark)) return undefined;
  const next = Number(value.slice(1)) + 1;
  return Number.isFinite(next) ? `${mark}${Number.isInteger(next) ? next.toFixed(1) : next}` : undefined;
}

/** What the parser says where it does not know the place: 2^64 - 1. */
const nowhere = `${mark}18446744073709551615`;

/** Byte of the query at which a node has its place (an operator: between its sides), or else that of its {@link startOf}. */
export function byteOf(node: unknown): number | undefined {
  const own = (node as Tree | null)?.["query_location"];
  return typeof own === "number" ? own : startOf(node);
}

/** The first byte of a node and of what it holds; undefined where the parser knows none. */
export function startOf(node: unknown): number | undefined {
  if (typeof node !== "object" || node === null) return undefined;
  const own = (node as Tree)["query_location"];
  const bytes = [own, ...Object.values(node).map(startOf)].filter((byte) => typeof byte === "number");
  return bytes.length > 0 ? Math.min(...bytes) : undefined;
}

export function comparison(type: string, left: unknown, right: unknown): Tree {
  return { class: "COMPARISON", type, alias: "", query_location: nowhere, left, right };
}

export function conjunction(type: "CONJUNCTION_AND" | "CONJUNCTION_OR", children: unknown[]): Tree {
  return { class: "CONJUNCTION", type, alias: "", query_location: nowhere, children };
}

export function negation(child: unknown): Tree {
  return { class: "OPERATOR", type: "OPERATOR_NOT", alias: "", query_location: nowhere, children: [child] };
}

/** NULL, TRUE and small numbers, as expressions. */
export function constant(value: number | boolean | null): Tree {
  if (typeof value === "boolean") {
    const text = { type: { id: "VARCHAR", type_info: null }, is_null: false, value: value ? "t" : "f" };
    return {
      class: "CAST",
      type: "OPERATOR_CAST",
      alias: "",
      query_location: nowhere,
      child: { class: "CONSTANT", type: "VALUE_CONSTANT", alias: "", query_location: nowhere, value: text },
      cast_type: { id: "BOOLEAN", type_info: null },
      try_cast: false,
    };
  }
  const held =
    value === null
      ? { type: { id: "NULL", type_info: null }, is_null: true }
      : { type: { id: "INTEGER", type_info: null }, is_null: false, value };
  return { class: "CONSTANT", type: "VALUE_CONSTANT", alias: "", query_location: nowhere, value: held };
}

export function isNull(node: unknown): boolean {
  const value = (node as Tree | null)?.["value"] as { is_null?: boolean } | undefined;
  return node === null || node === undefined || value?.is_null === true;
}
