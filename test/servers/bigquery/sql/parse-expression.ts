/** https://cloud.google.com/bigquery/docs/reference/standard-sql/operators */
import { parseQuery } from "./parse-query.ts";
import type { Reader } from "./reader.ts";
import type { Expression, Query } from "./syntax.ts";
import { parsePostfix, parsePrimary } from "./parse-primary.ts";

export function parseExpression(reader: Reader): Expression {
  return parseLogical(reader, "OR", () => parseLogical(reader, "AND", () => parseNot(reader)));
}

function parseLogical(reader: Reader, operator: string, parsePart: () => Expression): Expression {
  let left = parsePart();
  while (reader.sees(operator)) {
    const at = reader.next();
    left = { kind: "binary", operator, left, right: parsePart(), at };
  }
  return left;
}

function parseNot(reader: Reader): Expression {
  const at = reader.peek();
  if (reader.takes("NOT")) return { kind: "unary", operator: "NOT", of: parseNot(reader), at };
  return parseComparison(reader);
}

function parseComparison(reader: Reader): Expression {
  let left = parseBinary(reader, 0);
  for (;;) {
    const at = reader.peek();
    const more = parseComparisonTail(reader, left);
    if (!more) return left;
    left = { ...more, at };
  }
}

function parseComparisonTail(reader: Reader, left: Expression): Expression | undefined {
  const at = reader.peek();
  if (at.kind === "symbol" && /^(=|<>|!=|<|>|<=|>=)$/.test(at.text)) {
    const operator = reader.next().text.replace("!=", "<>");
    return { kind: "binary", operator, left, right: parseBinary(reader, 0), at };
  }
  if (reader.takes("IS")) return parseIs(reader, left);
  const not = reader.sees("NOT") && /^(IN|LIKE|BETWEEN)$/i.test(reader.peek(1).text) && reader.takes("NOT");
  if (reader.takes("IN")) return { kind: "in", of: left, list: parseInList(reader), not, at };
  if (reader.takes("LIKE")) return { kind: "like", of: left, pattern: parseBinary(reader, 0), not, at };
  if (!reader.takes("BETWEEN")) return undefined;
  const low = parseBinary(reader, 0);
  reader.expect("AND");
  return { kind: "between", of: left, low, high: parseBinary(reader, 0), not, at };
}

function parseIs(reader: Reader, of: Expression): Expression {
  const at = reader.peek();
  const not = reader.takes("NOT");
  if (reader.takes("DISTINCT", "FROM")) return { kind: "distinct", left: of, right: parseBinary(reader, 0), not, at };
  for (const what of ["NULL", "TRUE", "FALSE"] as const)
    if (reader.takes(what)) return { kind: "is", of, what, not, at };
  return reader.fail();
}

function parseInList(reader: Reader): Expression[] | Query | { unnest: Expression } {
  if (reader.takes("UNNEST")) {
    reader.expect("(");
    const unnest = parseExpression(reader);
    reader.expect(")");
    return { unnest };
  }
  reader.expect("(");
  if (reader.sees("SELECT") || reader.sees("WITH")) {
    const query = parseQuery(reader);
    reader.expect(")");
    return query;
  }
  return parseList(reader, ")");
}

/** Expressions up to and with the closing symbol; at least one. */
export function parseList(reader: Reader, close: string): Expression[] {
  const list = [parseExpression(reader)];
  while (reader.takes(",")) list.push(parseExpression(reader));
  reader.expect(close);
  return list;
}

/** From the loosest to the tightest. */
const levels = [["|"], ["^"], ["&"], ["<<", ">>"], ["+", "-"], ["*", "/", "||"]];

function parseBinary(reader: Reader, level: number): Expression {
  const operators = levels[level];
  if (!operators) return parseUnary(reader);
  let left = parseBinary(reader, level + 1);
  while (reader.peek().kind === "symbol" && operators.includes(reader.peek().text)) {
    const at = reader.next();
    left = { kind: "binary", operator: at.text, left, right: parseBinary(reader, level + 1), at };
  }
  return left;
}

export function parseUnary(reader: Reader): Expression {
  const at = reader.peek();
  for (const operator of ["-", "+", "~"] as const) {
    if (!reader.takes(operator)) continue;
    const of = parseUnary(reader);
    // The smallest INT64 has no positive twin.
    if (operator === "-" && of.kind === "literal" && /^\d/.test(of.text)) return { ...of, text: `-${of.text}`, at };
    return { kind: "unary", operator, of, at };
  }
  return parsePostfix(reader, parsePrimary(reader));
}
