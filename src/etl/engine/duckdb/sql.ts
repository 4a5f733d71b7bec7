/** Text of SQL, quoted for DuckDB. */

export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** `dataset.table`, each part quoted. */
export function quoteName(...parts: (string | undefined)[]): string {
  return parts
    .filter((part) => part !== undefined)
    .map(quoteIdentifier)
    .join(".");
}

export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
