import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { makeFolder, type Folder } from "../support/folder.ts";

const bin = fileURLToPath(new URL("../../bin/nais-etl.js", import.meta.url));

let folder: Folder;
afterEach(() => folder.remove());

/** As `nais-etl … | head -0` does it. */
async function unread(...args: string[]): Promise<number> {
  const child = spawn(process.execPath, [bin, ...args], { cwd: folder.path, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.destroy();
  child.stderr.destroy();
  const [code] = (await once(child, "close")) as [number];
  return code;
}

const pipeline = (model: string) => ({
  "pipeline.yaml": `
name: towns
team: data-team
sources: { towns: { type: file, path: towns.csv, format: csv, columns: { id: INT64 } } }
outputs: { big: { type: file, path: out/big.csv, format: csv } }
`,
  "towns.csv": "id\n1\n",
  "models/big.sql": model,
});

test("a run whose words nobody reads comes to its end, and its exit code is that of the run", async () => {
  folder = await makeFolder(pipeline("SELECT id FROM towns"));
  expect(await unread("run")).toBe(0);
  expect(await readdir(`${folder.path}/out`)).toEqual(["big.csv"]);
  await folder.write("models/big.sql", "SELECT nothing FROM towns");
  expect(await unread("run")).not.toBe(0);
});
