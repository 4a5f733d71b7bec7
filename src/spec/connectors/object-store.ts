/** `type: s3` (MinIO too) and `type: gcs`: files in a bucket. */
import { z } from "zod";
import { outputKeys, sourceKeys } from "./connector.ts";
import { fileFormatKeys, outputFormats } from "./file-format.ts";

const bucketKeys = {
  bucket: z.string().min(1).describe("Name of the bucket"),
  prefix: z.string().optional().describe("Only objects whose name starts with this"),
  endpoint: z
    .string()
    .optional()
    .describe("Address of the store, where it is not the provider's own: http://minio:9000"),
};

const source = {
  ...sourceKeys,
  ...bucketKeys,
  path: z.string().optional().describe("Glob below the prefix"),
  ...fileFormatKeys,
  provenance: z.boolean().optional().describe("Add the columns _file and _row"),
  only_new: z.boolean().optional().describe("Read each object once"),
};
const output = {
  ...outputKeys,
  ...bucketKeys,
  path: z.string().min(1).describe("Name of the object below the prefix"),
  format: z.enum(outputFormats).optional().describe("parquet, csv or ndjson"),
};

export const s3Source = z.strictObject({ type: z.literal("s3"), ...source });
export const s3Output = z.strictObject({ type: z.literal("s3"), ...output });
export const gcsSource = z.strictObject({ type: z.literal("gcs"), ...source });
export const gcsOutput = z.strictObject({ type: z.literal("gcs"), ...output });
