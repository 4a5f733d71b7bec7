import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { test as testCommand } from "../../../../src/commands/test.ts";
import { makeFolder, type Folder } from "../../../support/folder.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
let folder: Folder;

/** The page's blocks as the files that their first lines name. */
beforeAll(async () => {
  const page = await readFile(join(root, "docs/typescript.md"), "utf8");
  const files: Record<string, string> = {};
  for (const [, language, text = ""] of page.matchAll(/^```(yaml|ts|json)\n([\s\S]*?)^```/gm)) {
    const name = language === "json" ? "tsconfig.json" : /^(?:#|\/\/) (\S+)\n/.exec(text)![1]!;
    files[name] = text;
  }
  folder = await makeFolder(files);
});

afterAll(() => folder.remove());

test("what docs/typescript.md shows passes the test that it shows", async () => {
  expect(await testCommand({}, folder.context)).toBe(0);
  expect(folder.printed.join("\n")).toContain("1 passed, 0 failed");
});

test("and tsc has nothing against it", async () => {
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const ran = await promisify(execFile)(process.execPath, [tsc, "-p", folder.path]).catch((error: unknown) => error);
  expect((ran as { stdout: string }).stdout).toBe("");
});
