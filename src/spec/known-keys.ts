/** Which keys a schema allows at a path; read off the schemas themselves, for "did you mean". */
import { z } from "zod";
import type { Path } from "./document.ts";

export function knownKeys(schema: z.ZodType, path: Path, value: unknown): string[] {
  const here = unwrap(schema, value);
  if (here === undefined) return [];
  const [head, ...rest] = path;
  if (head === undefined) return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
  const next = (value as Record<PropertyKey, unknown> | null | undefined)?.[head];
  if (here instanceof z.ZodObject) {
    const field = (here.shape as Record<PropertyKey, z.ZodType>)[head];
    return field ? knownKeys(field, rest, next) : [];
  }
  if (here instanceof z.ZodRecord) return knownKeys(here.valueType as z.ZodType, rest, next);
  if (here instanceof z.ZodArray) return knownKeys(here.element as z.ZodType, rest, next);
  return [];
}

/** Through optional, nullable and preprocess, and into the member of a union that the value means. */
function unwrap(schema: z.ZodType, value: unknown): z.ZodType | undefined {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return unwrap(schema.unwrap() as z.ZodType, value);
  if (schema instanceof z.ZodPipe) {
    const inner = schema.in instanceof z.ZodTransform ? schema.out : schema.in;
    return unwrap(inner as z.ZodType, value);
  }
  if (schema instanceof z.ZodDiscriminatedUnion) {
    const key = schema.def.discriminator;
    const tag = (value as Record<string, unknown> | undefined)?.[key];
    return schema.options.find(
      (option) => ((option as z.ZodObject).shape[key] as z.ZodLiteral | undefined)?.value === tag,
    ) as z.ZodType | undefined;
  }
  if (schema instanceof z.ZodUnion) return schema.options.find((option) => option instanceof z.ZodObject);
  return schema;
}
