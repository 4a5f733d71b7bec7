/** The Application (`nais.io/v1alpha1`): a service that runs on. Facts as for the Naisjob, in test/facts/application.json. */
import { z } from "zod";
import { naisjobSpec } from "./naisjob.ts";
import {
  azureSidecar,
  frontend,
  idporten,
  ingresses,
  login,
  prometheus,
  redirects,
  replicas,
  service,
  strategy,
  tokenx,
} from "./schema/application-only.ts";
import { azureApplication } from "./schema/identity.ts";
import { metadata } from "./schema/metadata.ts";

/** Keys of a Naisjob that an Application lacks. */
const jobOnly = {
  activeDeadlineSeconds: true,
  backoffLimit: true,
  completionMode: true,
  completions: true,
  concurrencyPolicy: true,
  failedJobsHistoryLimit: true,
  parallelism: true,
  restartPolicy: true,
  schedule: true,
  successfulJobsHistoryLimit: true,
  timeZone: true,
  ttlSecondsAfterFinished: true,
} as const;

export const applicationSpec = naisjobSpec.omit(jobOnly).extend({
  port: z.int().optional().describe("Port that the application listens on; 8080 by default"),
  ingresses: ingresses.optional().describe("Addresses at which it is reached"),
  replicas: replicas.optional().describe("How many of it run"),
  strategy: strategy.optional().describe("How a new version takes over"),
  service: service.optional().describe("The service in front of it"),
  prometheus: prometheus.optional().describe("Scraping of metrics"),
  azure: z
    .strictObject({
      application: azureApplication.describe("The application"),
      sidecar: azureSidecar.optional().describe("The login proxy"),
    })
    .optional()
    .describe("Entra ID"),
  idporten: idporten.optional().describe("ID-porten"),
  tokenx: tokenx.optional().describe("TokenX"),
  login: login.optional().describe("Logins"),
  frontend: frontend.optional().describe("Settings for the browser"),
  redirects: redirects.optional().describe("Old addresses"),
  leaderElection: z.boolean().optional().describe("Whether replicas elect a leader"),
  preStopHookPath: z.string().optional().describe("Older form of preStopHook.http.path"),
});

export const applicationSchema = z
  .strictObject({
    apiVersion: z.literal("nais.io/v1alpha1"),
    kind: z.literal("Application"),
    metadata: metadata.describe("Name, namespace and labels"),
    spec: applicationSpec.describe("The application"),
    status: z.unknown().optional().describe("Filled in by the platform"),
  })
  .describe("A service on nais");
