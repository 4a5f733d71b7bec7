import { describe, expect, test } from "vitest";
import { canonicalText } from "../../src/spec/literal.ts";
import { parseType } from "../../src/spec/type.ts";

const read = (value: unknown, type: string) => {
  const result = canonicalText(value, parseType(type));
  return "text" in result ? result.text : result.problem;
};

describe("a value of a type has one text", () => {
  test.each<[unknown, string, string | null]>([
    [null, "INT64", null],
    [undefined, "STRING", null],
    ["blåbær", "STRING", "blåbær"],
    [5, "STRING", "5"],
    [7, "INT64", "7"],
    ["+007", "INT64", "7"],
    ["-9223372036854775808", "INT64", "-9223372036854775808"],
    [9223372036854775807n, "INT64", "9223372036854775807"],
    [1.5, "FLOAT64", "1.5"],
    ["-Inf", "FLOAT64", "-Inf"],
    ["1e-3", "FLOAT64", "1e-3"],
    ["99999999999999999999999999999.999999999", "NUMERIC", "99999999999999999999999999999.999999999"],
    ["1.50000000000", "NUMERIC", "1.50000000000"],
    ["12.34", "NUMERIC(4, 2)", "12.34"],
    ["1".repeat(39), "BIGNUMERIC", "1".repeat(39)],
    [true, "BOOL", "true"],
    ["FALSE", "BOOL", "false"],
    ["2024-02-29", "DATE", "2024-02-29"],
    ["07:30:00.5", "TIME", "07:30:00.5"],
    ["2022-01-20T07:30:00", "DATETIME", "2022-01-20 07:30:00"],
    ["2022-01-20", "DATETIME", "2022-01-20"],
    ["AP8=", "BYTES", "AP8="],
    [{ a: [1] }, "JSON", '{"a":[1]}'],
    ['{"a": 1}', "JSON", '{"a": 1}'],
    ["not json", "JSON", '"not json"'],
    [["a", "b"], "ARRAY<STRING>", '["a","b"]'],
    [{ b: "2022-01-20" }, "STRUCT<a INT64, b DATE>", '{"a":null,"b":"2022-01-20"}'],
  ])("%s as %s", (value, type, text) => {
    expect(read(value, type)).toBe(text);
  });

  test("a TIMESTAMP without a zone is in UTC, and one with a zone is that instant", () => {
    const instants = [
      "2022-01-20T07:30:00Z",
      "2022-01-20 07:30",
      "2022-01-20 08:30:00+01:00",
      "2022-01-20 07:30:00+00",
    ];
    for (const text of instants)
      expect(new Date(String(read(text, "TIMESTAMP"))).toISOString()).toBe("2022-01-20T07:30:00.000Z");
  });
});

describe("nothing is rounded, cut or guessed", () => {
  test("in lists and maps that are written as JSON", () => {
    expect(read("[9007199254740993, 1]", "ARRAY<INT64>")).toBe('["9007199254740993","1"]');
    expect(read("[0.1234567890123456789]", "ARRAY<BIGNUMERIC>")).toBe('["0.1234567890123456789"]');
    expect(read("[9007199254740993.5]", "ARRAY<INT64>")).toContain("9007199254740993.5");
    const struct = '{"n": 12345678901234567890.5, "j": {"id": 9007199254740993}}';
    expect(read(struct, "STRUCT<n NUMERIC, j JSON>")).toBe(
      '{"n":"12345678901234567890.5","j":"{\\"id\\":9007199254740993}"}',
    );
  });

  test.each<[unknown, string, string]>([
    ["1.5", "INT64", '"1.5" is not an INT64'],
    ["9223372036854775808", "INT64", "is not an INT64"],
    [2n ** 63n, "INT64", "9223372036854775808 is not an INT64"],
    ["", "INT64", '"" is not an INT64'],
    ["1,5", "FLOAT64", '"1,5" is not a FLOAT64'],
    ["1.0000000001", "NUMERIC", "is not a NUMERIC"],
    ["123.4", "NUMERIC(4, 2)", "is not a NUMERIC(4, 2)"],
    ["1".repeat(30), "NUMERIC", "is not a NUMERIC"],
    ["yes", "BOOL", '"yes" is not a BOOL'],
    [1, "BOOL", "1 is not a BOOL"],
    ["2022-20-01", "DATE", '"2022-20-01" is not a DATE: there is no month 20'],
    ["2022-02-30", "DATE", '"2022-02-30" is not a DATE: month 02 of 2022 has no day 30'],
    ["20.01.2022", "DATE", '"20.01.2022" is not a DATE: write it as 2022-01-20'],
    ["2022-01-20T07:30:00", "DATE", "is not a DATE"],
    ["2022-01-20T24:00:00", "DATETIME", "is not a DATETIME"],
    ["2022-01-20 07:30:00Z", "DATETIME", "is not a DATETIME"],
    ["2022-01-20 07:30:00.1234567", "TIMESTAMP", "is not a TIMESTAMP"],
    ["2022-02-30T07:30:00Z", "TIMESTAMP", "has no day 30"],
    ["24:00", "TIME", "is not a TIME"],
    ["AP8", "BYTES", "is not a BYTES"],
    [{ a: 1 }, "STRING", '{"a":1} is not a STRING'],
    [[1], "INT64", "[1] is not an INT64"],
    ["a", "ARRAY<STRING>", "is not an ARRAY<STRING>"],
    [["a", "b"], "ARRAY<INT64>", '"a" is not an INT64'],
    [{ c: 1 }, "STRUCT<a INT64>", "`c` is not a field of STRUCT<a INT64>"],
    [{ a: "x" }, "STRUCT<a INT64>", '"x" is not an INT64'],
  ])("%s is no %s", (value, type, problem) => {
    expect(read(value, type)).toContain(problem);
  });
});
