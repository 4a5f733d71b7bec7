/** `type: file`: files in the pipeline's folder or beside it. */
import { z } from "zod";
import { outputKeys, sourceKeys } from "./connector.ts";
import { jsonPathSchema } from "../json-path.ts";
import { fileFormatKeys, outputFormats } from "./file-format.ts";

export const fileSource = z.strictObject({
  type: z.literal("file"),
  ...sourceKeys,
  path: z.string().min(1).describe("File, or a glob for several: data/*.csv"),
  ...fileFormatKeys,
  records: jsonPathSchema
    .optional()
    .describe("json: path of the rows, $.data[*]; or of an object of arrays, one for each column, $.hourly"),
  provenance: z.boolean().optional().describe("Add the columns _file (path) and _row (1 for the first row of a file)"),
});

export const fileOutput = z.strictObject({
  type: z.literal("file"),
  ...outputKeys,
  path: z.string().min(1).describe("The file to write: out/apps.parquet"),
  format: z.enum(outputFormats).optional().describe("parquet, csv or ndjson; by default what the name's ending says"),
});
