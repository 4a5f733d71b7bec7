import { afterEach, describe, expect, test } from "vitest";
import { findPackages } from "../../../src/ship/image/packages.ts";
import { generateDockerfile } from "../../../src/ship/image/generate.ts";
import { lintDockerfile } from "../../../src/ship/image/dockerfile/lint.ts";
import { makeFolder, type Folder } from "../../support/folder.ts";

let folder: Folder;
afterEach(() => folder.remove());

async function found(files: Record<string, string>) {
  folder = await makeFolder(files);
  return findPackages({ folder: folder.path, show: (path) => path });
}

describe("packages of npm", () => {
  test("come with their lock file", async () => {
    const { packages, problems } = await found({
      "package.json": '{"dependencies":{"a":"1"}}',
      "package-lock.json": "{}",
    });
    expect({ packages, problems }).toEqual({
      packages: [{ kind: "npm", manifest: "package.json", lock: "package-lock.json" }],
      problems: [],
    });
  });

  test("without one are refused, with the command that makes it", async () => {
    const { problems } = await found({ "package.json": '{"dependencies":{"a":"1"}}', "yarn.lock": "" });
    expect(problems).toMatchObject([
      {
        rule: "lock-file",
        hint: expect.stringContaining("npm install --package-lock-only"),
        where: { file: "package.json" },
      },
    ]);
  });

  test("are none where there is only nais-etl, or what a test needs", async () => {
    expect(
      await found({ "package.json": '{"dependencies":{"nais-etl":"1"},"devDependencies":{"vitest":"5"}}' }),
    ).toEqual({ packages: [], problems: [] });
  });
});

describe("packages of pip", () => {
  test("are those of requirements.txt, where each has its version", async () => {
    const text =
      "# pinned\n-r more.txt\npandas==2.3.3\npolars[all]==1.35.2 ; python_version >= '3.11'\npyarrow==21.0.0 \\\n    --hash=sha256:abc \\\n    --hash=sha256:def\nown @ https://x.no/own-1.0.whl\n";
    expect(await found({ "requirements.txt": text })).toEqual({
      packages: [{ kind: "pip", lock: "requirements.txt", isInImage: false }],
      problems: [],
    });
  });

  test("with an open version are refused, each on its line", async () => {
    const { problems } = await found({
      "requirements.txt": "a==1 \\\n  --hash=sha256:x\npandas>=2,<3\nscipy\nb==1.*\n",
    });
    expect(problems.map(({ where, hint }) => [where!.line, hint!.split(".")[0]])).toEqual([
      [3, "Write the version: `pandas==…`"],
      [4, "Write the version: `scipy==…`"],
      [5, "Write the version: `b==…`"],
    ]);
  });

  test("of the runtime image have the versions of that, where a file does not say less", async () => {
    const { packages, problems } = await found({ "requirements.txt": "# frames\npandas>=2.2\npyarrow\n" });
    expect({ packages, problems }).toEqual({
      packages: [{ kind: "pip", lock: "requirements.txt", isInImage: true }],
      problems: [],
    });
  });

  test("are none in an empty file, and of uv.lock the other file is asked for", async () => {
    expect((await found({ "requirements.txt": "# none\n" })).packages).toEqual([]);
    await folder.remove();
    expect((await found({ "uv.lock": "" })).problems).toMatchObject([
      { hint: expect.stringContaining("uv export --frozen") },
    ]);
  });
});

test("the generated Dockerfile is one that the rules find nothing wrong with", async () => {
  folder = await makeFolder({});
  const base = `ghcr.io/o/nais-etl:1.0.0@sha256:${"0a".repeat(32)}`;
  for (const packages of [
    [],
    [{ kind: "npm", manifest: "package.json", lock: "package-lock.json" }],
    [{ kind: "pip", lock: "requirements.txt", isInImage: false }],
  ] as const) {
    const dockerfile = generateDockerfile({ base, packages });
    expect(lintDockerfile({ text: dockerfile, file: "Dockerfile", profile: "nais", now: new Date() })).toEqual([]);
  }
});
