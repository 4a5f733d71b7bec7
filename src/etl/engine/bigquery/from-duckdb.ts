/**
 * A model's query in GoogleSQL, for its author to paste into `query:`. Only what is known to mean the same in both is
 * translated: for anything else there is no translation, never a guess.
 * DuckDB's parser gives the tree: https://duckdb.org/docs/stable/sql/functions/json#serializing-and-deserializing-sql-to-json-and-vice-versa
 */
import { quoteIdentifier, quoteText } from "./sql.ts";

/** A node of the tree, without what is null or has its default. */
type Node = Record<string, unknown>;

export interface Translated {
  sql: string;
  /** Names of its columns. */
  columns: string[];
  /** Whether it gives fewer rows than it reads. */
  reduces: boolean;
}

export interface From {
  /** The one table that the query may read, and what stands for it in GoogleSQL. */
  name: string;
  as: string;
  /** Its columns whose values compare and add up alike in both: not FLOAT64. */
  columns: ReadonlySet<string>;
  /** Whether a person looks at the rows: then `*` is fine, and columns need no names. */
  shown?: boolean;
}

/** Thrown where something is not known to mean the same. */
class Unknown extends Error {}

/** @returns undefined where a part of the query is not known to mean the same in GoogleSQL */
export function fromDuckdb(tree: unknown, from: From): Translated | undefined {
  try {
    return translate(tree as Node, from);
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
}

const queryKeys = [
  "type",
  "modifiers",
  "select_list",
  "from_table",
  "where_clause",
  "group_expressions",
  "group_sets",
  "aggregate_handling",
  "having",
];

function translate(tree: Node, from: From): Translated {
  allow(tree, queryKeys);
  if (tree["type"] !== "SELECT_NODE") throw new Unknown();
  const table = fromTable(tree["from_table"] as Node, from);
  const scope: Scope = { columns: from.columns, table, shown: from.shown === true };
  const items = list(tree["select_list"]).map((item) => selected(item, scope));
  const distinct = list(tree["modifiers"]).map(isDistinct).length > 0;
  const group = groupBy(tree, items, scope);
  const where = tree["where_clause"] ? [`WHERE ${expression(tree["where_clause"], scope)}`] : [];
  const having = tree["having"] ? [`HAVING ${expression(tree["having"], scope)}`] : [];
  const lines = [
    `SELECT ${distinct ? "DISTINCT " : ""}${items.map(({ text }) => text).join(", ")}`,
    `FROM ${from.as}${table === from.name ? "" : ` AS ${quoteIdentifier(table)}`}`,
    ...where,
    ...group,
    ...having,
  ];
  const reduces = distinct || group.length > 0 || where.length > 0 || items.some(({ isAggregate }) => isAggregate);
  return { sql: lines.join("\n"), columns: items.map(({ name }) => name), reduces };
}

interface Scope {
  columns: ReadonlySet<string>;
  /** What the table is called in the query. */
  table: string;
  shown: boolean;
}

/** Anything that stands in the tree and is not looked at would be lost. */
function allow(node: Node, keys: string[]): void {
  for (const [key, value] of Object.entries(node))
    if (!keys.includes(key) && key !== "query_location" && !isEmpty(value)) throw new Unknown();
}

function isEmpty(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value === null || value === "";
  return Object.values(value).every(isEmpty);
}

function list(value: unknown): Node[] {
  return (value ?? []) as Node[];
}

function fromTable(node: Node, { name }: From): string {
  allow(node, ["type", "table_name", "alias"]);
  if (node["type"] !== "BASE_TABLE" || node["table_name"] !== name) throw new Unknown();
  return (node["alias"] as string | undefined) ?? name;
}

function isDistinct(modifier: Node): void {
  allow(modifier, ["type"]);
  if (modifier["type"] !== "DISTINCT_MODIFIER") throw new Unknown();
}

interface Selected {
  text: string;
  name: string;
  isColumn: boolean;
  isAggregate: boolean;
}

function selected(node: Node, scope: Scope): Selected {
  if (scope.shown && node["class"] === "STAR") return star(node);
  const { alias, ...rest } = node;
  const text = expression(rest, scope);
  const column = rest["class"] === "COLUMN_REF" ? (rest["column_names"] as string[]).at(-1)! : undefined;
  const name = (alias as string | undefined) ?? column ?? (scope.shown ? "" : undefined);
  if (name === undefined) throw new Unknown();
  const isAggregate = aggregates.has(String(rest["function_name"]));
  const shown = column === name || name === "" ? text : `${text} AS ${quoteIdentifier(name)}`;
  return { text: shown, name, isColumn: column === name, isAggregate };
}

function star(node: Node): Selected {
  allow(node, ["class", "type", "relation_name"]);
  return { text: "*", name: "", isColumn: true, isAggregate: false };
}

function groupBy(tree: Node, items: Selected[], scope: Scope): string[] {
  if (tree["aggregate_handling"] === "FORCE_AGGREGATES") return ["GROUP BY ALL"];
  const groups = list(tree["group_expressions"]);
  if (groups.length === 0) return [];
  const sets = (tree["group_sets"] ?? [groups.map((_, i) => i)]) as number[][];
  if (sets.length !== 1 || sets[0]!.length !== groups.length) throw new Unknown();
  return [`GROUP BY ${groups.map((group) => grouped(group, items, scope)).join(", ")}`];
}

/** A column, or the name of something in the list; which of the two is meant where both are, differs. */
function grouped(group: Node, items: Selected[], scope: Scope): string {
  const names = group["class"] === "COLUMN_REF" ? (group["column_names"] as string[]) : [];
  const item = items.find(({ name, isColumn }) => !isColumn && name === names.at(-1));
  if (!item) return expression(group, scope);
  if (scope.columns.has(item.name)) throw new Unknown();
  return quoteIdentifier(item.name);
}

const aggregates = new Set(["count", "count_star", "sum", "min", "max"]);

const comparisons: Record<string, string> = {
  COMPARE_EQUAL: "=",
  COMPARE_NOTEQUAL: "<>",
  COMPARE_LESSTHAN: "<",
  COMPARE_GREATERTHAN: ">",
  COMPARE_LESSTHANOREQUALTO: "<=",
  COMPARE_GREATERTHANOREQUALTO: ">=",
  COMPARE_DISTINCT_FROM: "IS DISTINCT FROM",
  COMPARE_NOT_DISTINCT_FROM: "IS NOT DISTINCT FROM",
};

function expression(value: unknown, scope: Scope): string {
  const node = value as Node;
  const inner = (key: string) => expression(node[key], scope);
  const all = (key: string) => list(node[key]).map((child) => expression(child, scope));
  switch (node["class"]) {
    case "COLUMN_REF":
      return column(node, scope);
    case "CONSTANT":
      return constant(node);
    case "PARAMETER":
      return parameter(node);
    case "COMPARISON": {
      allow(node, ["class", "type", "left", "right"]);
      return `(${inner("left")} ${known(comparisons, node["type"])} ${inner("right")})`;
    }
    case "CONJUNCTION":
      allow(node, ["class", "type", "children"]);
      return `(${all("children").join(node["type"] === "CONJUNCTION_AND" ? " AND " : " OR ")})`;
    case "BETWEEN":
      allow(node, ["class", "type", "input", "lower", "upper"]);
      return `(${inner("input")} BETWEEN ${inner("lower")} AND ${inner("upper")})`;
    case "OPERATOR":
      return operator(node, all("children"));
    case "CASE":
      return caseOf(node, scope);
    case "CAST":
      return literal(node);
    case "FUNCTION":
      return call(node, scope);
    default:
      throw new Unknown();
  }
}

function known(table: Record<string, string>, key: unknown): string {
  const found = Object.hasOwn(table, String(key)) ? table[String(key)] : undefined;
  if (found === undefined) throw new Unknown();
  return found;
}

function column(node: Node, { columns, table }: Scope): string {
  allow(node, ["class", "type", "column_names"]);
  const names = node["column_names"] as string[];
  const name = names.at(-1)!;
  if (names.length > 2 || (names.length === 2 && names[0] !== table) || !columns.has(name)) throw new Unknown();
  return quoteIdentifier(name);
}

/** Texts, whole numbers and NULL. A number with a point is a decimal here and a FLOAT64 there. */
function constant(node: Node): string {
  allow(node, ["class", "type", "value"]);
  const { type, is_null: isNull, value } = node["value"] as { type: { id: string }; is_null: boolean; value: unknown };
  if (isNull) return "NULL";
  if (type.id === "VARCHAR") return quoteText(String(value));
  if (type.id === "INTEGER" || type.id === "BIGINT") return String(value);
  throw new Unknown();
}

function parameter(node: Node): string {
  allow(node, ["class", "type", "identifier"]);
  return `@${String(node["identifier"])}`;
}

/** TRUE, FALSE and DATE '…' are casts of texts. Other casts read texts each in its own way. */
function literal(node: Node): string {
  allow(node, ["class", "type", "child", "cast_type"]);
  const { id } = node["cast_type"] as { id: string };
  const child = node["child"] as Node;
  const value = child["class"] === "CONSTANT" ? (child["value"] as { value: unknown }).value : undefined;
  if (id === "BOOLEAN" && (value === "t" || value === "f")) return value === "t" ? "TRUE" : "FALSE";
  if (id === "DATE" && typeof value === "string" && /^\d{4}-\d{2}-\d{2}$/.test(value))
    return `DATE ${quoteText(value)}`;
  throw new Unknown();
}

function operator(node: Node, children: string[]): string {
  allow(node, ["class", "type", "children"]);
  const [first = "", ...rest] = children;
  switch (node["type"]) {
    case "OPERATOR_IS_NULL":
      return `(${first} IS NULL)`;
    case "OPERATOR_IS_NOT_NULL":
      return `(${first} IS NOT NULL)`;
    case "OPERATOR_NOT":
      return `(NOT ${first})`;
    case "OPERATOR_COALESCE":
      return `COALESCE(${children.join(", ")})`;
    case "COMPARE_IN":
      return `(${first} IN (${rest.join(", ")}))`;
    case "COMPARE_NOT_IN":
      return `(${first} NOT IN (${rest.join(", ")}))`;
    default:
      throw new Unknown();
  }
}

function caseOf(node: Node, scope: Scope): string {
  allow(node, ["class", "type", "case_checks", "else_expr"]);
  const checks = list(node["case_checks"]).map(
    ({ when_expr: when, then_expr: then }) => `WHEN ${expression(when, scope)} THEN ${expression(then, scope)}`,
  );
  const otherwise = node["else_expr"] ? ` ELSE ${expression(node["else_expr"], scope)}` : "";
  return `CASE ${checks.join(" ")}${otherwise} END`;
}

const infix: Record<string, string> = { "+": "+", "-": "-", "*": "*", "||": "||" };

function call(node: Node, scope: Scope): string {
  allow(node, ["class", "type", "function_name", "children", "distinct", "filter", "order_bys", "is_operator"]);
  allow((node["order_bys"] ?? {}) as Node, ["type"]);
  const name = String(node["function_name"]);
  const children = list(node["children"]);
  const texts = children.map((child) => expression(child, scope));
  if (node["filter"]) {
    if (name !== "count_star") throw new Unknown();
    return `COUNTIF(${expression(node["filter"], scope)})`;
  }
  if (name === "count_star") return "COUNT(*)";
  if (aggregates.has(name) && texts.length === 1)
    return `${name.toUpperCase()}(${node["distinct"] ? "DISTINCT " : ""}${texts[0]})`;
  if (name === "~~" || name === "!~~") return like(children, texts, name === "~~" ? "LIKE" : "NOT LIKE");
  if (node["distinct"] || texts.length !== 2) throw new Unknown();
  return `(${texts[0]} ${known(infix, name)} ${texts[1]})`;
}

/** A backslash in a pattern has a meaning in GoogleSQL alone. */
function like(children: Node[], [text = "", pattern = ""]: string[], operation: string): string {
  const { value } = (children[1]?.["value"] ?? {}) as { value?: unknown };
  if (typeof value !== "string" || value.includes("\\")) throw new Unknown();
  return `(${text} ${operation} ${pattern})`;
}
