/** https://cloud.google.com/bigquery/docs/reference/standard-sql/query-syntax#from_clause */
import { notHere } from "../api-error.ts";
import { parseExpression } from "./parse-expression.ts";
import type { Reader } from "./reader.ts";
import type { Expression, From } from "./syntax.ts";
import { parseAlias, parseQuery } from "./parse-query.ts";

export function parseFrom(reader: Reader): From {
  let left = parseFromItem(reader);
  for (;;) {
    const at = reader.peek();
    const join = parseJoin(reader);
    if (!join) return left;
    const right = parseFromItem(reader);
    left = { kind: "join", join, left, right, at, ...(join !== "CROSS" && parseCondition(reader, right)) };
  }
}

type Join = Extract<From, { kind: "join" }>["join"];

function parseJoin(reader: Reader): Join | undefined {
  if (reader.takes(",") || reader.takes("CROSS", "JOIN")) return "CROSS";
  if (reader.takes("JOIN") || reader.takes("INNER", "JOIN")) return "INNER";
  for (const join of ["LEFT", "RIGHT", "FULL"] as const) {
    if (reader.takes(join, "JOIN") || reader.takes(join, "OUTER", "JOIN")) return join;
  }
  return undefined;
}

function parseCondition(reader: Reader, right: From): { on?: Expression; using?: string[] } {
  if (reader.takes("ON")) return { on: parseExpression(reader) };
  // A join with the elements of a column's own array needs no condition.
  if (right.kind === "unnest" || (right.kind === "table" && !reader.sees("USING"))) return {};
  reader.expect("USING", "(");
  const using = [reader.name()];
  while (reader.takes(",")) using.push(reader.name());
  reader.expect(")");
  return { using };
}

function parseFromItem(reader: Reader): From {
  const at = reader.peek();
  if (reader.takes("UNNEST")) return parseUnnest(reader);
  if (!reader.takes("(")) return parseTable(reader);
  if (!reader.sees("SELECT") && !reader.sees("WITH") && !reader.sees("(")) {
    const inner = parseFrom(reader);
    reader.expect(")");
    return inner;
  }
  const query = parseQuery(reader);
  reader.expect(")");
  const alias = parseAlias(reader);
  return { kind: "subquery", query, ...(alias !== undefined && { alias }), at };
}

function parseUnnest(reader: Reader): From {
  const at = reader.peek();
  reader.expect("(");
  const of = parseExpression(reader);
  reader.expect(")");
  const alias = parseAlias(reader);
  const offset = reader.takes("WITH", "OFFSET") ? (parseAlias(reader) ?? "offset") : undefined;
  return { kind: "unnest", of, ...(alias !== undefined && { alias }), ...(offset !== undefined && { offset }), at };
}

function parseTable(reader: Reader): From {
  const at = reader.peek();
  const path = parseTablePath(reader);
  const asOf = parseAsOf(reader);
  const alias = parseAlias(reader);
  if (reader.sees("TABLESAMPLE")) throw notHere("TABLESAMPLE");
  const late = asOf ?? parseAsOf(reader);
  return { kind: "table", path, ...(alias !== undefined && { alias }), ...(late && { asOf: late }), at };
}

export function parseAsOf(reader: Reader): Expression | undefined {
  return reader.takes("FOR", "SYSTEM_TIME", "AS", "OF") ? parseExpression(reader) : undefined;
}

/** `d.t`, `` `project.dataset.table` ``, and `my-project.d.t`, whose dash needs no backticks there. */
export function parseTablePath(reader: Reader): string[] {
  const path = reader.peek().kind === "quoted" ? reader.next().text.split(".") : [parseDashed(reader)];
  while (reader.takes(".")) path.push(...reader.next().text.split("."));
  return path;
}

function parseDashed(reader: Reader): string {
  let name = reader.name();
  while (reader.sees("-") && /^(name|integer)$/.test(reader.peek(1).kind)) {
    reader.next();
    name += `-${reader.next().text}`;
  }
  return name;
}
