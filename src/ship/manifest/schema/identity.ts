/** Who the workload is to Entra ID (azure) and Maskinporten. */
import { z } from "zod";

const claims = z.strictObject({
  extra: z.array(z.enum(["NAVident", "azp_name"])).optional().describe("Ignored by the platform"),
  groups: z
    .array(z.strictObject({ id: z.string().optional().describe("Object id of the group") }))
    .optional()
    .describe("Groups whose members get in"),
});

export const azureApplication = z.strictObject({
  enabled: z.boolean().describe("Whether the workload gets an application in Entra ID"),
  allowAllUsers: z.boolean().optional().describe("Whether every user of the tenant gets in"),
  claims: claims.optional().describe("What tokens say of users, and which groups get in"),
  replyURLs: z
    .array(z.string().regex(/^https?:\/\/.+$/, "is not an http(s) address"))
    .optional()
    .describe("Addresses to which a login may return"),
  singlePageApplication: z.boolean().optional().describe("Whether logins happen in the browser; to be removed"),
  tenant: z.enum(["nav.no", "trygdeetaten.no"]).optional().describe("The tenant"),
});

const consumed = z.strictObject({ name: z.string().describe("The scope's full name") });

const consumer = z.strictObject({
  orgno: z.string().regex(/^\d{9}$/, "is not an organisation number: write nine digits").describe("Organisation number"),
  name: z.string().optional().describe("Who that is, for the reader"),
});

/** The same names as the platform's own pattern, which takes JavaScript exponential time to refuse a long one. */
const scopeName = /^[a-zæøå0-9]+(\/[a-zæøå0-9]+)*\/?(:[a-zæøå0-9]+)*[a-zæøå0-9]+(\.[a-zæøå0-9]+)*$/;

const exposed = z
  .strictObject({
    enabled: z.boolean().describe("Whether the scope can be used"),
    name: z
      .string()
      .regex(scopeName, "is not a scope's name")
      .describe("Name of the scope, after the product"),
    product: z.string().regex(/^[a-z0-9]+$/, "is not a product: write small letters and digits").describe("The product"),
    accessibleForAll: z.boolean().optional().describe("Whether every organisation may use it"),
    allowedIntegrations: z.array(z.string()).min(1).optional().describe("Kinds of integration that may ask for it"),
    atMaxAge: z.int().min(30).max(680).optional().describe("Seconds for which a token holds"),
    consumers: z.array(consumer).optional().describe("Organisations that may use it"),
    delegationSource: z.enum(["altinn"]).optional().describe("Who hands the right on to others"),
    separator: z
      .string()
      .min(1)
      .max(1)
      .regex(/^[/:.]$/, "is not a separator: write / : or .")
      .optional()
      .describe("What stands between product and name"),
    visibility: z.enum(["private", "public"]).optional().describe("Who sees that it exists"),
  })
  .refine(({ delegationSource, separator }) => delegationSource === undefined || separator === "/", {
    path: ["separator"],
    message: "`separator` must be \"/\" where `delegationSource` is set",
  });

export const maskinporten = z.strictObject({
  enabled: z.boolean().describe("Whether the workload gets a client in Maskinporten"),
  scopes: z
    .strictObject({
      consumes: z.array(consumed).optional().describe("Scopes of others that it uses"),
      exposes: z.array(exposed).optional().describe("Scopes that it offers"),
    })
    .optional()
    .describe("Scopes"),
});
