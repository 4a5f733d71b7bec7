/**
 * SQL as text: its tokens, enough to find parameters and habits from other dialects
 * without ever looking inside strings and comments.
 */

export interface Token {
  kind: "word" | "string" | "quoted" | "backtick" | "comment" | "parameter" | "at" | "hash" | "number" | "symbol";
  text: string;
  /** Index of the first character in the text. */
  offset: number;
}

const rules: [Token["kind"], RegExp][] = [
  ["comment", /--[^\n]*/y],
  ["string", /[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'|\$\$[\s\S]*?\$\$|\$([A-Za-z_]\w*)\$[\s\S]*?\$\1\$/y],
  ["quoted", /"(?:[^"]|"")*"/y],
  ["backtick", /`[^`]*`/y],
  ["parameter", /\$[\p{L}_][\p{L}\p{N}_]*/uy],
  ["at", /@[\p{L}_][\p{L}\p{N}_]*/uy],
  // GoogleSQL's other comment. `#1`, the first column, is DuckDB's.
  ["hash", /#(?!\d)[^\n]*/y],
  ["number", /\d[\d_]*(?:\.\d+)?(?:[eE][+-]?\d+)?/y],
  ["word", /[\p{L}_][\p{L}\p{N}_]*/uy],
  ["symbol", /[^\s]/uy],
];

/** The tokens of an SQL text, without white space. What is not understood is a one-character symbol: nothing is lost. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  let offset = 0;
  while (offset < sql.length) {
    const token = tokenAt(sql, offset);
    if (token) tokens.push(token);
    offset += token?.text.length ?? 1;
  }
  return tokens;
}

function tokenAt(sql: string, offset: number): Token | undefined {
  const comment = blockComment(sql, offset);
  if (comment !== undefined) return { kind: "comment", text: comment, offset };
  for (const [kind, rule] of rules) {
    rule.lastIndex = offset;
    const match = rule.exec(sql);
    if (match) return { kind, text: match[0], offset };
  }
  return undefined;
}

/** The comment that begins here; one may hold others. */
function blockComment(sql: string, offset: number): string | undefined {
  if (!sql.startsWith("/*", offset)) return undefined;
  let depth = 0;
  for (const { 0: mark, index } of sql.slice(offset).matchAll(/\/\*|\*\//g)) {
    depth += mark === "/*" ? 1 : -1;
    if (depth === 0) return sql.slice(offset, offset + index + mark.length);
  }
  return undefined;
}

/** Line and column, from 1, of an index in a text. */
export function positionAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const line = before.split("\n").length;
  return { line, column: offset - before.lastIndexOf("\n") };
}

/** The text with each `$name` replaced; line breaks stay where they are, so that the engine's line numbers hold. */
export function replaceParameters(sql: string, replace: (name: string) => string | undefined): string {
  let result = "";
  let end = 0;
  for (const token of tokenize(sql)) {
    if (token.kind !== "parameter") continue;
    result += sql.slice(end, token.offset) + (replace(token.text.slice(1)) ?? token.text);
    end = token.offset + token.text.length;
  }
  return result + sql.slice(end);
}

/** The statement without comments and semicolons at its end, which could not stand inside another. */
export function trimStatement(sql: string): string {
  const tokens = tokenize(sql);
  const last = tokens.findLast((token) => token.kind !== "comment" && token.text !== ";");
  return last ? sql.slice(0, last.offset + last.text.length) : "";
}
