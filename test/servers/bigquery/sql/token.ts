/** GoogleSQL, cut into words. https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical */
import { invalidQuery } from "../api-error.ts";
import type { Place } from "./syntax.ts";

export interface Token extends Place {
  kind: "name" | "quoted" | "integer" | "float" | "string" | "bytes" | "parameter" | "symbol" | "end";
  /** As it stands, without quotes and escapes. Bytes: latin1. */
  text: string;
  /** Where it begins and ends in the whole text. */
  from: number;
  to: number;
}

const blanks = /(?:\s+|--[^\n]*|#[^\n]*|\/\*[^]*?\*\/)+/y;
const patterns: [Token["kind"], RegExp][] = [
  [
    "string",
    /(?:rb|br|[rb])?(?:"""[^]*?(?<!\\)(?:\\\\)*"""|'''[^]*?(?<!\\)(?:\\\\)*'''|"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*')/iy,
  ],
  ["quoted", /`(?:[^`\\\n]|\\.)+`/y],
  ["parameter", /@[A-Za-z_]\w*/y],
  ["float", /(?:\d+\.\d*|\.\d+)(?:e[+-]?\d+)?|\d+e[+-]?\d+/iy],
  ["integer", /0x[0-9a-f]+|\d+/iy],
  ["name", /[A-Za-z_]\w*/y],
  ["symbol", /<=|>=|<>|!=|\|\||<<|>>|=>|[-+*/~&|^=<>().,;:[\]?]/y],
];

export function tokenise(sql: string): Token[] {
  const tokens: Token[] = [];
  const places = placesIn(sql);
  let at = skipBlanks(sql, 0);
  while (at < sql.length) {
    const token = readToken(sql, at, places(at));
    tokens.push(token);
    at = skipBlanks(sql, token.to);
  }
  tokens.push({ kind: "end", text: "", from: at, to: at, ...places(at) });
  return tokens;
}

function skipBlanks(sql: string, at: number): number {
  blanks.lastIndex = at;
  return blanks.test(sql) ? blanks.lastIndex : at;
}

function readToken(sql: string, at: number, place: Place): Token {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = at;
    const found = pattern.exec(sql)?.[0];
    if (found === undefined) continue;
    const parts = { from: at, to: at + found.length, ...place };
    if (kind === "string") return { ...readString(found, place), ...parts };
    if (kind === "quoted") return { kind, text: unescape(found.slice(1, -1), place), ...parts };
    return { kind, text: kind === "parameter" ? found.slice(1) : found, ...parts };
  }
  throw syntaxError(`Illegal input character "${sql[at]!}"`, place);
}

function readString(found: string, place: Place): { kind: "string" | "bytes"; text: string } {
  const prefix = /^[rb]*/i.exec(found)![0].toLowerCase();
  const quoted = found.slice(prefix.length);
  const marks = /^("""|''')/.test(quoted) && quoted.length >= 6 ? 3 : 1;
  const inner = quoted.slice(marks, -marks);
  const isBytes = prefix.includes("b");
  // One character for each byte, so that \xff is one byte and æ is two.
  const raw = isBytes ? Buffer.from(inner).toString("latin1") : inner;
  return { kind: isBytes ? "bytes" : "string", text: prefix.includes("r") ? raw : unescape(raw, place) };
}

const escapes: Record<string, string> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

function unescape(text: string, place: Place): string {
  return text.replaceAll(/\\(x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8}|[0-7]{3}|[^])/gi, (_, escape: string) => {
    if (/^x|^u/i.test(escape) && escape.length > 1) return String.fromCodePoint(Number.parseInt(escape.slice(1), 16));
    if (/^[0-7]{3}$/.test(escape)) return String.fromCodePoint(Number.parseInt(escape, 8));
    if (escape in escapes) return escapes[escape]!;
    if (/^[\\?"'`]$/.test(escape)) return escape;
    throw syntaxError(`Illegal escape sequence: \\${escape}`, place);
  });
}

/** Line and column of each place, both from 1. */
function placesIn(sql: string): (at: number) => Place {
  const starts = [0, ...[...sql.matchAll(/\n/g)].map(({ index }) => index + 1)];
  return (at) => {
    const line = starts.findLastIndex((start) => start <= at);
    return { line: line + 1, column: at - starts[line]! + 1 };
  };
}

export const syntaxError = (what: string, { line, column }: Place) =>
  invalidQuery(`Syntax error: ${what} at [${line}:${column}]`, "query");

export const queryError = (what: string, { line, column }: Place) =>
  invalidQuery(`${what} at [${line}:${column}]`, "query");
