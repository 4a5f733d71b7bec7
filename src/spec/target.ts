/** Targets: parts of the same file, merged over it. */
import { isPlainObject } from "./value.ts";

export const localTarget = "local";

/** The file itself, with no target's part merged over it: a cluster that `targets:` does not name. */
export const baseTarget = "";

/** Maps are merged key by key; anything else, lists included, replaces what stood there. `null` takes a key away. */
export function mergeTarget(base: unknown, over: unknown): unknown {
  if (!isPlainObject(over)) return over;
  const merged: Record<string, unknown> = isPlainObject(base) ? { ...base } : {};
  for (const [key, value] of Object.entries(over)) {
    if (value === null) delete merged[key];
    else merged[key] = mergeTarget(merged[key], value);
  }
  return merged;
}

export interface TakenAway {
  /** The map that the key would be taken from. */
  path: string[];
  key: string;
  /** What that map holds. */
  present: string[];
}

/** The keys that a target takes away and that are not there: nothing to do, or a slip of the pen. */
export function* takenInVain(base: unknown, over: unknown, path: string[] = []): Generator<TakenAway> {
  if (!isPlainObject(over)) return;
  const there = isPlainObject(base) ? base : {};
  for (const [key, value] of Object.entries(over)) {
    if (value !== null) yield* takenInVain(there[key], value, [...path, key]);
    else if (!Object.hasOwn(there, key)) yield { path, key, present: Object.keys(there) };
  }
}
