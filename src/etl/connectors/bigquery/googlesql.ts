/**
 * GoogleSQL as text: enough to find its parameters and sub-queries, without ever looking inside texts and comments.
 * Source: https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical
 */

const skipped = [
  /--[^\n]*/y,
  /#[^\n]*/y,
  /\/\*[\s\S]*?\*\//y,
  // A prefix may make a text raw or bytes; in a raw one, too, a quote behind a backslash does not end it.
  /(?:\b(?:r|b|rb|br))?'''(?:\\[\s\S]|[^\\])*?'''/iy,
  /(?:\b(?:r|b|rb|br))?"""(?:\\[\s\S]|[^\\])*?"""/iy,
  /(?:\b(?:r|b|rb|br))?'(?:\\[\s\S]|[^'\\\n])*'/iy,
  /(?:\b(?:r|b|rb|br))?"(?:\\[\s\S]|[^"\\\n])*"/iy,
  /`(?:\\[\s\S]|[^`\\])*`/y,
];

interface Token {
  kind: "parameter" | "word" | "comment" | "other";
  text: string;
  offset: number;
}

const named = /@([A-Za-z_][A-Za-z0-9_]*)/y;
const word = /[A-Za-z_][A-Za-z0-9_]*/y;

function* tokensOf(sql: string): Generator<Token> {
  for (let offset = 0; offset < sql.length;) {
    const token = tokenAt(sql, offset);
    if (token) yield token;
    offset += token?.text.length ?? 1;
  }
}

function tokenAt(sql: string, offset: number): Token | undefined {
  const match = (pattern: RegExp) => {
    pattern.lastIndex = offset;
    return pattern.exec(sql)?.[0];
  };
  for (const [i, pattern] of skipped.entries()) {
    const text = match(pattern);
    if (text !== undefined) return { kind: i < 3 ? "comment" : "other", text, offset };
  }
  // `@@` begins a variable of the system.
  if (sql.startsWith("@@", offset)) return { kind: "other", text: "@@", offset };
  const parameter = match(named);
  if (parameter !== undefined) return { kind: "parameter", text: parameter, offset };
  const text = match(word);
  if (text !== undefined) return { kind: "word", text, offset };
  return /\s/.test(sql[offset]!) ? undefined : { kind: "other", text: sql[offset]!, offset };
}

/** The names behind `@`, each once. They are case-insensitive: given as they are written first. */
export function parametersIn(sql: string): string[] {
  const found = new Map<string, string>();
  for (const { kind, text } of tokensOf(sql)) {
    const name = text.slice(1);
    if (kind === "parameter" && !found.has(name.toLowerCase())) found.set(name.toLowerCase(), name);
  }
  return [...found.values()];
}

export function replaceParametersIn(sql: string, replace: (name: string) => string): string {
  let result = "";
  let end = 0;
  for (const { kind, text, offset } of tokensOf(sql)) {
    if (kind !== "parameter") continue;
    result += sql.slice(end, offset) + replace(text.slice(1));
    end = offset + text.length;
  }
  return result + sql.slice(end);
}

/** A row restriction of the Storage Read API takes none. */
export function hasSubquery(condition: string): boolean {
  return [...tokensOf(condition)].some(({ kind, text }) => kind === "word" && /^select$/i.test(text));
}

/** The query without comments and semicolons at its end, which could not stand inside another. */
export function trimQuery(sql: string): string {
  const last = [...tokensOf(sql)].findLast(({ kind, text }) => kind !== "comment" && text !== ";");
  return last ? sql.slice(0, last.offset + last.text.length) : "";
}

/** A name of GoogleSQL, also one with dots. */
export function quotePath(name: string): string {
  return `\`${name.replaceAll(/[\\`]/g, "\\$&")}\``;
}
