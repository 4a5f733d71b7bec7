import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findInterpreter } from "../../../../src/etl/transform/python/interpreter.ts";
import { makeFolder, type Folder } from "../../../support/folder.ts";

let folder: Folder;
beforeEach(async () => {
  folder = await makeFolder();
});
afterEach(() => folder.remove());

async function program(path: string): Promise<string> {
  await folder.write(path, "#!/bin/sh\n");
  await chmod(join(folder.path, path), 0o755);
  return join(folder.path, path);
}

const find = (env: Record<string, string>, pipeline = "pipelines/a") =>
  findInterpreter({ folder: join(folder.path, pipeline), context: { env, cwd: folder.path } });

test("the active environment comes first, then .venv beside the pipeline or above it, then PATH", async () => {
  const onPath = await program("usr/bin/python");
  const PATH = `${join(folder.path, "nothing")}:${join(folder.path, "usr/bin")}`;
  expect(await find({ PATH })).toBe(onPath);
  const above = await program(".venv/bin/python");
  expect(await find({ PATH })).toBe(above);
  const beside = await program("pipelines/a/.venv/bin/python3");
  expect(await find({ PATH })).toBe(beside);
  const active = await program("active/bin/python3");
  expect(await find({ PATH, VIRTUAL_ENV: join(folder.path, "active") })).toBe(active);
});

test("a file that cannot be run is passed over", async () => {
  await folder.write("usr/bin/python3", "no program");
  const python = await program("usr/bin/python");
  expect(await find({ PATH: join(folder.path, "usr/bin") })).toBe(python);
});

test("without any, the error says what to do", async () => {
  await expect(find({ PATH: join(folder.path, "usr/bin") })).rejects.toMatchObject({
    code: "failed",
    message: expect.stringContaining("there is no Python") as string,
    hint: expect.stringContaining("python3 -m venv .venv") as string,
  });
});
