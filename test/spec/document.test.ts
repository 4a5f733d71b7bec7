import { describe, expect, test } from "vitest";
import { parseYaml } from "../../src/spec/document.ts";

const text = [
  "name: apps", // 1
  "models:", // 2
  "  apps:", // 3
  "    columns:", // 4
  "      måned: { type: DATE, checks: [not_null, { range: { min: 1 } }] }", // 5
  "egress: [a, b]", // 6
].join("\n");

const problems = (yaml: string) =>
  parseYaml(yaml, "p.yaml").problems.map(({ message, hint, where }) => [
    `${where?.line}:${where?.column}`,
    message,
    hint,
  ]);

describe("a value's place", () => {
  const document = parseYaml(text, "pipeline.yaml");
  const at = (path: PropertyKey[], key?: string) => {
    const { line, column } = document.where(path, key);
    return `${line}:${column}`;
  };

  test("is where it stands, in maps and lists, in blocks and in braces", () => {
    expect(at(["name"])).toBe("1:7");
    expect(at(["egress", 1])).toBe("6:13");
    expect(at(["models", "apps", "columns", "måned", "checks", 1, "range", "min"])).toBe("5:63");
  });

  test("of a key is where the key stands", () => {
    expect(at([], "models")).toBe("2:1");
    expect(at(["models", "apps", "columns"], "måned")).toBe("5:7");
  });

  test("of what is missing is the key of the map it is missing in", () => {
    expect(at(["models", "apps", "description"])).toBe("3:3");
    expect(at(["models", "apps"], "description")).toBe("3:3");
    expect(at(["models", "other", "deep"])).toBe("2:1");
    expect(at(["team"])).toBe("1:1");
  });

  test("bears the file's name as it was given", () => {
    expect(document.where([]).file).toBe("pipeline.yaml");
  });
});

test("an unquoted value can be had as it is written", () => {
  const document = parseYaml('[007, 1.10, 9007199254740993, 2022-01-20, "007", [1]]', "t.yaml");
  const written = [0, 1, 2, 3, 4, 5, 6].map((i) => document.plain([i]));
  expect(written).toEqual(["007", "1.10", "9007199254740993", "2022-01-20", undefined, undefined, undefined]);
});

describe("text that is not YAML", () => {
  test("has a problem for each mistake, with place and cure, and no value", () => {
    expect(problems("a: 1\na: 2\nb:\n\tc: 3\n")).toEqual([
      ["2:1", "not valid YAML: Map keys must be unique", "Keep one of the two."],
      ["4:1", expect.stringContaining("Tabs are not allowed"), "Indent with spaces: YAML does not allow tabs."],
    ]);
    expect(parseYaml("a: 1\na: 2\n", "p.yaml").value).toBeUndefined();
  });

  test("a quote that is not closed", () => {
    expect(problems('name: "apps\nteam: a\n')[0]?.[1]).toContain("not valid YAML: Missing closing");
  });

  test("two documents in one file", () => {
    expect(problems("a: 1\n---\nb: 2\n")).toEqual([
      [
        "2:1",
        "not valid YAML: a second document begins here",
        "Remove the line ---, or put each document into a file of its own.",
      ],
    ]);
  });

  test("an alias without its anchor", () => {
    expect(problems("b: 1\na: *nobody\n")).toEqual([
      ["2:4", "not valid YAML: an alias (*name) names nothing that stands above it", expect.any(String)],
    ]);
  });

  test("an alias that holds itself", () => {
    expect(problems("a: &me [*me]\n")).toEqual([
      ["1:1", "not valid YAML: an alias stands inside of what it names", expect.any(String)],
    ]);
  });

  test("aliases that would fill the memory", () => {
    const bomb = ["a: &a [x, x, x, x, x, x, x, x, x]"];
    for (let i = 1; i < 9; i++)
      bomb.push(
        `a${i}: &a${i} [${Array(9)
          .fill(`*a${i === 1 ? "" : i - 1}`)
          .join(", ")}]`,
      );
    expect(problems(bomb.join("\n"))[0]?.[1]).toContain("alias");
  });

  test("a list as a key", () => {
    expect(problems("name: a\n? [a, b]\n: c\n")).toEqual([
      ["2:3", "not valid YAML: a key must be a text", expect.any(String)],
    ]);
  });
});

test("YAML 1.2: dates stay texts, no is not false, and numbers keep their digits as far as they can", () => {
  expect(parseYaml("a: 2022-01-20\nb: no\nc: 0o17\nd: 1_000\ne: 07\n", "p.yaml").value).toEqual({
    a: "2022-01-20",
    b: "no",
    c: 15,
    d: "1_000",
    e: 7,
  });
});

test("an empty file has no value and no problem", () => {
  expect(parseYaml("# only a comment\n", "p.yaml")).toMatchObject({ value: null, problems: [] });
});

test("integers that JavaScript would round stay texts", () => {
  const { value } = parseYaml(
    "[9007199254740991, 9007199254740993, -9223372036854775808, { 18446744073709551616: 1 }, 1e300]",
    "p.yaml",
  );
  expect(value).toEqual([
    9007199254740991,
    "9007199254740993",
    "-9223372036854775808",
    { "18446744073709551616": 1 },
    1e300,
  ]);
});
