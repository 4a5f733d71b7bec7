/**
 * Writes what a Google API's discovery document says of its methods and their messages, without its prose.
 *
 *   node scripts/discovery-facts.js <bigquery.v2.json> <source> <resource> [resource …] > test/facts/bigquery-v2.json
 *
 * The document comes with PyPI's google-api-python-client: googleapiclient/discovery_cache/documents/bigquery.v2.json.
 * The in-repo BigQuery server holds each request and reply against these facts.
 */
import { readFileSync } from "node:fs";

/** @typedef {{ [key: string]: unknown }} Node */

/** Words for people. A property that happens to bear such a name is an object, and stays. */
const prose = new Set(["description", "enumDescriptions", "enumDeprecated", "id", "readOnly", "scopes", "flatPath"]);

const [file, source, ...resources] = process.argv.slice(2);
if (!file || !source || resources.length === 0) {
  console.error("usage: node scripts/discovery-facts.js <document.json> <source> <resource> [resource …]");
  process.exit(2);
}
const document = JSON.parse(readFileSync(file, "utf8"));
const methods = Object.fromEntries(
  resources.flatMap((name) =>
    Object.entries(document.resources[name].methods).map(([verb, it]) => [`${name}.${verb}`, strip(it)]),
  ),
);
const facts = {
  source,
  revision: document.revision,
  parameters: strip(document.parameters),
  methods,
  schemas: reachable(methods, document.schemas),
};
console.log(print(facts));

/** @param {any} node @returns {any} */
function strip(node) {
  if (Array.isArray(node)) return node.map(strip);
  if (typeof node !== "object" || node === null) return node;
  const kept = Object.entries(node).filter(([key, it]) => !(prose.has(key) && isProse(it)));
  return Object.fromEntries(kept.map(([key, it]) => [key, strip(it)]));
}

/** @param {unknown} value */
function isProse(value) {
  return typeof value !== "object" || Array.isArray(value);
}

/** The schemas that the methods name, and those that these name. @param {Node} from @param {Record<string, Node>} all */
function reachable(from, all) {
  /** @type {Record<string, Node>} */
  const found = {};
  const visit = (/** @type {unknown} */ node) => {
    for (const [, name] of JSON.stringify(node).matchAll(/"\$ref":"(\w+)"/g)) {
      if (!name || name in found) continue;
      found[name] = strip(all[name]);
      visit(found[name]);
    }
  };
  visit(from);
  return Object.fromEntries(Object.entries(found).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** One line for each method and each schema, so that a new revision can be read as a difference. @param {Node} it */
function print(it) {
  const lines = Object.entries(it).map(([key, value]) =>
    key === "methods" || key === "schemas" || key === "parameters"
      ? `  ${JSON.stringify(key)}: {\n${entries(/** @type {Node} */ (value))}\n  }`
      : `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  return `{\n${lines.join(",\n")}\n}`;
}

/** @param {Node} it */
function entries(it) {
  return Object.entries(it)
    .map(([key, value]) => `    ${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    .join(",\n");
}
