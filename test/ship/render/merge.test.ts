import { expect, test } from "vitest";
import { mergeSpec } from "../../../src/ship/render/merge.ts";

test("maps are merged, and null takes a key away", () => {
  expect(mergeSpec({ a: { b: 1, c: 2 }, d: 3 }, { a: { b: 4 }, d: null, e: { f: 5, g: null } })).toEqual({
    a: { b: 4, c: 2 },
    e: { f: 5 },
  });
});

test("variables are merged by name, and further ones come after", () => {
  const base = {
    env: [
      { name: "A", value: "1" },
      { name: "B", value: "2" },
    ],
  };
  const over = {
    env: [
      { name: "C", value: "3" },
      { name: "A", value: "4" },
    ],
  };
  expect(mergeSpec(base, over)).toEqual({
    env: [
      { name: "A", value: "4" },
      { name: "B", value: "2" },
      { name: "C", value: "3" },
    ],
  });
});

test("a dataset keeps what is derived and gets what is written", () => {
  const base = { gcp: { bigQueryDatasets: [{ name: "a", permission: "READWRITE" }] } };
  const over = { gcp: { bigQueryDatasets: [{ name: "a", description: "x" }] } };
  expect(mergeSpec(base, over)).toEqual({
    gcp: { bigQueryDatasets: [{ name: "a", permission: "READWRITE", description: "x" }] },
  });
});

test("a list without names replaces", () => {
  expect(mergeSpec({ command: ["a", "b"] }, { command: ["c"] })).toEqual({ command: ["c"] });
});
