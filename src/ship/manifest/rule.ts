/** What a rule is: something that the platform accepts, or accepts at first, and that does not do what its author meant. */
import type { Path } from "../../spec/document.ts";
import { isPlainObject } from "../../spec/value.ts";
import type { Problem } from "../../util/error.ts";
import type { Kind } from "./kinds.ts";

export interface Rule {
  /** Stable: it stands in output, in `nais-etl-ignore` comments, and is the name of its page in docs/rules/. */
  name: string;
  /** error: the platform refuses it, soon or late. warning: it is ignored, or means something else. */
  severity: Problem["severity"];
  kinds: readonly Kind[];
  /** One line. */
  title: string;
  why: string;
  cure: string;
  /** A manifest, or the spec of one, that shows it; and one that does not. */
  bad: string;
  good: string;
  check: (manifest: Manifest) => Iterable<Finding>;
}

export interface Manifest {
  kind: Kind;
  name: string;
  metadata: Fields;
  spec: Fields;
  /** Keys that stand in the file without a value; `metadata` and `spec` are without them. */
  empty: readonly Path[];
  /** The comment on the line of a key, or above it. */
  commentOf: (path: Path) => string | undefined;
}

export type Fields = Readonly<Record<string, unknown>>;

export interface Finding {
  path: Path;
  /** The key at the path that is meant, where the place is the key. */
  key?: string;
  message: string;
  /** Instead of the rule's cure. */
  hint?: string;
  severity?: Problem["severity"];
}

/** Rules look at manifests that may be wrong in other ways: what has another shape counts as not there. */
export function fieldsAt(value: unknown, ...keys: string[]): Fields | undefined {
  const found = at(value, keys);
  return isPlainObject(found) ? found : undefined;
}

export function textAt(value: unknown, ...keys: string[]): string | undefined {
  const found = at(value, keys);
  return typeof found === "string" ? found : undefined;
}

export function numberAt(value: unknown, ...keys: string[]): number | undefined {
  const found = at(value, keys);
  return typeof found === "number" ? found : undefined;
}

/** The maps of a list, with their numbers in it. */
export function itemsAt(value: unknown, ...keys: string[]): { item: Fields; i: number }[] {
  const found = at(value, keys);
  if (!Array.isArray(found)) return [];
  return found.flatMap((item: unknown, i) => (isPlainObject(item) ? [{ item, i }] : []));
}

function at(value: unknown, keys: string[]): unknown {
  return keys.reduce<unknown>(
    (holder, key) => (isPlainObject(holder) && Object.hasOwn(holder, key) ? holder[key] : undefined),
    value,
  );
}
