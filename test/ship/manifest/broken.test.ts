import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { formatProblem } from "../../../src/util/error.ts";
import { lintManifests } from "../../../src/ship/manifest/lint.ts";

// Manifests broken in the ways in which teams break them, what is said of each, and what somebody makes of it who has
// nothing but those words.

const folder = fileURLToPath(new URL("../../golden/broken-manifests/", import.meta.url));
const names = readdirSync(folder);

const registry = "europe-north1-docker.pkg.dev/nais-management-1234/teamstat";
const variables = { app: "sync", env: "dev", team: "teamstat", image: `${registry}/sync:1`, cron: "0 6 * * *" };

function said(name: string, file: string, isGiven: boolean): string[] {
  const text = readFileSync(`${folder}${name}/${file}`, "utf8");
  const isTemplate = /\{\{ ?[a-z]/.test(text);
  return lintManifests({ text, file, variables: isGiven && isTemplate ? variables : {} }).problems.map(formatProblem);
}

test("there are twenty", () => expect(names).toHaveLength(20));

test.each(names)("%s: what is wrong is told with its place and its cure", async (name) => {
  const words = [...new Set([...said(name, "broken.yaml", false), ...said(name, "broken.yaml", true)])];
  expect(words.length).toBeGreaterThan(0);
  await expect(`${words.join("\n")}\n`).toMatchFileSnapshot(`${folder}${name}/said.txt`);
});

test.each(names)("%s: what is made of that is well", (name) => {
  expect(said(name, "mended.yaml", true)).toEqual([]);
});
