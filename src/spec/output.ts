/** Outputs: what is published, where, and how it is written. */
import { z } from "zod";
import { bigqueryOutput } from "./connectors/bigquery.ts";
import { cassandraOutput } from "./connectors/cassandra.ts";
import { postgresOutput } from "./connectors/database.ts";
import { fileOutput } from "./connectors/file.ts";
import { gcsOutput, s3Output } from "./connectors/object-store.ts";

export const outputSchema = z
  .discriminatedUnion("type", [bigqueryOutput, fileOutput, s3Output, gcsOutput, postgresOutput, cassandraOutput])
  .superRefine((output, context) => {
    if (output.write === "merge" && !output.key) {
      context.addIssue({
        code: "custom",
        path: ["write"],
        message: "`write: merge` needs `key`",
        params: { hint: "Say which columns identify a row: key: [dato, env]." },
      });
    }
    if (output.write === "replace_partition" && !output.partition) {
      context.addIssue({
        code: "custom",
        path: ["write"],
        message: "`write: replace_partition` needs `partition`",
        params: { hint: "Say which column decides the partition: partition: dato." },
      });
    }
  })
  .meta({ id: "output", description: "An output: its type, and that type's keys" });

export type Output = z.output<typeof outputSchema>;
export type FileOutput = z.output<typeof fileOutput>;
