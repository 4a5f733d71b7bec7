/** What a secret of Secret Manager holds: a text, or several values as dotenv or JSON. No message shows any of it. */
import { parseDotenv } from "./dotenv.ts";

export type Payload = { value: string } | { problem: string; hint: string };

/** The value of a key; all of the text where none is asked for. @param note told of each value before it is handed on */
export function readPayload(text: string, key: string | undefined, note: (value: string) => void): Payload {
  if (key === undefined) return { value: text };
  const parsed: Parsed = text.trimStart().startsWith("{") ? parseJson(text) : parseDotenv(text);
  if ("problem" in parsed) return { problem: parsed.problem, hint: formHint };
  for (const value of parsed.values.values()) if (typeof value === "string") note(value);
  const value = parsed.values.get(key);
  if (value === undefined) return missingKey(key, [...parsed.values.keys()]);
  if (typeof value === "string") return { value };
  return { problem: `the value of \`${key}\` is ${value.is}`, hint: "Only texts, numbers and booleans can be used." };
}

const formHint =
  "With `key`, the secret must hold lines of KEY=value, or a JSON object of texts. Without `key`, all of it is the value.";

function missingKey(key: string, keys: string[]): Payload {
  const hint = keys.length === 0 ? "It has none." : `It has: ${keys.toSorted().join(", ")}.`;
  return { problem: `has no key \`${key}\``, hint };
}

/** What is no text, in words. */
type Parsed = { values: ReadonlyMap<string, string | { is: string }> } | { problem: string };

function parseJson(text: string): Parsed {
  let value: unknown;
  try {
    value = JSON.parse(text, keepDigits);
  } catch (error) {
    return { problem: `is not JSON${placeOfMistake(text, (error as Error).message)}` };
  }
  const entries = Object.entries(value as Record<string, unknown>);
  return { values: new Map(entries.map(([key, item]) => [key, textOf(item)])) };
}

/** Numbers as they are written: a long one would lose digits. */
function keepDigits(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === "number" ? (context?.source ?? String(value)) : value;
}

function textOf(value: unknown): string | { is: string } {
  if (typeof value === "string") return value;
  if (typeof value === "boolean") return String(value);
  return { is: value === null ? "null" : Array.isArray(value) ? "a list" : "an object" };
}

/** The engine's message quotes what is there; only the place is taken of it, or found: the shortest beginning that has the mistake. */
function placeOfMistake(text: string, message: string): string {
  const told = /at position (\d+)/.exec(message)?.[1];
  const offset = told === undefined ? firstUnexpected(text) : Number(told);
  const before = text.slice(0, offset).split("\n");
  return ` (line ${before.length}, column ${before.at(-1)!.length + 1})`;
}

function firstUnexpected(text: string): number {
  let [good, bad] = [0, text.length];
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (hasUnexpected(text.slice(0, middle))) bad = middle;
    else good = middle;
  }
  return good;
}

function hasUnexpected(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    return (error as Error).message.startsWith("Unexpected token");
  }
}
