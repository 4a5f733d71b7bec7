/** Columns: declared once, in a source or a model. */
import { z } from "zod";
import { checkListSchema } from "./check.ts";
import { parseType, scalarNames, typePattern, TypeSyntaxError } from "./type.ts";

/** A type's name, parsed; what is not a type is a problem that names the nearest one. */
const typeSchema = z
  .string()
  .transform((text, context) => {
    try {
      return parseType(text);
    } catch (error) {
      if (!(error instanceof TypeSyntaxError)) throw error;
      context.addIssue({ code: "custom", message: error.message, params: { hint: error.hint } });
      return z.NEVER;
    }
  })
  .meta({
    id: "type",
    description:
      "GoogleSQL type: STRING BYTES INT64 FLOAT64 NUMERIC BIGNUMERIC BOOL DATE DATETIME TIME TIMESTAMP JSON, ARRAY<…>, STRUCT<…>",
    anyOf: [{ enum: [...scalarNames] }, { type: "string", pattern: typePattern }],
  });

const columnObject = z.strictObject({
  type: typeSchema,
  description: z
    .string()
    .optional()
    .describe("What the column means; written to BigQuery, where the marketplace shows it"),
  checks: checkListSchema.optional().describe("Checks of this column, run before publishing"),
  sensitive: z.boolean().optional().describe("Personal data: never shown, pseudonymised in samples"),
});

export type Column = z.output<typeof columnObject>;

/** A column is its type (`dato: DATE`), or an object with a description, checks and more. */
const columnSchema = z
  .preprocess((value) => (typeof value === "string" ? { type: value } : value), columnObject)
  .meta({
    id: "column",
    description: "A column: its type, or an object with type, description, checks",
    shorthand: { $ref: "#/definitions/type" },
  });

export const columnsSchema = z
  .record(z.string().min(1), columnSchema)
  .meta({ id: "columns", description: "Columns by name, in order" });

export type Columns = Record<string, Column>;
