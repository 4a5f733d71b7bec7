/** Models: contracts and settings of what the files in models/ make. */
import { z } from "zod";
import { checkListSchema } from "./check.ts";
import { columnsSchema } from "./column.ts";
import { durationSchema } from "./duration.ts";

export const modelSchema = z
  .strictObject({
    description: z.string().optional().describe("What the model holds"),
    columns: columnsSchema.optional().describe("The model's columns: exactly these are made, with these types"),
    checks: checkListSchema.optional().describe("Checks of the whole table"),
    depends_on: z
      .array(z.string())
      .optional()
      .describe("Sources and models it reads, where the query cannot be parsed for them"),
    materialize: z
      .enum(["table", "view"])
      .optional()
      .describe("table keeps the rows; view computes them where they are used. By default what is faster"),
    timeout: durationSchema("m").optional().describe("How long each attempt to run the model may take: 15m"),
    retries: z
      .int()
      .min(0)
      .optional()
      .describe(
        "How often it is tried again: a program after any failure, a query where memory, disk or time was short",
      ),
    command: z
      .array(z.string())
      .min(1)
      .optional()
      .describe("Any program, as a list of arguments, instead of a file in models/"),
    inputs: z
      .array(z.string())
      .optional()
      .describe(
        "Sources and models that a program reads, in the order of its parameters; of a command, those it has files of",
      ),
    format: z
      .enum(["ndjson", "parquet"])
      .optional()
      .describe("With command: the format of the files in which it finds and leaves rows; ndjson by default"),
    dbt: z
      .strictObject({
        project: z.string().describe("Folder of the dbt project"),
        select: z.string().optional().describe("What dbt should build"),
      })
      .optional()
      .describe("A dbt project instead of a file in models/"),
    python: z
      .strictObject({
        requirements: z
          .string()
          .optional()
          .describe("requirements.txt, or uv.lock: what is installed is held against it before a run"),
        frame: z
          .enum(["pandas", "polars"])
          .optional()
          .describe("Which data frames the function takes, where its annotations and imports do not say"),
      })
      .optional()
      .describe("Settings of a Python model"),
  })
  .meta({ id: "model", description: "A model: contract, checks and settings" });
