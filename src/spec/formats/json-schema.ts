/**
 * JSON Schema of a row as a line of NDJSON holds it (draft 2020-12): every column is there, and may be null where no
 * check refuses it.
 *
 * INT64, NUMERIC and BIGNUMERIC have more digits than a JavaScript number holds: they may stand as numbers or as texts.
 * Dates and times are texts, with a blank or a T between; a TIMESTAMP without a zone is in UTC. BYTES is base64.
 * NaN and the infinities of FLOAT64 have no JSON.
 */
import type { JsonSchema } from "../json-schema.ts";
import type { Table } from "../table.ts";
import type { Type } from "../type.ts";

const date = String.raw`\d{4}-\d{2}-\d{2}`;
const time = String.raw`\d{2}:\d{2}:\d{2}(\.\d{1,6})?`;
const zone = String.raw`(Z|[+-]\d{2}(:?\d{2})?)?`;

export function rowJsonSchema(table: Table): JsonSchema {
  const properties = table.columns.map(({ name, type, description, required }) => {
    const schema = typeSchema(type);
    const form = required ? schema : orNull(schema);
    return [name, { ...(description !== undefined && { description }), ...form }];
  });
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: table.name,
    ...(table.description !== undefined && { description: table.description }),
    type: "object",
    properties: Object.fromEntries(properties),
    required: table.columns.map((column) => column.name),
    additionalProperties: false,
  };
}

function typeSchema(type: Type): JsonSchema {
  switch (type.kind) {
    case "ARRAY":
      return { type: "array", items: typeSchema(type.element) };
    case "STRUCT":
      return {
        type: "object",
        properties: Object.fromEntries(type.fields.map((field) => [field.name, orNull(typeSchema(field.type))])),
        required: type.fields.map((field) => field.name),
        additionalProperties: false,
      };
    case "STRING":
      return { type: "string", ...(type.parameters && { maxLength: type.parameters[0] }) };
    case "BYTES":
      return { type: "string", contentEncoding: "base64", pattern: "^[A-Za-z0-9+/]*={0,2}$" };
    case "INT64":
      return { type: ["integer", "string"], format: "int64", pattern: String.raw`^-?\d{1,19}$` };
    case "FLOAT64":
      return { type: "number" };
    case "NUMERIC":
    case "BIGNUMERIC":
      return { type: ["number", "string"], format: "decimal", pattern: String.raw`^-?\d+(\.\d+)?$` };
    case "BOOL":
      return { type: "boolean" };
    case "DATE":
      return { type: "string", format: "date", pattern: `^${date}$` };
    case "TIMESTAMP":
      return { type: "string", pattern: `^${date}[T ]${time}${zone}$` };
    case "DATETIME":
      return { type: "string", pattern: `^${date}[T ]${time}$` };
    case "TIME":
      return { type: "string", pattern: `^${time}$` };
    case "JSON":
      return {};
  }
}

/** JSON holds null already. */
function orNull(schema: JsonSchema): JsonSchema {
  if (Object.keys(schema).length === 0) return schema;
  return { ...schema, type: [schema["type"], "null"].flat() };
}
