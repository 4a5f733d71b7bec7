/** Checks: what must hold for the data before it is published. */
import { z } from "zod";
import { durationSchema } from "./duration.ts";
import { re2Problem } from "./re2.ts";

const columnList = z
  .preprocess((value) => (typeof value === "string" ? [value] : value), z.array(z.string()).min(1))
  .meta({ description: "A column, or several", shorthand: { type: "string" } });
const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** Numbers are compared; what a text means depends on the column. */
function isAscending({ min, max }: { min?: string | number | undefined; max?: string | number | undefined }): boolean {
  return typeof min !== "number" || typeof max !== "number" || min <= max;
}

/** One key for each kind of check; its value is the check's argument. */
const kinds = {
  not_null: z
    .union([z.literal(true), columnList])
    .describe("No value is NULL. On a column: `not_null`; on a table: the columns"),
  unique: z
    .union([z.literal(true), columnList])
    .describe("No two rows are equal in these columns; rows with a NULL in them are passed"),
  accepted_values: z.array(scalar).min(1).describe("Every value is one of these"),
  range: z
    .strictObject({
      min: z.union([z.number(), z.string()]).optional().describe("Smallest allowed value, itself included"),
      max: z.union([z.number(), z.string()]).optional().describe("Largest allowed value, itself included"),
    })
    .refine(({ min, max }) => min !== undefined || max !== undefined, "needs `min`, `max` or both")
    .refine(isAscending, "has a `min` above its `max`: nothing lies between")
    .meta({ description: "Every value lies between min and max, both included", minProperties: 1 }),
  matches: z
    .string()
    .superRefine((pattern, context) => {
      const problem = re2Problem(pattern);
      if (problem !== undefined)
        context.addIssue({ code: "custom", message: `\`${pattern}\` is not a regular expression${problem}` });
    })
    .describe("Every value contains a match of this regular expression (RE2); anchor it with ^ and $"),
  relationships: z
    .strictObject({
      to: z.string().describe("The source or model that holds the known values"),
      column: z.string().describe("Its column"),
    })
    .describe("Every value stands in a column of another source or model"),
  row_count: z
    .strictObject({ min: z.int().min(0).optional(), max: z.int().min(0).optional() })
    .refine(({ min, max }) => min !== undefined || max !== undefined, "needs `min`, `max` or both")
    .refine(isAscending, "has a `min` above its `max`: no table fits")
    .meta({ description: "The table has at least min and at most max rows", minProperties: 1 }),
  freshness: z
    .strictObject({
      column: z.string().describe("A DATE, DATETIME or TIMESTAMP column; its greatest value counts"),
      within: durationSchema("h").describe("How old the newest row may be, from the run's scheduled time"),
      wait: durationSchema("h")
        .optional()
        .describe("On a source: how long to wait for newer rows before the check fails"),
    })
    .describe("The newest row is recent"),
  completeness: z
    .strictObject({
      column: z.string().describe("A DATE, DATETIME or TIMESTAMP column that has a row for each step"),
      every: z.enum(["hour", "day", "month"]).describe("The step, in UTC where the column is a TIMESTAMP"),
    })
    .describe("No hour, day or month between the first and the last is missing"),
  sql: z.string().min(1).describe("A query that returns the offending rows"),
};

export type CheckKind = keyof typeof kinds;
export const checkKinds = Object.keys(kinds) as CheckKind[];

/** Kinds that may look at other tables, too. */
export const crossTableKinds: ReadonlySet<CheckKind> = new Set<CheckKind>(["sql", "relationships"]);

/** Kinds whose offending rows are rows of the table, and can be taken out of it. */
export const rowKinds: ReadonlySet<CheckKind> = new Set<CheckKind>([
  "not_null",
  "unique",
  "accepted_values",
  "range",
  "matches",
  "relationships",
]);

/** The kinds that say nothing without an argument, with an example of it. */
const withArgument: Record<Exclude<CheckKind, "not_null" | "unique">, string> = {
  accepted_values: "[prod, dev]",
  range: "{ min: 1 }",
  matches: '"^[A-Z]+$"',
  relationships: "{ to: teams, column: name }",
  row_count: "{ min: 1 }",
  freshness: "{ column: dato, within: 36h }",
  completeness: "{ column: dato, every: day }",
  sql: '"SELECT … the offending rows"',
};

const checkObject = z.strictObject({
  ...Object.fromEntries(Object.entries(kinds).map(([kind, schema]) => [kind, schema.optional()])),
  name: z
    .string()
    .min(1)
    .optional()
    .describe("What the check is called in output and in `fails` of a test; by default its kind and columns"),
  severity: z
    .enum(["error", "warn"])
    .optional()
    .describe("error (default) stops the run before publishing; warn reports"),
  tolerate: z.number().min(0).max(1).optional().describe("The share of rows, 0 to 1, that may offend"),
  where: z.string().optional().describe("Look only at rows for which this SQL condition holds"),
  on_fail: z
    .enum(["fail", "quarantine"])
    .optional()
    .describe("quarantine sets offending rows aside, in the table of `quarantine:`, instead of failing the run"),
});

export type CheckObject = { [K in CheckKind]?: z.output<(typeof kinds)[K]> } & CheckSettings;

export interface CheckSettings {
  name?: string;
  severity?: "error" | "warn";
  tolerate?: number;
  where?: string;
  on_fail?: "fail" | "quarantine";
}

/** A check as it is declared: exactly one kind, and its settings. */
export const checkSchema = z
  .preprocess((value, context) => {
    if (typeof value !== "string") return value;
    const example = Object.hasOwn(withArgument, value) ? withArgument[value as keyof typeof withArgument] : undefined;
    if (example === undefined) return { [value]: true };
    const params = { hint: `Write { ${value}: ${example} }.` };
    context.addIssue({ code: "custom", message: `\`${value}\` needs its argument`, params });
    return z.NEVER;
  }, checkObject)
  .superRefine((check, context) => {
    const found = checkKinds.filter((kind) => kind in check);
    // An unknown key is likely the kind, misspelt, and has been told.
    const told = found.length === 0 && context.issues.some((issue) => issue.code === "unrecognized_keys");
    if (found.length === 1 || told) return;
    const message =
      found.length === 0 ? "a check needs a kind" : `one check has ${found.length} kinds: ${found.join(", ")}`;
    context.addIssue({
      code: "custom",
      message,
      params: { hint: found.length === 0 ? `One of ${checkKinds.join(", ")}.` : "Write each as an item of its own." },
    });
  })
  .transform((check) => check as unknown as CheckObject)
  .meta({
    id: "check",
    description: "A check: its kind with its argument, and name, severity, tolerate, where, on_fail",
    shorthand: { enum: ["not_null", "unique"] },
    oneOf: checkKinds.map((kind) => ({ type: "object", properties: { [kind]: {} }, required: [kind] })),
  });

export const checkListSchema = z.array(checkSchema);

/** What a check of kind freshness is called where it has no name of its own. */
export function freshnessName(column: string): string {
  return `freshness(${column})`;
}

export type DeclaredCheck = z.output<typeof checkSchema>;
