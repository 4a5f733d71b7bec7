/** Google's own description of the REST API: which method a request calls, and what may stand in it and in its reply. */
import { readFileSync } from "node:fs";
import { canonical, check, checkText, sentByGoogle } from "./check.ts";

export interface Schema {
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

export const facts = JSON.parse(
  readFileSync(new URL("../../../facts/bigquery-v2.json", import.meta.url), "utf8"),
) as unknown as Facts;

export interface Route {
  method: string;
  path: Record<string, string>;
}

const routes = Object.entries(facts.methods).map(([name, { httpMethod, path, parameters }]) => ({
  name,
  httpMethod,
  pattern: new RegExp(`^${path.replaceAll(/\{\+?(\w+)\}/g, (_, part: string) => groupOf(part, parameters[part]))}$`),
}));

/** A part of a path, whose own pattern says whether it may hold slashes. */
function groupOf(part: string, parameter: Parameter | undefined): string {
  return `(?<${part}>${parameter?.pattern?.replaceAll(/^\^|\$$/g, "") ?? "[^/]+"})`;
}

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
