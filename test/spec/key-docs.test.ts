import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { expect, test } from "vitest";
import { pages, withKeyTables } from "../../scripts/key-docs.js";

const texts = pages.map((page) => ({ name: basename(page.pathname), text: readFileSync(page, "utf8") }));

test.each(texts)("the tables of keys in docs/$name are what scripts/key-docs.js makes", ({ text }) => {
  expect(withKeyTables(text), "run node scripts/key-docs.js").toBe(text);
});

test("every key has its table", () => {
  const tables = texts.flatMap(({ text }) => [...text.matchAll(/<!-- keys: (.+) -->/g)].map(([, name]) => name!));
  const own = ["pipeline", "schedule", "interval", "param", "source", "model", "column", "output", "partition"];
  expect(tables.filter((name) => !/^(source|output|secret) /.test(name)).toSorted()).toEqual(
    [...own, "check settings"].toSorted(),
  );
});

test("a place for keys that are not there is an error", () => {
  expect(() => withKeyTables("<!-- keys: sauce -->\n<!-- /keys -->")).toThrow("pipeline.yaml has no sauce");
  expect(() => withKeyTables("<!-- keys: source fail -->\n<!-- /keys -->")).toThrow("no source of type fail");
});
