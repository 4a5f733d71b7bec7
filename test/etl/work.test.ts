import { mkdir, readdir } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openWork } from "../../src/etl/work.ts";
import { processStart } from "../../src/util/process-start.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";

let folder: Folder;

beforeEach(async () => {
  folder = await makeFolder();
});

afterEach(() => folder.remove());

const host = hostname().replaceAll(/[^A-Za-z0-9.]/g, "_");
/** No process has an id this great: Linux allows 2^22 at most. */
const noProcess = 2 ** 22 + 1;

const context = () => ({ ...folder.context, tmpdir: folder.path, host: { name: hostname(), pid: process.pid } });

test("the work folder is removed when the run ends", async () => {
  const work = await openWork(context());
  expect(await readdir(folder.path)).toHaveLength(1);
  await work.close();
  expect(await readdir(folder.path)).toEqual([]);
});

test("work folders of processes that run no more are removed by whoever comes next", async () => {
  const start = Number(await processStart(process.pid));
  const dead = [`nais-etl-${host}-${noProcess}-1-abcdef`, `nais-etl-${host}-${process.pid}-${start + 1}-abcdef`];
  const kept = [
    `nais-etl-${host}-${process.pid}-${start}-abcdef`,
    `nais-etl-another.host-${noProcess}-1-abcdef`,
    "nais-etl-of-a-user",
    "something-else",
  ];
  for (const name of [...dead, ...kept]) await mkdir(join(folder.path, name, "sources"), { recursive: true });
  await (await openWork(context())).close();

  expect((await readdir(folder.path)).toSorted()).toEqual(kept.toSorted());
  expect(folder.effects).toEqual(["work.tidy", "work.create", "work.remove"]);
});

test("a temporary directory that is not there is named, with the cure", async () => {
  const missing = { ...context(), tmpdir: join(folder.path, "missing") };
  const [problem] = await problemsOf(() => openWork(missing));
  expect(problem?.message).toContain(`nothing can be written to the temporary directory ${missing.tmpdir}: ENOENT`);
  expect(problem?.hint).toContain("TMPDIR");
});
