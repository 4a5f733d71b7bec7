/** Tests of transformations: tests/*.yaml, each file a list of tests. */
import { z } from "zod";
import { isPlainObject } from "./value.ts";

export type GivenRow = Record<string, unknown>;
/** Rows as they are written, or the path of a file that holds them. */
export type Rows = GivenRow[] | string;

const rows = z
  .unknown()
  .superRefine((value, context) => {
    if (typeof value === "string") return;
    const refuse = (message: string, hint: string, input: unknown, path: number[] = []) =>
      context.addIssue({ code: "custom", path, message, params: { hint }, input });
    if (!Array.isArray(value)) {
      const hint = "Write [{ column: value }], or a path; [] is a table without rows.";
      refuse("is neither a list of rows nor a file", hint, value);
      return;
    }
    for (const [i, row] of value.entries()) {
      if (!isPlainObject(row)) refuse("is not a row", "Write { column: value }; {} is a row of NULLs.", row, [i]);
    }
  })
  .transform((value) => value as Rows);

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** The keys of `expect` that say what to look at; a test has one of them. */
const expectations = ["rows", "fails", "error", "count"] as const;

const expectSchema = z
  .strictObject({
    rows: rows
      .optional()
      .describe("These rows: a list, or a file. Columns that are not named are not compared; [] expects none"),
    ordered: z.boolean().optional().describe("With rows: their order counts too"),
    fails: z
      .preprocess((value) => (typeof value === "string" ? [value] : value), z.array(z.string()).min(1))
      .optional()
      .describe("The checks that fail, by name: not_null(env)"),
    error: z.string().min(1).optional().describe("The model ends with an error that contains this text"),
    count: z.int().min(0).optional().describe("So many rows"),
  })
  .superRefine((expect, context) => {
    // A misspelt key is told as such; that nothing is left beside it needs no telling.
    if (context.issues.some((issue) => issue.code === "unrecognized_keys")) return;
    const found = expectations.filter((key) => expect[key] !== undefined);
    if (found.length !== 1) {
      const message = found.length === 0 ? "`expect` is empty" : `\`expect\` has both \`${found.join("` and `")}\``;
      const hint = `One of ${expectations.join(", ")}${found.length === 0 ? "" : "; write a test for each"}.`;
      context.addIssue({ code: "custom", message, params: { hint } });
    }
    if (expect.ordered !== undefined && expect.rows === undefined) {
      const hint = "Remove it, or say which rows are expected.";
      context.addIssue({ code: "custom", path: ["ordered"], message: "`ordered` goes with `rows`", params: { hint } });
    }
  });

const instant = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/i;

export const testSchema = z.strictObject({
  name: z.string().min(1).describe("What must hold, as a sentence"),
  model: z.string().describe("The model whose rows are looked at"),
  given: z
    .record(z.string(), rows)
    .optional()
    .describe("Rows of what the model reads, directly or through others: a list, or a file. Other columns are NULL"),
  params: z.record(z.string(), scalar).optional().describe("Values of parameters; by default their defaults"),
  interval: z.string().optional().describe("The interval that the run is for; by default the pipeline's sample"),
  now: z
    .string()
    .refine((text) => instant.test(text) && !Number.isNaN(Date.parse(text)), {
      message: "is not an instant: write 2022-01-20T07:30:00Z",
    })
    .optional()
    .describe("What the clock shows: now(), current_date and their kin give this"),
  expect: expectSchema.describe("What must come out"),
});

export type TestSpec = z.output<typeof testSchema>;
