/** `type: http`: rows from an API that answers with JSON, NDJSON or CSV. */
import { z } from "zod";
import { parseBytes } from "../../util/bytes.ts";
import { durationSchema } from "../duration.ts";
import { jsonPathSchema } from "../json-path.ts";
import { sourceKeys } from "./connector.ts";
import { fileFormatKeys } from "./file-format.ts";

const pagings = ["page", "offset", "cursor", "link"] as const;

const answerFormats = ["json", "ndjson", "csv"] as const;

const sizeSchema = z.string().refine((text) => parseBytes(text) !== undefined, "is no size: write 500 MB, 2 GB");

const { delimiter, decimal, encoding, nulls, header } = fileFormatKeys;

export const httpSource = z.strictObject({
  type: z.literal("http"),
  ...sourceKeys,
  url: z.string().min(1).describe("Address, with or without a query"),
  query: z
    .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
    .optional()
    .describe("Query parameters; dates from the interval: ${interval:start}, ${interval:start-7d}"),
  headers: z.record(z.string(), z.string()).optional().describe("Request headers; take secrets from ${secret:NAME}"),
  format: z.enum(answerFormats).optional().describe("What the answer is: json (default), ndjson or csv"),
  records: jsonPathSchema
    .optional()
    .describe(
      "json: path of the rows in the answer, $.data[*]; or of an object of arrays, one for each column, $.hourly",
    ),
  delimiter,
  decimal,
  encoding: encoding.describe("Encoding of the text; by default what the answer says, else utf-8"),
  nulls,
  header,
  paginate: z
    .strictObject({
      by: z.enum(pagings).describe("How the next page is asked for"),
      parameter: z
        .string()
        .optional()
        .describe("Query parameter that says which page; by default page, offset or cursor, as `by` is"),
      start: z.int().min(0).optional().describe("What it is for the first page: 1 for page, 0 for offset"),
      size: z.int().positive().optional().describe("Rows a page, sent as `size_parameter`"),
      size_parameter: z.string().optional().describe("Query parameter that says how many rows a page"),
      cursor: jsonPathSchema
        .optional()
        .describe("JSON path of the next cursor in the answer; with `by: link`, of the next page's address"),
      max_pages: z.int().positive().optional().describe("Stop with an error after this many pages; 1000 by default"),
    })
    .optional()
    .describe("How to read all pages"),
  timeout: durationSchema("s")
    .optional()
    .describe("How long to wait for an answer to begin, and for it to go on; 30s by default"),
  retries: z.int().min(0).max(10).optional().describe("How often a failed request is tried again; 4 by default"),
  max_size: sizeSchema.optional().describe("Stop with an error when the answers are larger; 2 GB by default"),
  raw: z
    .string()
    .min(1)
    .optional()
    .describe("Folder in which each answer is kept as it came, or a name with {time}: raw/rates_{time}.json"),
  provenance: z
    .boolean()
    .optional()
    .describe("Add the columns _file (name of the answer, with its UTC time) and _row (1 for its first row)"),
});
