/** Files in a form that the engine reads, in the work folder: the one place where reading writes. */
import { mkdtemp, open, symlink, writeFile, type FileHandle } from "node:fs/promises";
import { join } from "node:path";
import type { ReadRequest } from "../connector.ts";
import { transcode } from "./transcode.ts";

type Conversion =
  /** The same text in UTF-8. */
  | { kind: "text"; from: string; encoding: string; shown: string; isCut: boolean }
  /** The same file under another name. */
  | { kind: "link"; from: string }
  /** Lines of JSON. */
  | { kind: "rows"; lines: string[] }
  /** Rows that stand somewhere in JSON. */
  | { kind: "records"; write: (to: FileHandle) => Promise<void> };

/** @returns the absolute path of the new file; nobody else has it, though others may convert the same file at the same time */
export async function convert(
  conversion: Conversion,
  { workFolder, context }: Pick<ReadRequest, "workFolder" | "context">,
): Promise<string> {
  return context.effect("extract.convert", async () => {
    const to = join(await mkdtemp(join(workFolder, "converted-")), conversion.kind);
    if (conversion.kind === "text") await transcode({ ...conversion, to, signal: context.signal });
    else if (conversion.kind === "link") await symlink(conversion.from, to);
    else if (conversion.kind === "records") await writeRecords(to, conversion.write);
    else await writeFile(to, conversion.lines.map((line) => `${line}\n`).join(""));
    return to;
  });
}

async function writeRecords(to: string, write: (to: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(to, "w");
  try {
    await write(handle);
  } finally {
    await handle.close();
  }
}
