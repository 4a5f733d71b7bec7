/** Calls of functions, with all that may stand in their parentheses and behind them. */
import { parseExpression } from "./parse-expression.ts";
import { parsePart } from "./parse-special.ts";
import { parseOrderBy } from "./parse-query.ts";
import type { Reader } from "./reader.ts";
import type { CallModifiers, Expression, Window } from "./syntax.ts";

/** Functions whose names are keywords. */
const keywordFunctions = /^(IF|LEFT|RIGHT|GROUPING)$/i;

export function parseCall(reader: Reader): Expression | undefined {
  const at = reader.peek();
  const safe = reader.sees("SAFE", ".") && reader.peek(3).text === "(" && reader.takes("SAFE", ".");
  if (reader.peek(1).text !== "(" || reader.peek(1).kind !== "symbol") return undefined;
  if (!reader.isName() && !keywordFunctions.test(reader.peek().text)) reader.fail();
  const name = reader.next().text.toUpperCase();
  reader.expect("(");
  const modifiers: CallModifiers = {
    ...(safe && { safe }),
    ...(reader.takes("DISTINCT") && { distinct: true }),
  };
  const named: Record<string, Expression> = {};
  const args = parseArguments(reader, named);
  if (Object.keys(named).length > 0) modifiers.named = named;
  Object.assign(modifiers, parseInside(reader));
  reader.expect(")");
  if (reader.takes("OVER")) modifiers.over = parseWindow(reader);
  return { kind: "call", name, args, modifiers, at };
}

function parseArguments(reader: Reader, named: Record<string, Expression>): Expression[] {
  const args: Expression[] = [];
  if (reader.sees(")")) return args;
  do {
    const at = reader.peek();
    if (reader.takes("*")) args.push({ kind: "star", at });
    else if (isWeekPart(reader)) args.push({ kind: "path", names: [parsePart(reader)], at });
    else if (reader.peek(1).text === "=>") {
      const name = reader.next().text.toLowerCase();
      reader.expect("=>");
      named[name] = parseExpression(reader);
    } else args.push(parseExpression(reader));
  } while (reader.takes(","));
  return args;
}

/** `WEEK(MONDAY)` looks like a call. */
function isWeekPart(reader: Reader): boolean {
  return reader.sees("WEEK", "(") && /DAY$/i.test(reader.peek(2).text) && reader.peek(3).text === ")";
}

function parseInside(reader: Reader): CallModifiers {
  const modifiers: CallModifiers = {};
  for (const nulls of ["IGNORE", "RESPECT"] as const) if (reader.takes(nulls, "NULLS")) modifiers.nulls = nulls;
  if (reader.sees("ORDER", "BY")) modifiers.orderBy = parseOrderBy(reader);
  if (reader.takes("LIMIT")) modifiers.limit = parseExpression(reader);
  return modifiers;
}

function parseWindow(reader: Reader): Window {
  reader.expect("(");
  const partitionBy: Expression[] = [];
  if (reader.takes("PARTITION", "BY")) {
    do partitionBy.push(parseExpression(reader));
    while (reader.takes(","));
  }
  const orderBy = reader.sees("ORDER", "BY") ? parseOrderBy(reader) : [];
  const frame = parseFrame(reader);
  reader.expect(")");
  return { partitionBy, orderBy, ...(frame !== undefined && { frame }) };
}

const frameWords = /^(ROWS|RANGE|BETWEEN|UNBOUNDED|PRECEDING|FOLLOWING|CURRENT|ROW|AND)$/i;

function parseFrame(reader: Reader): string | undefined {
  if (!reader.sees("ROWS") && !reader.sees("RANGE")) return undefined;
  const words: string[] = [];
  while (frameWords.test(reader.peek().text) || reader.peek().kind === "integer") words.push(reader.next().text);
  return words.join(" ");
}
