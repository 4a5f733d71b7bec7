/**
 * References in values: `${env:NAME}`, `${secret:NAME}`, `${param:NAME}`, `${interval:start}`.
 * They stand in texts, also as a part of one. `$${` is a literal `${`.
 */
import type { Problem, Where } from "../util/error.ts";
import { didYouMean } from "../util/suggest.ts";
import type { Path } from "./document.ts";
import { isPlainObject } from "./value.ts";

export const referenceKinds = ["env", "secret", "param", "interval"] as const;
export type ReferenceKind = (typeof referenceKinds)[number];

export interface Reference {
  kind: ReferenceKind;
  name: string;
  path: Path;
}

const pattern = /\$?\$\{([^}]*)\}/g;

/** Every text below a value, with its path. */
export function* textsOf(value: unknown, path: Path = []): Generator<{ text: string; path: Path }> {
  if (typeof value === "string") yield { text: value, path };
  else if (Array.isArray(value)) for (const [i, item] of value.entries()) yield* textsOf(item, [...path, i]);
  else if (isPlainObject(value)) for (const [key, item] of Object.entries(value)) yield* textsOf(item, [...path, key]);
}

/** All references below a value, and what is wrong with those that are not one. */
export function findReferences(
  value: unknown,
  locate: (path: Path) => Where,
): { references: Reference[]; problems: Problem[] } {
  const references: Reference[] = [];
  const problems: Problem[] = [];
  for (const { text, path } of textsOf(value)) {
    for (const [whole, inner = ""] of text.matchAll(pattern)) {
      if (whole.startsWith("$$")) continue;
      const [kind = "", name = ""] = inner.split(/:(.*)/s);
      if (isKind(kind) && name !== "") references.push({ kind, name, path });
      else
        problems.push({
          severity: "error",
          rule: "reference",
          message: `\`${whole}\` is not a reference`,
          hint: hintFor(kind, inner),
          where: locate(path),
        });
    }
  }
  return { references, problems };
}

/** A copy of the value with every reference replaced; `resolve` gives the text, or undefined to leave it as it stands. */
export function replaceReferences<T>(value: T, resolve: (kind: ReferenceKind, name: string) => string | undefined): T {
  const replace = (text: string) =>
    text.replaceAll(pattern, (whole: string, inner: string) => {
      if (whole.startsWith("$$")) return whole.slice(1);
      const [kind = "", name = ""] = inner.split(/:(.*)/s);
      return (isKind(kind) ? resolve(kind, name) : undefined) ?? whole;
    });
  const walk = (item: unknown): unknown => {
    if (typeof item === "string") return replace(item);
    if (Array.isArray(item)) return item.map(walk);
    if (isPlainObject(item)) return Object.fromEntries(Object.entries(item).map(([key, inner]) => [key, walk(inner)]));
    return item;
  };
  return walk(value) as T;
}

function isKind(kind: string): kind is ReferenceKind {
  return (referenceKinds as readonly string[]).includes(kind);
}

function hintFor(kind: string, inner: string): string {
  if (isKind(kind)) return `Name what is meant: \${${kind}:NAME}.`;
  if (/^[A-Z][A-Z0-9_]*$/.test(inner))
    return `For an environment variable write \${env:${inner}}. For a literal \${ write $\${.`;
  return `${didYouMean(kind, [...referenceKinds])} For a literal \${ write $\${.`;
}
