/**
 * Text of SQL, quoted for GoogleSQL.
 * Source: https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical
 */

export function quoteIdentifier(name: string): string {
  return `\`${escape(name, "`")}\``;
}

export function quoteText(text: string): string {
  return `'${escape(text, "'")}'`;
}

const shortEscapes: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** What would end the literal, or cannot stand in one. */
function escape(text: string, quote: "`" | "'"): string {
  return text.replaceAll(/[\\`'\p{Cc}\u2028\u2029]/gu, (character) => {
    if (character === "\\" || character === quote) return `\\${character}`;
    if (character === "'" || character === "`") return character;
    return shortEscapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
