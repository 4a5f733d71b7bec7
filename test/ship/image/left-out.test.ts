import { afterEach, expect, test } from "vitest";
import { leftOutOfGenerated, leftOutOfOwn, matchLeftOut } from "../../../src/ship/image/left-out.ts";
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

test("a generated image has no secrets, nothing of git, and nothing that no run reads", () => {
  const isLeftOut = matchLeftOut(leftOutOfGenerated(["tests", "data/apps.csv"]));
  const out = [".env", "a/.env.local", ".git/config", "tls.key", "tests/a.yaml", "data/apps.csv", ".nais-etl/w.duckdb"];
  expect(out.filter((path) => !isLeftOut(path))).toEqual([]);
  expect(["pipeline.yaml", "models/a.sql", "data/more.csv", "package-lock.json"].filter(isLeftOut)).toEqual([]);
});

test("a team's own list stands behind ours, and may bring something back", async () => {
  folder = await makeFolder({ ".dockerignore": "# ours\n\nbig/\n!.env.test\n", Dockerfile: "" });
  const isLeftOut = matchLeftOut(await leftOutOfOwn({ folder: folder.path, dockerfile: `${folder.path}/Dockerfile` }));
  expect([".env", "x/.env.prod", "big/a", ".env.test", ".env.example", "tls.pem", ".npmrc"].map(isLeftOut)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
    false,
  ]);
});

test("the list of a Dockerfile goes before that of the folder, and without one ours is all", async () => {
  folder = await makeFolder({ ".dockerignore": "a", "jobs.Dockerfile.dockerignore": "b" });
  const listOf = async (name: string) =>
    (await leftOutOfOwn({ folder: folder!.path, dockerfile: `${folder!.path}/${name}` })).at(-1);
  expect([await listOf("jobs.Dockerfile"), await listOf("Dockerfile")]).toEqual(["b", "a"]);
  const empty = await makeFolder();
  const list = await leftOutOfOwn({ folder: empty.path, dockerfile: `${empty.path}/Dockerfile` });
  await empty.remove();
  expect(matchLeftOut(list)(".env")).toBe(true);
});
