import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { pages, withKeyTables } from "../../scripts/key-docs.js";
import { checkKinds } from "../../src/spec/check.ts";
import { testSchema } from "../../src/spec/test-file.ts";

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

test("docs/checks.md tells of every kind of check", () => {
  const { text } = texts.find(({ name }) => name === "checks.md")!;
  expect(checkKinds.filter((kind) => !new RegExp(`^\\| \`${kind}\\b`, "m").test(text))).toEqual([]);
});

test("docs/tests.md tells of every key of a test", () => {
  const text = readFileSync(new URL("../../docs/tests.md", import.meta.url), "utf8");
  const { properties = {} } = z.toJSONSchema(testSchema, { unrepresentable: "any", io: "input" });
  const { expect: expected, ...others } = properties as Record<string, z.core.JSONSchema.BaseSchema>;
  const keys = [...Object.keys(others), ...Object.keys(expected?.properties ?? {})];
  expect(keys).toEqual(expect.arrayContaining(["given", "rows", "ordered", "fails"]));
  expect(keys.filter((key) => !new RegExp(`\`(?:expect: \\{ )?${key}\\b`).test(text))).toEqual([]);
});
