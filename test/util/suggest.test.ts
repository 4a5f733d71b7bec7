import { describe, expect, test } from "vitest";
import { didYouMean, nearest } from "../../src/util/suggest.ts";

const keys = ["name", "schedule", "sources", "models", "outputs", "not_null"];

describe("the nearest word", () => {
  test.each([
    ["scedule", "schedule", "a letter is missing"],
    ["sourcess", "sources", "a letter is too much"],
    ["modells", "models", "a letter is doubled"],
    ["naem", "name", "two letters are swapped"],
    ["Outputs", "outputs", "the case differs"],
    ["notnull", "not_null", "an underscore is missing"],
  ])("%s means %s: %s", (word, meant) => {
    expect(nearest(word, keys)).toBe(meant);
  });

  test("is none where no word is near", () => {
    expect(nearest("egress", keys)).toBeUndefined();
    expect(nearest("x", [])).toBeUndefined();
  });

  test("is the nearest of several, and the first of equals", () => {
    expect(nearest("cat", ["cart", "cat"])).toBe("cat");
    expect(nearest("bat", ["cat", "hat"])).toBe("cat");
  });
});

test("where no word is near, all are listed", () => {
  expect(didYouMean("scedule", keys)).toBe("Did you mean `schedule`?");
  expect(didYouMean("zzz", ["a", "b"])).toBe("Known here: a, b.");
  expect(didYouMean("zzz", [])).toBe("There are none here.");
});
