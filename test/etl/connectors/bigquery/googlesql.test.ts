import { expect, test } from "vitest";
import {
  hasSubquery,
  parametersIn,
  quotePath,
  replaceParametersIn,
  trimQuery,
} from "../../../../src/etl/connectors/bigquery/googlesql.ts";

test("parameters are found, each once, in any case", () => {
  expect(parametersIn("a = @x AND b > @Y_1 OR c = @X")).toEqual(["x", "Y_1"]);
});

test("what stands in texts, names, comments and variables of the system is no parameter", () => {
  const none = [
    `'@a' "@b" \`@c\``,
    "-- @a\n# @b\n/* @c */",
    `'it\\'s @a' "\\"@b"`,
    "'''@a ' '' @b'''",
    '"""@a " "" @b"""',
    "r'\\' @a'",
    "@@row_count",
  ];
  for (const text of none) expect(parametersIn(text), text).toEqual([]);
  expect(parametersIn("-- @a\n@b /* @c\n */ = '@d' @e")).toEqual(["b", "e"]);
});

test("parameters are replaced where they stand, and nothing else is", () => {
  expect(replaceParametersIn("d = @x -- @x\n AND s = '@x'", (name) => `<${name}>`)).toBe(
    "d = <x> -- @x\n AND s = '@x'",
  );
});

test("a sub-query is seen, a text with its words is not", () => {
  expect(hasSubquery("id IN (SELECT id FROM t)")).toBe(true);
  expect(hasSubquery("id in(select 1)")).toBe(true);
  expect(hasSubquery("name = 'select' AND selected -- select")).toBe(false);
});

test("a query loses what could not stand in brackets", () => {
  expect(trimQuery("SELECT ';' ; -- end\n ;")).toBe("SELECT ';'");
  expect(trimQuery("SELECT 1 -- one\n+ 1")).toBe("SELECT 1 -- one\n+ 1");
});

test("names are quoted whole", () => {
  expect(quotePath("p-1.d.måned `x`")).toBe("`p-1.d.måned \\`x\\``");
});
