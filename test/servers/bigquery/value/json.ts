/** JSON in the one form in which BigQuery gives it back. */

/** Without blanks and with sorted keys: BigQuery keeps neither blanks nor the order of keys. */
export function canonicalJson(text: string): string | undefined {
  try {
    return writeJson(JSON.parse(text, keepNumbers));
  } catch {
    return undefined;
  }
}

const rawNumbers = new WeakMap<object, string>();

/** Whole numbers stay as they were written; what has a point or an exponent is a double, and shows it: `1.0`. */
function keepNumbers(_key: string, value: unknown, context?: { source?: string }): unknown {
  if (typeof value !== "number" || context?.source === undefined) return value;
  const kept = {};
  const isWhole = /^-?\d+$/.test(context.source);
  rawNumbers.set(kept, isWhole ? context.source : String(value).replace(/^-?\d+$/, "$&.0"));
  return kept;
}

function writeJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(writeJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const raw = rawNumbers.get(value);
  if (raw !== undefined) return raw;
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${writeJson(item)}`).join(",")}}`;
}
