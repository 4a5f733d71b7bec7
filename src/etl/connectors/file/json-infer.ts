/** The columns of JSON objects that nobody declared, found out from every object. */
import type { Columns } from "../../../spec/column.ts";
import type { Field, Type } from "../../../spec/type.ts";
import { exactDigits } from "./csv-infer.ts";
import { textFits } from "./cell-text.ts";

/** What is known of a value's type; `undefined` while only null was seen. */
type Shape = Type | undefined;

/** A number as it was written: JSON.parse alone would not tell 1.0 from 1. */
class NumberSource {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

/** Only an empty text is of this type: whatever else comes is told of. */
const unknownType: Type = { kind: "STRING", parameters: [0] };
const json: Type = { kind: "JSON" };
const text: Type = { kind: "STRING" };

/** An object of more keys than this is a map, not a row of fields. */
const mostFields = 500;

export interface JsonInference {
  /** Widens the columns so that this object fits. @param source the object's JSON */
  add(source: string): void;
  /** The columns to hold objects against. */
  fields(): Field[];
  columns(): Columns;
}

export function createJsonInference(): JsonInference {
  const shapes = new Map<string, Shape>();
  return {
    add(source) {
      for (const [name, value] of Object.entries(parse(source)))
        shapes.set(name, merge(shapes.get(name), shapeOf(value)));
    },
    fields: () => [...shapes].map(([name, shape]) => ({ name, type: shape ?? unknownType })),
    columns: () => Object.fromEntries([...shapes].map(([name, shape]) => [name, { type: settle(shape) }])),
  };
}

function parse(source: string): Record<string, unknown> {
  const quoted = source.replaceAll(/(?<=[[:,\s])-?(?:NaN|Infinity)(?=[\s,\]}])/g, "1.5");
  return JSON.parse(quoted, withSource) as Record<string, unknown>;
}

/** The third argument is younger than TypeScript's library. Source: https://tc39.es/proposal-json-parse-with-source */
function withSource(_key: string, value: unknown, context?: { source?: string }): unknown {
  return typeof value === "number" && context?.source !== undefined ? new NumberSource(context.source) : value;
}

function shapeOf(value: unknown): Shape {
  if (value === null) return undefined;
  if (typeof value === "boolean") return { kind: "BOOL" };
  if (typeof value === "string") return textShape(value);
  if (value instanceof NumberSource) return numberShape(value);
  if (Array.isArray(value)) return arrayShape(value);
  return objectShape(value as object);
}

function textShape(value: string): Shape {
  if (value === "") return text;
  return (
    (["DATE", "DATETIME", "TIMESTAMP"] as const).map((kind) => ({ kind })).find((type) => textFits(value, type)) ?? text
  );
}

function numberShape({ source }: NumberSource): Shape {
  if (!/^-?\d+$/.test(source)) return { kind: "FLOAT64" };
  if (source.replace("-", "").length <= exactDigits) return { kind: "INT64" };
  return json;
}

function arrayShape(values: unknown[]): Shape {
  const element = values.map(shapeOf).reduce(merge, undefined) ?? unknownType;
  return element.kind === "ARRAY" ? json : { kind: "ARRAY", element };
}

function objectShape(value: object): Shape {
  const fields = Object.entries(value).map(([name, inner]) => ({ name, type: shapeOf(inner) ?? unknownType }));
  return fields.length === 0 || fields.length > mostFields ? json : { kind: "STRUCT", fields };
}

function merge(known: Shape, found: Shape): Shape {
  if (known === undefined || known === unknownType) return found ?? known;
  if (found === undefined || found === unknownType) return known;
  if (known.kind === "ARRAY" && found.kind === "ARRAY") return mergeArrays(known.element, found.element);
  if (known.kind === "STRUCT" && found.kind === "STRUCT") return mergeStructs(known.fields, found.fields);
  if (known.kind === found.kind) return known;
  return wider(known.kind, found.kind);
}

function mergeArrays(known: Type, found: Type): Type {
  const element = merge(known, found) ?? unknownType;
  return element.kind === "ARRAY" ? json : { kind: "ARRAY", element };
}

function mergeStructs(known: Field[], found: Field[]): Type {
  const fields = new Map(known.map(({ name, type }) => [name, type]));
  for (const { name, type } of found) fields.set(name, merge(fields.get(name), type) ?? unknownType);
  return fields.size > mostFields
    ? json
    : { kind: "STRUCT", fields: [...fields].map(([name, type]) => ({ name, type })) };
}

const numbers = new Set<Type["kind"]>(["INT64", "FLOAT64"]);
const times = ["DATE", "DATETIME", "TIMESTAMP"] as const;
const texts = new Set<Type["kind"]>([...times, "STRING"]);

function wider(a: Type["kind"], b: Type["kind"]): Type {
  if (numbers.has(a) && numbers.has(b)) return { kind: "FLOAT64" };
  if (!texts.has(a) || !texts.has(b)) return json;
  if (a === "STRING" || b === "STRING") return text;
  return { kind: times[Math.max(times.indexOf(a as "DATE"), times.indexOf(b as "DATE"))]! };
}

/** What is still unknown at the end is text: there was nothing but null. */
function settle(shape: Shape): Type {
  if (shape === undefined || shape === unknownType) return text;
  if (shape.kind === "ARRAY") return { kind: "ARRAY", element: settle(shape.element) };
  if (shape.kind === "STRUCT")
    return { kind: "STRUCT", fields: shape.fields.map(({ name, type }) => ({ name, type: settle(type) })) };
  return shape;
}
