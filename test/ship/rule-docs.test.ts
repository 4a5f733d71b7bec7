import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { ruleDocs } from "../../src/ship/rule-docs.ts";

const folder = fileURLToPath(new URL("../../docs/rules/", import.meta.url));

test.each([...ruleDocs()].filter(([name]) => name !== "README.md"))(
  "%s says why and what to do, and shows what differs",
  (_, page) => {
    expect(page).toMatch(/^\*\*Why\*\*: [\s\S]*^\*\*What to do\*\*: /m);
    const examples = [...page.matchAll(/^```\w+\n([\s\S]*?)^```/gm)].map(([, example = ""]) => example);
    expect(examples).toHaveLength(2);
    expect(examples[0]).not.toBe(examples[1]);
    for (const example of examples) expect(example.split("\n").length).toBeLessThan(16);
  },
);

test("docs/rules/ holds the pages that the rules make, and no other", () => {
  const found = readdirSync(folder).map((name): [string, string] => [name, readFileSync(folder + name, "utf8")]);
  // On a difference: node scripts/rule-docs.js
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(ruleDocs()));
});
