/** A row's validator. Its messages name the column and its type, never the value. */
import { z } from "zod";
import { canonicalText } from "../literal.ts";
import type { Table } from "../table.ts";
import { formatType, type Type } from "../type.ts";

/**
 * A zod schema of a row with the JavaScript types of the TypeScript format (see typescript.ts); INT64 may also be a
 * whole number that JavaScript holds exactly. A column that may be NULL may be left out; an unknown one may not be there.
 */
export function rowSchema(table: Table): z.ZodObject {
  const columns = table.columns.map(({ name, type, required }) => {
    const schema = valueSchema(type);
    return [name, required ? schema : schema.nullish()] as const;
  });
  return z.strictObject(Object.fromEntries(columns));
}

function valueSchema(type: Type): z.ZodType {
  const error = `is not of type ${formatType(type)}`;
  switch (type.kind) {
    case "ARRAY":
      return z.array(valueSchema(type.element), { error });
    case "STRUCT":
      return z.strictObject(
        Object.fromEntries(type.fields.map((field) => [field.name, valueSchema(field.type).nullish()])),
      );
    case "STRING":
      return z.string({ error }).refine((text) => fits(Array.from(text).length, type.parameters), { error });
    case "BYTES":
      return z.instanceof(Uint8Array, { error }).refine((bytes) => fits(bytes.length, type.parameters), { error });
    case "INT64":
      return z.union([z.bigint(), z.number()], { error }).refine(isInt64, { error });
    case "FLOAT64":
      return z.union([z.number(), z.nan(), z.literal([Infinity, -Infinity])], { error });
    case "BOOL":
      return z.boolean({ error });
    case "JSON":
      // Not undefined: a column that is there has a value.
      return z.unknown().refine((value) => value !== undefined, { error });
    default:
      return z.string({ error }).refine((text) => "text" in canonicalText(text, type), { error });
  }
}

function isInt64(value: bigint | number): boolean {
  return typeof value === "bigint" ? BigInt.asIntN(64, value) === value : Number.isSafeInteger(value);
}

function fits(length: number, [most = Infinity]: number[] = []): boolean {
  return length <= most;
}
