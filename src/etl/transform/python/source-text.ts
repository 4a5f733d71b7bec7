/**
 * The text of a Python file, as far as it must be known before any Python runs: its logical lines, in tokens. Strings and
 * comments are never looked into. What Python itself would refuse is passed over here: Python says it better.
 */

export interface PythonToken {
  kind: "word" | "string" | "symbol";
  /** Of a string, what stands between its quotes. */
  text: string;
  /** Index of the first character in the file. */
  offset: number;
}

export interface LogicalLine {
  /** Characters before its first token; 0 for what stands at the top level. */
  indent: number;
  tokens: PythonToken[];
}

const rules: [PythonToken["kind"] | "space" | "comment" | "joined", RegExp][] = [
  ["space", /[ \t\f]+/y],
  ["joined", /\\\r?\n/y],
  ["comment", /#[^\n]*/y],
  ["string", /[rRbBuUfFtT]{0,2}(?:"""(?:[^\\]|\\[\s\S])*?"""|'''(?:[^\\]|\\[\s\S])*?''')/y],
  ["string", /[rRbBuUfFtT]{0,2}(?:"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*')/y],
  ["word", /[\p{L}\p{N}_]+/uy],
  ["symbol", /->|\*\*|:=|[^\s]/uy],
];

const opening = new Set(["(", "[", "{"]);
const closing = new Set([")", "]", "}"]);

export function logicalLines(text: string): LogicalLine[] {
  const lines: LogicalLine[] = [];
  let tokens: PythonToken[] = [];
  let depth = 0;
  const end = () => {
    if (tokens.length > 0) lines.push({ indent: indentOf(text, tokens[0]!.offset), tokens });
    tokens = [];
  };
  for (const token of scan(text)) {
    if (token.kind === "end") {
      if (depth === 0) end();
      continue;
    }
    if (token.kind === "symbol" && opening.has(token.text)) depth++;
    if (token.kind === "symbol" && closing.has(token.text)) depth = Math.max(0, depth - 1);
    tokens.push(token as PythonToken);
  }
  end();
  return lines;
}

interface Scanned {
  kind: PythonToken["kind"] | "end";
  text: string;
  offset: number;
}

function* scan(text: string): Generator<Scanned> {
  let offset = 0;
  while (offset < text.length) {
    if (text[offset] === "\n" || text[offset] === "\r") {
      yield { kind: "end", text: "", offset: offset++ };
      continue;
    }
    const [kind, found] = tokenAt(text, offset);
    if (kind === "word" || kind === "symbol") yield { kind, text: found, offset };
    if (kind === "string") yield { kind, text: insideQuotes(found), offset };
    offset += found.length;
  }
}

function tokenAt(text: string, offset: number): [string, string] {
  for (const [kind, rule] of rules) {
    rule.lastIndex = offset;
    const match = rule.exec(text);
    if (match) return [kind, match[0]];
  }
  return ["none", text[offset]!];
}

function insideQuotes(literal: string): string {
  const quoted = literal.replace(/^[a-zA-Z]+/, "");
  const width = /^("""|''')/.test(quoted) ? 3 : 1;
  return quoted.slice(width, -width);
}

function indentOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf("\n", offset - 1) + 1);
}
