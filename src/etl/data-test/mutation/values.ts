/** What is computed: arithmetic, constants, CASE, NULLs, functions of one value. */
import { constant, isNull, nextFloat, type Tree } from "./tree.ts";
import { children, without, type Rule, type Slot } from "./mutation.ts";

const operators: Record<string, string> = { "+": "-", "-": "+", "*": "/", "/": "*", "//": "*", "%": "*" };

const arithmetic: Rule = function* ({ node, slot }) {
  const name = String(node["function_name"]);
  if (node["class"] !== "FUNCTION" || !node["is_operator"] || operators[name] === undefined) return;
  const [first, second] = children(node);
  const to = operators[name];
  if (second !== undefined)
    yield { kind: "arithmetic", in: node, key: "function_name", to, at: node, before: name, after: to };
  else if (name === "-")
    yield { kind: "arithmetic", ...slot, to: first, at: node, before: { tree: node }, after: { tree: first } };
};

const replaced: Record<string, string> = { greatest: "least", least: "greatest" };

/** Where a half goes: away from zero, or to the even one, as pandas does. */
const rounding: Record<string, string> = { round: "round_even", round_even: "round" };

/** Functions that change one value, and which of their arguments that is: without them it stays as it is. */
const changing = new Map<string, number>();
for (const name of [
  "upper",
  "ucase",
  "lower",
  "lcase",
  "trim",
  "ltrim",
  "rtrim",
  "replace",
  "regexp_replace",
  "reverse",
])
  changing.set(name, 0);
for (const name of [
  "round",
  "round_even",
  "abs",
  "floor",
  "ceil",
  "ceiling",
  "nullif",
  "strip_accents",
  "list_distinct",
  "list_sort",
])
  changing.set(name, 0);
for (const name of ["date_trunc", "datetrunc"]) changing.set(name, 1);

const dropFunction: Rule = function* ({ node, slot }) {
  if (node["class"] !== "FUNCTION" || node["is_operator"]) return;
  const name = String(node["function_name"]).toLowerCase();
  // The second cannot be left out of round_even.
  const other = replaced[name] ?? (children(node).length === 2 ? rounding[name] : undefined);
  if (other)
    yield { kind: "function", in: node, key: "function_name", to: other, at: node, before: name, after: other };
  const kept = children(node)[changing.get(name) ?? Number.NaN];
  if (kept === undefined) return;
  const to = named(kept, node);
  yield { kind: "function dropped", ...slot, to, at: node, before: { tree: node }, after: { tree: kept } };
};

/** What stands in another's place has its name too. */
function named(node: unknown, as: Tree): Tree {
  return { ...(node as Tree), alias: as["alias"] };
}

const coalesce: Rule = function* ({ node, slot }) {
  if (node["type"] !== "OPERATOR_COALESCE") return;
  const [first] = children(node);
  const shown = { before: { tree: node }, after: { tree: first } };
  yield { kind: "NULL", ...slot, to: named(first, node), at: node, keywords: ["COALESCE", "IFNULL"], ...shown };
};

const cast: Rule = function* ({ node }) {
  if (node["class"] !== "CAST" || node["try_cast"] !== true) return;
  const change = { in: node, key: "try_cast", to: false, at: node, keywords: ["TRY_CAST"] };
  yield { kind: "NULL", ...change, before: "TRY_CAST", after: "CAST" };
};

const branches: Rule = function* ({ node, slot }) {
  if (node["class"] !== "CASE") return;
  const checks = children(node, "case_checks") as { when_expr: Tree; then_expr: Tree }[];
  for (const [i, { when_expr: condition, then_expr: value }] of checks.entries()) {
    const rest = without(checks, i);
    const to = rest.length > 0 ? { ...node, case_checks: rest } : named(node["else_expr"], node);
    const before = { words: "WHEN", tree: condition };
    yield { kind: "branch dropped", ...slot, to, at: value, keywords: ["WHEN"], before, after: "" };
  }
  const otherwise = node["else_expr"];
  if (isNull(otherwise)) return;
  const shown = { before: { words: "ELSE", tree: otherwise }, after: "ELSE NULL" };
  const change = { in: node, key: "else_expr", to: constant(null), at: otherwise, keywords: ["ELSE"] };
  yield { kind: "branch dropped", ...change, ...shown };
};

interface Value {
  type: { id: string; type_info?: { width: number; scale: number } | null };
  is_null: boolean;
  value?: unknown;
}

/** Constants move by the least that they can; texts get a character more. */
const move: Rule = function* ({ node, slot, around }) {
  if (node["class"] !== "CONSTANT" || isPosition(slot, around)) return;
  const value = node["value"] as Value;
  const parent = around.at(-1);
  // The name of a part, not a value.
  if (parent?.["function_name"] === "struct_extract") return;
  const to = parent?.["class"] === "CAST" ? movedText(value, parent) : moved(value);
  if (to === undefined) return;
  const other = { ...node, value: to };
  // A literal such as DATE '2022-01-20' is a cast text.
  const shown = parent?.["class"] === "CAST" && value.type.id === "VARCHAR" ? parent : node;
  const after = shown === node ? other : { ...shown, child: other };
  yield { kind: "constant", ...slot, to: other, at: node, before: { tree: shown }, after: { tree: after } };
};

/** `ORDER BY 1` and `GROUP BY 1` name a column. */
function isPosition({ in: list, key }: Slot, around: Tree[]): boolean {
  const parent = around.at(-1);
  return parent?.["group_expressions"] === list || (key === "expression" && parent?.["null_order"] !== undefined);
}

const whole = /^U?(TINY|SMALL|BIG)?INT(EGER)?$/;

function moved(value: Value): Value | undefined {
  const { type, value: held } = value;
  if (type.id === "VARCHAR") return { ...value, value: `${String(held)}~` };
  if (type.id === "DOUBLE" || type.id === "FLOAT") return withValue(value, nextFloat(held));
  if (typeof held !== "number") return undefined;
  if (whole.test(type.id)) return { ...value, value: held + 1 };
  if (type.id !== "DECIMAL" || !type.type_info) return undefined;
  const width = Math.max(type.type_info.width, String(Math.abs(held + 1)).length);
  return { ...value, type: { ...type, type_info: { ...type.type_info, width } }, value: held + 1 };
}

function withValue(value: Value, to: string | undefined): Value | undefined {
  return to === undefined ? undefined : { ...value, value: to };
}

/** Of cast texts: true and false, and dates by a day. Numbers are cast only where an interval is made of them. */
function movedText(value: Value, { cast_type: to }: Tree): Value | undefined {
  const { id } = to as { id: string };
  const text = String(value.value);
  if (value.type.id !== "VARCHAR") return moved(value);
  if (id === "BOOLEAN" && /^[tf]$/.test(text)) return { ...value, value: text === "t" ? "f" : "t" };
  const [day] = /^\d{4}-\d\d-\d\d/.exec(text) ?? [];
  if (day === undefined || Number.isNaN(Date.parse(day))) return undefined;
  const next = new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
  return { ...value, value: next + text.slice(day.length) };
}

export const valueRules: Rule[] = [arithmetic, dropFunction, coalesce, cast, branches, move];
