import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { productionLock } from "../scripts/production-lock.js";
import { lintDockerfile } from "../src/ship/image/dockerfile/lint.ts";

// That it is built, runs and is small: test/e2e/runtime-image.test.ts.

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

test("the runtime image's own Dockerfile is one that the rules find nothing wrong with", () => {
  const text = read("image/Dockerfile");
  expect(lintDockerfile({ text, file: "image/Dockerfile", profile: "nais", now: new Date("2026-11-05") })).toEqual([]);
});

test("its bases stand where Dependabot finds them, each by its digest, one for each argument of the Dockerfile", () => {
  const bases = [...read("image/bases.Dockerfile").matchAll(/^FROM (.*) AS (.*)$/gm)].map(([, ref, name]) => [
    name,
    ref,
  ]);
  expect(Object.fromEntries(bases)).toEqual({
    node: expect.stringMatching(/^docker\.io\/library\/node:24-trixie-slim@sha256:[0-9a-f]{64}$/),
    python: expect.stringMatching(/^docker\.io\/library\/python:3\.13-slim-trixie@sha256:[0-9a-f]{64}$/),
  });
  const wanted = [...read("image/Dockerfile").matchAll(/^ARG (\w+)$/gm)].map(([, name]) => name!.toLowerCase());
  expect(wanted).toEqual(bases.map(([name]) => name));
  const { updates } = parse(read(".github/dependabot.yml")) as { updates: { directory: string }[] };
  expect(updates).toContainEqual(expect.objectContaining({ "package-ecosystem": "docker", directory: "/image" }));
});

test("the image's packages are those that the package depends on, with all that they need, in their places", () => {
  const manifest = { name: "n", version: "1.0.0", dependencies: { a: "^1", b: "1" }, devDependencies: { dev: "1" } };
  const packages = {
    "": {},
    "node_modules/a": { dependencies: { c: "2", e: "1" }, optionalDependencies: { "not-here": "1" } },
    "node_modules/a/node_modules/c": { dependencies: { d: "1" } },
    "node_modules/b": { peerDependencies: { c: "1" } },
    "node_modules/c": {},
    "node_modules/d": {},
    "node_modules/e": { dependencies: { a: "1" } },
    "node_modules/dev": { dependencies: { d: "1" } },
    "tools/node": {},
  };
  const { lock, manifest: own } = productionLock(manifest, { packages });
  expect(Object.keys(lock.packages)).toEqual([
    "",
    "node_modules/a",
    "node_modules/a/node_modules/c",
    "node_modules/b",
    "node_modules/c",
    "node_modules/d",
    "node_modules/e",
  ]);
  expect(own).toEqual({ name: "n", version: "1.0.0", dependencies: { a: "^1", b: "1" }, private: true });
});

test("each package of Python has its version and its hashes", () => {
  const requirements = read("image/requirements.lock").replaceAll("\\\n", "").split("\n");
  const named = requirements.filter((line) => /^\w/.test(line));
  expect(named.filter((line) => !/^[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}/.test(line))).toEqual([]);
  for (const line of read("image/requirements.in").trim().split("\n"))
    expect(named.some((locked) => locked.startsWith(`${line}==`))).toBe(true);
});
