/** Parameters: typed values that a run can be given. */
import { z } from "zod";
import { isDate } from "./value.ts";

export const paramTypes = ["STRING", "INT64", "FLOAT64", "BOOL", "DATE", "TIMESTAMP"] as const;
export type ParamType = (typeof paramTypes)[number];

const value = z.union([z.string(), z.number(), z.boolean()]);

const paramObject = z.strictObject({
  type: z.enum(paramTypes).describe("STRING, INT64, FLOAT64, BOOL, DATE or TIMESTAMP"),
  description: z.string().optional().describe("What it is for"),
  default: value
    .optional()
    .describe("Used when none is given; without it the parameter must be given. DATE also takes `today`"),
  min: value.optional().describe("Smallest allowed value"),
  max: value.optional().describe("Greatest allowed value"),
  values: z.array(value).min(1).optional().describe("The only allowed values"),
});

export type ParamSpec = z.output<typeof paramObject>;
export type ParamValue = string | number | bigint | boolean;

export const paramSchema = z
  .preprocess((declared) => (typeof declared === "string" ? { type: declared } : declared), paramObject)
  .superRefine((spec, context) => {
    const refuse = (key: string, message: string) => context.addIssue({ code: "custom", path: [key], message });
    for (const { key, text, range } of declaredValues(spec)) {
      const parsed = parseParam(text, range, new Date(0));
      if ("problem" in parsed) refuse(key, parsed.problem);
    }
    if (isEmptyRange(spec)) refuse("max", `the range from ${spec.min} to ${spec.max} is empty`);
  })
  .meta({
    id: "param",
    description: "A parameter: its type, or an object with type, default, min, max, values",
    shorthand: { enum: [...paramTypes] },
  });

/** The values that a parameter's declaration holds, each with what it must keep to. */
function declaredValues(spec: ParamSpec): { key: string; text: string; range: ParamSpec }[] {
  const typeOnly = { type: spec.type };
  const named = (["default", "min", "max"] as const).filter((key) => spec[key] !== undefined);
  return [
    ...named.map((key) => ({ key, text: String(spec[key]), range: key === "default" ? spec : typeOnly })),
    ...(spec.values ?? []).map((text) => ({ key: "values", text: String(text), range: typeOnly })),
    // What `today` is in range of is not known before the run.
  ].map((declared) => (isToday(declared.text, spec.type) ? { ...declared, range: typeOnly } : declared));
}

function isEmptyRange({ type, min, max }: ParamSpec): boolean {
  if ([min, max].some((end) => end === undefined || isToday(String(end), type))) return false;
  const [low, high] = [min, max].map((end) => convert(String(end), type, new Date(0)));
  return low !== undefined && high !== undefined && low > high;
}

const todayWords = new Set(["today", "now", "hoje", "i dag"]);

/**
 * A parameter's value from text (command line, environment, default).
 * DATE takes `today`, the day of `now` in UTC.
 * @returns the value, INT64 as bigint, or a problem that names the allowed range.
 */
export function parseParam(text: string, spec: ParamSpec, now: Date): { value: ParamValue } | { problem: string } {
  const value = convert(text.trim(), spec.type, now);
  if (value === undefined)
    return { problem: `\`${text}\` is not ${spec.type === "INT64" ? "an" : "a"} ${spec.type}${exampleOf(spec.type)}` };
  const low = spec.min === undefined ? undefined : convert(String(spec.min), spec.type, now);
  const high = spec.max === undefined ? undefined : convert(String(spec.max), spec.type, now);
  const outside = (low !== undefined && value < low) || (high !== undefined && value > high);
  if (outside)
    return {
      problem: `${text} is outside the allowed range${low === undefined ? "" : ` from ${low}`}${high === undefined ? "" : ` to ${high}`}`,
    };
  if (spec.values && !spec.values.some((allowed) => convert(String(allowed), spec.type, now) === value)) {
    return { problem: `${text} is not one of ${spec.values.join(", ")}` };
  }
  return { value };
}

/** Whether the text's value depends on the day it is read. */
function isToday(text: string, type: ParamType): boolean {
  return (type === "DATE" || type === "TIMESTAMP") && todayWords.has(text.toLowerCase());
}

function convert(text: string, type: ParamType, now: Date): ParamValue | undefined {
  switch (type) {
    case "STRING":
      return text;
    case "INT64":
      return /^[+-]?\d+$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text) ? BigInt(text) : undefined;
    case "FLOAT64":
      return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
    case "BOOL":
      return { true: true, false: false }[text.toLowerCase()];
    case "DATE":
      if (todayWords.has(text.toLowerCase())) return now.toISOString().slice(0, 10);
      return isDate(text) ? text : undefined;
    case "TIMESTAMP": {
      if (text.toLowerCase() === "now") return now.toISOString();
      const zoned = /(Z|[+-]\d{2}(:?\d{2})?)$/i.test(text) ? text : `${text}Z`;
      const valid =
        /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(text) && isDate(text.slice(0, 10)) && !Number.isNaN(Date.parse(zoned));
      return valid ? new Date(zoned).toISOString() : undefined;
    }
  }
}

function exampleOf(type: ParamType): string {
  return {
    STRING: "",
    INT64: "",
    FLOAT64: "",
    BOOL: ": write true or false",
    DATE: ": write 2022-01-20 or today",
    TIMESTAMP: ": write 2022-01-20T07:30:00Z",
  }[type];
}
