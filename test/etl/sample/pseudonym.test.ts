import { describe, expect, test } from "vitest";
import { holdsNationalId } from "../../../src/etl/sample/national-id.ts";
import { canReplace, pseudonym } from "../../../src/etl/sample/pseudonym.ts";
import { canonicalText } from "../../../src/spec/literal.ts";
import { parseType } from "../../../src/spec/type.ts";

const secret = new Uint8Array(32).fill(7);
const other = new Uint8Array(32).fill(8);
const of = (text: string, type: string, key = secret) => pseudonym(text, parseType(type), key);

describe("a pseudonym", () => {
  test("is the same for the same value, and another one for another value or secret", () => {
    expect(of("Ola Nordmann", "STRING")).toBe(of("Ola Nordmann", "STRING"));
    expect(of("Ola Nordmann", "STRING")).not.toBe(of("Ola Nordman", "STRING"));
    expect(of("Ola Nordmann", "STRING")).not.toBe(of("Ola Nordmann", "STRING", other));
  });

  test.each([
    ["Ola Ærfugl-Hansen 7b", "STRING", /^[A-Z][a-z]{2} [A-Z][a-z]{5}-[A-Z][a-z]{5} \d[a-z]$/],
    ["ola@nav.no", "STRING", /^[a-z]{3}@[a-z]{3}\.[a-z]{2}$/],
    ["-120", "INT64", /^-[1-9]\d{2}$/],
    ["9223372036854775807", "INT64", /^1\d{18}$/],
    ["1234.50", "NUMERIC", /^[1-9]\d{3}\.\d{2}$/],
    ["1.5e+300", "FLOAT64", /^[1-9]\.\de\+300$/],
    ["2022-01-20", "DATE", /^202[12]-\d{2}-\d{2}$/],
    ["2022-01-20 07:00:00.123456+00", "TIMESTAMP", /^202[12]-\d{2}-\d{2} 07:00:00\.123456\+00$/],
    ["AP8AAA==", "BYTES", /^[A-Za-z0-9+/]{6}==$/],
    ["", "STRING", /^$/],
  ])("of %s (%s) has its shape, and is of its type", (text, type, shape) => {
    const made = of(text, type);
    expect(made).toMatch(shape);
    expect(canonicalText(made, parseType(type))).toHaveProperty("text");
    expect(made === text).toBe(text === "");
  });

  test("of what holds a national identity number holds a synthetic one, and never a person's", () => {
    const number = "01019000083";
    expect(holdsNationalId(number)).toBe(true);
    expect(of(number, "STRING")).toMatch(/^\d{2}(8[1-9]|9[0-2])\d{7}$/);
    expect(of(`fnr ${number}.`, "STRING")).toMatch(/^[a-z]{3} \d{2}(8[1-9]|9[0-2])\d{7}\.$/);
    expect(of(String(BigInt(number)), "INT64")).toMatch(/^\d{11}$/);
    for (let i = 0; i < 500; i++) expect(holdsNationalId(of(String(10_000_000_000 + i * 7919), "STRING"))).toBe(false);
  });
});

test("some types have none", () => {
  const types = ["STRING", "INT64", "BYTES", "DATE", "BOOL", "JSON", "ARRAY<STRING>", "STRUCT<a INT64>"];
  expect(types.filter((type) => canReplace(parseType(type)))).toEqual(["STRING", "INT64", "BYTES", "DATE"]);
});
