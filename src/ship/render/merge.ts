/** How `nais:` in pipeline.yaml is laid over what was derived. */
import { isPlainObject } from "../../spec/value.ts";

/** What makes two items of a list the same thing, by the list's path in the spec. */
const identities: Record<string, readonly string[]> = {
  env: ["name"],
  envFrom: ["secret", "configmap"],
  filesFrom: ["secret", "configmap", "persistentVolumeClaim", "mountPath"],
  "gcp.bigQueryDatasets": ["name"],
  "gcp.buckets": ["name"],
  "gcp.permissions": ["role", "resource"],
  "accessPolicy.outbound.external": ["host", "ipv4"],
  "accessPolicy.outbound.rules": ["application", "namespace", "cluster"],
  "accessPolicy.inbound.rules": ["application", "namespace", "cluster"],
};

/**
 * Maps are merged key by key. Lists of named things are merged by name, so that one more variable does not take the
 * derived ones away; any other list replaces. `null` takes a key away.
 */
export function mergeSpec(base: unknown, over: unknown, path = ""): unknown {
  const identity = identities[path];
  if (identity && Array.isArray(base) && Array.isArray(over)) return mergeList({ base, over, identity });
  if (!isPlainObject(base) || !isPlainObject(over)) return over;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    if (value === null) delete merged[key];
    else
      merged[key] = mergeSpec(
        merged[key] ?? (isPlainObject(value) ? {} : undefined),
        value,
        path === "" ? key : `${path}.${key}`,
      );
  }
  return merged;
}

function mergeList({
  base,
  over,
  identity,
}: {
  base: unknown[];
  over: unknown[];
  identity: readonly string[];
}): unknown[] {
  const keyOf = (item: unknown) => JSON.stringify(isPlainObject(item) ? identity.map((key) => item[key]) : item);
  const overByKey = new Map(over.map((item) => [keyOf(item), item]));
  const kept = base.map((item) => {
    const other = overByKey.get(keyOf(item));
    return other === undefined ? item : mergeSpec(item, other, "item");
  });
  const known = new Set(base.map(keyOf));
  return [...kept, ...over.filter((item) => !known.has(keyOf(item)))];
}
