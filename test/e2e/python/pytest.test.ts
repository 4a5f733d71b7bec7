/** What stands in the docs and in the template, tried as a team would. */
import { spawnSync } from "node:child_process";
import { cp, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeFolder, type Folder } from "../../support/folder.ts";
import { frames } from "./frames.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const program = join(root, "bin/nais-etl.js");
const python = frames();
let folder: Folder;

beforeEach(async ({ skip }) => {
  if ("missing" in python) return skip(python.missing);
  folder = await makeFolder();
});

afterEach(() => folder?.remove());

function start(command: string, args: string[], cwd: string): { status: number | null; output: string } {
  const { path: VIRTUAL_ENV } = python as { path: string };
  const env = {
    PATH: process.env["PATH"]!,
    VIRTUAL_ENV,
    NAIS_ETL_LOG: "text",
    NAIS_ETL: `${process.execPath} ${program}`,
  };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: "utf8" });
  return { status, output: stdout + stderr };
}

const naisEtl = (args: string[], cwd: string) => start(process.execPath, [program, ...args], cwd);

test("the Python template passes its tests, runs, validates and renders untouched", () => {
  expect(naisEtl(["init", "sales", "--template", "python"], folder.path)).toMatchObject({ status: 0 });
  const sales = join(folder.path, "sales");
  for (const command of [["test"], ["run"], ["validate"], ["render"]]) {
    const { status, output } = naisEtl(command, sales);
    expect(status, output).toBe(0);
  }
  expect(naisEtl(["show", "orders_per_month"], sales).output).toContain("2026-01-01       8     8298");
});

test("the conftest.py of the docs gives pytest a test for each, with the rows that differ and the line", async () => {
  const docs = await readFile(join(root, "docs/python.md"), "utf8");
  const [, conftest] = /^```python\n(# conftest\.py[^]*?)^```/m.exec(docs)!;
  naisEtl(["init", "sales", "--template", "python"], folder.path);
  const sales = join(folder.path, "sales");
  await folder.write("sales/conftest.py", conftest!);
  const tests = await folder.read("sales/tests/orders_per_month.yaml");
  const pytest = (args: string[] = []) =>
    start(join((python as { path: string }).path, "bin/pytest"), ["-p", "no:cacheprovider", ...args], sales);

  expect(pytest()).toMatchObject({ status: 0, output: expect.stringContaining("3 passed") as string });

  await folder.write("sales/tests/orders_per_month.yaml", tests.replace("revenue: 350", "revenue: 351"));
  const failed = pytest(["-v"]);
  expect(failed.status).toBe(1);
  expect(failed.output).toContain("1 failed, 2 passed");
  expect(failed.output).toContain("351 → 350");
  expect(failed.output).toContain("tests/orders_per_month.yaml::orders of a month are counted and added up FAILED");

  await folder.write("sales/tests/orders_per_month.yaml", tests.replace("revenue: 350", "revneue: 350"));
  const broken = pytest();
  expect(broken.status).toBe(2);
  expect(broken.output).toContain("revneue");
});

test("the example in Python passes the tests of the one in SQL, and gives the same rows", async () => {
  const inPython = await rows("apps-per-env-python");
  expect(inPython).toBe(await rows("apps-per-env"));
  expect(inPython).toContain('"antall_apper": 13');
  expect(await testsOf("apps-per-env-python")).toBe(await testsOf("apps-per-env"));
});

const testsOf = (example: string) => readFile(join(root, "examples", example, "tests/apps_per_env.yaml"), "utf8");

/** Of a copy that was run. */
async function rows(example: string): Promise<string> {
  const copy = join(folder.path, example);
  await cp(join(root, "examples", example), copy, { recursive: true });
  for (const command of ["validate", "test", "run"]) {
    const { status, output } = naisEtl([command], copy);
    expect(status, output).toBe(0);
  }
  const sql = "SELECT dato, env, datacenter, antall_apper FROM apps_aggregated.apps_per_env ORDER BY ALL";
  return naisEtl(["query", sql, "--json"], copy).output;
}
