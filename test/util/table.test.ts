import { expect, test } from "vitest";
import { formatTable, inOneLine, type TableColumn } from "../../src/util/table.ts";

const columns: TableColumn[] = [
  { head: ["name", "STRING"], align: "left" },
  { head: ["n", "INT64"], align: "right" },
];
const loud = (text: string) => `<${text}>`;
const row = (...texts: string[]) => texts.map((text) => ({ text }));

test("texts stand to the left and numbers to the right, below their heads", () => {
  expect(formatTable({ columns, rows: [row("a", "1"), row("longer", "1000000")] })).toEqual([
    "name          n",
    "STRING    INT64",
    "a             1",
    "longer  1000000",
  ]);
});

test("a line has no spaces at its end", () => {
  const left: TableColumn[] = [{ head: ["a"], align: "left" }];
  expect(formatTable({ columns: left, rows: [row("long"), row("")] })).toEqual(["a", "long", ""]);
});

test("a text that is too wide is cut, and says so", () => {
  const lines = formatTable({ columns, rows: [row("abcdefgh", "1"), row("abcdef", "2")], widest: 6 });
  expect(lines.slice(2)).toEqual(["abcde…      1", "abcdef      2"]);
});

test("letters with marks take one place, Chinese and pictures two", () => {
  const lines = formatTable({
    columns,
    rows: [row("e\u0301å", "1"), row("數據", "2"), row("🚀", "3"), row("abcd", "4")],
  });
  expect(lines.slice(2)).toEqual(["e\u0301å          1", "數據        2", "🚀          3", "abcd        4"]);
  expect(formatTable({ columns, rows: [row("數據數據", "1")], widest: 6 }).at(-1)).toBe("數據…       1");
});

test("colour goes around the text, and does not move what follows", () => {
  const lines = formatTable({ columns, rows: [[{ text: "a", style: loud }, { text: "1" }]], headStyle: loud });
  expect(lines).toEqual(["<name>        <n>", "<STRING>  <INT64>", "<a>           1"]);
});

test("a text with line breaks is shown in one line", () => {
  expect(inOneLine("a\nb\tc\u0000 æ\u2028")).toBe("a\\nb\\tc\\u0000 æ\\u2028");
});
