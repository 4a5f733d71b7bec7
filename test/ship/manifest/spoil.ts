/**
 * Manifests that are spoiled at random, and whether the platform would take them: read off its own facts by a validator
 * of the tests' own, in another way than the schemas do it.
 */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { lintManifests } from "../../../src/ship/manifest/lint.ts";
import { renderNaisjob } from "../../../src/ship/render/naisjob.ts";
import { isPlainObject } from "../../../src/spec/value.ts";
import type { FactTable } from "../../support/crd.ts";
import { pipelineOf } from "../../support/pipeline.ts";
import { generator } from "../../support/random.ts";

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

export const kinds = [
  { kind: "Naisjob", apiVersion: "nais.io/v1", facts: factsOf("naisjob") },
  { kind: "Application", apiVersion: "nais.io/v1alpha1", facts: factsOf("application") },
] as const;

function factsOf(name: string): Map<string, Fact> {
  const text = readFileSync(new URL(`../../facts/${name}.json`, import.meta.url), "utf8");
  return new Map(Object.entries((JSON.parse(text) as FactTable).fields as unknown as Record<string, Fact>));
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
export function fullValue(facts: Map<string, Fact>, path: string): unknown {
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
export function isAccepted(facts: Map<string, Fact>, path: string, value: unknown): boolean {
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

export function manifestWith({ kind, apiVersion }: (typeof kinds)[number], spec: unknown) {
  return { apiVersion, kind, metadata: { name: "orders", namespace: "my-team", labels: { team: "my-team" } }, spec };
}

type FactKind = (typeof kinds)[number];

/** Specs of one kind, each with something spoiled: of manifests with a bit of everything, of the presets and of the examples. */
export function spoiledSpecs({ kind, seed, count }: { kind: FactKind; seed: number; count: number }): unknown[] {
  const random = generator(seed);
  const full = fullValue(kind.facts, "spec");
  const known = kind.kind === "Naisjob" ? knownSpecs() : [];
  return Array.from({ length: count }, () => {
    const isKnown = known.length > 0 && random() < 0.5;
    return spoil(random, isKnown ? pick(random, known) : thin(random, full));
  });
}

const root = fileURLToPath(new URL("../../../", import.meta.url));
const variables = { image: "europe-north1-docker.pkg.dev/nais-management-1234/my-team/a:1", revision: "1a2b3c4" };

/** Naisjobs of the presets, as they are deployed. */
export function presetManifests(): unknown[] {
  const folder = `${root}naisjob-templates/`;
  return readdirSync(folder)
    .filter((file) => file.endsWith(".yaml"))
    .flatMap((file) => lintManifests({ text: readFileSync(folder + file, "utf8"), file, variables }).resources)
    .map(({ value }) => value);
}

/** Texts of all pipelines whose manifests are looked at: the examples, and those of the golden files. */
export function pipelineTexts(): string[] {
  return ["examples", "test/golden/manifests"].flatMap((folder) =>
    readdirSync(root + folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => readFileSync(`${root}${folder}/${name}/pipeline.yaml`, "utf8")),
  );
}

function knownSpecs(): unknown[] {
  const rendered = pipelineTexts().map(
    (text) => renderNaisjob({ pipeline: pipelineOf(text, ""), ...variables }).manifest,
  );
  return [...presetManifests(), ...rendered].map((manifest) =>
    isPlainObject(manifest) ? manifest["spec"] : undefined,
  );
}
