/** Services of the platform that a workload can be given: Kafka, Valkey, OpenSearch, PostgreSQL, telemetry. */
import { z } from "zod";

const access = z.enum(["read", "write", "readwrite", "admin"]).optional().describe("What it may do; read by default");

const destinations = z
  .array(z.strictObject({ id: z.string().describe("Name of the destination") }))
  .optional()
  .describe("Where they are sent; the default destinations if none");

export const kafka = z.strictObject({
  pool: z.string().describe("The pool: nav-dev, nav-prod …"),
  streams: z.boolean().optional().describe("Whether it may make the internal topics of Kafka Streams"),
});

export const openSearch = z.strictObject({ instance: z.string().describe("Name of the instance"), access });

export const postgres = z.strictObject({
  clusterName: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{1,49}$/, "is not a cluster's name: write 2 to 50 small letters, digits and hyphens")
    .describe("Name of the Postgres cluster"),
});

export const valkey = z.array(
  z.strictObject({ instance: z.string().optional().describe("Name of the instance, without valkey-<team>-"), access }),
);

export const observability = z.strictObject({
  autoInstrumentation: z
    .strictObject({
      enabled: z.boolean().optional().describe("Whether the OpenTelemetry agent is put beside the program"),
      runtime: z.enum(["java", "nodejs", "python", "dotnet", "sdk"]).optional().describe("What the program runs on"),
      destinations,
    })
    .optional()
    .describe("Traces, metrics and logs by OpenTelemetry"),
  logging: z
    .strictObject({
      enabled: z.boolean().default(true).describe("Whether standard output is kept"),
      destinations,
    })
    .optional()
    .describe("Logs"),
  tracing: z
    .strictObject({ enabled: z.boolean().optional().describe("Whether traces may be sent") })
    .optional()
    .describe("Older form of autoInstrumentation; not both"),
});
