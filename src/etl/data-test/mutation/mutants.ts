/** Every change of a model's query that a test should notice. */
import type { Queryable } from "../../engine/engine.ts";
import { positionAt, tokenize, type Token } from "../../transform/sql-text.ts";
import { aggregateRules } from "./aggregates.ts";
import { clauseRules } from "./clauses.ts";
import { conditionRules } from "./conditions.ts";
import type { Mutation, Rule, Shown, Slot } from "./mutation.ts";
import { byteOf, parseTree, printTrees, startOf, writeJson, type Parsed, type Tree } from "./tree.ts";
import { valueRules } from "./values.ts";

export interface Mutant {
  kind: string;
  /** From 1, in the model's file. */
  line: number;
  column: number;
  before: string;
  after: string;
  /** The changed query. */
  sql: string;
}

export interface Mutants {
  /** The query as the engine prints it when nothing is changed. */
  original: string;
  mutants: Mutant[];
}

const rules: Rule[] = [...conditionRules, ...valueRules, ...aggregateRules, ...clauseRules];

/**
 * @param ordered whether a test asks for the order of the rows
 * @returns undefined where the engine's parser cannot tell a query's parts (PIVOT)
 */
export async function findMutants(
  { sql, ordered }: { sql: string; ordered: boolean },
  engine: Queryable,
): Promise<Mutants | undefined> {
  const parsed = await parseTree(sql, engine);
  if (!parsed) return undefined;
  const mutations = [...visit(parsed.root, { in: {}, key: "" }, [], ordered)];
  const documents = mutations.map((mutation) => changed(parsed, mutation));
  const [original, ...texts] = await printTrees([writeJson(parsed.document), ...documents], engine);
  if (original === undefined) return undefined;
  const shown = await showAll(mutations, parsed, engine);
  const places = placesIn(sql);
  const seen = new Set([original]);
  const mutants = mutations.flatMap((mutation, i): Mutant[] => {
    const text = texts[i];
    if (text === undefined || seen.has(text)) return [];
    seen.add(text);
    return [{ kind: mutation.kind, ...places(mutation), ...shown[i]!, sql: text }];
  });
  return { original, mutants: mutants.toSorted((a, b) => a.line - b.line || a.column - b.column) };
}

function* visit(value: unknown, slot: Slot, around: Tree[], ordered: boolean): Generator<Mutation> {
  if (typeof value !== "object" || value === null) return;
  if (Array.isArray(value)) {
    for (const [key, item] of value.entries()) yield* visit(item, { in: value, key }, around, ordered);
    return;
  }
  const node = value as Tree;
  for (const rule of rules) yield* rule({ node, slot, around, ordered });
  const inner = [...around, node];
  for (const [key, item] of Object.entries(node)) yield* visit(item, { in: node, key }, inner, ordered);
}

/** The document with the change, as text; the tree itself is as it was. */
function changed({ document }: Parsed, mutation: Mutation): string {
  const holder = mutation.in as Tree;
  const { key, to } = mutation;
  const before = holder[key];
  holder[key] = to;
  const text = writeJson(document);
  holder[key] = before;
  return text;
}

/** Longer texts are cut: the place is known. */
const widest = 70;

async function showAll(mutations: Mutation[], { document }: Parsed, engine: Queryable) {
  const empty = (await parseTree("SELECT 1", engine))!;
  const pieces = mutations.flatMap(({ before, after }) => [before, after]);
  const trees = pieces.map((piece) => (typeof piece === "string" ? undefined : { ...(piece.tree as Tree), alias: "" }));
  const statement = (tree: Tree) => {
    const node = { ...empty.root, select_list: [tree] };
    return writeJson({ ...document, statements: [{ ...(document["statements"] as Tree[])[0], node }] });
  };
  const printed = await printTrees(
    trees.flatMap((tree) => (tree ? [statement(tree)] : [])),
    engine,
  );
  let next = 0;
  const texts = pieces.map((piece, i) => showPiece(piece, trees[i] && printed[next++]));
  return mutations.map((_, i) => ({ before: texts[2 * i]!, after: texts[2 * i + 1]! }));
}

function showPiece(piece: Shown, printed: string | undefined): string {
  if (typeof piece === "string") return piece;
  const expression = asWritten((printed ?? "SELECT …").replace(/^SELECT /, ""));
  const text = [piece.words, expression, piece.end].filter((part) => part).join(" ");
  return text.length > widest ? `${text.slice(0, widest - 1)}…` : text;
}

/** What the engine prints otherwise than people write it. */
function asWritten(text: string): string {
  return unwrapped(text)
    .replaceAll("!=", "<>")
    .replaceAll("count_star()", "count(*)")
    .replaceAll("CAST('t' AS BOOLEAN)", "true")
    .replaceAll("CAST('f' AS BOOLEAN)", "false")
    .replaceAll(/CAST\(('\d{4}-[^']*') AS (DATE|TIMESTAMP)\)/g, "$2 $1")
    .replaceAll(/\bmain\./g, "")
    .replaceAll(/"(\w+)"(?=\()/g, "$1");
}

/** Without brackets around all of it. */
function unwrapped(text: string): string {
  if (!text.startsWith("(") || !text.endsWith(")")) return text;
  let depth = 0;
  for (const token of tokenize(text)) {
    if (token.text === "(") depth++;
    if (token.text === ")" && --depth === 0 && token.offset < text.length - 1) return text;
  }
  return unwrapped(text.slice(1, -1));
}

/** Line and column of a mutation. */
function placesIn(sql: string): (mutation: Mutation) => { line: number; column: number } {
  const bytes = Buffer.from(sql);
  const words = tokenize(sql).filter(({ kind }) => kind === "word");
  return ({ at, before, keywords = [] }) => {
    const byte = (typeof before === "string" ? byteOf(at) : startOf(at)) ?? (keywords.length > 0 ? bytes.length : 0);
    const offset = bytes.toString("utf8", 0, byte).length;
    return positionAt(sql, keywordBefore(words, offset, keywords)?.offset ?? offset);
  };
}

function keywordBefore(words: Token[], offset: number, keywords: string[]): Token | undefined {
  return words.findLast((word) => word.offset < offset && keywords.includes(word.text.toUpperCase()));
}
