/** What changes in manifests: values by their path, so that moved lines and comments are no change. */
import { isPlainObject } from "../../spec/value.ts";

export interface ManifestChange {
  /** `Naisjob apps-per-env`. */
  resource: string;
  /** `spec.schedule`; empty where the whole resource is new, or gone. */
  path: string;
  /** As JSON; undefined where there was, or will be, none. */
  before: string | undefined;
  after: string | undefined;
}

export function diffManifests(before: readonly object[], after: readonly object[]): ManifestChange[] {
  const [old, now] = [byName(before), byName(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((resource) => {
    const [was, is] = [old.get(resource), now.get(resource)];
    if (!was || !is) return [{ resource, path: "", before: was && "there", after: is && "there" }];
    return diffValues(was, is).map((change) => ({ resource, ...change }));
  });
}

function byName(manifests: readonly object[]): Map<string, object> {
  return new Map(manifests.map((manifest) => [resourceName(manifest), manifest]));
}

/** `Naisjob apps-per-env`. */
export function resourceName(manifest: object): string {
  const { kind, metadata } = manifest as { kind?: string; metadata?: { name?: string } };
  return `${kind ?? "?"} ${metadata?.name ?? "?"}`;
}

function diffValues(before: object, after: object): Omit<ManifestChange, "resource">[] {
  const [old, now] = [new Map(leaves(before, "")), new Map(leaves(after, ""))];
  const paths = [...new Set([...old.keys(), ...now.keys()])];
  return paths
    .filter((path) => old.get(path) !== now.get(path))
    .map((path) => ({ path, before: old.get(path), after: now.get(path) }));
}

/** Empty maps and lists are values, too. */
function* leaves(value: unknown, path: string): Generator<[string, string]> {
  const inner = Array.isArray(value) ? itemsOf(value, path) : isPlainObject(value) ? fieldsOf(value, path) : [];
  if (inner.length === 0) yield [path, JSON.stringify(value) ?? "null"];
  else for (const [below, one] of inner) yield* leaves(one, below);
}

function fieldsOf(value: Record<string, unknown>, path: string): [string, unknown][] {
  const at = (key: string) => (path === "" ? key : `${path}.${key}`);
  return Object.entries(value).map(([key, one]) => [at(key), one]);
}

/** What tells items of lists apart, in the manifests that are rendered. */
const names = ["name", "alert", "application", "host", "secret"];

/** An item is known by its name, wherever in the list it stands; of several with one name, by its place among these. */
function itemsOf(items: unknown[], path: string): [string, unknown][] {
  const named = items.map((item) => names.map((key) => (isPlainObject(item) ? item[key] : undefined)).find(isText));
  if (named.includes(undefined)) return items.map((item, i) => [`${path}[${i}]`, item]);
  return items.map((item, i) => {
    const nth = named.slice(0, i).filter((name) => name === named[i]).length;
    return [`${path}[${named[i]}${nth === 0 ? "" : ` ${nth + 1}`}]`, item];
  });
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
