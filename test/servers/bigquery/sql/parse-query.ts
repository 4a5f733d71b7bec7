/** https://cloud.google.com/bigquery/docs/reference/standard-sql/query-syntax */
import { notHere } from "../api-error.ts";
import { parseExpression } from "./parse-expression.ts";
import type { Reader } from "./reader.ts";
import type { Expression, OrderItem, Query, QueryBody, Select, SelectItem } from "./syntax.ts";
import { parseFrom } from "./parse-from.ts";

export function parseQuery(reader: Reader): Query {
  const at = reader.peek();
  const named: Query["with"] = [];
  if (reader.takes("WITH")) {
    if (reader.sees("RECURSIVE")) throw notHere("WITH RECURSIVE");
    do {
      const name = reader.name();
      reader.expect("AS", "(");
      named.push({ name, query: parseQuery(reader) });
      reader.expect(")");
    } while (reader.takes(","));
  }
  const body = parseSetOperation(reader);
  const orderBy = reader.sees("ORDER", "BY") ? parseOrderBy(reader) : [];
  const limit = reader.takes("LIMIT") ? parseExpression(reader) : undefined;
  const offset = limit && reader.takes("OFFSET") ? parseExpression(reader) : undefined;
  return { at, with: named, body, orderBy, ...(limit && { limit }), ...(offset && { offset }) };
}

function parseSetOperation(reader: Reader): QueryBody {
  const first = parseBody(reader);
  const operator = parseOperator(reader);
  if (!operator) return first;
  const parts = [first, parseBody(reader)];
  for (let next = parseOperator(reader); next; next = parseOperator(reader)) {
    // BigQuery wants parentheses there, too.
    if (next !== operator) reader.fail();
    parts.push(parseBody(reader));
  }
  return { kind: "set", operator, parts };
}

type Operator = Extract<QueryBody, { kind: "set" }>["operator"];

function parseOperator(reader: Reader): Operator | undefined {
  if (reader.takes("UNION", "ALL")) return "UNION ALL";
  for (const word of ["UNION", "INTERSECT", "EXCEPT"] as const) {
    if (!reader.takes(word)) continue;
    reader.expect("DISTINCT");
    return `${word} DISTINCT`;
  }
  return undefined;
}

function parseBody(reader: Reader): QueryBody {
  if (!reader.takes("(")) return parseSelect(reader);
  const query = parseQuery(reader);
  reader.expect(")");
  return { kind: "query", query };
}

function parseSelect(reader: Reader): Select {
  const at = reader.peek();
  reader.expect("SELECT");
  const distinct = reader.takes("DISTINCT") || (reader.takes("ALL"), false);
  const asStruct = reader.takes("AS", "STRUCT");
  const items = [parseItem(reader)];
  while (reader.takes(",") && !reader.sees("FROM")) items.push(parseItem(reader));
  const select: Select = { kind: "select", at, distinct, asStruct, items };
  if (reader.takes("FROM")) select.from = parseFrom(reader);
  if (reader.takes("WHERE")) select.where = parseExpression(reader);
  if (reader.takes("GROUP", "BY")) select.groupBy = parseGroupBy(reader);
  if (reader.takes("HAVING")) select.having = parseExpression(reader);
  if (reader.takes("QUALIFY")) select.qualify = parseExpression(reader);
  if (reader.sees("WINDOW")) throw notHere("named windows");
  return select;
}

function parseGroupBy(reader: Reader): Expression[] | "ALL" {
  if (reader.takes("ALL")) return "ALL";
  for (const word of ["ROLLUP", "CUBE", "GROUPING"]) if (reader.sees(word)) throw notHere(`GROUP BY ${word}`);
  const list = [parseExpression(reader)];
  while (reader.takes(",")) list.push(parseExpression(reader));
  return list;
}

function parseItem(reader: Reader): SelectItem {
  const at = reader.peek();
  if (reader.takes("*")) return parseStar(reader, { kind: "star", except: [], replace: [], at });
  const value = parseExpression(reader);
  if (reader.takes(".", "*")) return parseStar(reader, { kind: "star", of: value, except: [], replace: [], at });
  const alias = parseAlias(reader);
  return { kind: "expression", value, ...(alias !== undefined && { alias }) };
}

function parseStar(reader: Reader, star: Extract<SelectItem, { kind: "star" }>): SelectItem {
  if (reader.takes("EXCEPT")) {
    reader.expect("(");
    do star.except.push(reader.name());
    while (reader.takes(","));
    reader.expect(")");
  }
  if (reader.takes("REPLACE")) {
    reader.expect("(");
    do {
      const value = parseExpression(reader);
      reader.expect("AS");
      star.replace.push({ value, alias: reader.name() });
    } while (reader.takes(","));
    reader.expect(")");
  }
  return star;
}

export function parseAlias(reader: Reader): string | undefined {
  if (reader.takes("AS")) return reader.name();
  return reader.isName() ? reader.name() : undefined;
}

export function parseOrderBy(reader: Reader): OrderItem[] {
  reader.expect("ORDER", "BY");
  const items: OrderItem[] = [];
  do {
    const of = parseExpression(reader);
    const descending = reader.takes("DESC") || (reader.takes("ASC"), false);
    const nulls = (["FIRST", "LAST"] as const).find((it) => reader.takes("NULLS", it));
    items.push({ of, descending, ...(nulls && { nulls }) });
  } while (reader.takes(","));
  return items;
}
