// Writes the tables of keys in docs/ from the descriptions in src/spec. A test holds that they are what this makes.
import { readFileSync, writeFileSync } from "node:fs";
import { pipelineJsonSchema } from "../src/spec/json-schema.ts";
import { breakableCode, withBreaks } from "./breaks.js";

/** @typedef {import("../src/spec/json-schema.ts").JsonSchema} JsonSchema */
/** @typedef {Record<string, JsonSchema>} Keys */

export const pages = ["pipeline.md", "checks.md", "secrets.md", "http.md"].map(
  (name) => new URL(`../docs/${name}`, import.meta.url),
);

const file = pipelineJsonSchema();
const definitions = /** @type {Keys} */ (file["definitions"]);

/**
 * A page with its tables made anew: what stands between `<!-- keys: source file -->` and the next `<!-- /keys -->`.
 *
 * @param {string} text the page
 */
export function withKeyTables(text) {
  return text.replaceAll(
    /(<!-- keys: ([a-z -]+) -->\n)[\s\S]*?(<!-- \/keys -->)/g,
    (_, start, name, end) => `${start}\n| key | what it says |\n|---|---|\n${tableOf(name).join("\n")}\n\n${end}`,
  );
}

/**
 * The rows of `pipeline`, of a definition (`model`), of what all its types share (`source`), of one type's own keys (`source file`),
 * or of all that says no kind of check (`check settings`).
 *
 * @param {string} name
 */
function tableOf(name) {
  const [group = "", part] = name.split(" ");
  const schema = group === "pipeline" ? file : definitions[group];
  if (!schema) throw new Error(`pipeline.yaml has no ${name}`);
  if (part === "settings") return rowsOf(without(objectOf(schema), kindsOf(schema)));
  if (!("oneOf" in schema)) return rowsOf(objectOf(schema));
  const types = /** @type {JsonSchema[]} */ (schema["oneOf"]);
  const [first = {}] = types;
  const isShared = (/** @type {string} */ key) => types.every((type) => keysOf(type).includes(key));
  if (part === undefined)
    return rowsOf(
      without(
        first,
        keysOf(first).filter((key) => !isShared(key)),
      ),
    );
  const type = types.find((candidate) =>
    ["type", "from"].some((key) => propertiesOf(candidate)[key]?.["const"] === part),
  );
  if (!type) throw new Error(`there is no ${group} of type ${part}`);
  return rowsOf(without(type, keysOf(type).filter(isShared)));
}

/**
 * A row for each key, and one for each key inside of it where that is a map of fixed keys. `type` and `from` only say which table this is.
 *
 * @param {JsonSchema | undefined} schema
 * @param {string} before
 * @returns {string[]}
 */
function rowsOf(schema, before = "") {
  const required = /** @type {string[]} */ (schema?.["required"] ?? []);
  return Object.entries(propertiesOf(schema)).flatMap(([key, value]) => {
    if ("const" in value && ["type", "from"].includes(key)) return [];
    const needed = required.includes(key) ? ", needed" : "";
    const inner = "$ref" in value || "allOf" in value ? [] : rowsOf(objectOf(value), `${before}${key}.`);
    return [`| ${breakableCode(`${before}${key}`)}${needed} | ${describe(value)} |`, ...inner];
  });
}

/** @param {JsonSchema} schema */
function describe(schema) {
  const text = schema["description"] ?? referred(schema)?.["description"];
  if (typeof text !== "string") throw new Error(`a key of pipeline.yaml has no description: ${JSON.stringify(schema)}`);
  // A name that begins or ends with _ would be set in italics.
  return withBreaks(
    text
      .replaceAll("|", "\\|")
      .replaceAll("<", "&lt;")
      .replaceAll(/(?<!\w)_(?=\w)|(?<=\w)_(?!\w)/g, "\\_"),
  );
}

/**
 * The definition that a key refers to.
 *
 * @param {JsonSchema} schema
 * @returns {JsonSchema | undefined}
 */
function referred(schema) {
  const { $ref, allOf, anyOf } = schema;
  const forms = /** @type {JsonSchema[]} */ (allOf ?? anyOf ?? []);
  if (forms[0]) return referred(forms[0]);
  return typeof $ref === "string" ? definitions[$ref.slice("#/definitions/".length)] : undefined;
}

/**
 * The long form, where there is a short one.
 *
 * @param {JsonSchema} schema
 * @returns {JsonSchema}
 */
function objectOf(schema) {
  const forms = /** @type {JsonSchema[]} */ (schema["anyOf"] ?? []);
  return forms.find(({ type }) => type === "object") ?? schema;
}

/**
 * @param {JsonSchema} schema
 * @param {string[]} keys
 */
function without(schema, keys) {
  const kept = Object.entries(propertiesOf(schema)).filter(([key]) => !keys.includes(key));
  return { ...schema, properties: Object.fromEntries(kept) };
}

/** @param {JsonSchema} check */
function kindsOf(check) {
  return /** @type {JsonSchema[]} */ (objectOf(check)["oneOf"]).flatMap(keysOf);
}

/** @param {JsonSchema | undefined} schema */
function keysOf(schema) {
  return Object.keys(propertiesOf(schema));
}

/**
 * @param {JsonSchema | undefined} schema
 * @returns {Keys}
 */
function propertiesOf(schema) {
  return /** @type {Keys} */ (schema?.["properties"] ?? {});
}

if (import.meta.main) {
  for (const page of pages) writeFileSync(page, withKeyTables(readFileSync(page, "utf8")));
  console.log("wrote the tables of keys in docs/");
}
