import { describe, expect, test } from "vitest";
import { findReferences, replaceReferences, textsOf } from "../../src/spec/reference.ts";

const nowhere = () => ({ file: "pipeline.yaml" });
const found = (value: unknown) => findReferences(value, nowhere);

const resolve = (kind: string, name: string) => (name === "known" ? `<${kind}>` : undefined);

describe("finding references", () => {
  test("with their paths, in lists and maps, several in a text", () => {
    const { references, problems } = found({ a: ["x", "${env:HOST}:${param:port}"], b: { c: "${interval:start}" } });
    expect(problems).toEqual([]);
    expect(references).toEqual([
      { kind: "env", name: "HOST", path: ["a", 1] },
      { kind: "param", name: "port", path: ["a", 1] },
      { kind: "interval", name: "start", path: ["b", "c"] },
    ]);
  });

  test("a name may hold a colon", () => {
    expect(found("${secret:a:b}").references).toMatchObject([{ kind: "secret", name: "a:b" }]);
  });

  test("$${ is a literal ${, and a $ alone is nothing", () => {
    expect(found("$${env:A} costs $5 and ${")).toEqual({ references: [], problems: [] });
  });

  test.each([
    ["${HOME}", "For an environment variable write ${env:HOME}."],
    ["${secrets:A}", "Did you mean `secret`?"],
    ["${env:}", "Name what is meant: ${env:NAME}."],
    ["${}", "For a literal ${ write $${."],
  ])("%s is not one, and is told how to be", (text, hint) => {
    const { references, problems } = found({ a: text });
    expect(references).toEqual([]);
    expect(problems).toMatchObject([
      { rule: "reference", message: `\`${text}\` is not a reference`, where: nowhere() },
    ]);
    expect(problems[0]?.hint).toContain(hint);
  });
});

describe("replacing references", () => {
  test("leaves the value as it was and gives a copy", () => {
    const value = { a: ["${env:known}/x"], b: 5, c: null, d: true };
    expect(replaceReferences(value, resolve)).toEqual({ a: ["<env>/x"], b: 5, c: null, d: true });
    expect(value.a).toEqual(["${env:known}/x"]);
  });

  test("leaves what cannot be resolved yet", () => {
    expect(replaceReferences("${param:later} ${env:known}", resolve)).toBe("${param:later} <env>");
  });

  test("unescapes $${, and does not look again into what it put in", () => {
    expect(replaceReferences("$${env:known}", resolve)).toBe("${env:known}");
    expect(replaceReferences("${env:a}", () => "${env:b} $& $1")).toBe("${env:b} $& $1");
  });
});

test("the texts below a value", () => {
  expect([...textsOf({ a: "x", b: [1, "y"], c: { d: "z" } })]).toEqual([
    { text: "x", path: ["a"] },
    { text: "y", path: ["b", 1] },
    { text: "z", path: ["c", "d"] },
  ]);
});
