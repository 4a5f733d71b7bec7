/** `metadata` of a resource, as Kubernetes itself checks it. */
import { z } from "zod";

/** RFC 1123 subdomain, what Kubernetes asks of a resource's name. */
const namePattern = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

const texts = z.record(z.string(), z.string());

/** Fields that the cluster fills in itself: allowed, and without effect, in a manifest that was read out of it. */
const filledIn = Object.fromEntries(
  [
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generateName",
    "generation",
    "managedFields",
    "ownerReferences",
    "resourceVersion",
    "selfLink",
    "uid",
  ].map((key) => [key, z.unknown().optional().describe("Filled in by the cluster")]),
);

export const metadata = z.strictObject({
  name: z
    .string()
    .regex(namePattern, "is not a name in Kubernetes: write small letters, digits and hyphens")
    .max(63, "is longer than the 63 characters that the platform allows")
    .describe("Name of the resource"),
  namespace: z.string().optional().describe("Where it lives: the team's name"),
  labels: texts.optional().describe("Labels; `team` says whose it is"),
  annotations: texts.optional().describe("Annotations"),
  finalizers: z.array(z.string()).optional().describe("Who must agree before it is deleted"),
  ...filledIn,
});
