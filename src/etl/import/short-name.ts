/** What a table or source is best called. */

/** Names that stand for something else in SQL, and say little. */
const dull = /^(?:unique|table|order|group|select|all|user|data|values|rows|view|index|default)$/i;

/** The last part of a dotted name that says something, as a name for a table. */
export function tail(name: string): string {
  const parts = name.split(".").toReversed();
  const best = parts.find((part) => part !== "" && !dull.test(part)) ?? `${parts[0]}_rows`;
  const plain = best.replaceAll(/[^\p{L}\p{N}_]+/gu, "_").replace(/^(?=\d)/, "_");
  return plain.toLowerCase();
}
