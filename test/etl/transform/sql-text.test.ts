import { describe, expect, test } from "vitest";
import { positionAt, replaceParameters, tokenize, trimStatement } from "../../../src/etl/transform/sql-text.ts";

const tokens = (sql: string) => tokenize(sql).map(({ kind, text }) => `${kind} ${text}`);

const bind = (sql: string) => replaceParameters(sql, (name) => ({ dag: "DATE '2022-01-20'", n: "7" })[name]);

describe("tokens", () => {
  test("of each kind, with their places", () => {
    expect(
      tokens("SELECT æ.\"a\"\"b\", 'it''s' -- x\n FROM `a.b` /* y */ WHERE n >= 1_000.5e-3 AND d = $dag OR @e"),
    ).toEqual([
      "word SELECT",
      "word æ",
      "symbol .",
      'quoted "a""b"',
      "symbol ,",
      "string 'it''s'",
      "comment -- x",
      "word FROM",
      "backtick `a.b`",
      "comment /* y */",
      "word WHERE",
      "word n",
      "symbol >",
      "symbol =",
      "number 1_000.5e-3",
      "word AND",
      "word d",
      "symbol =",
      "parameter $dag",
      "word OR",
      "at @e",
    ]);
    expect(tokenize(" a  $b").map(({ offset }) => offset)).toEqual([1, 4]);
  });

  test.each([
    ["a string with a backslash", String.raw`'a\' $x`, String.raw`string 'a\'`, "parameter $x"],
    ["an escape string", String.raw`e'it\'s $x' $y`, String.raw`string e'it\'s $x'`, "parameter $y"],
    ["a dollar string", "$$ $x ' $$ $y", "string $$ $x ' $$", "parameter $y"],
    ["a tagged dollar string", "$t$ $x $$ $t$ $y", "string $t$ $x $$ $t$", "parameter $y"],
    ["a comment in a comment", "/* a /* $x */ $y */ $z", "comment /* a /* $x */ $y */", "parameter $z"],
    ["a name that ends in e before a string", "date'2022-01-20'", "word date", "string '2022-01-20'"],
  ])("%s is one", (_says, sql, ...expected) => {
    expect(tokens(sql)).toEqual(expected);
  });

  test("nothing is lost of what is not understood", () => {
    expect(tokens("'open $x")).toEqual(["symbol '", "word open", "parameter $x"]);
    expect(tokens("/* open")).toEqual(["symbol /", "symbol *", "word open"]);
    expect(tokens("$1 ? 🎉")).toEqual(["symbol $", "number 1", "symbol ?", "symbol 🎉"]);
  });
});

test("a position is counted in lines and columns from 1, also where lines end as on Windows", () => {
  expect(positionAt("ab\ncd", 0)).toEqual({ line: 1, column: 1 });
  expect(positionAt("ab\ncd", 4)).toEqual({ line: 2, column: 2 });
  expect(positionAt("ab\r\ncd", 5)).toEqual({ line: 2, column: 2 });
});

describe("parameters", () => {
  test("are replaced wherever they stand in code", () => {
    expect(bind("SELECT $n + $n FROM a WHERE d = $dag")).toBe("SELECT 7 + 7 FROM a WHERE d = DATE '2022-01-20'");
    expect(bind("SELECT list[$n], $n::TEXT")).toBe("SELECT list[7], 7::TEXT");
  });

  test("are left alone in strings, comments and names, and where they are not known", () => {
    const sql = `SELECT '$n', "$n", $$ $n $$ /* $n */ -- $n\n, $name, $n_2`;
    expect(bind(sql)).toBe(sql);
  });

  test("leave line breaks where they were", () => {
    expect(bind("SELECT\n $dag,\n\t$n\n").split("\n")).toHaveLength(4);
  });
});

test.each([
  ["SELECT 1;", "SELECT 1"],
  ["SELECT 1 ; ; -- the end\n", "SELECT 1"],
  ["SELECT 1 -- one\n", "SELECT 1"],
  ["-- first\nSELECT ';' /* in the middle */ AS a;\n/* last */", "-- first\nSELECT ';' /* in the middle */ AS a"],
  ["SELECT 1; SELECT 2", "SELECT 1; SELECT 2"],
  ["-- nothing", ""],
])("%j without its end is %j", (sql, trimmed) => {
  expect(trimStatement(sql)).toBe(trimmed);
});
