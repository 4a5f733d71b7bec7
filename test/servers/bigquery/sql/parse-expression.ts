/** https://cloud.google.com/bigquery/docs/reference/standard-sql/operators */
import { scalar, type SqlType } from "../value/type.ts";
import { parseCall } from "./parse-call.ts";
import { parseQuery } from "./parse-query.ts";
import { closeAngle, parseType } from "./parse-type.ts";
import type { Reader } from "./reader.ts";
import type { Expression, Query } from "./syntax.ts";

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
function parseList(reader: Reader, close: string): Expression[] {
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

function parseUnary(reader: Reader): Expression {
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

function parsePostfix(reader: Reader, start: Expression): Expression {
  let of = start;
  for (;;) {
    const at = reader.peek();
    if (reader.takes(".")) of = { kind: "field", of, name: reader.next().text, at };
    else if (reader.takes("[")) of = parseIndex(reader, of);
    else return of;
  }
}

function parseIndex(reader: Reader, of: Expression): Expression {
  const at = reader.peek();
  const mode = ["OFFSET", "ORDINAL", "SAFE_OFFSET", "SAFE_ORDINAL"].find((it) => reader.takes(it, "("));
  const index = parseExpression(reader);
  if (mode) reader.expect(")");
  reader.expect("]");
  return { kind: "index", of, mode: mode ?? "OFFSET", position: index, at };
}

function parsePrimary(reader: Reader): Expression {
  const at = reader.peek();
  const literal = parseLiteral(reader);
  if (literal) return literal;
  if (at.kind === "parameter") return { kind: "parameter", name: reader.next().text, at };
  if (reader.takes("(")) return parseParenthesis(reader);
  if (reader.takes("[")) return { kind: "array", elements: reader.takes("]") ? [] : parseList(reader, "]"), at };
  const special = specials.find(([word]) => reader.sees(word));
  if (special) return special[1](reader);
  if (!reader.isName() && !reader.peek(1).text.startsWith("(")) reader.fail();
  return parseCall(reader) ?? parsePath(reader);
}

function parsePath(reader: Reader): Expression {
  const at = reader.peek();
  const names = [reader.name()];
  while (reader.sees(".") && reader.peek(1).text !== "*") {
    reader.next();
    names.push(reader.next().text);
  }
  return { kind: "path", names, at };
}

function parseLiteral(reader: Reader): Expression | undefined {
  const at = reader.peek();
  const kinds = { integer: "INT64", float: "FLOAT64", string: "STRING", bytes: "BYTES" } as const;
  if (at.kind in kinds) {
    const text = reader.next().text;
    return { kind: "literal", type: scalar(kinds[at.kind as keyof typeof kinds]), text: hex(at.kind, text), at };
  }
  if (reader.takes("NULL")) return { kind: "null", at };
  for (const text of ["TRUE", "FALSE"])
    if (reader.takes(text)) return { kind: "literal", type: scalar("BOOL"), text, at };
  return parseTyped(reader);
}

const hex = (kind: string, text: string) => (kind === "integer" && /^0x/i.test(text) ? String(BigInt(text)) : text);

const typed = ["DATE", "DATETIME", "TIME", "TIMESTAMP", "NUMERIC", "DECIMAL", "BIGNUMERIC", "BIGDECIMAL", "JSON"];
const names: Record<string, string> = { DECIMAL: "NUMERIC", BIGDECIMAL: "BIGNUMERIC" };

/** `DATE '2020-01-01'` */
function parseTyped(reader: Reader): Expression | undefined {
  const at = reader.peek();
  const word = typed.find((it) => reader.sees(it));
  if (at.kind !== "name" || !word || reader.peek(1).kind !== "string") return undefined;
  reader.next();
  const kind = (names[word] ?? word) as "DATE";
  return { kind: "literal", type: scalar(kind), text: reader.next().text, at };
}

function parseParenthesis(reader: Reader): Expression {
  const at = reader.peek();
  if (reader.sees("SELECT") || reader.sees("WITH")) {
    const query = parseQuery(reader);
    reader.expect(")");
    return { kind: "subquery", query, at };
  }
  const values = parseList(reader, ")");
  if (values.length === 1) return values[0]!;
  return { kind: "struct", fields: values.map((value) => ({ value })), at };
}

const specials: [string, (reader: Reader) => Expression][] = [
  ["CASE", parseCase],
  ["CAST", parseCast],
  ["SAFE_CAST", parseCast],
  ["EXTRACT", parseExtract],
  ["EXISTS", parseExists],
  ["ARRAY", parseArray],
  ["STRUCT", parseStruct],
  ["INTERVAL", parseInterval],
];

function parseCase(reader: Reader): Expression {
  const at = reader.next();
  const operand = reader.sees("WHEN") ? undefined : parseExpression(reader);
  const whens = [];
  while (reader.takes("WHEN")) {
    const when = parseExpression(reader);
    reader.expect("THEN");
    whens.push({ when, result: parseExpression(reader) });
  }
  const otherwise = reader.takes("ELSE") ? parseExpression(reader) : undefined;
  reader.expect("END");
  return { kind: "case", ...(operand && { operand }), whens, ...(otherwise && { otherwise }), at };
}

function parseCast(reader: Reader): Expression {
  const at = reader.next();
  reader.expect("(");
  const of = parseExpression(reader);
  reader.expect("AS");
  const { type, parameters } = parseType(reader);
  if (parameters.length > 0) reader.fail();
  reader.expect(")");
  return { kind: "cast", of, type, safe: at.text.toUpperCase() === "SAFE_CAST", at };
}

function parseExtract(reader: Reader): Expression {
  const at = reader.next();
  reader.expect("(");
  const part = parsePart(reader);
  reader.expect("FROM");
  const of = parseExpression(reader);
  const zone = reader.takes("AT", "TIME", "ZONE") ? parseExpression(reader) : undefined;
  reader.expect(")");
  return { kind: "extract", part, of, ...(zone && { zone }), at };
}

/** `MONTH`, `WEEK(MONDAY)` */
export function parsePart(reader: Reader): string {
  const part = reader.name().toUpperCase();
  if (!reader.takes("(")) return part;
  const day = reader.name().toUpperCase();
  reader.expect(")");
  return `${part}(${day})`;
}

function parseExists(reader: Reader): Expression {
  const at = reader.next();
  reader.expect("(");
  const query = parseQuery(reader);
  reader.expect(")");
  return { kind: "exists", query, at };
}

function parseArray(reader: Reader): Expression {
  const at = reader.next();
  if (reader.takes("(")) {
    const query = parseQuery(reader);
    reader.expect(")");
    return { kind: "arrayQuery", query, at };
  }
  let element: SqlType | undefined;
  if (reader.takes("<")) {
    element = parseType(reader).type;
    closeAngle(reader);
  }
  reader.expect("[");
  const elements = reader.takes("]") ? [] : parseList(reader, "]");
  return { kind: "array", elements, ...(element && { element }), at };
}

function parseStruct(reader: Reader): Expression {
  const at = reader.peek();
  const type = reader.peek(1).text === "<" ? parseType(reader).type : (reader.next(), undefined);
  reader.expect("(");
  const fields: { name?: string; value: Expression }[] = [];
  if (!reader.takes(")")) {
    do {
      const value = parseExpression(reader);
      const name = reader.takes("AS") ? reader.name() : undefined;
      fields.push({ value, ...(name !== undefined && { name }) });
    } while (reader.takes(","));
    reader.expect(")");
  }
  return { kind: "struct", fields, ...(type && { type }), at };
}

function parseInterval(reader: Reader): Expression {
  const at = reader.next();
  const count = parseUnary(reader);
  return { kind: "interval", count, part: parsePart(reader), at };
}
