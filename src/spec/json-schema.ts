/**
 * The JSON Schema of pipeline.yaml, for editors: completion, descriptions and most mistakes while one types.
 * It accepts every file that loads. Not every file it accepts loads: what must fit together is checked by `validate`.
 *
 * Draft 7, which every editor's YAML extension knows: https://json-schema.org/draft-07
 */
import { z } from "zod";
import { pipelineSchema } from "./pipeline.ts";
import { isPlainObject } from "./value.ts";

export type JsonSchema = { [key: string]: unknown };

const definitionPrefix = "#/definitions/";

export function pipelineJsonSchema(): JsonSchema {
  const whole = expandShorthands(z.toJSONSchema(pipelineSchema, { io: "input", target: "draft-07" })) as JsonSchema;
  const { $schema, definitions, ...file } = whole;
  const { targets, ...keys } = file["properties"] as Record<string, JsonSchema>;
  const parts = createParts(definitions as Record<string, JsonSchema>);
  const target = { ...parts.partOf({ ...file, properties: keys }), description: "This target's part of the file" };
  return {
    $schema,
    title: "pipeline.yaml of nais-etl",
    ...file,
    properties: { ...keys, targets: { ...targets, additionalProperties: target } },
    definitions: { ...(definitions as JsonSchema), ...parts.definitions },
  };
}

/** As text, the way it is committed. */
export function formatJsonSchema(schema: JsonSchema): string {
  return `${JSON.stringify(schema, undefined, 2)}\n`;
}

/**
 * A schema with `shorthand` in its metadata may be written short: `interval: day` for `interval: { every: day }`.
 * zod itself shows the long form only, since the short one is expanded before it looks.
 */
function expandShorthands(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(expandShorthands);
  if (!isPlainObject(node)) return node;
  const expanded = mapValues(node, expandShorthands);
  if (!("shorthand" in expanded)) return expanded;
  const { shorthand, description, ...long } = expanded;
  return { ...(description !== undefined && { description }), anyOf: [shorthand, long] };
}

/**
 * A target says a part of what the file says: no key is required, and `null` takes one away.
 * Lists are replaced as a whole, so what stands in them is not a part.
 */
function createParts(definitions: Record<string, JsonSchema>) {
  const parts: Record<string, JsonSchema> = {};

  function partOf(schema: JsonSchema): JsonSchema {
    const { required: _, oneOf, anyOf, allOf, $ref, properties, additionalProperties, ...rest } = schema;
    const variants = (oneOf ?? anyOf) as JsonSchema[] | undefined;
    return {
      ...rest,
      ...(variants && { anyOf: withKeysOfOthers(variants.map(partOf)) }),
      ...(Array.isArray(allOf) && { allOf: (allOf as JsonSchema[]).map(partOf) }),
      ...(typeof $ref === "string" && { $ref: definitionPrefix + namedPart($ref.slice(definitionPrefix.length)) }),
      ...(isPlainObject(properties) && {
        properties: mapValues(properties, (schema) => partOrNull(schema as JsonSchema)),
      }),
      ...(additionalProperties !== undefined && {
        additionalProperties: isPlainObject(additionalProperties)
          ? partOrNull(additionalProperties)
          : additionalProperties,
      }),
    };
  }

  function namedPart(name: string): string {
    const partName = `${name}-part`;
    if (!(partName in parts)) {
      parts[partName] = {};
      parts[partName] = partOf(definitions[name]!);
    }
    return partName;
  }

  function partOrNull(schema: JsonSchema): JsonSchema {
    const { description, ...part } = partOf(schema);
    const form = Object.keys(part).length === 0 ? part : { anyOf: [part, { type: "null" }] };
    return { ...(description !== undefined && { description }), ...form };
  }

  return { partOf, definitions: parts };
}

/** A target that makes a source one of another type takes away the keys of the type it was. */
function withKeysOfOthers(variants: JsonSchema[]): JsonSchema[] {
  const keysOf = (variant: JsonSchema) => Object.keys((variant["properties"] as JsonSchema | undefined) ?? {});
  const all = [...new Set(variants.flatMap(keysOf))];
  return variants.map((variant) => {
    if (!isPlainObject(variant["properties"])) return variant;
    const own = keysOf(variant);
    const others = all.filter((key) => !own.includes(key)).map((key) => [key, { type: "null" }]);
    return { ...variant, properties: { ...variant["properties"], ...Object.fromEntries(others) } };
  });
}

function mapValues(values: JsonSchema, map: (value: unknown) => unknown): JsonSchema {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, map(value)]));
}
