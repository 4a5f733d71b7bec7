/** `type: cassandra`: tables in Cassandra, K8ssandra's among them. */
import { z } from "zod";
import { outputKeys } from "./connector.ts";

export const cassandraOutput = z.strictObject({
  type: z.literal("cassandra"),
  ...outputKeys,
  contact_points: z.array(z.string()).optional().describe("host:port of the nodes to ask first"),
  datacenter: z.string().optional().describe("The local data centre"),
  username: z.string().optional().describe("User name"),
  password: z.string().optional().describe("Take it from ${secret:NAME}"),
  table: z.string().describe("keyspace.table"),
});
