/** The whole of pipeline.yaml. Types, JSON Schema, docs and editor help all come from these schemas. */
import { z } from "zod";
import { durationSchema } from "./duration.ts";
import { intervalSchema } from "./interval.ts";
import { modelSchema } from "./model.ts";
import { outputSchema } from "./output.ts";
import { paramSchema } from "./param.ts";
import { scheduleSchema } from "./schedule.ts";
import { secretName, secretSchema } from "./secret.ts";
import { sourceSchema } from "./source.ts";

/** At most 48, so that the Kubernetes Job's name still stands whole in its pod's name. */
const nameSchema = z
  .string()
  .max(48, "is longer than 48 characters: the Kubernetes Job's name would not stand whole in its pod's name")
  .regex(
    /^[a-z]([a-z0-9-]*[a-z0-9])?$/,
    "is not a name: write small letters, digits and hyphens, beginning with a letter",
  );

/** Names of sources, models and outputs: identifiers in SQL, so that they need no quotes. */
const identifier = z
  .string()
  .regex(
    /^[\p{L}_][\p{L}\p{N}_]*$/u,
    "is not a name for a table: write letters, digits and _, beginning with a letter",
  );

const bigquerySchema = z.strictObject({
  project: z
    .string()
    .optional()
    .describe("Project that pays for queries and holds the outputs; by default the team's own"),
  location: z.string().optional().describe("Location of the datasets; europe-north1 on nais"),
  state: z.string().optional().describe("Dataset of the _nais_etl_ tables; by default the first output's"),
  api_endpoint: z
    .string()
    .optional()
    .describe(
      "Regional or private endpoint below googleapis.com (others only if NAIS_ETL_GOOGLE_HOSTS names them); a loopback http:// one is used without credentials",
    ),
  storage_endpoint: z.string().optional().describe("The same for the Storage API"),
});

/** Bytes as people write them: 5 GB, 500 MB, 1 TB (powers of ten). */
const bytesSchema = z.string().regex(/^\d+(\.\d+)?\s?(B|kB|KB|MB|GB|TB)$/, "is not a size: write 5 GB or 500 MB");

const quarantineSchema = z.strictObject({
  table: z.string().describe("Table that takes the rows set aside: dataset.table"),
  expire: durationSchema("d").optional().describe("How long they are kept; 30d by default"),
});

const notifySchema = z.strictObject({
  slack: z
    .strictObject({
      webhook: z.string().describe("Address to post to; take it from ${secret:NAME}"),
      on: z.enum(["failure", "always"]).optional().describe("failure (default) or always"),
    })
    .optional()
    .describe("A message to a Slack channel"),
});

/** The keys of pipeline.yaml but `targets`: also what a target may say. */
const pipelineKeys = {
  name: nameSchema.describe("The pipeline's name, and the Naisjob's"),
  team: z
    .string()
    .regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, "is not a team's name")
    .optional()
    .describe("The nais team that owns it"),
  description: z.string().optional().describe("What the pipeline makes, in one sentence"),
  schedule: scheduleSchema.nullable().optional(),
  interval: intervalSchema.optional(),
  params: z
    .record(
      z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is not a parameter's name: write letters, digits and _"),
      paramSchema,
    )
    .optional()
    .describe("Typed parameters: $name in models, --param name=value, environment PARAM_NAME"),
  sources: z.record(identifier, sourceSchema).optional().describe("Where rows come from, by the name that models use"),
  models: z.record(identifier, modelSchema).optional().describe("Contracts, checks and settings of models"),
  outputs: z.record(identifier, outputSchema).optional().describe("What is published"),
  secrets: z.record(secretName, secretSchema).optional().describe("Secrets by the name that ${secret:NAME} uses"),
  egress: z
    .array(z.string())
    .optional()
    .describe("Hosts to reach besides those of sources and outputs: host or host:port"),
  budget: z
    .strictObject({ run: bytesSchema.optional().describe("Most bytes billed by one run: 5 GB") })
    .optional()
    .describe("Limits on cost"),
  bigquery: bigquerySchema.optional().describe("Settings of BigQuery"),
  quarantine: quarantineSchema.optional().describe("Where rows go that a check sets aside"),
  notify: notifySchema.optional().describe("Who is told of a run's end"),
  nais: z.record(z.string(), z.unknown()).optional().describe("Any part of the Naisjob's spec; merged last"),
  engine: z.enum(["duckdb", "bigquery"]).optional().describe("Where models run; duckdb by default"),
};

/** What a target says is checked as a part of the file, merged over it. Here: that it is a map at all. */
export const targetsSchema = z
  .record(
    z.string(),
    z.record(z.string(), z.unknown()).superRefine((part, context) => {
      if (!("targets" in part)) return;
      context.addIssue({ code: "custom", path: ["targets"], message: "a target cannot hold `targets` of its own" });
    }),
  )
  .describe("Parts of this file by target, merged over it");

export const pipelineSchema = z
  .strictObject({ ...pipelineKeys, targets: targetsSchema.optional() })
  .describe("A batch data pipeline on nais");

export type Pipeline = z.output<typeof pipelineSchema>;
