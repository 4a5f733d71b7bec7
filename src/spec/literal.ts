/** Values of pipeline.yaml and of tests, checked against a declared type, strictly: nothing is rounded or cut in silence. */
import { formatType, type Type } from "./type.ts";
import { isDate, isPlainObject } from "./value.ts";

/**
 * The canonical text of a value of this type (ISO 8601 for dates and times, JSON for ARRAY and STRUCT, base64 for BYTES),
 * null for NULL, or a problem that names the value and the type.
 */
export function canonicalText(value: unknown, type: Type): { text: string | null } | { problem: string } {
  if (value === null || value === undefined) return { text: null };
  if (type.kind === "ARRAY" || type.kind === "STRUCT") return nested(value, type);
  if (type.kind === "JSON") return { text: typeof value === "string" ? jsonText(value) : JSON.stringify(value) };
  if (exactJson.isRawJSON(value)) return canonicalText(value.rawJSON, type);
  if (typeof value === "object") return { problem: `${show(value)} is not ${a(type)}` };
  const written = `${value as number}`;
  const text = scalarText(written, type, typeof value);
  return text === undefined ? { problem: `${show(value)} is not ${a(type)}${reason(written, type)}` } : { text };
}

function nested(value: unknown, type: Type): { text: string | null } | { problem: string } {
  const parsed = typeof value === "string" ? parseJson(value, keepDigits) : value;
  if (parsed === undefined) return { problem: `${show(value)} is not ${a(type)}: write a list or a map, or its JSON` };
  const problem = nestedProblem(parsed, type);
  return problem ? { problem } : { text: JSON.stringify(toJson(parsed, type)) };
}

function nestedProblem(value: unknown, type: Type): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (type.kind === "ARRAY") {
    if (!Array.isArray(value)) return `${show(value)} is not ${a(type)}`;
    return value.map((item) => nestedProblem(item, type.element)).find((problem) => problem !== undefined);
  }
  if (type.kind === "STRUCT") {
    if (!isPlainObject(value)) return `${show(value)} is not ${a(type)}`;
    const names = type.fields.map((field) => field.name);
    const unknown = Object.keys(value).find((name) => !names.includes(name));
    if (unknown !== undefined) return `\`${unknown}\` is not a field of ${formatType(type)}`;
    return type.fields
      .map((field) => nestedProblem(value[field.name], field.type))
      .find((problem) => problem !== undefined);
  }
  const result = canonicalText(value, type);
  return "problem" in result ? result.problem : undefined;
}

/** JSON that the engine casts to the nested type: every field present, scalars as their canonical text. */
function toJson(value: unknown, type: Type): unknown {
  if (value === null || value === undefined) return null;
  if (type.kind === "ARRAY") return (value as unknown[]).map((item) => toJson(item, type.element));
  if (type.kind === "STRUCT") {
    const fields = value as Record<string, unknown>;
    return Object.fromEntries(type.fields.map((field) => [field.name, toJson(fields[field.name], field.type)]));
  }
  const result = canonicalText(value, type);
  return "text" in result ? result.text : null;
}

function scalarText(text: string, type: Type, jsType: string): string | undefined {
  switch (type.kind) {
    case "STRING":
      return text;
    case "INT64":
      return /^[+-]?\d+$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)
        ? String(BigInt(text))
        : undefined;
    case "FLOAT64":
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$|^[+-]?(inf|infinity)$|^nan$/i.test(text) ? text : undefined;
    case "NUMERIC":
      return decimalFits(text, type.parameters, { before: 29, after: 9 }) ? text : undefined;
    case "BIGNUMERIC":
      return decimalFits(text, type.parameters, { before: 39, after: 38 }) ? text : undefined;
    case "BOOL":
      return jsType === "boolean" || /^(true|false)$/i.test(text) ? text.toLowerCase() : undefined;
    case "DATE":
      return isDate(text) ? text : undefined;
    case "TIME":
      return /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?$/.test(text) ? text : undefined;
    case "DATETIME":
      return isDateTime(text) ? text.replace("T", " ") : undefined;
    case "TIMESTAMP":
      return timestampText(text);
    case "BYTES":
      return /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text) ? text : undefined;
    default:
      return undefined;
  }
}

/** At most so many digits before the point, and so many after it (zeros at the end do not count). */
function decimalFits(text: string, parameters: number[] | undefined, most: { before: number; after: number }): boolean {
  const [precision, scale = 0] = parameters ?? [];
  const { before, after } = precision === undefined ? most : { before: precision - scale, after: scale };
  const match = /^[+-]?0*(\d*)(?:\.(\d*?)0*)?$/.exec(text);
  return match !== null && /\d/.test(text) && match[1]!.length <= before && (match[2] ?? "").length <= after;
}

const clock = /^(\d{4}-\d{2}-\d{2})(?:[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?)?/;

function isDateTime(text: string): boolean {
  const match = clock.exec(text);
  return match !== null && match[0].length === text.length && isDate(match[1]!);
}

/** A TIMESTAMP without a zone is in UTC. */
function timestampText(text: string): string | undefined {
  const zone = /(Z|[+-]\d{2}(:?\d{2})?)$/i.exec(text.slice(11))?.[0] ?? "";
  const wall = text.slice(0, text.length - zone.length).trimEnd();
  return isDateTime(wall) ? `${wall.replace("T", " ")}${zone === "" || /z/i.test(zone) ? "+00" : zone}` : undefined;
}

function reason(text: string, type: Type): string {
  const date = /^(\d{4})-(\d{2})-(\d{2})/.exec(text);
  if (date && ["DATE", "DATETIME", "TIMESTAMP"].includes(type.kind)) {
    if (Number(date[2]) > 12 || Number(date[2]) === 0) return `: there is no month ${date[2]}`;
    if (!isDate(date[0])) return `: month ${date[2]} of ${date[1]} has no day ${date[3]}`;
  }
  if (type.kind === "DATE") return ": write it as 2022-01-20";
  return "";
}

function jsonText(text: string): string {
  return parseJson(text) === undefined ? JSON.stringify(text) : text;
}

interface RawJson {
  rawJSON: string;
}

type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown;

/** What Node has of JSON and the compiler does not know yet: https://github.com/tc39/proposal-json-parse-with-source */
const exactJson = JSON as unknown as {
  rawJSON: (text: string) => RawJson;
  isRawJSON: (value: unknown) => value is RawJson;
};

/** A number that JavaScript would round, or write otherwise, stays as it is written. */
const keepDigits: Reviver = (_key, value, context) =>
  typeof value === "number" && context?.source !== undefined && String(value) !== context.source
    ? exactJson.rawJSON(context.source)
    : value;

function parseJson(text: string, reviver?: Reviver): unknown {
  try {
    return JSON.parse(text, reviver);
  } catch {
    return undefined;
  }
}

function show(value: unknown): string {
  if (typeof value === "bigint") return String(value);
  return typeof value === "string" ? `"${value}"` : JSON.stringify(value);
}

function a(type: Type): string {
  const name = formatType(type);
  return `${/^[AI]/.test(name) ? "an" : "a"} ${name}`;
}
