/** What tells texts apart where a whole digest would be too long to read: in names, and in ids. */
import { createHash } from "node:crypto";

/** 12 hexadecimal digits of SHA-256. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 12);
}
