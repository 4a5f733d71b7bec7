import { expect, test } from "vitest";
import { markdownPage } from "../../../src/spec/formats/markdown.ts";
import { everyType, tableOf, tableWith } from "./tables.ts";

test("every type has its place", async () => {
  await expect(`${markdownPage(tableOf(everyType))}\n`).toMatchFileSnapshot("../../golden/formats/table.md");
});

test("text that a table's cell would break at is kept whole, and personal data is marked", () => {
  const page = markdownPage(
    tableWith('x: { type: STRING, description: "a | b\\nc", sensitive: true, checks: [{ matches: "a|b" }] }'),
  );
  expect(page).toContain("| `x` | `STRING` | a \\| b c *(personal data)* | matches `a\\|b` |");
});
