/** Google's own description of the REST API: which method a request calls, and what may stand in it and in its reply. */
import { readFileSync } from "node:fs";

interface Schema {
  type?: string;
  format?: string;
  enum?: string[];
  pattern?: string;
  $ref?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema;
}

interface Parameter extends Schema {
  location: "path" | "query";
  required?: boolean;
  repeated?: boolean;
}

interface Method {
  httpMethod: string;
  path: string;
  parameters: Record<string, Parameter>;
  request?: { $ref: string };
  response?: { $ref: string };
}

interface Facts {
  parameters: Record<string, Parameter>;
  methods: Record<string, Method>;
  schemas: Record<string, Schema>;
}

const facts = JSON.parse(
  readFileSync(new URL("../../../facts/bigquery-v2.json", import.meta.url), "utf8"),
) as unknown as Facts;

export interface Route {
  method: string;
  path: Record<string, string>;
}

const routes = Object.entries(facts.methods).map(([name, { httpMethod, path }]) => ({
  name,
  httpMethod,
  pattern: new RegExp(`^${path.replaceAll(/\{\+?(\w+)\}/g, "(?<$1>[^/]+)")}$`),
}));

/** @param path after `/bigquery/v2/` */
export function findMethod(httpMethod: string, path: string): Route | undefined {
  for (const { name, httpMethod: verb, pattern } of routes) {
    const found = verb === httpMethod ? pattern.exec(path)?.groups : undefined;
    if (!found) continue;
    const values = Object.entries(found).map(([key, value]) => [key, decodeURIComponent(value)]);
    return { method: name, path: Object.fromEntries(values) as Record<string, string> };
  }
  return undefined;
}

/** What is wrong with the parameters behind the `?`: an unknown one, or one of the wrong type. */
export function checkQuery(method: string, query: URLSearchParams): string[] {
  const known = { ...facts.parameters, ...facts.methods[method]!.parameters };
  return [...query].flatMap(([name, value]) => {
    if (sentByGoogle.has(`${method}?${name}`)) return [];
    const schema = known[name];
    if (schema?.location !== "query") {
      return [`Invalid JSON payload received. Unknown name "${name}": Cannot bind query parameter.`];
    }
    return checkText(schema, value).map((why) => `Invalid value at '${name}' (${why}), "${value}"`);
  });
}

/** What is wrong with a request's body. */
export function checkRequest(method: string, body: unknown): string[] {
  const schema = facts.methods[method]!.request;
  if (!schema) return body === undefined ? [] : [`${method} takes no body`];
  if (body === undefined) return [];
  return check({ schema, value: body, at: "", strict: false });
}

/** What is wrong with a reply of ours. */
export function checkReply(method: string, body: unknown): string[] {
  const schema = facts.methods[method]!.response;
  if (!schema) return body === undefined ? [] : [`${method} gives no body`];
  return check({ schema, value: body, at: "", strict: true });
}

/** The body as Google keeps it: text where text is wanted, and nothing that it does not know or that is null. */
export function canonicalRequest(method: string, body: unknown): unknown {
  const schema = facts.methods[method]!.request;
  // In a patch, null takes a value away.
  return schema && canonical(schema, body, method.endsWith(".patch"));
}

function canonical(schema: Schema, value: unknown, keepsNull: boolean): unknown {
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

function check({ schema, value, at, strict }: Check): string[] {
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
const sentByGoogle = new Set(["configuration.load.location", "configuration.query.types", "jobs.get?projection"]);

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

function checkText(schema: Schema, text: string): string[] {
  if (schema.enum && !schema.enum.includes(text)) return [`one of ${schema.enum.join(", ")} is wanted`];
  if (schema.type === "boolean") return /^(true|false)$/i.test(text) ? [] : ["TYPE_BOOL"];
  if (schema.type === "integer" || isDigits(schema)) {
    const pattern = schema.format?.startsWith("u") ? /^\d+$/ : /^-?\d+$/;
    return pattern.test(text) ? [] : [`TYPE_${(schema.format ?? "int32").toUpperCase()}`];
  }
  if (schema.type === "number") return text !== "" && !Number.isNaN(Number(text)) ? [] : ["TYPE_DOUBLE"];
  return [];
}
