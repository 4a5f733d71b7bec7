/** Aggregates and windows: another function, no DISTINCT, other partitions, another order. */
import { constant, type Tree } from "./tree.ts";
import { children, without, type Mutation, type Rule } from "./mutation.ts";

const swapped: Record<string, string> = {
  sum: "max",
  max: "min",
  min: "max",
  avg: "max",
  mean: "max",
  median: "max",
  first: "last",
  last: "first",
  arg_max: "arg_min",
  arg_min: "arg_max",
  max_by: "min_by",
  min_by: "max_by",
  bool_and: "bool_or",
  bool_or: "bool_and",
  lag: "lead",
  lead: "lag",
  rank: "dense_rank",
  dense_rank: "rank",
  first_value: "last_value",
  last_value: "first_value",
};

/** What the parser calls windows of these functions. */
const windowTypes: Record<string, string> = {
  lag: "WINDOW_LAG",
  lead: "WINDOW_LEAD",
  rank: "WINDOW_RANK",
  dense_rank: "WINDOW_RANK_DENSE",
  first_value: "WINDOW_FIRST_VALUE",
  last_value: "WINDOW_LAST_VALUE",
};

const isCall = (node: Tree) => node["class"] === "FUNCTION" || node["class"] === "WINDOW";
const nameOf = (node: Tree) => String(node["function_name"]).toLowerCase();

const swap: Rule = function* ({ node, slot }) {
  const to = swapped[nameOf(node)];
  if (!isCall(node) || to === undefined) return;
  const type = node["class"] === "WINDOW" && windowTypes[to] ? { type: windowTypes[to] } : {};
  const other = { ...node, function_name: to, ...type };
  yield { kind: "aggregate", ...slot, to: other, at: node, before: nameOf(node), after: to };
};

/** count(*), count(x) and count(DISTINCT x) differ by NULLs and by repetition. */
const counting: Rule = function* ({ node, slot }) {
  if (!isCall(node)) return;
  const name = nameOf(node);
  const change = (to: Tree): Mutation => {
    return { kind: "aggregate", ...slot, to, at: node, before: { tree: bare(node) }, after: { tree: bare(to) } };
  };
  if (name === "count_star" && node["class"] === "FUNCTION")
    yield change({ ...node, function_name: "count", children: [constant(1)], distinct: true });
  if (name !== "count" || node["distinct"] === true || children(node).length !== 1) return;
  yield change({ ...node, distinct: true });
  if (node["class"] === "FUNCTION") yield change({ ...node, function_name: "count_star", children: [] });
};

const dropDistinct: Rule = function* ({ node, slot }) {
  if (!isCall(node) || node["distinct"] !== true) return;
  const to = { ...node, distinct: false };
  const shown = { before: { tree: bare(node) }, after: { tree: bare(to) } };
  yield { kind: "DISTINCT dropped", ...slot, to, at: node, ...shown };
};

/** Without what the change does not touch. */
function bare(node: Tree): Tree {
  return { ...node, alias: "", ...("filter" in node && { filter: null }) };
}

const partitions: Rule = function* ({ node }) {
  if (node["class"] !== "WINDOW") return;
  const list = children(node, "partitions");
  for (const [i, part] of list.entries()) {
    const before = { words: "PARTITION BY", tree: part };
    const change = { in: node, key: "partitions", to: without(list, i), at: part };
    yield { kind: "partition dropped", ...change, before, after: "" };
  }
};

/** Each of a list of orders turned, and left out where another one is left. */
export function* turnOrders(orders: Tree[], slot: { in: Tree; key: string }): Generator<Mutation> {
  for (const [i, order] of orders.entries()) {
    const at = order["expression"];
    const [before, after, to] =
      order["type"] === "DESCENDING" ? ["DESC", "ASC", "ASCENDING"] : ["ASC", "DESC", "DESCENDING"];
    yield { kind: "order", in: order, key: "type", to, at, before: { tree: at, end: before }, after };
    if (orders.length === 1) continue;
    const dropped = { words: "ORDER BY", tree: at };
    yield { kind: "order dropped", ...slot, to: without(orders, i), at, before: dropped, after: "" };
  }
}

const orders: Rule = function* ({ node }) {
  if (node["class"] === "WINDOW") yield* turnOrders(children(node, "orders") as Tree[], { in: node, key: "orders" });
  const within = node["order_bys"] as Tree | null | undefined;
  if (node["class"] === "FUNCTION" && within)
    yield* turnOrders(children(within, "orders") as Tree[], { in: within, key: "orders" });
};

export const aggregateRules: Rule[] = [swap, counting, dropDistinct, partitions, orders];
