import { expect, test } from "vitest";
import { behaviours, conformancePage, readFacts } from "./conformance.ts";

const root = new URL("../../", import.meta.url);

// Made anew with: npx vitest run --project unit test/conformance --update
test("docs/conformance.md says what the facts say", async () => {
  await expect(conformancePage(readFacts(root))).toMatchFileSnapshot(`${root.pathname}docs/conformance.md`);
});

test("each fact is about a behaviour that there is, and each behaviour has one name", () => {
  const names = behaviours().map(({ name }) => name);
  expect(Object.keys(readFacts(root).seen).filter((name) => !names.includes(name))).toEqual([]);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  expect(names.length).toBeGreaterThan(60);
});

test("a page tells what was seen, as expected and otherwise, and what was not", () => {
  const [one, two] = behaviours();
  const sight = { date: "2026-11-21", location: "EU" };
  const page = conformancePage({
    seen: { [one!.name]: { ...sight, as: "expected" }, [two!.name]: { ...sight, as: "otherwise" } },
  });
  expect(page).toContain(`| ${one!.name} | yes | yes, 2026-11-21, EU |`);
  expect(page).toMatch(/\| \*\*otherwise\*\*, 2026-11-21, EU \|/);
  expect(page).toContain("2 were seen on Google's own BigQuery so far");
  expect(page.match(/^\| behaviour .*/gm)).toEqual([
    "| behaviour | bqemulator | Google |",
    ...Array.from({ length: 5 }, () => "| behaviour | bqemulator |"),
    "| behaviour | ZetaSQL |",
    "| behaviour | bqemulator |",
  ]);
});
