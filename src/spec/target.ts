/** Targets: parts of the same file, merged over it. */
import { isPlainObject } from "./value.ts";

export const localTarget = "local";

/** The file itself, with no target's part merged over it: a cluster that `targets:` does not name. */
export const baseTarget = "";

/** Maps are merged key by key; anything else, lists included, replaces what stood there. `null` takes a key away. */
export function mergeTarget(base: unknown, over: unknown): unknown {
  if (!isPlainObject(base) || !isPlainObject(over)) return over;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (value === null) delete merged[key];
    else merged[key] = key in merged ? mergeTarget(merged[key], value) : value;
  }
  return merged;
}
