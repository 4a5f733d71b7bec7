import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { manifestProblems } from "../../../src/ship/manifest/check.ts";
import { lintManifests } from "../../../src/ship/manifest/lint.ts";
import { rules } from "../../../src/ship/manifest/rules.ts";
import { generator } from "../../support/random.ts";

// The platform's own facts, read by a validator of the test's own, against the schemas: the same verdict on manifests
// that were spoiled at random.

interface Fact {
  type: string;
  enum?: unknown[];
  pattern?: string;
  format?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  required?: boolean;
  "x-kubernetes-int-or-string"?: boolean;
}

const kinds = [
  { kind: "Naisjob", apiVersion: "nais.io/v1", facts: factsOf("naisjob") },
  { kind: "Application", apiVersion: "nais.io/v1alpha1", facts: factsOf("application") },
] as const;

function factsOf(name: string): Map<string, Fact> {
  const text = readFileSync(new URL(`../../facts/${name}.json`, import.meta.url), "utf8");
  return new Map(Object.entries((JSON.parse(text) as { fields: Record<string, Fact> }).fields));
}

/** Texts that fit the patterns of the facts, the first that does. */
const samples = [
  "a",
  "aa",
  "roles.read",
  "data.ssb.no",
  "10.1.2.3",
  "https://a.no/x",
  "/path",
  "123456789",
  "POSTGRES_17",
  "db-f1-micro",
  "/",
  "200m",
  "512Mi",
  "my_data",
  "my-cluster",
  "_user",
];

function sampleText({ enum: allowed, pattern, minLength = 0, maxLength = 100 }: Fact): string {
  if (allowed) return String(allowed.at(-1));
  const fits = (text: string) =>
    text.length >= minLength && text.length <= maxLength && new RegExp(pattern ?? "").test(text);
  const found = samples.find(fits);
  if (found === undefined) throw new Error(`no sample for ${pattern}`);
  return found;
}

/** A valid value for a path, with every field that it may have. */
function fullValue(facts: Map<string, Fact>, path: string): unknown {
  const fact: Fact = facts.get(path) ?? { type: "object" };
  if (fact["x-kubernetes-int-or-string"]) return "25%";
  if (fact.type === "string") return sampleText(fact);
  if (fact.type === "boolean") return true;
  if (fact.type === "integer") return Math.max(1, fact.minimum ?? 1);
  if (fact.type === "array") return [fullValue(facts, `${path}[]`)];
  const keys = [...facts.keys()].filter(
    (key) => key.startsWith(`${path}.`) && !/[.[]/.test(key.slice(path.length + 1)),
  );
  return Object.fromEntries(keys.map((key) => [key.slice(path.length + 1), fullValue(facts, key)]));
}

/** Whether the platform would take it, by the facts alone. */
function isAccepted(facts: Map<string, Fact>, path: string, value: unknown): boolean {
  const fact: Fact = facts.get(path) ?? { type: "object" };
  if (fact["x-kubernetes-int-or-string"]) return typeof value === "string" || Number.isInteger(value);
  if (fact.type === "string") return typeof value === "string" && isTextAccepted(fact, value);
  if (fact.type === "boolean") return typeof value === "boolean";
  if (fact.type === "integer") return isNumberAccepted(fact, value);
  if (fact.type === "array") {
    if (!Array.isArray(value) || value.length < (fact.minItems ?? 0) || value.length > (fact.maxItems ?? 1e9))
      return false;
    return value.every((item) => isAccepted(facts, `${path}[]`, item));
  }
  return isMapAccepted(facts, path, value);
}

function isTextAccepted({ enum: allowed, pattern, minLength = 0, maxLength = 1e9 }: Fact, value: string): boolean {
  if (value.length < minLength || value.length > maxLength) return false;
  return (!allowed || allowed.includes(value)) && (pattern === undefined || new RegExp(pattern).test(value));
}

function isNumberAccepted({ format, minimum = -Infinity, maximum = Infinity }: Fact, value: unknown): boolean {
  if (!Number.isInteger(value)) return false;
  const number = value as number;
  const isInFormat = format !== "int32" || Math.abs(number) < 2 ** 31;
  return isInFormat && number >= minimum && number <= maximum;
}

function isMapAccepted(facts: Map<string, Fact>, path: string, value: unknown): boolean {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value).filter(([, item]) => item !== null);
  const known = entries.every(
    ([key, item]) => facts.has(`${path}.${key}`) && isAccepted(facts, `${path}.${key}`, item),
  );
  const required = [...facts].filter(
    ([key, fact]) => fact.required && key.startsWith(`${path}.`) && !/[.[]/.test(key.slice(path.length + 1)),
  );
  const isComplete = required.every(([key]) => entries.some(([name]) => `${path}.${name}` === key));
  const scope = value as { delegationSource?: unknown; separator?: unknown };
  const needsSlash = path.endsWith("scopes.exposes[]") && typeof scope.delegationSource === "string";
  return known && isComplete && (!needsSlash || scope.separator === "/");
}

type Random = () => number;
const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)]!;

const strangers: unknown[] = [
  null,
  true,
  "",
  "x",
  "A b",
  "ÆØÅ",
  "${x}",
  "a".repeat(300),
  "https://x.no",
  "10.0.0.0/8",
  "512",
  "1Gi",
  "Forbid",
  "READ",
  0,
  1,
  -1,
  0.5,
  70_000,
  2 ** 31,
  1e15,
  [],
  ["x"],
  [1],
  [null],
  {},
  { x: 1 },
  { name: "a" },
  [{ name: "a" }],
  [[]],
];

/** A copy with one to three things in it spoiled: a key gone, misspelt or added, a value of another kind. */
function spoil(random: Random, spec: unknown): unknown {
  const copy = structuredClone(spec);
  for (let i = 0; i <= random() * 3; i++) {
    const holder = pick(random, holdersIn(copy));
    const keys = Object.keys(holder);
    const key = keys.length > 0 ? pick(random, keys) : "x";
    const act = random();
    if (act < 0.2) delete holder[key];
    else if (act < 0.35 && !Array.isArray(holder)) holder[`${key}s`] = structuredClone(holder[key]);
    else holder[key] = structuredClone(pick(random, strangers));
  }
  return JSON.parse(JSON.stringify(copy)) as unknown;
}

function holdersIn(value: unknown): Record<string, unknown>[] {
  if (typeof value !== "object" || value === null) return [];
  return [value as Record<string, unknown>, ...Object.values(value).flatMap(holdersIn)];
}

/** Half of the keys, so that not every manifest fails by the same key. */
function thin(random: Random, value: unknown, depth = 0): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(() => depth > 0 || random() < 0.3));
}

function manifestWith({ kind, apiVersion }: (typeof kinds)[number], spec: unknown) {
  return { apiVersion, kind, metadata: { name: "orders", namespace: "my-team", labels: { team: "my-team" } }, spec };
}

test.each(kinds)("a $kind with every field that there is is accepted", (one) => {
  const manifest = manifestWith(one, fullValue(one.facts, "spec"));
  expect(isAccepted(one.facts, "spec", manifest.spec)).toBe(true);
  expect(manifestProblems(manifest, () => ({ file: "" }), one.kind)).toEqual([]);
});

test.each(kinds)("5,000 spoiled manifests of kind $kind get the platform's verdict, each error at a place", (one) => {
  const random = generator(20_261_121);
  const full = fullValue(one.facts, "spec");
  let refused = 0;
  for (let i = 0; i < 5000; i++) {
    const spec = spoil(random, thin(random, full));
    const problems = manifestProblems(manifestWith(one, spec), (path) => ({ file: path.join(".") }), one.kind);
    const verdict = { spec, isAccepted: problems.length === 0 };
    expect(verdict).toEqual({ spec, isAccepted: isAccepted(one.facts, "spec", spec) });
    expect(problems.every(({ where, hint, message }) => where && message && hint !== "")).toBe(true);
    if (problems.length > 0) refused++;
  }
  // Neither verdict is rare, or the test would show nothing.
  expect(refused).toBeGreaterThan(300);
  expect(refused).toBeLessThan(4700);
});

test("a spoiled file is never a crash, and an error that the platform does not make is a rule's", () => {
  const random = generator(7);
  const [job] = kinds;
  const names = new Set(rules.map(({ name }) => name));
  const full = fullValue(job.facts, "spec");
  for (let i = 0; i < 1000; i++) {
    const spec = spoil(random, thin(random, full));
    const text = stringify(manifestWith(job, spec), { version: "1.1", aliasDuplicateObjects: false });
    const errors = lintManifests({ text, file: "job.yaml" }).problems.filter(({ severity }) => severity === "error");
    expect(errors.filter(({ where }) => where?.line === undefined)).toEqual([]);
    const ours = errors.filter(({ rule }) => !names.has(rule ?? ""));
    expect({ spec, ours: ours.length > 0 }).toEqual({
      spec,
      ours: !isAccepted(job.facts, "spec", spec),
    });
  }
});
