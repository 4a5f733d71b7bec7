/** What a request carries: JSON, and for an upload the file beside it. */
import type { IncomingMessage } from "node:http";
import { invalid } from "../api-error.ts";

export async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

export function parseJson(bytes: Buffer): unknown {
  if (bytes.length === 0) return undefined;
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    throw invalid("Parse Error");
  }
}

/** The two parts of `multipart/related`: metadata, and the data. */
export function splitMultipart(contentType: string, bytes: Buffer): { json: unknown; media: Buffer } {
  const boundary = /boundary="?([^";]+)"?/i.exec(contentType)?.[1];
  if (boundary === undefined) throw invalid("Missing multipart boundary");
  const parts = partsOf(bytes, Buffer.from(`--${boundary}`));
  if (parts.length !== 2) throw invalid(`Multipart must have two parts, and has ${parts.length}`);
  return { json: parseJson(parts[0]!), media: parts[1]! };
}

function partsOf(bytes: Buffer, delimiter: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let at = bytes.indexOf(delimiter);
  while (at >= 0) {
    const start = at + delimiter.length;
    const end = bytes.indexOf(Buffer.concat([Buffer.from("\r\n"), delimiter]), start);
    if (end < 0) break;
    const head = bytes.indexOf("\r\n\r\n", start);
    parts.push(head >= 0 && head < end ? bytes.subarray(head + 4, end) : bytes.subarray(start + 2, end));
    at = end + 2;
  }
  return parts;
}
