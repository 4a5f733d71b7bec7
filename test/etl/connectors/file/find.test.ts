import { chmod, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findFiles } from "../../../../src/etl/connectors/file/find.ts";
import { makeFolder, problemsOf, type Folder } from "../../../support/folder.ts";

let folder: Folder;
beforeEach(async () => {
  folder = await makeFolder({
    "data/b.csv": "x",
    "data/a.csv": "x",
    "data/Z.csv": "x",
    "data/.hidden.csv": "x",
    "data/note.txt": "x",
    "data/år/bær.csv": "x",
    "data/x[1].csv": "x",
    "data/x1.csv": "x",
  });
});
afterEach(() => folder.remove());

const find = (path: string) => findFiles({ path, folder: folder.path, show: (name) => `shown/${name}` });
const names = async (path: string) => (await find(path)).map(({ name }) => name);
const wrong = async (path: string) => (await problemsOf(() => find(path))).map(({ message, hint }) => [message, hint]);

describe("a path", () => {
  test("is taken from the pipeline's folder, and shown as the user would write it", async () => {
    expect(await find("data/a.csv")).toEqual([
      { path: join(folder.path, "data/a.csv"), shown: "shown/data/a.csv", name: "data/a.csv", size: 1 },
    ]);
  });

  test("may have letters beyond ASCII, composed or not", async () => {
    expect(await names("data/år/bær.csv")).toEqual(["data/år/bær.csv"]);
    expect(await names("data/år/bær.csv".normalize("NFD").replace("data/år".normalize("NFD"), "data/år"))).toEqual([
      "data/år/bær.csv",
    ]);
  });

  test("may have a pattern's signs, if there is such a file", async () => {
    expect(await names("data/x[1].csv")).toEqual(["data/x[1].csv"]);
  });

  test("that names nothing is answered with the nearest name", async () => {
    expect(await wrong("data/c.csv")).toEqual([
      ["[file] there is no file shown/data/c.csv", expect.stringContaining("Did you mean")],
    ]);
    expect(await wrong("dta/a.csv")).toEqual([
      ["[file] there is no file shown/dta/a.csv", "Did you mean `data`? It is in shown/.."],
    ]);
    expect(await wrong("data/something-else.json")).toEqual([
      [
        "[file] there is no file shown/data/something-else.json",
        "In shown/data: Z.csv, a.csv, b.csv, note.txt, x1.csv, x[1].csv, år. Paths start in the pipeline's folder.",
      ],
    ]);
  });

  test("that leads out of the repository is not answered with what is there, by steps up or by a link", async () => {
    await symlink("/", join(folder.path, "root"));
    for (const path of ["../../../../../../../nothing.csv", "../nothing-*.csv", "/nothing.csv", "root/nothing.csv"]) {
      const [[, hint]] = (await wrong(path)) as [[string, string]];
      expect(hint).toBe("It lies outside of the repository. Paths start in the pipeline's folder.");
    }
  });

  test("that names a folder is answered with a pattern", async () => {
    expect(await wrong("data")).toEqual([
      ["shown/data is a folder", "To read the files in it, write `path: data/*.csv`."],
    ]);
  });

  test("that cannot be read says so", async ({ skip }) => {
    skip(process.getuid?.() === 0, "root reads every file");
    await chmod(join(folder.path, "data/a.csv"), 0o000);
    expect(await wrong("data/a.csv")).toEqual([
      ["shown/data/a.csv cannot be read: permission denied", "Check the file's permissions."],
    ]);
  });
});

describe("a pattern", () => {
  test("finds files in an order that does not depend on the machine, and no hidden ones", async () => {
    expect(await names("data/*.csv")).toEqual([
      "data/Z.csv",
      "data/a.csv",
      "data/b.csv",
      "data/x1.csv",
      "data/x[1].csv",
    ]);
    expect(await names("data/**/*.csv")).toContain("data/år/bær.csv");
    expect(await names("data/{a,b}.csv")).toEqual(["data/a.csv", "data/b.csv"]);
    expect(await names("data/.*.csv")).toEqual(["data/.hidden.csv"]);
  });

  test("follows links, and passes over folders", async () => {
    await mkdir(join(folder.path, "more/c.csv"), { recursive: true });
    await symlink(join(folder.path, "data/a.csv"), join(folder.path, "more/l.csv"));
    expect(await names("more/*.csv")).toEqual(["more/l.csv"]);
  });

  test("that finds nothing is answered with what is there", async () => {
    expect(await wrong("data/*.json")).toEqual([
      [
        "[file] no file matches shown/data/*.json",
        "In shown/data: Z.csv, a.csv, b.csv, note.txt, x1.csv, x[1].csv, år. Paths start in the pipeline's folder.",
      ],
    ]);
    expect(await wrong("daat/*.csv")).toEqual([
      ["[file] no file matches shown/daat/*.csv", "Did you mean `data`? It is in shown/.."],
    ]);
  });
});
