import { afterEach, expect, test } from "vitest";
import {
  leftOutOfGenerated,
  leftOutOfOwn,
  matchLeftOut,
  readOwnList,
  takenAlong,
} from "../../../src/ship/image/left-out.ts";
import { makeFolder, type Folder } from "../../support/folder.ts";

let folder: Folder | undefined;
afterEach(() => folder?.remove());

// As Docker's documentation of .dockerignore files says it.
test.each([
  ["*/temp*", "a/temporary.txt", true],
  ["*/temp*", "a/temp", true],
  ["*/temp*", "a/b/temporary.txt", false],
  ["*/*/temp*", "a/b/temporary.txt", true],
  ["temp?", "tempa", true],
  ["temp?", "temp", false],
  ["**/*.go", "x.go", true],
  ["**/*.go", "a/b/x.go", true],
  ["**/*.go", "a/b/x.gon", false],
  ["foo/bar", "foo/bar/baz", true],
  ["/foo/bar/", "foo/bar", true],
  ["./foo", "foo", true],
  ["foo", "a/foo", false],
  ["a+b(c).{d}", "a+b(c).{d}", true],
  ["a.b", "aXb", false],
  ["[ab].txt", "b.txt", true],
  ["\\*.txt", "x.txt", false],
  ["data/æøå.csv", "data/æøå.csv", true],
])("%s and %s", (line, path, expected) => {
  expect(matchLeftOut([line])(path)).toBe(expected);
});

test("the last line that matches counts", () => {
  const isLeftOut = matchLeftOut(["*.md", "!README*.md", "README-secret.md"]);
  expect(["a.md", "README.md", "README-secret.md"].map(isLeftOut)).toEqual([true, false, true]);
});

const nothing = { written: [], own: [] };

test("a generated image has no secrets, nothing of git, and nothing that no run reads", () => {
  const isLeftOut = matchLeftOut(leftOutOfGenerated(["tests", "data/apps.csv"], nothing));
  const out = [".env", "a/.env.local", ".git/config", "tls.key", "tests/a.yaml", "data/apps.csv", ".nais-etl/w.duckdb"];
  expect(out.filter((path) => !isLeftOut(path))).toEqual([]);
  expect(["pipeline.yaml", "models/a.sql", "data/more.csv", "package-lock.json"].filter(isLeftOut)).toEqual([]);
});

test.each([
  ["a generated one", leftOutOfGenerated([], { written: ["out"], own: ["big/", "!.env.test", "!out/kept.csv"] })],
  ["the team's own", leftOutOfOwn({ written: ["out"], own: ["big/", "!.env.test", "!out/kept.csv"] })],
])("of %s Dockerfile the team's own list stands behind ours, and may bring something back", (_, list) => {
  const isLeftOut = matchLeftOut(list);
  expect([".env", "x/.env.prod", "big/a", "out/a.csv"].filter((path) => !isLeftOut(path))).toEqual([]);
  expect([".env.test", "out/kept.csv", "models/a.sql"].filter(isLeftOut)).toEqual([]);
});

test("the list of a Dockerfile goes before that of the folder, and there may be none", async () => {
  folder = await makeFolder({ ".dockerignore": "# ours\n\na\n!b", "jobs.Dockerfile.dockerignore": "c" });
  const listOf = (name: string) => readOwnList({ folder: folder!.path, dockerfile: `${folder!.path}/${name}` });
  expect(await listOf("jobs.Dockerfile")).toEqual(["c"]);
  expect(await listOf("Dockerfile")).toEqual(["a", "!b"]);
  expect(await readOwnList({ folder: `${folder.path}/none`, dockerfile: `${folder.path}/none/Dockerfile` })).toEqual(
    [],
  );
});

test("a folder is taken along, unless it or all in it is left out", () => {
  expect(takenAlong(["out", ".nais-etl", "raw"], ["out/*", ".nais-etl/"])).toEqual(["raw"]);
  expect(takenAlong(["out"], ["out", "!out"])).toEqual(["out"]);
});
