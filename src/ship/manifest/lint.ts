/** Everything that is wrong with a manifest file: as a template, as YAML, for the platform's schema, and by the rules. */
import { isPlainObject } from "../../spec/value.ts";
import type { Problem } from "../../util/error.ts";
import { nearest } from "../../util/suggest.ts";
import { manifestProblems, type Locate } from "./check.ts";
import { readManifests, type ManifestDocument, type ReadOptions } from "./documents.ts";
import { applyIgnores } from "../ignore.ts";
import { isKnownKind, schemas } from "./kinds.ts";
import { withLostIndentation } from "./lost-indentation.ts";
import { ruleProblems, rules } from "./rules.ts";

export interface LintReport {
  problems: Problem[];
  /** The documents of the file, in order. */
  resources: Resource[];
}

export interface Resource {
  kind: string;
  name: string;
  isKnown: boolean;
  value: unknown;
  /** Where a part of it stands in the file. */
  where: Locate;
}

export function lintManifests(options: ReadOptions): LintReport {
  const { documents, problems } = readManifests(options);
  const found = [...problems, ...documents.flatMap(documentProblems)];
  const known = rules.map(({ name }) => name);
  const told = withLostIndentation({ ...options, problems: found });
  const left = applyIgnores({ ...options, problems: told, known });
  return {
    problems: left.toSorted(byPlace),
    resources: documents.filter(({ problems: syntax }) => syntax.length === 0).map(resourceOf),
  };
}

function documentProblems(document: ManifestDocument): Problem[] {
  if (document.problems.length > 0) return document.problems;
  const { value } = document;
  if (!isPlainObject(value)) return [notAResource(document)];
  const { kind, apiVersion } = value;
  if (typeof kind !== "string" || typeof apiVersion !== "string") return [notAResource(document)];
  if (!isKnownKind(kind)) return misspeltKind({ kind, apiVersion }, document);
  const locate = (path: readonly PropertyKey[], key?: string) => document.where(path, key);
  const refused = manifestProblems(value, locate, kind);
  const lines = new Set(refused.map(({ where }) => where?.line));
  // What a rule makes of a line that is wrong already would mislead.
  const found = ruleProblems({ document, kind }).filter(({ where }) => !lines.has(where?.line));
  return [...refused, ...found];
}

function notAResource(document: ManifestDocument): Problem {
  const hint = "A manifest has `apiVersion:`, `kind:` and `metadata:`.";
  return {
    severity: "error",
    rule: "not-a-resource",
    message: "this document is not a resource of Kubernetes",
    hint,
    where: document.where([]),
  };
}

/** Another kind is someone else's to look at; but one of the same group that is nearly one of these is none at all. */
function misspeltKind(
  { kind, apiVersion }: { kind: string; apiVersion: string },
  document: ManifestDocument,
): Problem[] {
  const near = nearest(kind, Object.keys(schemas));
  const isMeant = near !== undefined && Math.abs(near.length - kind.length) <= 1 && groups.test(apiVersion);
  if (!isMeant) return [];
  const message = `\`${kind}\` is not a kind of resource`;
  return [
    { severity: "error", rule: "unknown-kind", message, hint: `Write \`${near}\`.`, where: document.where(["kind"]) },
  ];
}

/** Of the kinds that are known here. */
const groups = /^(nais\.io|monitoring\.coreos\.com)\//;

function resourceOf(document: ManifestDocument): Resource {
  const { value } = document;
  const { kind, metadata } = (isPlainObject(value) ? value : {}) as { kind?: unknown; metadata?: unknown };
  const name = isPlainObject(metadata) ? metadata["name"] : undefined;
  return {
    kind: String(kind),
    name: typeof name === "string" ? name : "",
    isKnown: isKnownKind(kind),
    value,
    where: (path, key) => document.where(path, key),
  };
}

function byPlace(a: Problem, b: Problem): number {
  return (a.where?.line ?? 0) - (b.where?.line ?? 0) || (a.where?.column ?? 0) - (b.where?.column ?? 0);
}
