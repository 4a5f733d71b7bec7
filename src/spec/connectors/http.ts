/** `type: http`: rows from an API that answers with JSON. */
import { z } from "zod";
import { durationSchema } from "../duration.ts";
import { sourceKeys } from "./connector.ts";

export const httpSource = z.strictObject({
  type: z.literal("http"),
  ...sourceKeys,
  url: z.string().min(1).describe("Address, without its query"),
  query: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe("Query parameters"),
  headers: z.record(z.string(), z.string()).optional().describe("Request headers; take secrets from ${secret:NAME}"),
  records: z.string().optional().describe("JSON path of the rows in the answer: $.data[*]"),
  paginate: z
    .strictObject({
      by: z.enum(["page", "offset", "cursor", "link"]).describe("How the next page is asked for"),
      parameter: z.string().optional().describe("Query parameter that says which page"),
      size: z.int().positive().optional().describe("Rows a page"),
      size_parameter: z.string().optional().describe("Query parameter that says how many rows a page"),
      cursor: z.string().optional().describe("JSON path of the next cursor in the answer"),
      max_pages: z.int().positive().optional().describe("Stop with an error after this many pages"),
    })
    .optional()
    .describe("How to read all pages"),
  timeout: durationSchema("s").optional().describe("How long one request may take: 30s"),
  retries: z.int().min(0).optional().describe("How often a failed request is tried again"),
  raw: z.string().optional().describe("Folder in which each answer is kept as it came"),
});
