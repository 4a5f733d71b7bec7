/** What stands between `{{` and `}}`. */
import { TemplateSyntaxError, type Expression, type Literal, type Path, type Value } from "./syntax.ts";

type Kind = "id" | "number" | "string" | "boolean" | "separator" | "data" | "equals" | "(" | ")" | "as" | "|" | "end";

interface Token {
  kind: Kind;
  text: string;
  start: number;
}

/** The rules are tried in order; `^` is where the last token ended. */
const rules: [Kind, RegExp][] = [
  ["as", /as\s+\|/y],
  ["id", /\.\./y],
  ["id", /\.(?=[\s=~}/)|])/y],
  ["boolean", /(?:true|false)(?=[\s~})])/y],
  ["(", /\(/y],
  [")", /\)/y],
  ["equals", /=/y],
  ["data", /@/y],
  ["string", /"(?:[^"\n\\]|\\.)*"|'(?:[^'\n\\]|\\.)*'/y],
  ["separator", /[/.]/y],
  ["|", /\|/y],
  ["number", /[+-]?(?:0[xX][\da-fA-F]*|\d*)(?:\.\d*)?(?:[eE][+-]?\d*)?(?![\p{L}\p{Nd}_])/uy],
  ["id", /\[[^\]\n]*\]/y],
  ["id", /[^ \n\t!"#%&'()*+,./;<=>@[\\\]^`{|}~]+/y],
];

const close = /~?\}\}|\}~?\}\}/y;

export interface ParsedTag {
  expression: Expression;
  parameters: string[];
  /** Where the closing braces begin. */
  end: number;
}

/** Reads from `start` to the closing braces. */
export function parseTag(text: string, start: number): ParsedTag {
  const reader = new TokenReader(text, start);
  const expression = parseExpression(reader);
  const parameters = reader.peek.kind === "as" ? parseParameters(reader) : [];
  if (reader.peek.kind !== "end") throw unexpected(reader.peek);
  return { expression, parameters, end: reader.peek.start };
}

class TokenReader {
  readonly #text: string;
  #at: number;
  peek: Token;

  constructor(text: string, start: number) {
    this.#text = text;
    this.#at = start;
    this.peek = this.#read();
  }

  next(): Token {
    const token = this.peek;
    this.peek = this.#read();
    return token;
  }

  /** Whether the token after the next one is `=`. */
  isAssignment(): boolean {
    return this.peek.kind === "id" && /^[ \t\n]*=/.test(this.#text.slice(this.#at));
  }

  #read(): Token {
    while (/[ \t\n]/.test(this.#text[this.#at] ?? "")) this.#at++;
    const start = this.#at;
    if (this.#match(close) !== undefined) return { kind: "end", text: "", start };
    if (start >= this.#text.length) throw new TemplateSyntaxError("a `{{` is not closed", start);
    for (const [kind, pattern] of rules) {
      const found = this.#match(pattern);
      if (found === undefined || found === "") continue;
      this.#at += found.length;
      return { kind, text: found, start };
    }
    throw new TemplateSyntaxError(`\`${this.#text[start]}\` may not stand inside \`{{ }}\``, start);
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text)?.[0];
  }
}

function parseExpression(reader: TokenReader): Expression {
  const { start } = reader.peek;
  const head = parseValue(reader);
  const values: Value[] = [];
  while (startsValue(reader.peek) && !reader.isAssignment()) values.push(parseValue(reader));
  const hash: Record<string, Value> = {};
  while (reader.isAssignment()) {
    const key = reader.next().text;
    reader.next();
    hash[key] = parseValue(reader);
  }
  return { start, head, values, hash };
}

function startsValue({ kind }: Token): boolean {
  return ["id", "number", "string", "boolean", "data", "("].includes(kind);
}

function parseValue(reader: TokenReader): Value {
  const { kind, text } = reader.peek;
  if (kind === "(") return parseCall(reader);
  if (kind === "id") return parsePath(reader, "");
  if (kind === "data") return parsePath(reader, reader.next().text);
  if (kind === "boolean") return literal(reader, text === "true");
  if (kind === "number") return literal(reader, Number(text));
  if (kind === "string") return literal(reader, text.slice(1, -1).replaceAll(`\\${text[0]}`, text[0]!));
  throw unexpected(reader.peek);
}

function literal(reader: TokenReader, value: Literal["value"]): Literal {
  const { text, start } = reader.next();
  if (Number.isNaN(value)) throw new TemplateSyntaxError(`\`${text}\` is not a number`, start);
  return { kind: "literal", value, text: String(value) };
}

function parseCall(reader: TokenReader): Value {
  reader.next();
  const expression = parseExpression(reader);
  const token = reader.next();
  if (token.kind !== ")") throw unexpected(token);
  return { kind: "call", expression };
}

function parsePath(reader: TokenReader, prefix: string): Path {
  const path: Path = { kind: "path", text: prefix, parts: [], depth: 0, isData: prefix === "@", isScoped: false };
  addPart(path, reader);
  while (reader.peek.kind === "separator") {
    path.text += reader.next().text;
    addPart(path, reader);
  }
  return path;
}

function addPart(path: Path, reader: TokenReader): void {
  const token = reader.next();
  if (token.kind !== "id") throw unexpected(token);
  path.text += token.text;
  const isStep = token.text === "." || token.text === ".." || token.text === "this";
  if (isStep && path.parts.length > 0) throw new TemplateSyntaxError(`\`${path.text}\` is not a path`, token.start);
  if (token.text === "..") path.depth++;
  else if (isStep) path.isScoped = true;
  else path.parts.push(token.text.replace(/^\[(.*)\]$/s, "$1"));
}

function parseParameters(reader: TokenReader): string[] {
  reader.next();
  const names: string[] = [];
  while (reader.peek.kind === "id") names.push(reader.next().text);
  const token = reader.next();
  if (names.length === 0 || token.kind !== "|") throw unexpected(token);
  return names;
}

function unexpected({ kind, text, start }: Token): TemplateSyntaxError {
  return new TemplateSyntaxError(
    kind === "end" ? "something is missing before `}}`" : `\`${text}\` is not expected here`,
    start,
  );
}
