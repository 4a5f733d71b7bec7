import { expect, test } from "vitest";
import { formatBytes, parseBytes } from "../../src/util/bytes.ts";

test("sizes are powers of ten, with or without a space", () => {
  expect(["5 GB", "500MB", "1.5 TB", "10 kB", "3KB", "7 B"].map(parseBytes)).toEqual([5e9, 5e8, 1.5e12, 1e4, 3000, 7]);
  expect(["5", "GB", "5 GiB", "-1 B"].map(parseBytes)).toEqual([undefined, undefined, undefined, undefined]);
});

test("amounts are shown with few digits", () => {
  expect([0, 999, 1000, 12_345, 123_456_789, 5e9, 2e15].map(formatBytes)).toEqual([
    "0 B",
    "999 B",
    "1.0 kB",
    "12.3 kB",
    "123 MB",
    "5.0 GB",
    "2000 TB",
  ]);
});
