/** Lines of a text that are not empty. */
import { createReadStream } from "node:fs";

export async function countLines(path: string, signal: AbortSignal): Promise<number> {
  let lines = 0;
  let isEmpty = true;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal }) as AsyncIterable<Buffer>) {
    for (const byte of chunk) {
      if (byte === 0x0a) isEmpty = true;
      else if (isEmpty && byte > 0x20) {
        isEmpty = false;
        lines++;
      }
    }
  }
  return lines;
}
