import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { frames } from "./frames.ts";
import { goodFiles, goodPython, mistakes, type Mistake } from "./mistakes.ts";

const program = fileURLToPath(new URL("../../../bin/nais-etl.js", import.meta.url));
const python = frames();
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "python-mistakes-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

beforeEach(({ skip }) => {
  if ("missing" in python) skip(python.missing);
});

test("the pipeline that the mistakes are made in is good", async () => {
  const folder = await write({ name: "good", python: goodPython });
  for (const command of ["validate", "test", "run"])
    expect(await run([command], folder)).toMatchObject({ exitCode: 0 });
});

test.for(mistakes)("$name: the error names the line and the cure", async (mistake) => {
  const { args = ["run"], exitCode: expected = 1 } = mistake;
  const folder = await write(mistake);
  const { exitCode, output } = await run(args, folder);
  await expect(mask(output, folder)).toMatchFileSnapshot(`golden/${mistake.name}.txt`);
  expect(exitCode, output).toBe(expected);
});

async function write({ name, python: model, files = {} }: Pick<Mistake, "name" | "python" | "files">): Promise<string> {
  const folder = join(root, name);
  for (const [path, text] of Object.entries({ ...goodFiles, "models/count_apps.py": model, ...files })) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return folder;
}

async function run(args: string[], cwd: string): Promise<{ exitCode: number | null; output: string }> {
  const { path: VIRTUAL_ENV } = python as { path: string };
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    timeout: 50_000,
    env: { PATH: process.env["PATH"], VIRTUAL_ENV, NAIS_ETL_LOG: "text", NO_COLOR: "1" },
  });
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  child.stderr.on("data", (data: Buffer) => (output += data.toString()));
  const exitCode = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { exitCode, output };
}

/** What differs from run to run and from machine to machine. */
function mask(output: string, folder: string): string {
  return output
    .replaceAll(folder, "FOLDER")
    .replaceAll((python as { path: string }).path, "VENV")
    .replaceAll(/ *\d+(?:\.\d+)? (?:s|ms)\b/g, " TIME")
    .replaceAll(/\d{8}T\d{6}Z-[0-9a-f]{8}/g, "RUN")
    .replaceAll(/ +\d+(?:\.\d+)? (?:B|kB|MB)\b/g, " SIZE")
    .replaceAll(/nais-etl \d+\.\d+\.\d+/g, "nais-etl VERSION");
}
