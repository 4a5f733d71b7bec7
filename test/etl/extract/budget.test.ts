import { expect, test } from "vitest";
import { keepWithinBudget, shareOfBudget } from "../../../src/etl/extract/budget.ts";

const expected = [
  { name: "a", billed: 4_000_000_000 },
  { name: "b", billed: 0 },
  { name: "c", billed: 1_500_000_000 },
];
const where = () => ({ file: "pipeline.yaml", line: 3 });

test("what would be billed more than the budget is not begun, and the dearest source is named first", () => {
  expect(() => keepWithinBudget(expected, { budget: 5_000_000_000, where })).toThrow(
    "[budget] the run would be billed 5.5 GB, and its budget is 5.0 GB: a 4.0 GB, c 1.5 GB",
  );
  keepWithinBudget(expected, { budget: 5_500_000_000, where });
});

test("one source may be billed what the others leave", () => {
  expect(shareOfBudget("a", expected, 6_000_000_000)).toBe(4_500_000_000);
});
