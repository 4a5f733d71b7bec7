/** `type: bigquery`: a data product as source, a table in the team's own project as output. */
import { z } from "zod";
import { outputKeys, sourceKeys } from "./connector.ts";

/** `project.dataset.table` or `dataset.table`; projects may be domain-scoped (`example.com:project`). */
const tableName = z
  .string()
  .regex(
    /^(?:[a-z0-9.:-]+\.)?[\p{L}\p{N}_-]+\.[\p{L}\p{M}\p{N}_ $-]+$|\$\{/u,
    "is not a table: write dataset.table or project.dataset.table",
  );

export const bigquerySource = z.strictObject({
  type: z.literal("bigquery"),
  ...sourceKeys,
  table: tableName
    .optional()
    .describe("Table or view: project.dataset.table, or dataset.table in the team's own project"),
  query: z.string().optional().describe("GoogleSQL that runs in BigQuery and returns the rows; use it to reduce"),
  where: z.string().optional().describe("GoogleSQL condition pushed down to the table: dato = @interval_start"),
  location: z.string().optional().describe("Where the data lies, when BigQuery cannot tell: europe-north1, EU, US"),
});

export const bigqueryOutput = z.strictObject({
  type: z.literal("bigquery"),
  ...outputKeys,
  table: tableName.describe("dataset.table in the team's own project, or project.dataset.table"),
  dataset: z
    .strictObject({ managed: z.boolean().optional().describe("false when someone else provisions the dataset") })
    .optional()
    .describe("How the dataset is provisioned"),
});
