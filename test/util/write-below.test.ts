import { mkdir, mkdtemp, readdir, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { trustedFolder, writeBelow } from "../../src/util/write-below.ts";

let top: string;
let folder: string;
let outside: string;
beforeEach(async () => {
  top = await realpath(await mkdtemp(join(tmpdir(), "nais-etl-below-")));
  folder = join(top, "repository");
  outside = join(top, "outside");
  await mkdir(folder);
  await mkdir(outside);
});
afterEach(() => rm(top, { recursive: true, force: true }));

const write = (path: string, more: object = {}) =>
  writeBelow({ folder, path: join(folder, path), data: "new", ...more });

test("a file is written, with the folders that are missing, and written over", async () => {
  await write("a/b/c.yaml");
  await write("a/b/c.yaml", { data: "newer" });
  expect(await readFile(join(folder, "a/b/c.yaml"), "utf8")).toBe("newer");
  await expect(write("a/b/c.yaml", { how: "create" })).rejects.toMatchObject({ code: "EEXIST" });
  await write("a/b/c.yaml", { how: "append" });
  expect(await readFile(join(folder, "a/b/c.yaml"), "utf8")).toBe("newernew");
});

test.each(["replace", "create", "append"] as const)(
  "%s: a link is not written through, wherever it leads",
  async (how) => {
    await writeFile(join(outside, "kept"), "old");
    await symlink(join(outside, "kept"), join(folder, "evil.yaml"));
    await symlink(join(outside, "nothing"), join(folder, "dangling.yaml"));
    for (const name of ["evil.yaml", "dangling.yaml"])
      await expect(write(name, { how })).rejects.toMatchObject({
        code: "failed",
        message: expect.stringMatching(/\.yaml is a link: it is not written through/) as string,
      });
    expect(await readFile(join(outside, "kept"), "utf8")).toBe("old");
    expect(await readdir(outside)).toEqual(["kept"]);
  },
);

test("a folder that leads out of it is not written into, nor are folders made there", async () => {
  await symlink(outside, join(folder, "manifests"));
  for (const path of ["manifests/a.yaml", "manifests/deep/er/a.yaml"])
    await expect(write(path)).rejects.toThrow(`lies behind a link, really in ${outside}`);
  expect(await readdir(outside)).toEqual([]);
});

test("the folder itself may be a link, and so may one that stays in it", async () => {
  await symlink(folder, join(top, "link"));
  await mkdir(join(folder, "real"));
  await symlink("real", join(folder, "alias"));
  await writeBelow({ folder: join(top, "link"), path: join(top, "link/alias/a"), data: "a" });
  expect(await readFile(join(folder, "real/a"), "utf8")).toBe("a");
});

test("who names a place above or beside is trusted with it; below, the links there are not", () => {
  expect(trustedFolder("/repository/out", "/repository")).toBe("/repository");
  expect(trustedFolder("/elsewhere/out", "/repository")).toBe("/elsewhere/out");
  expect(trustedFolder("/repository-2", "/repository")).toBe("/repository-2");
});

test("a device that a user names is written to", async () => {
  await symlink("/dev/null", join(top, "null"));
  await writeBelow({ folder: join(top, "null"), path: join(top, "null"), data: "a" });
});
