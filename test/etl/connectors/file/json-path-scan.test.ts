import { describe, expect, test } from "vitest";
import { createPathScanner } from "../../../../src/etl/connectors/file/json-path-scan.ts";
import { JsonFault } from "../../../../src/etl/connectors/file/json-source.ts";
import { parseJsonPath, stepsOf, type Step } from "../../../../src/spec/json-path.ts";
import { generator } from "../../../support/random.ts";

interface Random {
  integer(from: number, to: number): number;
  pick<T>(items: readonly T[]): T;
}

function createRandom(seed: number): Random {
  const next = generator(seed);
  const integer = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return { integer, pick: (items) => items[integer(0, items.length - 1)]! };
}

interface Found {
  values: unknown[];
  isFound: boolean;
  watched: string | undefined;
}

/** @param size bytes of the pieces that the text comes in */
function scan(text: string, path: string, { size = 7, watch }: { size?: number; watch?: string } = {}): Found {
  const values: unknown[] = [];
  const scanner = createPathScanner({
    rows: stepsOf(path),
    watch: watch === undefined ? undefined : stepsOf(watch),
    longest: 1e6,
    onValue: (bytes) => values.push(JSON.parse(Buffer.from(bytes).toString("utf8"))),
  });
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) scanner.push(bytes.subarray(at, at + size));
  return { values, ...scanner.end() };
}

/** The same by other means: all of it read, and the path followed. */
function follow(value: unknown, steps: readonly Step[]): unknown[] {
  const [step, ...rest] = steps;
  if (step === undefined) return Array.isArray(value) ? value : value === null ? [] : [value];
  if (step.kind === "all") {
    if (!Array.isArray(value)) return [];
    return rest.length === 0 ? value : value.flatMap((item) => follow(item, rest));
  }
  const inner: unknown =
    step.kind === "index"
      ? Array.isArray(value)
        ? value[step.index]
        : undefined
      : typeof value === "object" && value !== null && !Array.isArray(value)
        ? (value as Record<string, unknown>)[step.key]
        : undefined;
  return inner === undefined ? [] : follow(inner, rest);
}

const texts = ["", "a", 'q"q', "b\\s", "å\u{1f600}", "{[,:]}", "\n\t"];
const keys = ["a", "b", "c d", 'e"f'];

function makeValue(random: Random, depth: number): unknown {
  const kind = random.integer(0, depth > 4 ? 3 : 6);
  if (kind === 0) return null;
  if (kind === 1) return random.pick([true, false, 0, -1.5, 1e21, 12345678]);
  if (kind <= 3) return random.pick(texts);
  const length = random.integer(0, 4);
  if (kind <= 4) return Array.from({ length }, () => makeValue(random, depth + 1));
  return Object.fromEntries(Array.from({ length }, () => [random.pick(keys), makeValue(random, depth + 1)]));
}

function makePath(random: Random): string {
  const steps = [".a", ".b", "['c d']", "[0]", "[1]", "[*]", "[*]"];
  return `$${Array.from({ length: random.integer(0, 4) }, () => random.pick(steps)).join("")}`;
}

test("what is found in pieces of any size is what JSON.parse and the path give", () => {
  const random = createRandom(4711);
  let found = 0;
  for (let n = 0; n < 4000; n++) {
    const value = makeValue(random, 0);
    const path = makePath(random);
    const text = JSON.stringify(value, undefined, random.pick([undefined, 1]));
    const got = scan(text, path, { size: random.integer(1, 40) });
    expect({ text, path, values: got.values }).toEqual({ text, path, values: follow(value, stepsOf(path)) });
    found += got.values.length;
  }
  expect(found).toBeGreaterThan(500);
});

test("a text that breaks off anywhere is no JSON", () => {
  const text = '{"a": [{"b": "x"}, 1], "c": {"d": null}}';
  for (let end = 1; end < text.length; end++) expect(() => scan(text.slice(0, end), "$.a[*]")).toThrow(JsonFault);
});

test.each(['{"a" 1}', '{"a": 1,}', "[1 2]", "[1,]", '{"a": nul}', "{a: 1}", "[1] 2", '{"a": .5}'])(
  "%s is no JSON",
  (text) => {
    expect(() => scan(text, "$.x")).toThrow(JsonFault);
  },
);

test.each<[string, string, string | undefined]>([
  ['{"n": "x", "a": []}', "$.n", "x"],
  ['{"a": [], "n": 12}', "$.n", "12"],
  ['{"a": [], "n": null}', "$.n", undefined],
  ['{"a": [], "m": {"n": ["p", "q"]}}', "$.m.n[1]", "q"],
  ['{"a": []}', "$.n", undefined],
])("of %s, %s is told beside the rows", (text, watch, expected) => {
  expect(scan(text, "$.a[*]", { watch }).watched).toBe(expected);
});

test.each([
  ['{"a": null}', "$.a[*]", true],
  ['{"a": []}', "$.a[*]", true],
  ['{"a": {}}', "$.a[*]", false],
  ["{}", "$.a", false],
  ['{"a": null}', "$.a", true],
  ['{"a": []}', "$.a[*].b[*]", true],
  ['{"a": [{"c": 1}]}', "$.a[*].b", true],
])("of %s, there is something at %s: %s", (text, path, isFound) => {
  expect(scan(text, path).isFound).toBe(isFound);
});

describe("paths", () => {
  test("are keys, places and all elements", () => {
    expect(parseJsonPath("$.a-b['c d'][\"e\"][0][*].ø")).toEqual([
      { kind: "key", key: "a-b" },
      { kind: "key", key: "c d" },
      { kind: "key", key: "e" },
      { kind: "index", index: 0 },
      { kind: "all" },
      { kind: "key", key: "ø" },
    ]);
  });

  test.each([
    ["data[*]", "Write `$.data[*]`"],
    ["/data/items", "Write `$.data.items`"],
    ["[*]", "Write `$[*]`"],
    ["$..data", "filter and choose in a model"],
    ["$.data[?(@.x)]", "filter and choose in a model"],
    ["$.data[-1]", "filter and choose in a model"],
    ["$.data.", "Steps are"],
    ["$data", "Steps are"],
  ])("%s is none", (text, hint) => {
    expect((parseJsonPath(text) as { hint: string }).hint).toContain(hint);
  });
});
