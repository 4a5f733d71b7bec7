/** A manifest against its schema: what the platform would refuse. */
import type { z } from "zod";
import type { Path } from "../../spec/document.ts";
import { toProblems } from "../../spec/issue.ts";
import { knownKeys } from "../../spec/known-keys.ts";
import type { Problem, Where } from "../../util/error.ts";
import { naisjobSchema, naisjobSpec } from "./naisjob.ts";

export type Locate = (path: Path, key?: string) => Where;

/** Problems of a whole Naisjob. */
export function manifestProblems(value: unknown, locate: Locate): Problem[] {
  return schemaProblems({ schema: naisjobSchema, value, locate });
}

/** Problems of a part of a Naisjob's spec, which stands at `prefix` in its file: every key of it may be left out. */
export function fragmentProblems(value: unknown, locate: Locate, prefix: Path = []): Problem[] {
  return schemaProblems({ schema: naisjobSpec, value: withoutNull(value), locate, prefix });
}

interface Check {
  schema: z.ZodType;
  value: unknown;
  locate: Locate;
  prefix?: Path;
}

function schemaProblems({ schema, value, locate, prefix = [] }: Check): Problem[] {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return [];
  const issues = result.error.issues.map((issue) => ({ ...issue, path: [...prefix, ...issue.path] }));
  return toProblems(issues, { locate, allowedKeys: (path) => knownKeys(schema, path.slice(prefix.length), value) });
}

/** The API server drops keys whose value is null before it looks at them; in `nais:` null takes a key away. */
export function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNull);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (item === null ? [] : [[key, withoutNull(item)]])),
  );
}
