import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { withCommands } from "../../scripts/command-docs.js";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = await readFile(join(root, "docs/commands.md"), "utf8");

test("docs/commands.md is what scripts/command-docs.js makes", () => {
  expect(withCommands(page), "run node scripts/command-docs.js").toBe(page);
});

/** What is told to the programs of command models, or is ours: for the tests, and from one of our processes to another. */
const otherwise =
  /^NAIS_ETL_(?:INPUT|OUTPUT|FORMAT|NOW|INTERVAL_START|INTERVAL_END|PARAM|DEPLOYMENT|PLATFORM|GOOGLE_LOGIN|GAR|GCP)/;

test("each variable of ours that the code reads stands in docs/commands.md", async () => {
  const names = new Set<string>();
  for await (const file of glob("src/**/*.ts", { cwd: root }))
    for (const [name] of (await readFile(join(root, file), "utf8")).matchAll(/\bNAIS_ETL_[A-Z_]*[A-Z]\b/g))
      if (!otherwise.test(name)) names.add(name);
  expect([...names]).toContain("NAIS_ETL_LOG");
  expect([...names].filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
