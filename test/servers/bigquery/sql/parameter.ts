/** A query's named parameters. https://cloud.google.com/bigquery/docs/parameterized-queries */
import { invalid, notHere } from "../api-error.ts";
import { literal } from "../value/parse.ts";
import { duckType, findScalar, quote, quoteText, unsupportedKinds, type SqlType } from "../value/type.ts";
import type { Typed } from "./typed.ts";

interface ParameterType {
  type?: string;
  arrayType?: ParameterType;
  structTypes?: { name?: string; type: ParameterType }[];
}

interface ParameterValue {
  value?: string;
  arrayValues?: ParameterValue[];
  structValues?: Record<string, ParameterValue>;
}

export interface QueryParameter {
  name?: string;
  parameterType?: ParameterType;
  parameterValue?: ParameterValue;
}

export function readParameters(parameters: QueryParameter[] = []): Map<string, Typed> {
  const read = parameters.map((it): [string, Typed] => {
    if (!it.name) throw notHere("positional parameters");
    if (!it.parameterType) throw invalid(`Query parameter '${it.name}' has no type`);
    return [it.name.toLowerCase(), readValue(readType(it.parameterType), it.parameterValue ?? {}, it.name)];
  });
  return new Map(read);
}

function readType({ type = "", arrayType, structTypes }: ParameterType): SqlType {
  if (type === "ARRAY" && arrayType) return { kind: "ARRAY", element: readType(arrayType) };
  if (type === "STRUCT" && structTypes) {
    return { kind: "STRUCT", fields: structTypes.map((it) => ({ name: it.name ?? "", type: readType(it.type) })) };
  }
  const kind = findScalar(type);
  if (!kind) throw invalid(`Invalid parameter type: ${type}`);
  if (unsupportedKinds.has(kind)) throw notHere(`parameters of type ${kind}`);
  return { kind };
}

function readValue(type: SqlType, value: ParameterValue, name: string): Typed {
  if (type.kind === "ARRAY") return readArray(type, value, name);
  if (type.kind === "STRUCT") return readStruct(type, value, name);
  const text = value.value;
  if (text === undefined) return { sql: `CAST(NULL AS ${duckType(type)})`, type };
  if (type.kind === "STRING") return { sql: quoteText(text), type, text };
  try {
    return { sql: literal(type.kind, text), type, text };
  } catch {
    throw invalid(`Invalid value for query parameter '${name}': "${text}" is no ${type.kind}`);
  }
}

/** An array that is missing is NULL, which reads as empty wherever it is used. */
function readArray(
  type: Extract<SqlType, { kind: "ARRAY" }>,
  { arrayValues = [] }: ParameterValue,
  name: string,
): Typed {
  const elements = arrayValues.map((it) => readValue(type.element, it, name).sql);
  return { sql: `CAST([${elements.join(", ")}] AS ${duckType(type)})`, type };
}

function readStruct(
  type: Extract<SqlType, { kind: "STRUCT" }>,
  { structValues = {} }: ParameterValue,
  name: string,
): Typed {
  const parts = type.fields.map((it, i) => {
    const value = readValue(it.type, structValues[it.name] ?? {}, name);
    return `${quote(it.name || `_field_${i + 1}`)} := ${value.sql}`;
  });
  return { sql: `CAST(struct_pack(${parts.join(", ")}) AS ${duckType(type)})`, type };
}
