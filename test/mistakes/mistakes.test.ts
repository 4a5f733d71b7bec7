import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startHttpServer } from "../servers/http.ts";
import { httpMistakes } from "./http-mistakes.ts";
import { goodPipeline, mistakes as others, type Mistake } from "./mistakes.ts";
import { typescriptMistakes } from "./typescript-mistakes.ts";

const program = fileURLToPath(new URL("../../bin/nais-etl.js", import.meta.url));
const mistakes = [...others, ...httpMistakes, ...typescriptMistakes];
let root: string;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "mistakes-"));
});
afterAll(() => rm(root, { recursive: true, force: true }));

test("the pipeline that the mistakes are made in is good", async () => {
  const folder = await write({ name: "good", args: [], exitCode: 0 });
  for (const command of ["validate", "test", "run"])
    expect(await run([command], folder)).toMatchObject({ exitCode: 0 });
});

test("there are as many golden errors as promised, each of its own name", () => {
  expect(mistakes.length).toBeGreaterThanOrEqual(20);
  expect(new Set(mistakes.map((mistake) => mistake.name)).size).toBe(mistakes.length);
});

test.concurrent.for(mistakes)("$name: the error names the place and the cure", async (mistake, { expect }) => {
  const folder = await write(mistake);
  const server = mistake.answer && (await startHttpServer(mistake.answer));
  const { exitCode, output } = await run(mistake.args, folder, { ...mistake.env, ...(server && { API: server.url }) });
  await server?.stop();
  expect(exitCode, output).toBe(mistake.exitCode);
  await expect(mask(output.replaceAll(server?.url ?? "http://SERVER", "http://SERVER"), folder)).toMatchFileSnapshot(
    `golden/${mistake.name}.txt`,
  );
});

async function write({ name, files = {} }: Mistake): Promise<string> {
  const folder = join(root, name);
  for (const path of new Set([...Object.keys(goodPipeline), ...Object.keys(files)])) {
    const change = files[path];
    const content =
      change === undefined ? goodPipeline[path]! : typeof change === "function" ? change(goodPipeline[path]!) : change;
    if (content === null) continue;
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
  return folder;
}

async function run(
  args: string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<{ exitCode: number | null; output: string }> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    timeout: 50_000,
    env: { PATH: process.env["PATH"], NAIS_ETL_LOG: "text", NO_COLOR: "1", ...env },
  });
  let output = "";
  child.stdout.on("data", (data: Buffer) => (output += data.toString()));
  child.stderr.on("data", (data: Buffer) => (output += data.toString()));
  const exitCode = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { exitCode, output };
}

/** What differs from run to run: times, sizes and names made from them, the next runs, and the folder. */
function mask(output: string, folder: string): string {
  return output
    .replaceAll(folder, "FOLDER")
    .replaceAll(/^  \d{4}-\d\d-\d\d \d\d:\d\d Europe\/Oslo .* UTC$/gm, "  RUN")
    .replaceAll(/ *\d+(?:\.\d+)? (?:s|ms)\b/g, " TIME")
    .replaceAll(/\d{8}T\d{6}Z-[0-9a-f]{8}/g, "RUN")
    .replaceAll(/ +\d+(?:\.\d+)? (?:B|kB|MB)\b/g, " SIZE")
    .replaceAll(/nais-etl \d+\.\d+\.\d+/g, "nais-etl VERSION");
}
