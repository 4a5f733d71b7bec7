import { describe, expect, test } from "vitest";
import { formatType, parseType, scalarNames, TypeSyntaxError } from "../../src/spec/type.ts";

describe("a type is read and written alike", () => {
  test.each([
    ...scalarNames,
    "STRING(10)",
    "BYTES(16)",
    "NUMERIC(10)",
    "NUMERIC(10, 2)",
    "NUMERIC(38, 9)",
    "BIGNUMERIC(76, 38)",
    "ARRAY<STRING>",
    "ARRAY<NUMERIC(10, 2)>",
    "STRUCT<a INT64, b STRING>",
    "ARRAY<STRUCT<navn STRING, måned DATE, sanger ARRAY<STRUCT<tittel STRING, lengde INT64>>>>",
    "STRUCT<`order by` INT64, `a-b` STRING>",
    "STRUCT<type STRING, struct INT64>",
  ])("%s", (text) => {
    expect(formatType(parseType(text))).toBe(text);
  });

  test("whatever its case and blanks", () => {
    expect(formatType(parseType(" array < struct<a int64,b  Numeric( 10 ,2 )> > "))).toBe(
      "ARRAY<STRUCT<a INT64, b NUMERIC(10, 2)>>",
    );
  });

  test("the names of fields keep their case", () => {
    expect(parseType("STRUCT<myName STRING>")).toEqual({
      kind: "STRUCT",
      fields: [{ name: "myName", type: { kind: "STRING" } }],
    });
  });
});

describe("a type that is refused says what to do", () => {
  test.each([
    ["GEOGRAPHY", "type GEOGRAPHY is not supported", "ST_ASTEXT"],
    ["interval", "type INTERVAL is not supported", "INT64"],
    ["ARRAY<RANGE<DATE>>", "type RANGE is not supported", "two columns"],
    ["STRNG", "`STRNG` is not a type", "Did you mean `STRING`?"],
    ["ARAY<INT64>", "`ARAY` is not a type", "Did you mean `ARRAY`?"],
    ["money", "`money` is not a type", "Known here: STRING, BYTES"],
    ["ARRAY<ARRAY<INT64>>", "an ARRAY of ARRAY is not a type in BigQuery", "Put a STRUCT between"],
    ["", "a type is missing", "Known here"],
    ["ARRAY", "expected `<` at the end", "ARRAY<STRING>"],
    ["ARRAY<INT64", "expected `>` at the end", ""],
    ["ARRAY<INT64>>", "`>` stands after the type", ""],
    ["STRING NOT NULL", "`NOTNULL` stands after the type", ""],
    ["STRUCT<INT64, STRING>", "a STRUCT's field needs a name", ""],
    ["STRUCT<>", "a STRUCT's field needs a name", ""],
    ["STRUCT<a INT64, a STRING>", "a STRUCT has two fields `a`", ""],
    ["STRUCT<a INT64, A STRING>", "a STRUCT has two fields `A`", ""],
    ["STRUCT<a>", "a type is missing", ""],
    ["INT64(5)", "INT64 does not take (5)", ""],
    ["STRING(0)", "STRING does not take (0)", ""],
    ["STRING(1, 2)", "STRING does not take (1, 2)", ""],
    ["NUMERIC(39, 9)", "at most 29 digits before the point", "BIGNUMERIC"],
    ["NUMERIC(20, 10)", "9 after it", "BIGNUMERIC"],
    ["NUMERIC(3, 5)", "NUMERIC does not take (3, 5)", ""],
    ["BIGNUMERIC(77, 38)", "at most 38 digits before the point", ""],
    ["BIGNUMERIC(60, 39)", "38 after it", ""],
  ])("%s", (text, message, hint) => {
    const error = refusal(text);
    expect(error.message).toContain(message);
    expect(error.hint).toContain(hint);
  });

  test.each([
    ["INTEGER", "INT64"],
    ["bigint", "INT64"],
    ["DECIMAL", "NUMERIC"],
    ["FLOAT", "FLOAT64"],
    ["BOOLEAN", "BOOL"],
    ["VARCHAR", "STRING"],
    ["text", "STRING"],
    ["TIMESTAMPTZ", "TIMESTAMP"],
    ["RECORD", "STRUCT"],
  ])("%s, which is %s here", (alias, name) => {
    expect(refusal(alias).hint).toContain(`Write \`${name}`);
  });
});

function refusal(text: string): TypeSyntaxError {
  try {
    parseType(text);
  } catch (error) {
    if (error instanceof TypeSyntaxError) return error;
  }
  throw new Error(`${text} is not refused`);
}
