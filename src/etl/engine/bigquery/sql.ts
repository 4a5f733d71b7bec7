/**
 * Text of SQL, quoted for GoogleSQL.
 * Source: https://cloud.google.com/bigquery/docs/reference/standard-sql/lexical
 */

/** What a literal, or a name in backticks, cannot hold as it is. */
const special = /[\\`'"\p{Cc}\u2028\u2029]/gu;

const shortEscapes: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

export function quoteIdentifier(name: string): string {
  return `\`${escape(name)}\``;
}

export function quoteText(text: string): string {
  return `'${escape(text)}'`;
}

function escape(text: string): string {
  return text.replaceAll(special, (character) => {
    if (/[\\`'"]/.test(character)) return `\\${character}`;
    return shortEscapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
