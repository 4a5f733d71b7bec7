/** The secret that pseudonyms are made with: of this machine alone, and the same the next time, so that samples go on to join. */
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { localFolder } from "../places.ts";
import type { Context } from "../../util/context.ts";
import { writeBelow } from "../../util/write-below.ts";

const bytes = 32;

/** @param folder the pipeline's */
export async function pseudonymSecret(folder: string, context: Context): Promise<Uint8Array> {
  const file = join(folder, localFolder, "pseudonyms.key");
  const known = await readFile(file).catch(() => undefined);
  if (known?.length === bytes) return known;
  const made = randomBytes(bytes);
  await context.effect("sample.secret", () => writeBelow({ folder, path: file, data: made, mode: 0o600 }));
  return made;
}
