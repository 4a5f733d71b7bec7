/** Secrets: where the values come from that `${secret:NAME}` stands for. */
import { z } from "zod";

/** Source: https://cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets */
const googleName = /^(projects\/[a-z0-9.:-]+\/(locations\/[a-z0-9-]+\/)?secrets\/)?[A-Za-z0-9_-]{1,255}$/;

/** Of a regional secret: `projects/P/locations/europe-north1/secrets/NAME`. */
export function secretLocation(name: string | undefined): string | undefined {
  return /^projects\/[^/]+\/locations\/([^/]+)\//.exec(name ?? "")?.[1];
}

/**
 * Regional secrets answer in their region only.
 * Source: https://cloud.google.com/secret-manager/regional-secrets/access-regional-secret
 */
export function secretHost(location: string | undefined): string {
  return `secretmanager.${location === undefined ? "" : `${location}.rep.`}googleapis.com`;
}

const googleSecret = z.strictObject({
  from: z.literal("google-secret-manager"),
  name: z
    .string()
    .superRefine((name, context) => {
      if (googleName.test(name) || name.includes("${")) return;
      const [, whole, version] = /^(.*)\/versions\/(\w+)$/.exec(name) ?? [];
      context.addIssue({
        code: "custom",
        message: "is not a secret's name: write my-secret, or projects/PROJECT/secrets/my-secret",
        ...(version && { params: { hint: `Write \`name: ${whole}\` and \`version: ${version}\`.` } }),
      });
    })
    .optional()
    .describe("The secret, or projects/P/secrets/NAME; by default what KNADA_TEAM_SECRET names"),
  key: z
    .string()
    .min(1)
    .optional()
    .describe("One value of a secret that holds several (dotenv or JSON); without `name`, by default the name here"),
  version: z
    .union([z.literal("latest"), z.int().positive()])
    .optional()
    .describe("latest (default), or a number to pin"),
  endpoint: z
    .string()
    .optional()
    .describe(
      "Private endpoint of Secret Manager, below googleapis.com (others only if NAIS_ETL_GOOGLE_HOSTS names them); a regional secret's own is known. A loopback http:// one is used without credentials",
    ),
});

/** Source: https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data */
const kubernetesKey = z
  .string()
  .regex(/^(?!\.\.)[-._a-zA-Z0-9]{1,253}$/, "is not a key of a Kubernetes secret: write letters, digits, -, _ and .");

const naisSecret = z.strictObject({
  from: z.literal("nais"),
  secret: z
    .string()
    .regex(/^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$/, "is not a secret's name: write small letters, digits and hyphens")
    .describe("Name of the nais secret; it becomes envFrom in the manifest"),
  key: kubernetesKey.optional().describe("Key in the secret; by default the name here"),
  mount: z
    .string()
    .regex(/^\/[^:]+$/, "is not a folder: write its path from the root, /var/run/secrets/my-secret")
    .optional()
    .describe(
      "Folder where its keys are files (filesFrom in the manifest) instead of variables: /var/run/secrets/my-secret",
    ),
});

const environmentSecret = z.strictObject({
  from: z.literal("env"),
  name: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is not a variable's name")
    .optional()
    .describe("Environment variable; by default the name here"),
});

export const secretSchema = z
  .discriminatedUnion("from", [googleSecret, naisSecret, environmentSecret])
  .meta({ id: "secret", description: "Where a secret's value comes from" });

export type Secret = z.output<typeof secretSchema>;
export type GoogleSecret = z.output<typeof googleSecret>;
export type NaisSecret = z.output<typeof naisSecret>;

/** What a name may be that stands in `${secret:NAME}` and, on a laptop, in the environment. */
export const secretName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is not a secret's name: write letters, digits and _, beginning with a letter");
