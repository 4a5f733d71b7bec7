/** Arrow's messages, as they come without their schema, into record batches. */
import type { RecordBatch, Schema } from "apache-arrow";
import { collectAsBytesCome } from "./collect.ts";

/** Bytes that lie behind a message, so that who reads several at a time may read beyond its end. */
const behind = 64;

export interface Decoder {
  schema: Schema;
  /** The batches are views of memory that the next call writes over. */
  decode(message: Uint8Array): RecordBatch[];
  /** Bytes of all messages so far. */
  received(): number;
}

/** @param head the schema's own message */
export async function openDecoder(head: Uint8Array): Promise<Decoder> {
  const { RecordBatchReader } = await import("apache-arrow");
  // Messages lie anywhere in what came over the wire, and numbers cannot be read there without a copy of each column.
  let aligned = new Uint8Array(0);
  let received = 0;
  const came = collectAsBytesCome();
  return {
    schema: RecordBatchReader.from([head]).open().schema,
    decode(message) {
      received += message.length;
      came(message.length);
      if (aligned.length < message.length + behind) aligned = new Uint8Array(Math.ceil(message.length * 1.5) + behind);
      aligned.set(message);
      return [...RecordBatchReader.from([head, aligned.subarray(0, message.length)])];
    },
    received: () => received,
  };
}
