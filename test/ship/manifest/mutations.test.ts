import { expect, test } from "vitest";
import { stringify } from "yaml";
import { manifestProblems } from "../../../src/ship/manifest/check.ts";
import { lintManifests } from "../../../src/ship/manifest/lint.ts";
import { rules } from "../../../src/ship/manifest/rules.ts";
import { metadataCases } from "./metadata-cases.ts";
import { fullValue, isAccepted, kinds, manifestWith, spoiledSpecs } from "./spoil.ts";

// The platform's own facts against the schemas: the same verdict on manifests that were spoiled at random.

test.each(kinds)("a $kind with every field that there is is accepted", (one) => {
  const manifest = manifestWith(one, fullValue(one.facts, "spec"));
  expect(isAccepted(one.facts, "spec", manifest.spec)).toBe(true);
  expect(manifestProblems(manifest, () => ({ file: "" }), one.kind)).toEqual([]);
});

test.each(kinds)("5,000 spoiled manifests of kind $kind get the platform's verdict, each error at a place", (one) => {
  let refused = 0;
  for (const spec of spoiledSpecs({ kind: one, seed: 20_261_121, count: 5000 })) {
    const problems = manifestProblems(manifestWith(one, spec), (path) => ({ file: path.join(".") }), one.kind);
    const verdict = { spec, isAccepted: problems.length === 0 };
    expect(verdict).toEqual({ spec, isAccepted: isAccepted(one.facts, "spec", spec) });
    expect(problems.every(({ where, hint, message }) => where && message && hint !== "")).toBe(true);
    if (problems.length > 0) refused++;
  }
  // Neither verdict is rare, or the test would show nothing.
  expect(refused).toBeGreaterThan(300);
  expect(refused).toBeLessThan(4700);
});

test("a spoiled file is never a crash, and an error that the platform does not make is a rule's", () => {
  const [job] = kinds;
  const names = new Set(rules.map(({ name }) => name));
  for (const spec of spoiledSpecs({ kind: job, seed: 7, count: 1000 })) {
    const text = stringify(manifestWith(job, spec), { version: "1.1", aliasDuplicateObjects: false });
    const errors = lintManifests({ text, file: "job.yaml" }).problems.filter(({ severity }) => severity === "error");
    expect(errors.filter(({ where }) => where?.line === undefined)).toEqual([]);
    // One of the pipelines has braces in a variable: looked at as a template, it is not looked at as a manifest.
    if (errors.some(({ rule }) => rule === "template-not-filled")) continue;
    const ours = errors.filter(({ rule }) => !names.has(rule ?? ""));
    expect({ spec, ours: ours.length > 0 }).toEqual({
      spec,
      ours: !isAccepted(job.facts, "spec", spec),
    });
  }
});

test.each(metadataCases)("metadata $metadata gets the verdict of an API server", ({ metadata, isTaken }) => {
  const [job] = kinds;
  const problems = manifestProblems({ ...manifestWith(job, {}), metadata }, () => ({ file: "" }));
  expect({ problems, isTaken: problems.length === 0 }).toEqual({ problems, isTaken });
});
