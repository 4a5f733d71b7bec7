import { describe, expect, test } from "vitest";
import { readPayload, type Payload } from "../../../src/secrets/google/payload.ts";

function read(text: string, key?: string): Payload {
  return readPayload(text, key, () => undefined);
}

const valueOf = (text: string, key?: string) => (read(text, key) as { value: string }).value;

test("without a key the value is all of it", () => {
  expect(valueOf("A=1\nB=2\n")).toBe("A=1\nB=2\n");
  expect(valueOf('{"a": 1}')).toBe('{"a": 1}');
});

describe("dotenv", () => {
  test.each([
    ["A=1", "1"],
    ["A=", ""],
    ["  export A = two words  ", "two words"],
    ["A=with#hash", "with#hash"],
    ["A=value # and a comment", "value"],
    ["A='single # \"quoted\" $X \\n'", 'single # "quoted" $X \\n'],
    ["A='it\\'s'", "it's"],
    ['A="double \\"quoted\\" \\\\ \\n end" # comment', 'double "quoted" \\ \n end'],
    ['A="-----BEGIN\nMIIE\n-----END"\nB=1', "-----BEGIN\nMIIE\n-----END"],
    ["A=b=c==", "b=c=="],
    ["A=å ø\r\nB=2\r\n", "å ø"],
    ["# A=0\n\nA=1\nA=2", "2"],
    ["\tA\t=\t1", "1"],
    ["Z=1\nA=https://u:p%40@host/?a=b#c", "https://u:p%40@host/?a=b#c"],
  ])("%j", (text, value) => {
    expect(valueOf(text, "A")).toBe(value);
  });

  test("keys may have hyphens and points", () => {
    expect(valueOf("db.pass-word=x", "db.pass-word")).toBe("x");
  });

  test.each([
    ["hunter2", "is not dotenv: line 1 is not KEY=value"],
    ["A=1\n\nhunter2 hunter2", "is not dotenv: line 3 is not KEY=value"],
    ['A=1\nB="hunter2', "is not dotenv: the quotes that line 2 opens are not closed"],
    ["A=1\nB='x' hunter2", "is not dotenv: the quotes that line 2 opens are not closed"],
    ['A="x\ny"\nhunter2', "is not dotenv: line 3 is not KEY=value"],
  ])("%j is none, and says where, not what", (text, problem) => {
    expect(read(text, "A")).toMatchObject({ problem });
    expect(JSON.stringify(read(text, "A"))).not.toContain("hunter2");
  });
});

describe("JSON", () => {
  test("has texts, numbers to the last digit, and booleans", () => {
    const text = '{ "a": "x", "b": 12345678901234567890, "c": 1.50, "d": true, "e": 1e3 }';
    expect(["a", "b", "c", "d", "e"].map((key) => valueOf(text, key))).toEqual([
      "x",
      "12345678901234567890",
      "1.50",
      "true",
      "1e3",
    ]);
  });

  test.each([
    ["null", "null"],
    ["[1]", "a list"],
    ['{ "x": "hunter2" }', "an object"],
  ])("a value that is %s is refused", (value, said) => {
    expect(read(`{ "a": ${value} }`, "a")).toMatchObject({ problem: `the value of \`a\` is ${said}` });
  });

  test.each([
    ['{\n  "a": "hunter2",\n  "b": hunter2\n}', "line 3, column 8"],
    ['{\n  "a": "hunter2"\n  "b": "x"\n}', "line 3, column 3"],
    ["{hunter2}", "line 1, column 2"],
    ['{"a": "hunter2', "line 1, column 15"],
    ['{"a": 1} hunter2', "line 1, column 10"],
    ["{'a': 'hunter2'}", "line 1, column 2"],
  ])("%j is none, and says where, not what", (text, place) => {
    expect(read(text, "a")).toMatchObject({ problem: `is not JSON (${place})` });
    expect(JSON.stringify(read(text, "a"))).not.toMatch(/hunter2/);
  });
});

describe("a key that is not there is told with those that are, and no values", () => {
  test.each([
    ["B=hunter2\nA=hunter3", "C"],
    ['{"B": "hunter2", "A": "hunter3"}', "C"],
  ])("%j", (text, key) => {
    expect(read(text, key)).toEqual({ problem: "has no key `C`", hint: "It has: A, B." });
  });

  test("nothing at all", () => {
    expect(read("{}", "C")).toEqual({ problem: "has no key `C`", hint: "It has none." });
    expect(read("", "C")).toEqual({ problem: "has no key `C`", hint: "It has none." });
  });

  test("names that every object has are no keys", () => {
    expect(read("{}", "constructor")).toMatchObject({ problem: "has no key `constructor`" });
  });
});

test("each value is noted before one is handed on", () => {
  const noted: string[] = [];
  readPayload('{"a": "x", "b": "y", "c": {"d": "z"}}', "a", (value) => noted.push(value));
  expect(noted).toEqual(["x", "y"]);
});
