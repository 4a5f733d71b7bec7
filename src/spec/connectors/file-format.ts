/** Formats of files, wherever they lie: which there are, and the keys that say how they are read. */
import { extname } from "node:path";
import { z } from "zod";

export const fileFormats = ["csv", "json", "ndjson", "parquet", "yaml"] as const;
export type FileFormat = (typeof fileFormats)[number];

/** How files are read, wherever they lie. */
export const fileFormatKeys = {
  format: z
    .enum(fileFormats)
    .optional()
    .describe("csv, json, ndjson, parquet or yaml; by default what the name's ending says"),
  delimiter: z.string().min(1).max(4).optional().describe("csv: what stands between two values; a comma by default"),
  decimal: z.enum([".", ","]).optional().describe("csv: the decimal sign; a point by default"),
  encoding: z
    .string()
    .optional()
    .describe("Encoding of the text: utf-8 (default), windows-1252, iso-8859-1, utf-16le …"),
  nulls: z
    .preprocess((value) => (typeof value === "string" ? [value] : value), z.array(z.string()))
    .optional()
    .meta({
      description: "csv: texts that mean NULL; by default only the empty, unquoted value",
      shorthand: { type: "string" },
    }),
  header: z.boolean().optional().describe("csv: whether the first line names the columns; true by default"),
};

export const outputFormats = ["parquet", "csv", "ndjson"] as const;
export type OutputFormat = (typeof outputFormats)[number];

const formatOfEnding: Record<string, OutputFormat> = {
  ".parquet": "parquet",
  ".csv": "csv",
  ".ndjson": "ndjson",
  ".jsonl": "ndjson",
};

/** What to say of an output whose format is not known. */
export function unknownFormat(path: string): { message: string; hint: string } {
  return {
    message: `the format of ${path} is not known from its ending`,
    hint: "Say it: format: parquet (or csv, ndjson).",
  };
}

/** The format that an output's file is written in; undefined where neither `format` nor the name's ending says it. */
export function outputFormat({
  format,
  path,
}: {
  format?: OutputFormat | undefined;
  path: string;
}): OutputFormat | undefined {
  return format ?? formatOfEnding[extname(path).toLowerCase()];
}
