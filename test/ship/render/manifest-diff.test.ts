import { expect, test } from "vitest";
import { diffManifests } from "../../../src/ship/render/manifest-diff.ts";

const ruleOf = (...rules: { alert: string; expr: string }[]) => [
  { kind: "PrometheusRule", metadata: { name: "towns" }, spec: { rules } },
];
const lists = (...list: unknown[]) => [{ kind: "Naisjob", metadata: { name: "towns" }, spec: { list } }];
const slow = { alert: "Slow", expr: "a" };

test("a second item of a name is one item more, and the others stay who they are", () => {
  const before = ruleOf(slow, { alert: "Rows", expr: "b" });
  const after = ruleOf(slow, { alert: "Rows", expr: "b" }, { alert: "Rows", expr: "c" });
  expect(diffManifests(before, after).map(({ path }) => path)).toEqual([
    "spec.rules[Rows 2].alert",
    "spec.rules[Rows 2].expr",
  ]);
  expect(diffManifests(after, before)).toHaveLength(2);
});

test("items that have no names are known by their place", () => {
  expect(diffManifests(lists("a", "b"), lists("a", "c"))).toMatchObject([{ path: "spec.list[1]" }]);
});
