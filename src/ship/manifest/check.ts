/** A manifest against its schema: what the platform would refuse. */
import type { z } from "zod";
import type { Path } from "../../spec/document.ts";
import { toProblems } from "../../spec/issue.ts";
import { knownKeys } from "../../spec/known-keys.ts";
import type { Problem, Where } from "../../util/error.ts";
import { applicationSchema } from "./application.ts";
import { foreignKeyCure, valueCure } from "./foreign-keys.ts";
import { naisjobSchema, naisjobSpec } from "./naisjob.ts";
import { prometheusRuleSchema } from "./prometheus-rule.ts";

export type Locate = (path: Path, key?: string) => Where;

/** The kinds of resources that are known here, each with its schema. */
export const schemas = { Naisjob: naisjobSchema, Application: applicationSchema, PrometheusRule: prometheusRuleSchema };
export type Kind = keyof typeof schemas;

export function isKnownKind(kind: unknown): kind is Kind {
  return typeof kind === "string" && Object.hasOwn(schemas, kind);
}

/** Problems of a whole resource. Keys whose value is null count as left out. */
export function manifestProblems(value: unknown, locate: Locate, kind: Kind = "Naisjob"): Problem[] {
  return schemaProblems({ schema: schemas[kind], value: withoutNull(value), locate, kind });
}

/** Problems of a part of a Naisjob's spec, which stands at `prefix` in its file: every key of it may be left out. */
export function fragmentProblems(value: unknown, locate: Locate, prefix: Path = []): Problem[] {
  return schemaProblems({ schema: naisjobSpec, value: withoutNull(value), locate, kind: "Naisjob", prefix });
}

interface Check {
  schema: z.ZodType;
  value: unknown;
  locate: Locate;
  kind: Kind;
  /** Where the value stands in its file, instead of the beginning. */
  prefix?: Path;
}

function schemaProblems({ schema, value, locate, kind, prefix }: Check): Problem[] {
  const result = schema.safeParse(value, { reportInput: true });
  if (result.success) return [];
  const before = prefix?.length ?? 0;
  return result.error.issues.flatMap((issue) => {
    const path = [...(prefix ?? []), ...issue.path];
    const problems = toProblems([{ ...issue, path }], {
      locate,
      allowedKeys: (at) => knownKeys(schema, at.slice(before), value),
    });
    const specPath = prefix ? ["spec", ...issue.path] : issue.path;
    // One problem for each unknown key, in their order.
    const cureOf = (i: number) =>
      issue.code === "unrecognized_keys"
        ? foreignKeyCure({ kind, path: specPath, key: issue.keys[i] ?? "" })
        : issue.code === "invalid_type" && issue.input !== undefined
          ? valueCure(specPath)
          : undefined;
    return problems.map((problem, i) => {
      const cure = cureOf(i);
      return cure === undefined ? problem : { ...problem, hint: cure };
    });
  });
}

/** The API server drops keys whose value is null before it looks at them; in `nais:` null takes a key away. */
export function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNull);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (item === null ? [] : [[key, withoutNull(item)]])),
  );
}
