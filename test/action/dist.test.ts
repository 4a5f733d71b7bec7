import { spawnSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { withTables } from "../../scripts/action-docs.js";
import { licenses } from "../../scripts/licenses.js";
import { root } from "./drive.ts";

const read = (file: string) => readFile(join(root, file), "utf8");
const action = parse(await read("action.yml"));

test("dist/ is what src/action gives", () => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/dist.js", "--check"], {
    cwd: root,
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
});

test("the runner finds the bundle, and runs it on Node 24", async () => {
  expect(action.runs).toEqual({ using: "node24", main: "dist/main.js", post: "dist/post.js" });
  expect((await read(action.runs.main)).length).toBeGreaterThan(10_000);
  expect(await read(action.runs.post)).toContain("cleanUp");
});

const chunks = (await readdir(join(root, "dist"), { recursive: true })).filter((name) => name.endsWith(".js"));

test("what starts with every step is small: the rest is loaded by the step that needs it", async () => {
  const loaded = await loadedAtStart("main.js");
  const bytes = await Promise.all(loaded.map(async (name) => (await read(`dist/${name}`)).length));
  expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(400_000);
});

async function loadedAtStart(entry: string, seen = new Set<string>()): Promise<string[]> {
  if (seen.has(entry)) return [];
  seen.add(entry);
  const imports = [...(await read(`dist/${entry}`)).matchAll(/^import .*?"(\.\.?\/[^"]+)";$/gm)];
  for (const [, path] of imports) await loadedAtStart(join(dirname(entry), path!), seen);
  return [...seen];
}

/** `name version (licence)` stands above each text. */
const packages = (await read("dist/licenses.txt")).split(`\n${"-".repeat(80)}\n\n`).map((part) => {
  const [, name = "", license = "", text = ""] = /^(\S+) \S+ \(([^)]*)\)\n\n([\s\S]*)$/.exec(part) ?? [];
  return { name, license, text };
});

test("the bundle holds neither a database nor Google's clients", async () => {
  const names = packages.map(({ name }) => name);
  expect(names).toContain("@actions/core");
  expect(names.filter((name) => /duckdb|^@google-cloud\/|^googleapis|^google-gax$|arrow/.test(name))).toEqual([]);
  const bundle = await Promise.all(chunks.map((name) => read(`dist/${name}`)));
  expect(bundle.join("\n")).not.toMatch(/@duckdb\/|@google-cloud\//);
});

test("the bundle holds packages with licences that are allowed, and their texts", () => {
  const allowed = ["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT"];
  expect(packages.filter(({ license }) => !allowed.includes(license))).toEqual([]);
  expect(packages.filter(({ text }) => text.length < 200).map(({ name }) => name)).toEqual([]);
  const file = join(root, "node_modules/@actions/core/lib/core.js");
  expect(() => licenses([file], root, ["ISC"])).toThrow("licences that the bundle may not hold: @actions/core (MIT)");
});

test("docs/action.md shows the inputs and outputs of action.yml", async () => {
  const page = await read("docs/action.md");
  expect(withTables(page, await read("action.yml")), "run node scripts/action-docs.js").toBe(page);
});

const sorted = (map: object) => Object.keys(map).toSorted((a, b) => a.localeCompare(b));

function namesIn(text: string, call: RegExp): string[] {
  return [...new Set([...text.matchAll(call)].map(([, name]) => name!))].toSorted((a, b) => a.localeCompare(b));
}

test("the inputs and outputs of action.yml are those that the code reads and sets", async () => {
  const inputs = namesIn(await read("src/action/inputs.ts"), /\binput\("([^"]+)"\)/g);
  const outputs = namesIn(await read("src/action/outputs.ts"), /setOutput\("([^"]+)"/g);
  expect(inputs).toEqual(sorted(action.inputs));
  expect(outputs).toEqual(sorted(action.outputs));
});
