/** One change of a query's tree, and how it is told. */
import type { Tree } from "./tree.ts";

/** Where a value stands: `in[key]`. */
export interface Slot {
  in: Tree | unknown[];
  key: string | number;
}

/** A piece of SQL as it is shown: words, or an expression of the tree with words around it. */
export type Shown = string | { words?: string; tree: unknown; end?: string };

export interface Mutation extends Slot {
  /** What is changed, in a word or two: `comparison`, `filter dropped`. */
  kind: string;
  /** What is put into the slot. */
  to: unknown;
  /** The node whose place in the query is the mutation's. */
  at: unknown;
  /** Words of the query, one of which stands before that node, where the mutation is of this word: `WHERE`. */
  keywords?: string[];
  before: Shown;
  /** Empty where something is dropped. */
  after: Shown;
}

/** What a rule sees of a node. */
export interface Visit {
  node: Tree;
  slot: Slot;
  /** The nodes around it, the nearest last. */
  around: Tree[];
  /** Whether a test asks for the order of the query's rows. */
  ordered: boolean;
}

export type Rule = (visit: Visit) => Iterable<Mutation>;

export function children(node: Tree, key = "children"): unknown[] {
  return (node[key] as unknown[] | undefined) ?? [];
}

/** The same list without one of its items. */
export function without(list: unknown[], i: number): unknown[] {
  return list.filter((_, at) => at !== i);
}
