/** A manifest against its schema: what the platform would refuse. */
import type { z } from "zod";
import type { Path } from "../../spec/document.ts";
import { toProblems } from "../../spec/issue.ts";
import { knownKeys } from "../../spec/known-keys.ts";
import type { Problem, Where } from "../../util/error.ts";
import { nearest } from "../../util/suggest.ts";
import { foreignKeyCure, valueCure } from "./foreign-keys.ts";
import { schemas, type Kind } from "./kinds.ts";
import { naisjobSpec } from "./naisjob.ts";

type Issue = z.core.$ZodIssue;

export type Locate = (path: Path, key?: string) => Where;

/** Problems of a whole resource. Keys whose value is null count as left out. */
export function manifestProblems(value: unknown, locate: Locate, kind: Kind = "Naisjob"): Problem[] {
  return schemaProblems({ schema: schemas[kind], value: withoutNull(value), raw: value, locate, kind });
}

/** Problems of a part of a Naisjob's spec, which stands at `prefix` in its file: every key of it may be left out. */
export function fragmentProblems(value: unknown, locate: Locate, prefix: Path = []): Problem[] {
  return schemaProblems({
    schema: naisjobSpec,
    value: withoutNull(value),
    raw: value,
    locate,
    kind: "Naisjob",
    prefix,
  });
}

interface Check {
  schema: z.ZodType;
  /** Without what is null. */
  value: unknown;
  /** As it stands in the file. */
  raw: unknown;
  locate: Locate;
  kind: Kind;
  /** Where the value stands in its file, instead of the beginning. */
  prefix?: Path;
}

function schemaProblems(check: Check): Problem[] {
  const { schema, value } = check;
  const result = schema.safeParse(value, { reportInput: true });
  return result.success ? [] : withoutConsequences(result.error.issues).flatMap((issue) => issueProblems(issue, check));
}

/** Who wrote a key that is not known in place of one that must be there does not need to be told of both. */
function withoutConsequences(issues: readonly Issue[]): readonly Issue[] {
  const strangers = new Map(
    issues.flatMap((issue) =>
      issue.code === "unrecognized_keys" ? [[issue.path.join("."), issue.keys] as const] : [],
    ),
  );
  return issues.filter(({ code, path, input }) => {
    if (code !== "invalid_type" || input !== undefined) return true;
    const beside = strangers.get(path.slice(0, -1).join(".")) ?? [];
    return !beside.some((key) => isMeant({ key, missing: String(path.at(-1)) }));
  });
}

/** Whether a key that is not known stands for one that is missing: misspelt, or as other manifests have it. */
function isMeant({ key, missing }: { key: string; missing: string }): boolean {
  return nearest(key, [missing]) !== undefined || (missing === "fieldRef" && key.endsWith("Ref"));
}

function issueProblems(issue: Issue, { schema, value, raw, locate, kind, prefix }: Check): Problem[] {
  const before = prefix?.length ?? 0;
  const path = [...(prefix ?? []), ...issue.path];
  const problems = toProblems([{ ...issue, path }], {
    locate,
    allowedKeys: (at) => knownKeys(schema, at.slice(before), value),
  });
  const specPath = prefix ? ["spec", ...issue.path] : issue.path;
  const cures = curesFor({ issue, path: specPath, kind, schema, whole: prefix ? { spec: value } : value });
  const found = problems.map((problem, i) => (cures[i] === undefined ? problem : { ...problem, hint: cures[i] }));
  return issue.input === undefined && isEmptyAt(raw, issue.path) ? found.map(emptyProblem) : found;
}

/** Whether a key stands in the file, without a value. */
function isEmptyAt(value: unknown, [head, ...rest]: readonly PropertyKey[]): boolean {
  if (head === undefined) return value === null;
  return typeof value === "object" && value !== null && isEmptyAt((value as Record<PropertyKey, unknown>)[head], rest);
}

function emptyProblem(problem: Problem): Problem {
  const message = problem.message.replace(" is missing", " has no value");
  return { ...problem, message, hint: "Are the lines below it indented?" };
}

interface Cure {
  /** What is looked at, from its beginning. */
  whole: unknown;
  issue: Issue;
  path: readonly PropertyKey[];
  kind: Kind;
  schema: z.ZodType;
}

/** One for each of an issue's problems: an issue of unknown keys has one for each, in their order. */
function curesFor({ issue, path, kind, schema, whole }: Cure): (string | undefined)[] {
  if (issue.code !== "unrecognized_keys") return issue.input === undefined ? [] : [valueCure(path, issue.input)];
  const specKeys = path.length === 0 ? knownKeys(schema, ["spec"], undefined) : [];
  return issue.keys.map((key) => foreignKeyCure({ kind, path, key, specKeys, whole }));
}

/** The API server drops keys whose value is null before it looks at them; in `nais:` null takes a key away. */
export function withoutNull(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNull);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]) => (item === null ? [] : [[key, withoutNull(item)]])),
  );
}
