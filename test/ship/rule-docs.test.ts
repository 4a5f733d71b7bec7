import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ruleDocs } from "../../src/ship/rule-docs.ts";

const folder = fileURLToPath(new URL("../../docs/rules/", import.meta.url));

test("docs/rules/ holds the pages that the rules make, and no other", () => {
  const found = readdirSync(folder).map((name): [string, string] => [name, readFileSync(folder + name, "utf8")]);
  // On a difference: node scripts/rule-docs.js
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(ruleDocs()));
});
