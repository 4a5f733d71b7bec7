import { expect, test } from "vitest";
import { holdsNationalId, isNationalId, syntheticNationalId } from "../../../src/etl/sample/national-id.ts";

// Made for this test: numbers with right check digits, whose day or month is not given to people born then.

const digit = (text: string, weights: number[]) =>
  (11 - (weights.reduce((sum, weight, i) => sum + weight * Number(text[i]), 0) % 11)) % 11;

/** Check digits by the rule's own words, to compare with. */
function withCheckDigits(nine: string): string | undefined {
  const first = digit(nine, [3, 7, 6, 1, 8, 9, 4, 5, 2]);
  const second = first === 10 ? 10 : digit(nine + first, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]);
  return first === 10 || second === 10 ? undefined : `${nine}${first}${second}`;
}

/** The first number with this date. */
function numberOf(date: string): string {
  for (let i = 0; ; i++) {
    const made = withCheckDigits(date + String(i).padStart(3, "0"));
    if (made !== undefined) return made;
  }
}

test("a fødselsnummer and a D-nummer are recognised, alone and in a text, with and without a space", () => {
  for (const date of ["010190", "311299", "410190", "711299"]) {
    const number = numberOf(date);
    expect(holdsNationalId(number), date).toBe(true);
    expect(holdsNationalId(`{"fnr":"${number.slice(0, 6)} ${number.slice(6)}"}`), date).toBe(true);
    expect(isNationalId(BigInt(number)), date).toBe(true);
  }
});

test("synthetic numbers pass: their month has 40 or 80 added", () => {
  for (const date of ["014190", "315299", "018190", "719299"])
    expect(holdsNationalId(numberOf(date)), date).toBe(false);
});

test("what only looks like one passes: wrong check digits, no such day, more digits around it", () => {
  const number = numberOf("010190");
  const wrong = number.slice(0, 10) + String((Number(number[10]) + 1) % 10);
  expect(
    [wrong, `1${number}`, `${number}0`, numberOf("000190"), numberOf("320190"), numberOf("011390")].map(
      holdsNationalId,
    ),
  ).toEqual(Array.from({ length: 6 }, () => false));
  expect(isNationalId(-1n)).toBe(false);
});

test("a synthetic number is made of anything, and has right check digits", () => {
  for (let i = 0; i < 300; i++) {
    const made = syntheticNationalId(Uint8Array.from([i, i * 7, i * 13, i * 31, i * 57]));
    expect(made).toMatch(/^(0[1-9]|1\d|2[0-8])(8[1-9]|9[0-2])\d{7}$/);
    expect(withCheckDigits(made.slice(0, 9))).toBe(made);
    expect(holdsNationalId(made)).toBe(false);
  }
});
