/**
 * `metadata` of a resource, as Kubernetes itself checks it.
 * Source: https://kubernetes.io/docs/concepts/overview/working-with-objects/names/, …/labels/, …/annotations/
 */
import { z } from "zod";

/** RFC 1123 subdomain, what Kubernetes asks of a resource's name. */
const namePattern = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const longestName = 253;

/** Of a label's key, what comes after the `/`; and of its value. */
const partPattern = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const longestPart = 63;

const isPart = (text: string) => partPattern.test(text) && text.length <= longestPart;

/** `team`, `nais.io/team`. */
function isQualified(text: string): boolean {
  const [name = "", prefix, ...more] = text.split("/").toReversed();
  if (!isPart(name) || more.length > 0) return false;
  return prefix === undefined || (namePattern.test(prefix) && prefix.length <= longestName);
}

const keyRule = "is not a key in Kubernetes: write letters, digits and - _ . with at most one prefix/ in front";

const labels = z.record(z.string(), z.string()).superRefine((map, context) => {
  for (const [key, value] of Object.entries(map)) {
    if (!isQualified(key)) context.addIssue({ code: "custom", path: [key], message: `\`${key}\` ${keyRule}` });
    if (value !== "" && !isPart(value)) context.addIssue({ code: "custom", path: [key], message: badValue(key, value) });
  }
});

function badValue(key: string, value: string): string {
  const rule = "write letters, digits and - _ . only, letters or digits at both ends, at most 63";
  return `\`${value}\` is not a value for the label \`${key}\`: ${rule}`;
}

const annotations = z.record(z.string(), z.string()).superRefine((map, context) => {
  for (const key of Object.keys(map))
    if (!isQualified(key.toLowerCase()))
      context.addIssue({ code: "custom", path: [key], message: `\`${key}\` ${keyRule}` });
});

const time = z.iso.datetime({ offset: true, error: "is not a time: the cluster fills it in, so leave it out" });

/** Fields that the cluster fills in itself: allowed, and without effect, in a manifest that was read out of it. */
const filledIn = {
  creationTimestamp: time,
  deletionGracePeriodSeconds: z.int(),
  deletionTimestamp: time,
  generateName: z.string(),
  generation: z.int(),
  managedFields: z.array(z.unknown()),
  ownerReferences: z.array(z.unknown()),
  resourceVersion: z.string(),
  selfLink: z.string(),
  uid: z.string(),
};

export const metadata = z.strictObject({
  name: z
    .string()
    .regex(namePattern, "is not a name in Kubernetes: write small letters, digits and hyphens")
    .max(longestName, `is longer than the ${longestName} characters that Kubernetes allows`)
    .describe("Name of the resource"),
  namespace: z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, "is not a namespace: write small letters, digits and hyphens")
    .max(63, "is longer than the 63 characters that Kubernetes allows")
    .optional()
    .describe("Where it lives: the team's name"),
  labels: labels.optional().describe("Labels; `team` says whose it is"),
  annotations: annotations.optional().describe("Annotations"),
  finalizers: z
    .array(z.string().refine(isQualified, keyRule))
    .optional()
    .describe("Who must agree before it is deleted"),
  ...Object.fromEntries(
    Object.entries(filledIn).map(([key, schema]) => [key, schema.optional().describe("Filled in by the cluster")]),
  ),
});

/** The platform's own definition of a Naisjob allows a shorter name. */
export const shortMetadata = metadata.extend({
  name: metadata.shape.name.max(63, "is longer than the 63 characters that the platform allows"),
});
