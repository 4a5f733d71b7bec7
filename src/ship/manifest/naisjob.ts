/**
 * The Naisjob (`nais.io/v1`), as strict as the platform: it refuses a manifest for one unknown key.
 *
 * Facts from the platform's own definition (nais/liberator, MIT), which test/facts/naisjob.json holds as a table;
 * a test compares the two field by field. What the platform accepts and then ignores is for the rules, not for this schema.
 * The order of the keys is the order in which manifests are written.
 */
import { z } from "zod";
import { accessPolicy } from "./schema/access-policy.ts";
import { preStopHook, probe, resources } from "./schema/container.ts";
import { env, envFrom, filesFrom, vault } from "./schema/environment.ts";
import { gcp } from "./schema/gcp.ts";
import { azureApplication, maskinporten } from "./schema/identity.ts";
import { shortMetadata } from "./schema/metadata.ts";
import { kafka, observability, openSearch, postgres, valkey } from "./schema/platform.ts";

export const naisjobSpec = z.strictObject({
  image: z.string().optional().describe("The container's image, best with its digest"),
  command: z.array(z.string()).optional().describe("Program and arguments, instead of the image's own"),
  schedule: z.string().optional().describe("Cron, five fields; without it the job runs once at each changed deploy"),
  timeZone: z.string().optional().describe("IANA name of the schedule's time zone; UTC by default"),
  concurrencyPolicy: z
    .enum(["Forbid", "Replace", "Allow"])
    .optional()
    .describe("What happens when the last run still goes on; Allow by default"),
  backoffLimit: z.int32().optional().describe("How often a failed run is tried again; 6 by default"),
  restartPolicy: z
    .enum(["OnFailure", "Never"])
    .optional()
    .describe("Never (default) starts a new pod for each try, OnFailure the same one"),
  activeDeadlineSeconds: z.int().optional().describe("Seconds after which a run is ended, its retries included"),
  terminationGracePeriodSeconds: z
    .int()
    .min(0)
    .max(180)
    .optional()
    .describe("Seconds between the asking to stop and the killing; 30 by default"),
  parallelism: z.int32().optional().describe("Pods at the same time in one run; 1 by default"),
  completions: z.int32().optional().describe("Pods that must succeed in one run; 1 by default"),
  completionMode: z
    .enum(["NonIndexed", "Indexed"])
    .optional()
    .describe("Whether each pod of a run gets a number of its own"),
  successfulJobsHistoryLimit: z.int32().optional().describe("Successful runs kept to look at; 3 by default"),
  failedJobsHistoryLimit: z.int32().optional().describe("Failed runs kept to look at; 1 by default"),
  ttlSecondsAfterFinished: z
    .int32()
    .optional()
    .describe("Seconds after which a finished run and its metrics are deleted"),
  ttl: z.string().optional().describe("Time after which the whole Naisjob is deleted: 24h"),
  resources: resources.optional().describe("CPU and memory; 200m and 256Mi asked for, at most 512Mi, by default"),
  env: env.optional().describe("Environment variables"),
  envFrom: envFrom.optional().describe("Environment variables from ConfigMaps and Secrets"),
  filesFrom: filesFrom.optional().describe("Files from ConfigMaps, Secrets and disks"),
  gcp: gcp.optional().describe("Resources in Google Cloud"),
  accessPolicy: accessPolicy.optional().describe("Which traffic is let through"),
  kafka: kafka.optional().describe("Kafka"),
  postgres: postgres.optional().describe("A Postgres cluster of the platform"),
  openSearch: openSearch.optional().describe("OpenSearch"),
  valkey: valkey.optional().describe("Valkey"),
  azure: z
    .strictObject({ application: azureApplication.describe("The application") })
    .optional()
    .describe("Entra ID"),
  maskinporten: maskinporten.optional().describe("Maskinporten"),
  observability: observability.optional().describe("Logs, metrics and traces"),
  preStopHook: preStopHook.optional().describe("What is done before the container is stopped; exec or http"),
  liveness: probe.optional().describe("Ignored for jobs"),
  readiness: probe.optional().describe("Ignored for jobs"),
  startup: probe.optional().describe("Ignored for jobs"),
  skipCaBundle: z.boolean().optional().describe("Leave out the organisation's own certificates"),
  vault: vault.optional().describe("Secrets from Vault, on-premises clusters only"),
  webproxy: z.boolean().optional().describe("Set the variables of the web proxy, on-premises clusters only"),
});

export const naisjobSchema = z
  .strictObject({
    apiVersion: z.literal("nais.io/v1"),
    kind: z.literal("Naisjob"),
    metadata: shortMetadata.describe("Name, namespace and labels"),
    spec: naisjobSpec.describe("The job"),
    status: z.unknown().optional().describe("Filled in by the platform"),
  })
  .describe("A job on nais");

export type NaisjobSpec = z.input<typeof naisjobSpec>;
export type Naisjob = z.input<typeof naisjobSchema>;
