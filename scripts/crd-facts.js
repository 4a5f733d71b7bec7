/**
 * Writes the facts of a Kubernetes CRD as a table: one row for each field, with its type and bounds and no prose.
 *
 *   node scripts/crd-facts.js <crd.yaml> <source, e.g. owner/repository@commit> [version] > test/facts/naisjob.json
 *
 * The tables under test/facts/ are what the project's own schemas are compared with.
 */
import { readFileSync } from "node:fs";
import { parse } from "yaml";

/**
 * @typedef {object} Schema the part of OpenAPI v3 that CRDs use
 * @property {string} [type]
 * @property {string} [format]
 * @property {string} [pattern]
 * @property {unknown[]} [enum]
 * @property {unknown} [default]
 * @property {number} [minimum]
 * @property {number} [maximum]
 * @property {number} [minLength]
 * @property {number} [maxLength]
 * @property {number} [minItems]
 * @property {number} [maxItems]
 * @property {boolean} [nullable]
 * @property {string[]} [required]
 * @property {Schema} [items]
 * @property {Record<string, Schema>} [properties]
 * @property {Schema} [additionalProperties]
 */

/** @typedef {Record<string, unknown>} Fact */

/** Keywords that say what a value may be, in the order in which a row shows them. */
const keywords = /** @type {const} */ ([
  "type",
  "format",
  "enum",
  "pattern",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "nullable",
  "default",
  "x-kubernetes-int-or-string",
  "x-kubernetes-preserve-unknown-fields",
  "x-kubernetes-list-type",
  "x-kubernetes-list-map-keys",
]);

/**
 * Every field below a schema, by its path: `spec.env[].name`; `{}` stands for any key of a map.
 *
 * @param {Schema} schema
 * @param {string} path
 * @param {boolean} required
 * @returns {Generator<[string, Fact]>}
 */
export function* factsOf(schema, path, required = false) {
  const row = /** @type {Fact} */ ({});
  for (const keyword of keywords) {
    const value = /** @type {Fact} */ (schema)[keyword];
    if (value !== undefined) row[keyword] = value;
  }
  if (required) row["required"] = true;
  const rules = rulesOf(schema);
  if (rules.length > 0) row["rules"] = rules;
  if (path !== "") yield [path, row];
  for (const [key, field] of Object.entries(schema.properties ?? {})) {
    yield* factsOf(field, path === "" ? key : `${path}.${key}`, schema.required?.includes(key));
  }
  if (schema.items) yield* factsOf(schema.items, `${path}[]`);
  if (typeof schema.additionalProperties === "object") yield* factsOf(schema.additionalProperties, `${path}{}`);
}

/**
 * What holds between fields.
 *
 * @param {Schema} schema
 * @returns {string[]}
 */
function rulesOf(schema) {
  const rules = /** @type {{ rule: string }[]} */ (/** @type {Fact} */ (schema)["x-kubernetes-validations"] ?? []);
  return rules.map(({ rule }) => rule);
}

/**
 * @param {string} text a CRD in YAML
 * @param {string} [version] by default the one that is stored
 */
export function crdFacts(text, version) {
  const { spec } = parse(text);
  const chosen = spec.versions.find((/** @type {{ name: string, storage: boolean }} */ one) =>
    version === undefined ? one.storage : one.name === version,
  );
  const { openAPIV3Schema } = chosen.schema;
  const { properties } = openAPIV3Schema;
  return {
    kind: spec.names.kind,
    apiVersion: `${spec.group}/${chosen.name}`,
    plural: spec.names.plural,
    rules: rulesOf(openAPIV3Schema),
    fields: Object.fromEntries([...factsOf(properties.spec, "spec", true)].slice(1)),
  };
}

if (import.meta.main) {
  const [file, source, version] = process.argv.slice(2);
  if (!file || !source) {
    console.error("usage: node scripts/crd-facts.js <crd.yaml> <owner/repository@commit> [version]");
    process.exit(2);
  }
  const { fields, ...head } = crdFacts(readFileSync(file, "utf8"), version);
  const rows = Object.entries(fields).map(([path, fact]) => `    ${JSON.stringify(path)}: ${JSON.stringify(fact)}`);
  const lines = Object.entries({ source, ...head }).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  console.log(`{\n${lines.join(",\n")},\n  "fields": {\n${rows.join(",\n")}\n  }\n}`);
}
