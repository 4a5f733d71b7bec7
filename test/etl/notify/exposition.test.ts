import { expect, test } from "vitest";
import { expositionText, type Sample } from "../../../src/etl/notify/exposition.ts";

const text = (samples: Sample[], help = "How many.") =>
  expositionText([{ metric: { name: "rows", help, labels: [] }, samples }]);

test("a series has its help and its type once, and a line for each sample", () => {
  const samples: Sample[] = [
    { labels: { source: "a", kind: "x" }, value: 1 },
    { labels: {}, value: 2.5 },
  ];
  expect(text(samples)).toBe('# HELP rows How many.\n# TYPE rows gauge\nrows{source="a",kind="x"} 1\nrows 2.5\n');
});

test("a series without samples is left out", () => expect(text([])).toBe(""));

test("what has a meaning in the format is escaped", () => {
  expect(text([{ labels: { check: 'a "b"\\c\nd' }, value: 1 }], "one\\two\nthree")).toBe(
    '# HELP rows one\\\\two\\nthree\n# TYPE rows gauge\nrows{check="a \\"b\\"\\\\c\\nd"} 1\n',
  );
});

test.each([
  [Number.POSITIVE_INFINITY, "+Inf"],
  [Number.NEGATIVE_INFINITY, "-Inf"],
  [Number.NaN, "NaN"],
  [1_762_300_000.123, "1762300000.123"],
  [1e21, "1e+21"],
])("%d is written as Prometheus reads it", (value, written) =>
  expect(text([{ labels: {}, value }])).toContain(`rows ${written}\n`),
);
