/** Expressions that begin with a word of their own: CASE, CAST, EXTRACT, EXISTS, ARRAY, STRUCT, INTERVAL. */
import type { SqlType } from "../value/type.ts";
import { parseQuery } from "./parse-query.ts";
import { closeAngle, parseType } from "./parse-type.ts";
import type { Reader } from "./reader.ts";
import type { Expression } from "./syntax.ts";
import { parseExpression, parseList, parseUnary } from "./parse-expression.ts";

export const specials: [string, (reader: Reader) => Expression][] = [
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
