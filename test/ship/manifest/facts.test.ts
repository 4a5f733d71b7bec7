import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { z } from "zod";
import { crdFacts, factsOf } from "../../../scripts/crd-facts.js";
import { applicationSpec } from "../../../src/ship/manifest/application.ts";
import { naisjobSpec } from "../../../src/ship/manifest/naisjob.ts";
import { crdOf, type FactTable } from "../../support/crd.ts";
import { prometheusRuleSchema } from "../../../src/ship/manifest/prometheus-rule.ts";
import { schemaProblemsOf } from "./problems.ts";

type Facts = FactTable["fields"];

function tableOf(name: string): FactTable {
  return JSON.parse(readFileSync(new URL(`../../facts/${name}.json`, import.meta.url), "utf8")) as FactTable;
}

const factsOfPlatform = (name: string) => tableOf(name).fields;

const kinds = [
  { kind: "Naisjob", schema: naisjobSpec, fields: factsOfPlatform("naisjob"), keys: 36 },
  { kind: "Application", schema: applicationSpec, fields: factsOfPlatform("application"), keys: 37 },
];

/** A schema of ours, as the same kind of table. */
function factsOfSchema(schema: z.ZodType): Facts {
  const json = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" });
  return Object.fromEntries([...factsOf(json as never, "spec")].slice(1).map(([path, fact]) => [path, normal(fact)]));
}

const isBound = (bound: unknown) => typeof bound === "number" && Math.abs(bound) < 2_147_483_647;

/** JSON Schema spells out what CRDs call a format; 64 bits are more than a number holds; needless backslashes differ. */
function normal(fact: Record<string, unknown>): Record<string, unknown> {
  const { format, minimum, maximum, pattern, rules: _, ...rest } = fact;
  // Number or text: each side has its own way of saying so.
  if ("x-kubernetes-int-or-string" in rest || !("type" in rest)) return { type: "integer or string" };
  const isInt32 = format === "int32" || (minimum === -2_147_483_648 && maximum === 2_147_483_647);
  return {
    ...rest,
    ...(isInt32 && !(isBound(minimum) && isBound(maximum)) && { format: "int32" }),
    ...(isBound(minimum) && { minimum }),
    ...(isBound(maximum) && { maximum }),
    ...(typeof pattern === "string" && { pattern: pattern.replaceAll(/\\([^dwsDWS.*+?()[\]{}^$|\\])/g, "$1") }),
  };
}

describe.each(kinds)("the schema of $kind", ({ schema, fields, keys }) => {
  const ours = factsOfSchema(schema);
  const theirs = Object.fromEntries(Object.entries(fields).map(([path, fact]) => [path, normal(fact)]));

  test("has the fields that the platform has, and no other", () => {
    expect(Object.keys(ours).toSorted()).toEqual(Object.keys(theirs).toSorted());
    expect(Object.keys(schema.shape)).toHaveLength(keys);
  });

  test.each(Object.keys(theirs).filter((path) => path !== scopeNamePath))(
    "asks of %s what the platform asks",
    (path) => {
      expect(ours[path]).toEqual(theirs[path]);
    },
  );

  test("takes the scope names that the platform takes, by another pattern", () => {
    const { pattern, ...rest } = ours[scopeNamePath]!;
    const { pattern: theirPattern, ...theirRest } = theirs[scopeNamePath]!;
    expect(rest).toEqual(theirRest);
    expectSameLanguage(String(pattern), String(theirPattern));
  });

  test("refuses a long scope name at once", () => {
    const exposes = [{ enabled: true, name: `${"a".repeat(200)}!`, product: "b" }];
    expect(schemaProblemsOf({ maskinporten: { enabled: true, scopes: { exposes } } })).toHaveLength(1);
  });

  test("refuses an unknown key at every level", () => {
    const open = objectsOf(schema).filter((object) => !(object.def.catchall instanceof z.ZodNever));
    expect(objectsOf(schema).length).toBeGreaterThan(40);
    expect(open).toEqual([]);
  });

  test("describes every field in words", () => {
    const bare = objectsOf(schema).flatMap((object) =>
      Object.entries(object.shape).filter(([, field]) => !(field as z.ZodType).description),
    );
    expect(bare.map(([key]) => key)).toEqual([]);
  });

  test("asks for the separator / where a scope is delegated, the one rule between fields", () => {
    const scope = { enabled: true, name: "ab", product: "b", delegationSource: "altinn" };
    const spec = (more: object) => ({ maskinporten: { enabled: true, scopes: { exposes: [{ ...scope, ...more }] } } });
    const rules = Object.values(fields).flatMap((fact) => (fact["rules"] as string[] | undefined) ?? []);
    expect(rules).toHaveLength(1);
    expect(schemaProblemsOf(spec({ separator: ":" }))).toHaveLength(1);
    expect(schemaProblemsOf(spec({}))).toHaveLength(1);
    expect(schemaProblemsOf(spec({ separator: "/" }))).toEqual([]);
  });
});

test("the schema of PrometheusRule asks of every field what the operator asks", () => {
  const spec = prometheusRuleSchema.shape.spec;
  const theirs = factsOfPlatform("prometheus-rule");
  // A list whose items are told apart by a key: the schema checks by itself that no two have the same.
  const { "x-kubernetes-list-type": _, "x-kubernetes-list-map-keys": __, ...groups } = theirs["spec.groups"]!;
  const wanted = Object.entries({ ...theirs, "spec.groups": groups }).map(([path, fact]) => [
    path,
    normal({ ...fact, ...(typeof fact["pattern"] === "string" && { pattern: fact["pattern"].replace("(?i)", "") }) }),
  ]);
  expect(factsOfSchema(spec)).toEqual(Object.fromEntries(wanted));
});

test.each(["naisjob", "application", "prometheus-rule"])(
  "a definition that is made from the table of %s says again what the table says",
  (name) => {
    const { kind, apiVersion, plural, rules, fields } = tableOf(name);
    expect(crdFacts(stringify(crdOf(tableOf(name))))).toEqual({ kind, apiVersion, plural, rules, fields });
  },
);

const crds = process.env["NAIS_CRDS"];

test("the tables are what the platform's own definitions say", ({ skip }) => {
  skip(!crds || !existsSync(crds), "NAIS_CRDS names no folder with the definitions");
  for (const kind of ["naisjob", "application"]) {
    const { source: _, ...kept } = tableOf(kind) as FactTable & { source: string };
    expect(kept).toEqual(crdFacts(readFileSync(join(crds!, `nais.io_${kind}s.yaml`), "utf8")));
  }
});

const scopeNamePath = "spec.maskinporten.scopes.exposes[].name";

/** Every text of up to six signs of a small alphabet gets the same verdict. */
function expectSameLanguage(ours: string, theirs: string): void {
  const [mine, other] = [new RegExp(ours), new RegExp(theirs)];
  let texts = [""];
  for (let length = 1; length <= 6; length++) {
    texts = texts.flatMap((text) => ["a", "ø", ":", "/", "."].map((sign) => text + sign));
    expect(texts.filter((text) => mine.test(text) !== other.test(text))).toEqual([]);
  }
}

function objectsOf(schema: z.ZodType): z.ZodObject[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) return objectsOf(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodArray) return objectsOf(schema.element as z.ZodType);
  if (!(schema instanceof z.ZodObject)) return [];
  return [schema, ...Object.values(schema.shape).flatMap((field) => objectsOf(field as z.ZodType))];
}
