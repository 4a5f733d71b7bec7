/** `type: postgres` and `type: oracle`: relational databases. */
import { z } from "zod";
import { outputKeys, sourceKeys } from "./connector.ts";

const connection = {
  url: z.string().optional().describe("Connection string, without the password: postgres://user@host:5432/db"),
  password: z.string().optional().describe("Take it from ${secret:NAME}"),
};
const source = {
  ...sourceKeys,
  ...connection,
  table: z.string().optional().describe("Table or view: schema.table"),
  query: z.string().optional().describe("SQL that runs in the database and returns the rows"),
  where: z.string().optional().describe("Condition pushed down to the table"),
};

export const postgresSource = z.strictObject({ type: z.literal("postgres"), ...source });
export const oracleSource = z.strictObject({ type: z.literal("oracle"), ...source });
export const postgresOutput = z.strictObject({
  type: z.literal("postgres"),
  ...outputKeys,
  ...connection,
  table: z.string().describe("schema.table"),
});
