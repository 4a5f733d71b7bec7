/** A value as the text that the engine casts to its type, for those types that have no faster way, and inside of ARRAY and STRUCT. */
import { canonicalText } from "../../../../spec/literal.ts";
import { formatType, type Type } from "../../../../spec/type.ts";
import { isPlainObject } from "../../../../spec/value.ts";
import { dayOf, microsOf } from "./iso.ts";
import { describeValue } from "./refusal.ts";

/** What is wrong with a value, in words that do not hold it. */
export interface Wrong {
  /** `is a number, and not of type STRING` */
  problem: string;
  hint: string;
}

export type Written = { text: string } | Wrong;

export function isWrong(written: object): written is Wrong {
  return "problem" in written;
}

/** Of a value that is neither null nor undefined. */
export function writtenText(value: unknown, type: Type): Written {
  switch (type.kind) {
    case "STRING":
      return typeof value === "string" ? { text: value } : mismatch(value, type);
    case "BOOL":
      return typeof value === "boolean" ? { text: String(value) } : mismatch(value, type);
    case "BYTES":
      return value instanceof Uint8Array ? { text: Buffer.from(value).toString("base64") } : mismatch(value, type);
    case "JSON":
      return jsonText(value);
    case "FLOAT64":
      return typeof value === "number" ? { text: floatText(value) } : mismatch(value, type);
    case "INT64":
      return isInteger(value) ? { text: String(value) } : mismatch(value, type);
    case "NUMERIC":
    case "BIGNUMERIC":
      return digits(value, type);
    case "DATE":
      return typeof value === "string" && dayOf(value) !== undefined ? { text: value } : mismatch(value, type);
    case "DATETIME":
    case "TIME":
    case "TIMESTAMP": {
      const text = type.kind === "TIMESTAMP" && value instanceof Date ? dateText(value) : value;
      if (typeof text !== "string" || microsOf(text, type.kind) === undefined) return mismatch(value, type);
      const result = canonicalText(text, type);
      return "text" in result && result.text !== null ? { text: result.text } : mismatch(value, type);
    }
    default:
      return mismatch(value, type);
  }
}

/** JSON whose leaves are all texts. */
export function nestedText(value: unknown, type: Type): Written {
  const wrongs: Wrong[] = [];
  const plain = nestedPlain(value, type, (wrong) => wrongs.push(wrong));
  return wrongs[0] ?? { text: JSON.stringify(plain) };
}

function nestedPlain(value: unknown, type: Type, add: (wrong: Wrong) => void): unknown {
  if (value === null) return null;
  if (value === undefined) return add({ problem: "holds undefined", hint: nullHint });
  if (type.kind === "ARRAY") {
    if (!Array.isArray(value)) return add(mismatch(value, type));
    return value.map((item) => nestedPlain(item, type.element, add));
  }
  if (type.kind === "STRUCT") {
    if (!isPlainObject(value)) return add(mismatch(value, type));
    const names = type.fields.map((field) => field.name);
    const unknown = Object.keys(value).find((name) => !names.includes(name));
    if (unknown !== undefined)
      return add({
        problem: `has a field that ${formatType(type)} does not have`,
        hint: `Its fields are: ${names.join(", ")}.`,
      });
    const missing = names.find((name) => value[name] === undefined);
    if (missing !== undefined) return add({ problem: `has no field \`${missing}\``, hint: nullHint });
    return Object.fromEntries(type.fields.map(({ name, type: of }) => [name, nestedPlain(value[name], of, add)]));
  }
  const written = writtenText(value, type);
  return isWrong(written) ? add(written) : written.text;
}

export const nullHint = "Write null for NULL.";

function jsonText(value: unknown): Written {
  try {
    const text = JSON.stringify(value);
    if (text !== undefined) return { text };
  } catch {
    // A circle, or a bigint.
  }
  return {
    problem: "cannot be written as JSON",
    hint: "JSON has no bigint, no function, and no object inside itself.",
  };
}

export function isInteger(value: unknown): boolean {
  return typeof value === "bigint" ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value);
}

function floatText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

/** A number is taken as what it prints as, where that is exactly a value of the type. */
function digits(value: unknown, type: Type): Written {
  if (!["string", "number", "bigint"].includes(typeof value)) return mismatch(value, type);
  const result = canonicalText(String(value), type);
  return "text" in result && result.text !== null ? { text: result.text } : mismatch(value, type);
}

function dateText(value: Date): string | undefined {
  return Number.isNaN(value.getTime()) ? undefined : value.toISOString();
}

export function mismatch(value: unknown, type: Type): Wrong {
  const is = describeValue(value);
  const name = formatType(type);
  const problem = `is ${is}, and not ${/^[AI]/.test(name) ? "an" : "a"} ${name}`;
  return { problem, hint: mismatchHint(value, type) };
}

function mismatchHint(value: unknown, type: Type): string {
  if (value instanceof Promise) return "Wait for nothing: models are plain functions, without async.";
  if (value instanceof Date) return dateHint(type);
  switch (type.kind) {
    case "STRING":
      return "Write String(value), or change the type in pipeline.yaml.";
    case "INT64":
      if (typeof value === "number" && Number.isInteger(value))
        return "Beyond 2^53 a number is not exact: use a bigint.";
      if (typeof value === "number") return "Round it: Math.round(value). Or declare FLOAT64.";
      return "Write Number(value), or change the type in pipeline.yaml.";
    case "FLOAT64":
      return "Write Number(value), or change the type in pipeline.yaml.";
    case "NUMERIC":
    case "BIGNUMERIC":
      return "Write its digits: value.toFixed(2) gives them, with two behind the point.";
    case "BOOL":
      return "Write true or false: value !== null, for example.";
    case "DATE":
      return 'Write it as "2022-01-20".';
    case "DATETIME":
      return 'Write it as "2022-01-20T07:30:00".';
    case "TIME":
      return 'Write it as "07:30:00".';
    case "TIMESTAMP":
      return 'Write it as "2022-01-20T07:30:00Z", or give a Date.';
    case "BYTES":
      return "Give a Uint8Array.";
    case "ARRAY":
      return "Give an array.";
    default:
      return "Change the value, or the type in pipeline.yaml.";
  }
}

function dateHint({ kind }: Type): string {
  if (kind === "DATE")
    return "A Date is an instant, and on which day that lies depends on a time zone: in UTC it is value.toISOString().slice(0, 10).";
  if (kind === "DATETIME") return "A Date is an instant: in UTC it is value.toISOString().slice(0, 19).";
  return "A Date is for TIMESTAMP: value.toISOString() is its text.";
}
