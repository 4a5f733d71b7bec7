/** Conditions: comparisons turned, bounds moved, parts of AND and OR left out. */
import { comparison, conjunction, constant, negation, type Tree } from "./tree.ts";
import { children, without, type Mutation, type Rule, type Shown } from "./mutation.ts";

const symbols: Record<string, string> = {
  COMPARE_EQUAL: "=",
  COMPARE_NOTEQUAL: "<>",
  COMPARE_LESSTHAN: "<",
  COMPARE_LESSTHANOREQUALTO: "<=",
  COMPARE_GREATERTHAN: ">",
  COMPARE_GREATERTHANOREQUALTO: ">=",
  COMPARE_DISTINCT_FROM: "IS DISTINCT FROM",
  COMPARE_NOT_DISTINCT_FROM: "IS NOT DISTINCT FROM",
  COMPARE_IN: "IN",
  COMPARE_NOT_IN: "NOT IN",
  OPERATOR_IS_NULL: "IS NULL",
  OPERATOR_IS_NOT_NULL: "IS NOT NULL",
  CONJUNCTION_AND: "AND",
  CONJUNCTION_OR: "OR",
  COMPARE_BETWEEN: "BETWEEN",
  COMPARE_NOT_BETWEEN: "NOT BETWEEN",
};

/** Of an order, its bound and its opposite; of those that know NULL, also the one that does not. */
const turned: Record<string, string[]> = {
  COMPARE_EQUAL: ["COMPARE_NOTEQUAL"],
  COMPARE_NOTEQUAL: ["COMPARE_EQUAL"],
  COMPARE_LESSTHAN: ["COMPARE_LESSTHANOREQUALTO", "COMPARE_GREATERTHANOREQUALTO"],
  COMPARE_LESSTHANOREQUALTO: ["COMPARE_LESSTHAN", "COMPARE_GREATERTHAN"],
  COMPARE_GREATERTHAN: ["COMPARE_GREATERTHANOREQUALTO", "COMPARE_LESSTHANOREQUALTO"],
  COMPARE_GREATERTHANOREQUALTO: ["COMPARE_GREATERTHAN", "COMPARE_LESSTHAN"],
  COMPARE_DISTINCT_FROM: ["COMPARE_NOT_DISTINCT_FROM", "COMPARE_NOTEQUAL"],
  COMPARE_NOT_DISTINCT_FROM: ["COMPARE_DISTINCT_FROM", "COMPARE_EQUAL"],
  COMPARE_IN: ["COMPARE_NOT_IN"],
  COMPARE_NOT_IN: ["COMPARE_IN"],
  OPERATOR_IS_NULL: ["OPERATOR_IS_NOT_NULL"],
  OPERATOR_IS_NOT_NULL: ["OPERATOR_IS_NULL"],
  CONJUNCTION_AND: ["CONJUNCTION_OR"],
  CONJUNCTION_OR: ["CONJUNCTION_AND"],
};

const turn: Rule = function* ({ node }) {
  const type = String(node["type"]);
  for (const to of turned[type] ?? []) {
    const kind = type.startsWith("CONJUNCTION") ? "logic" : type.includes("NULL") ? "NULL" : "comparison";
    yield { kind, in: node, key: "type", to, at: node, before: symbols[type]!, after: symbols[to]! };
  }
};

/** `a AND b AND c` without one of them. */
const dropPart: Rule = function* ({ node, slot }) {
  if (node["class"] !== "CONJUNCTION") return;
  const parts = children(node);
  for (const [i, part] of parts.entries()) {
    const rest = without(parts, i);
    const to = rest.length === 1 ? rest[0] : { ...node, children: rest };
    const before = { words: i === 0 ? "" : symbols[String(node["type"])]!, tree: part };
    yield { kind: "condition dropped", ...slot, to, at: part, before, after: "" };
  }
};

/** `IN (a, b)` without one of the values. */
const dropChoice: Rule = function* ({ node }) {
  const [, ...choices] = children(node);
  if (!/^COMPARE_(NOT_)?IN$/.test(String(node["type"])) || choices.length < 2) return;
  for (const [i, choice] of choices.entries()) {
    const to = without(children(node), i + 1);
    yield { kind: "value dropped", in: node, key: "children", to, at: choice, before: { tree: choice }, after: "" };
  }
};

/** Both bounds of BETWEEN belong to it. */
const between: Rule = function* ({ node, slot }) {
  if (node["type"] !== "COMPARE_BETWEEN") return;
  const { input, lower, upper } = node as { input: Tree; lower: Tree; upper: Tree };
  const low = (type: string) => comparison(type, input, lower);
  const high = (type: string) => comparison(type, input, upper);
  const both = (a: string, b: string) => conjunction("CONJUNCTION_AND", [low(a), high(b)]);
  const change = (to: Tree): Mutation => {
    return { kind: "comparison", ...slot, to, at: node, before: { tree: node }, after: { tree: to } };
  };
  yield change(both("COMPARE_GREATERTHAN", "COMPARE_LESSTHANOREQUALTO"));
  yield change(both("COMPARE_GREATERTHANOREQUALTO", "COMPARE_LESSTHAN"));
  yield change(negation(node));
};

const likes: Record<string, string> = { "~~": "!~~", "!~~": "~~", "~~*": "!~~*", "!~~*": "~~*" };
const likeWords: Record<string, string> = {
  "~~": "LIKE",
  "!~~": "NOT LIKE",
  "~~*": "ILIKE",
  "!~~*": "NOT ILIKE",
};

const like: Rule = function* ({ node }) {
  const name = String(node["function_name"]);
  const to = likes[name];
  if (node["class"] !== "FUNCTION" || to === undefined) return;
  const [before, after] = [likeWords[name]!, likeWords[to]!];
  yield { kind: "comparison", in: node, key: "function_name", to, at: node, before, after };
};

const negate: Rule = function* ({ node, slot, around }) {
  if (node["type"] === "OPERATOR_NOT") {
    const [child] = children(node);
    yield { kind: "logic", ...slot, to: child, at: node, before: { tree: node }, after: { tree: child } };
  }
  const isTest = node["class"] === "SUBQUERY" && /^(EXISTS|ANY)$/.test(String(node["subquery_type"]));
  if (!isTest || around.at(-1)?.["type"] === "OPERATOR_NOT") return;
  const [before, after] = node["subquery_type"] === "EXISTS" ? ["EXISTS", "NOT EXISTS"] : ["IN", "NOT IN"];
  yield { kind: "comparison", ...slot, to: negation(node), at: node, before, after };
};

/** Of a node that filters, the slots of its condition, and the word before each. */
const filters: [string, string][] = [
  ["where_clause", "WHERE"],
  ["having", "HAVING"],
  ["qualify", "QUALIFY"],
  ["filter", "FILTER"],
  ["filter_expr", "FILTER"],
];

/** Of `a AND b` the parts are dropped one by one, which says more. */
const dropFilter: Rule = function* ({ node }) {
  for (const [key, word] of filters) {
    const condition = node[key] as Tree | null | undefined;
    if (!condition || condition["type"] === "CONJUNCTION_AND") continue;
    const before: Shown = { words: word, tree: condition };
    yield { kind: "filter dropped", in: node, key, to: null, at: condition, keywords: [word], before, after: "" };
  }
};

const dropJoinCondition: Rule = function* ({ node }) {
  const condition = node["condition"] as Tree | null | undefined;
  if (node["type"] !== "JOIN" || !condition || condition["type"] === "CONJUNCTION_AND") return;
  const before: Shown = { words: "ON", tree: condition };
  const change = { in: node, key: "condition", to: constant(true), at: condition, keywords: ["ON"] };
  yield { kind: "filter dropped", ...change, before, after: "ON true" };
};

export const conditionRules: Rule[] = [
  turn,
  dropPart,
  dropChoice,
  between,
  like,
  negate,
  dropFilter,
  dropJoinCondition,
];
