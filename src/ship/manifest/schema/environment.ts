/** Variables and files that the container finds. */
import { z } from "zod";

const podFields = [
  "",
  "metadata.name",
  "metadata.namespace",
  "metadata.labels",
  "metadata.annotations",
  "spec.nodeName",
  "spec.serviceAccountName",
  "status.hostIP",
  "status.podIP",
] as const;

const valueFrom = z.strictObject({
  fieldRef: z
    .strictObject({ fieldPath: z.enum(podFields).describe("The field") })
    .describe("A field of the pod; secrets come with envFrom"),
});

export const env = z.array(
  z.strictObject({
    name: z.string().describe("Name of the variable"),
    value: z.string().optional().describe("Its value, always a text: put numbers and true or false in quotes"),
    valueFrom: valueFrom.optional().describe("Where the value comes from instead"),
  }),
);

export const envFrom = z.array(
  z.strictObject({
    configmap: z.string().optional().describe("Every key of this ConfigMap becomes a variable"),
    secret: z.string().optional().describe("Every key of this Secret becomes a variable"),
  }),
);

export const filesFrom = z.array(
  z.strictObject({
    configmap: z.string().optional().describe("Every key of this ConfigMap becomes a file"),
    secret: z.string().optional().describe("Every key of this Secret becomes a file"),
    emptyDir: z
      .strictObject({ medium: z.enum(["Memory", "Disk"]).optional().describe("Where it lies; Disk by default") })
      .optional()
      .describe("An empty folder that can be written to"),
    persistentVolumeClaim: z.string().optional().describe("A disk that outlives the pod"),
    mountPath: z.string().optional().describe("Folder in the container; it hides what the image has there"),
  }),
);

export const vault = z.strictObject({
  enabled: z.boolean().optional().describe("Whether secrets are fetched from Vault (on-premises clusters)"),
  paths: z
    .array(
      z.strictObject({
        kvPath: z.string().describe("Path in Vault"),
        mountPath: z.string().describe("Folder in the container"),
        format: z.enum(["flatten", "json", "yaml", "env", "properties", ""]).optional().describe("How they are written"),
      }),
    )
    .optional()
    .describe("Paths to fetch besides the default one"),
});
