/** The smallest parts of expressions: literals, names, parentheses, and what stands behind them. */
import { scalar } from "../value/type.ts";
import { parseCall } from "./parse-call.ts";
import { parseQuery } from "./parse-query.ts";
import type { Reader } from "./reader.ts";
import type { Expression } from "./syntax.ts";
import { parseExpression, parseList } from "./parse-expression.ts";
import { specials } from "./parse-special.ts";

export function parsePostfix(reader: Reader, start: Expression): Expression {
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

export function parsePrimary(reader: Reader): Expression {
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
