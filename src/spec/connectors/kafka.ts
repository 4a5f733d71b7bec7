/** `type: kafka`: the records between the committed offsets and the end of a topic. */
import { z } from "zod";
import { sourceKeys } from "./connector.ts";

export const kafkaSource = z.strictObject({
  type: z.literal("kafka"),
  ...sourceKeys,
  brokers: z.array(z.string()).optional().describe("host:port of the brokers; on nais from kafka.pool"),
  topic: z.string().describe("The topic"),
  group: z.string().optional().describe("Consumer group; by default the pipeline's name"),
  format: z.enum(["json"]).optional().describe("How a record's value is written"),
});
