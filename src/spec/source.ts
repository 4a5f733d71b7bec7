/** Sources: where rows come from. */
import { z } from "zod";
import { bigquerySource } from "./connectors/bigquery.ts";
import { oracleSource, postgresSource } from "./connectors/database.ts";
import { fileSource } from "./connectors/file.ts";
import { httpSource } from "./connectors/http.ts";
import { kafkaSource } from "./connectors/kafka.ts";
import { gcsSource, s3Source } from "./connectors/object-store.ts";

export const sourceSchema = z
  .discriminatedUnion("type", [
    bigquerySource,
    fileSource,
    httpSource,
    s3Source,
    gcsSource,
    postgresSource,
    oracleSource,
    kafkaSource,
  ])
  .meta({ id: "source", description: "A source: its type, and that type's keys" });

export type Source = z.output<typeof sourceSchema>;
export type FileSource = z.output<typeof fileSource>;
export type HttpSource = z.output<typeof httpSource>;
