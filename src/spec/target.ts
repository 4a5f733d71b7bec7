/** Targets: parts of the same file, merged over it. */
import { isPlainObject } from "./value.ts";

export const localTarget = "local";

/** The file itself, with no target's part merged over it: a cluster that `targets:` does not name. */
export const baseTarget = "";

/** Where a text stands for a map, by the name of what stands there: of that map the text is this key. `*` is any name. */
const shortForms: Record<string, { paths: string[]; key: string }> = {
  schedule: { paths: ["schedule"], key: "cron" },
  interval: { paths: ["interval"], key: "every" },
  param: { paths: ["params.*"], key: "type" },
  column: { paths: ["sources.*.columns.*", "models.*.columns.*"], key: "type" },
  partition: { paths: ["outputs.*.partition"], key: "column" },
};

export const shortFormNames = Object.keys(shortForms);

/**
 * Maps are merged key by key; anything else, lists included, replaces what stood there. `null` takes a key away.
 * A short form is the map that it stands for, where either of the two is one.
 */
export function mergeTarget(base: unknown, over: unknown, path: string[] = []): unknown {
  const key = shortKeyAt(path);
  if (key !== undefined && isPlainObject(base) && typeof over === "string") return { ...base, [key]: over };
  if (!isPlainObject(over)) return over;
  const whole = key !== undefined && typeof base === "string" ? { [key]: base } : base;
  const merged: Record<string, unknown> = isPlainObject(whole) ? { ...whole } : {};
  for (const [name, value] of Object.entries(over)) {
    if (value === null) delete merged[name];
    else merged[name] = mergeTarget(merged[name], value, [...path, name]);
  }
  return merged;
}

function shortKeyAt(path: string[]): string | undefined {
  const fits = (pattern: string) => {
    const parts = pattern.split(".");
    return parts.length === path.length && parts.every((part, i) => part === "*" || part === path[i]);
  };
  return Object.values(shortForms).find(({ paths }) => paths.some(fits))?.key;
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
