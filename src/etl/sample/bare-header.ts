/** A sample that names its columns, and has no rows yet: as `import` writes it. */
import { open } from "node:fs/promises";

/** Longer first lines are none that anybody wrote for a sample. */
const mostBytes = 65_536;

/** Of a CSV file with a header; false of all others, and where there is no file. */
export async function isBareHeader(file: string): Promise<boolean> {
  if (!file.endsWith(".csv")) return false;
  const handle = await open(file).catch(() => undefined);
  if (!handle) return false;
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(mostBytes), 0, mostBytes, 0);
    const lines = buffer.toString("utf8", 0, bytesRead).split(/\r?\n|\r/);
    return bytesRead < mostBytes && lines.filter((line) => line.trim() !== "").length === 1;
  } finally {
    await handle.close();
  }
}
