/** Keys that an Application has and a Naisjob lacks. */
import { z } from "zod";
import { resources } from "./container.ts";

const path = z.string().regex(/^\/.*$/, "is not a path: it begins with /");
const address = z.string().regex(/^https:\/\/.+$/, "is not an https:// address");
const intOrString = z.union([z.int(), z.string()]);

const sidecar = {
  enabled: z.boolean().describe("Whether a login proxy is put in front"),
  autoLogin: z.boolean().optional().describe("Whether every request without a login is sent to one"),
  autoLoginIgnorePaths: z.array(path).optional().describe("Paths that need no login"),
  resources: resources.optional().describe("CPU and memory of the login proxy"),
};

export const azureSidecar = z.strictObject(sidecar);

export const idporten = z.strictObject({
  enabled: z.boolean().describe("Whether the application gets a client in ID-porten"),
  sidecar: z
    .strictObject({
      ...sidecar,
      level: z
        .enum(["Level3", "Level4", "idporten-loa-substantial", "idporten-loa-high"])
        .optional()
        .describe("Lowest level of login"),
      locale: z.enum(["nb", "nn", "en", "se"]).optional().describe("Language of the login"),
    })
    .optional()
    .describe("The login proxy"),
});

export const frontend = z.strictObject({
  generatedConfig: z
    .strictObject({ mountPath: z.string().describe("File that is made") })
    .optional()
    .describe("A file with settings for the browser"),
});

export const ingresses = z.array(address);

export const login = z.strictObject({
  provider: z.enum(["openid"]).describe("Who logs in"),
  enforce: z
    .strictObject({
      enabled: z.boolean().describe("Whether a login is needed"),
      excludePaths: z.array(path).optional().describe("Paths that need none"),
    })
    .optional()
    .describe("Whether every request needs a login"),
});

export const prometheus = z.strictObject({
  enabled: z.boolean().optional().describe("Whether metrics are scraped"),
  path: z.string().optional().describe("Where they are; /metrics by default"),
  port: z.string().optional().describe("On which port, a text; the application's own by default"),
});

export const redirects = z.array(
  z.strictObject({ from: address.describe("Old address"), to: address.describe("New address") }),
);

const kafkaScaling = z.strictObject({
  topic: z.string().describe("Topic"),
  consumerGroup: z.string().describe("Consumer group whose lag counts"),
  threshold: z.int().describe("Lag at which a replica is added"),
});

export const replicas = z.strictObject({
  min: z.int().optional().describe("Fewest replicas"),
  max: z.int().optional().describe("Most replicas"),
  cpuThresholdPercentage: z.int().optional().describe("Older form of scalingStrategy.cpu"),
  disableAutoScaling: z.boolean().optional().describe("Whether the number stays at min"),
  scalingStrategy: z
    .strictObject({
      cpu: z
        .strictObject({ thresholdPercentage: z.int().optional().describe("Share of the CPU asked for") })
        .optional()
        .describe("By CPU"),
      kafka: kafkaScaling.optional().describe("By lag in Kafka"),
      scaleDownStabilizationWindowSeconds: z.int().optional().describe("Seconds before replicas are taken away"),
      scaleUpStabilizationWindowSeconds: z.int().optional().describe("Seconds before replicas are added"),
    })
    .optional()
    .describe("When replicas are added"),
});

export const service = z.strictObject({
  port: z.int32().min(1).max(65_535).describe("Port of the service"),
  protocol: z.enum(["http", "redis", "valkey", "tcp", "grpc"]).optional().describe("What is spoken on it; http by default"),
});

export const strategy = z.strictObject({
  type: z.enum(["Recreate", "RollingUpdate"]).optional().describe("How a new version takes over; RollingUpdate by default"),
  rollingUpdate: z
    .strictObject({
      maxSurge: intOrString.optional().describe("How many more than wanted, a number or a share"),
      maxUnavailable: intOrString.optional().describe("How many fewer than wanted, a number or a share"),
    })
    .optional()
    .describe("How fast"),
});

export const tokenx = z.strictObject({ enabled: z.boolean().describe("Whether the application gets a client in TokenX") });
