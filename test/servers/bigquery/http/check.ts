/** Whether a value is what a schema of Google's description says. */
import { facts, type Schema } from "./discovery.ts";

export function canonical(schema: Schema, value: unknown, keepsNull: boolean): unknown {
  if (schema.$ref) return canonical(facts.schemas[schema.$ref]!, value, keepsNull);
  if (Array.isArray(value)) return value.map((item) => canonical(schema.items ?? schema, item, keepsNull));
  if (typeof value !== "object" || value === null)
    return schema.type === "string" && value !== null && value !== undefined ? `${value as string | number}` : value;
  const entries = Object.entries(value).flatMap(([key, item]): [string, unknown][] => {
    const known = schema.properties?.[key] ?? schema.additionalProperties;
    if (schema.type !== "any" && (!known || (item === null && !keepsNull))) return [];
    return [[key, known ? canonical(known, item, keepsNull) : item]];
  });
  return Object.fromEntries(entries);
}

interface Check {
  schema: Schema;
  value: unknown;
  at: string;
  /** Google reads a number for a string of digits and the other way round; what it writes is of one form. */
  strict: boolean;
}

export function check({ schema, value, at, strict }: Check): string[] {
  if (schema.$ref) return check({ schema: facts.schemas[schema.$ref]!, value, at, strict });
  if (schema.type === "any") return [];
  if (value === null) return strict ? [`'${at}' is null`] : [];
  if (!strict && typeof value !== "object" && takesAnyScalar.test(at)) return [];
  if (schema.type === "array") return checkArray({ schema, value, at, strict });
  if (schema.type === "object") return checkObject({ schema, value, at, strict });
  const problem = typeof value === "object" ? `a ${schema.type} is wanted` : checkScalar(schema, value, strict);
  return problem ? [`Invalid value at '${at}' (${problem}), ${JSON.stringify(value)}`] : [];
}

function checkArray({ schema, value, at, strict }: Check): string[] {
  if (!Array.isArray(value)) return [`Invalid value at '${at}': an array is wanted`];
  return value.flatMap((item, i) => check({ schema: schema.items!, value: item, at: `${at}[${i}]`, strict }));
}

function checkObject({ schema, value, at, strict }: Check): string[] {
  if (typeof value !== "object" || Array.isArray(value)) return [`Invalid value at '${at}': an object is wanted`];
  return Object.entries(value as Record<string, unknown>).flatMap(([key, item]) => {
    if (item === undefined) return [];
    const known = schema.properties?.[key] ?? schema.additionalProperties;
    const where = at ? `${at}.${key}` : key;
    if (known) return check({ schema: known, value: item, at: where, strict });
    if (!strict && sentByGoogle.has(where)) return [];
    return [`Invalid JSON payload received. Unknown name "${key}" at '${at}': Cannot find field.`];
  });
}

/** What nobody knows and Google's own clients send all the same, for Node and for Python; BigQuery passes over it. */
export const sentByGoogle = new Set([
  "configuration.load.location",
  "configuration.query.types",
  "jobs.get?projection",
]);

/** A parameter's value is text, and Google's Node client sends numbers and booleans as they are. */
const takesAnyScalar = /\bparameterValue\.(.+\.)?value$/;

function checkScalar(schema: Schema, value: unknown, strict: boolean): string | undefined {
  const text = String(value);
  if (strict && typeof value !== jsonTypes[schema.type!]) return `TYPE_${schema.type!.toUpperCase()}`;
  if (!strict && typeof value === "number" && schema.type === "string" && !isDigits(schema)) return "TYPE_STRING";
  if (typeof value === "boolean" && schema.type !== "boolean") return `TYPE_${schema.type!.toUpperCase()}`;
  return checkText(schema, text)[0];
}

const jsonTypes: Record<string, string> = { string: "string", boolean: "boolean", integer: "number", number: "number" };

function isDigits({ format }: Schema): boolean {
  return /^u?int64$/.test(format ?? "");
}

export function checkText(schema: Schema, text: string): string[] {
  if (schema.enum && !schema.enum.includes(text)) return [`one of ${schema.enum.join(", ")} is wanted`];
  if (schema.type === "boolean") return /^(true|false)$/i.test(text) ? [] : ["TYPE_BOOL"];
  if (schema.type === "integer" || isDigits(schema)) {
    const pattern = schema.format?.startsWith("u") ? /^\d+$/ : /^-?\d+$/;
    return pattern.test(text) ? [] : [`TYPE_${(schema.format ?? "int32").toUpperCase()}`];
  }
  if (schema.type === "number") return text !== "" && !Number.isNaN(Number(text)) ? [] : ["TYPE_DOUBLE"];
  return [];
}
