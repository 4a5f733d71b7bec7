/** What every connector's schema is made of. A connector's own keys stand in the file of its name. */
import { z } from "zod";
import { durationSchema } from "../duration.ts";
import { checkListSchema } from "../check.ts";
import { columnsSchema } from "../column.ts";

/** Keys that every source has. */
export const sourceKeys = {
  description: z.string().optional().describe("What this source holds"),
  columns: columnsSchema.optional().describe("Read only these columns, with these types"),
  sample: z
    .string()
    .optional()
    .describe("File that the local target reads instead: csv, ndjson, json, yaml or parquet"),
  checks: checkListSchema.optional().describe("Checks of the rows that were read"),
  cursor: z
    .strictObject({
      column: z.string().describe("The column that grows with each new row"),
      lag: durationSchema("h").optional().describe("How far back to read again, for rows that arrive late: 2h"),
    })
    .optional()
    .describe("Read only what is new since the last published run"),
};

export const writeModes = ["replace", "append", "merge", "replace_partition"] as const;
export type WriteMode = (typeof writeModes)[number];

const partitionObject = z.strictObject({
  column: z.string().describe("The column that decides a row's partition"),
  by: z.enum(["hour", "day", "month", "year"]).optional().describe("Size of a partition; day by default"),
  expire: z.string().optional().describe("Partitions older than this are deleted: 400d"),
  require_filter: z.boolean().optional().describe("Queries must name the partitions they read"),
});

const partitionSchema = z
  .preprocess((value) => (typeof value === "string" ? { column: value } : value), partitionObject)
  .meta({
    id: "partition",
    description: "Partitioning column, or { column, by, expire, require_filter }",
    shorthand: { type: "string" },
  });

/** Keys that every output has. */
export const outputKeys = {
  model: z.string().optional().describe("The model to publish; by default the one of the output's name"),
  description: z.string().optional().describe("What the table holds; written to the destination"),
  write: z.enum(writeModes).optional().describe("replace (default), append, merge (by `key`) or replace_partition"),
  key: z
    .preprocess((value) => (typeof value === "string" ? [value] : value), z.array(z.string()).min(1))
    .optional()
    .meta({
      description: "The columns that identify a row, for `write: merge`",
      shorthand: { type: "string" },
    }),
  partition: partitionSchema.optional(),
  cluster: z.array(z.string()).max(4).optional().describe("Clustering columns, four at most"),
  allow_empty: z.boolean().optional().describe("Let `replace` publish no rows"),
  labels: z.record(z.string(), z.string()).optional().describe("Labels of the table"),
  skip_if: z.literal("loaded").optional().describe("Skip the output when this run id is published already"),
  keep: z.int().min(0).optional().describe("How many earlier states of the table are kept, for `rollback`"),
};
