/** Clauses: kinds of joins, DISTINCT, LIMIT and its order, UNION and its kin. */
import { children, without, type Rule } from "./mutation.ts";
import { turnOrders } from "./aggregates.ts";
import type { Tree } from "./tree.ts";

const joins: Record<string, string[]> = {
  INNER: ["LEFT"],
  LEFT: ["INNER"],
  RIGHT: ["INNER"],
  FULL: ["LEFT", "RIGHT"],
  SEMI: ["ANTI"],
  ANTI: ["SEMI"],
};

const words = (kind: string) => (kind === "INNER" ? "JOIN" : `${kind} JOIN`);

const joinKind: Rule = function* ({ node }) {
  const kind = String(node["join_type"]);
  const kinds = /^(REGULAR|NATURAL|ASOF)$/.test(String(node["ref_type"])) ? (joins[kind] ?? []) : [];
  if (node["type"] !== "JOIN") return;
  for (const to of kinds) {
    const change = { in: node, key: "join_type", to, at: node["right"], keywords: ["JOIN"] };
    yield { kind: "join", ...change, before: words(kind), after: words(to) };
  }
};

const joinColumns: Rule = function* ({ node }) {
  const columns = children(node, "using_columns") as string[];
  if (node["type"] !== "JOIN" || columns.length < 2) return;
  for (const [i, column] of columns.entries()) {
    const change = { in: node, key: "using_columns", to: without(columns, i), at: node["right"] };
    yield { kind: "condition dropped", ...change, before: `USING (${columns.join(", ")})`, after: `without ${column}` };
  }
};

const isLimit = ({ type }: Tree) => String(type).startsWith("LIMIT");
const chooses = (modifier: Tree) => isLimit(modifier) || children(modifier, "distinct_on_targets").length > 0;

/** Of a number the constant moves; an order counts where it says which rows there are. */
const modifiers: Rule = function* ({ node, around, ordered }) {
  const list = children(node, "modifiers") as Tree[];
  for (const [i, modifier] of list.entries()) {
    const change = { in: node, key: "modifiers", to: without(list, i), at: children(node, "select_list") };
    if (modifier["type"] === "DISTINCT_MODIFIER")
      yield { kind: "DISTINCT dropped", ...change, keywords: ["DISTINCT"], before: "DISTINCT", after: "" };
    const limit = modifier["limit"] as Tree | null | undefined;
    if (isLimit(modifier) && limit && limit["class"] !== "CONSTANT")
      yield {
        kind: "LIMIT dropped",
        ...change,
        at: limit,
        keywords: ["LIMIT"],
        before: { words: "LIMIT", tree: limit },
        after: "",
      };
    const counts = list.some(chooses) || (around.length === 0 && ordered);
    if (modifier["type"] === "ORDER_MODIFIER" && counts)
      yield* turnOrders(children(modifier, "orders") as Tree[], { in: modifier, key: "orders" });
  }
};

const union = (all: boolean) => (all ? "UNION ALL" : "UNION");

const setOperations: Rule = function* ({ node }) {
  if (node["type"] !== "SET_OPERATION_NODE") return;
  const kind = String(node["setop_type"]);
  const all = node["setop_all"] === true;
  const at = node["right"];
  const keyword = kind.split("_")[0]!;
  if (keyword === "UNION") {
    const shown = { before: union(all), after: union(!all) };
    yield { kind: "set operation", in: node, key: "setop_all", to: !all, at, keywords: [keyword], ...shown };
  }
  const to = { EXCEPT: "INTERSECT", INTERSECT: "EXCEPT" }[kind];
  if (to)
    yield { kind: "set operation", in: node, key: "setop_type", to, at, keywords: [keyword], before: kind, after: to };
};

export const clauseRules: Rule[] = [joinKind, joinColumns, modifiers, setOperations];
