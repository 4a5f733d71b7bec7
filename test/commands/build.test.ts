import { spawnSync } from "node:child_process";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { build } from "../../src/commands/build.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";

// What is decided before anything is built. That builders build it, and registries have it: test/e2e/image.test.ts.

let folder: Folder;
afterEach(() => folder.remove());

const sha = "1a2b3c4d5e6f708192a3b4c5d6e7f80912345678";
const base = `ghcr.io/o/nais-etl:1.0.0@sha256:${"0a".repeat(32)}`;
const pipeline = "name: orders\nteam: my-team\n";

async function makePipeline(files: Record<string, string> = {}, env: Record<string, string> = {}): Promise<void> {
  folder = await makeFolder({ "pipeline.yaml": pipeline, ...files });
  folder.context = { ...folder.context, env: { GITHUB_SHA: sha, ...env } };
}

const names = () => (JSON.parse(folder.printed.join("")) as { images: string[] }).images;

describe("the name", () => {
  test.each([
    [{}, {}, "localhost/orders:2026.11.05-10.00-1a2b3c4"],
    [
      { registry: "gar", project: "nais-management-233d" },
      { GITHUB_REPOSITORY: "navikt/My-Repo" },
      "europe-north1-docker.pkg.dev/nais-management-233d/my-team/my-repo:2026.11.05-10.00-1a2b3c4",
    ],
    [
      { registry: "gar" },
      { NAIS_MANAGEMENT_PROJECT_ID: "p" },
      "europe-north1-docker.pkg.dev/p/my-team/orders:2026.11.05-10.00-1a2b3c4",
    ],
    [{ registry: "ghcr", tags: ["1.0.0"] }, { GITHUB_REPOSITORY: "navikt/My-Repo" }, "ghcr.io/navikt/my-repo:1.0.0"],
    [{ registry: "127.0.0.1:5000/a", tags: ["1"] }, {}, "127.0.0.1:5000/a/orders:1"],
    [{ image: "docker.io/me/x", tags: ["1"] }, {}, "docker.io/me/x:1"],
  ])("with %j and %j is %s", async (options, env, expected) => {
    await makePipeline({}, env);
    await build({ ...options, base, dryRun: true, json: true }, folder.context);
    expect(names()).toEqual([expected]);
  });

  test.each([
    [{ registry: "gar" }, "NAIS_MANAGEMENT_PROJECT_ID"],
    [{ registry: "ghcr" }, "--image ghcr.io/OWNER/NAME"],
    [{ image: "ghcr.io/o/n:1" }, "--tag"],
    [{ image: "ghcr.io/o/runPods" }, "`ghcr.io/o/run-pods`"],
    [{ tags: ["a b"] }, "`:a-b`"],
    [{ push: true }, "--registry gar"],
  ])("with %j is refused with what to do", async (options, hint) => {
    await makePipeline();
    await expect(build({ ...options, base, dryRun: true }, folder.context)).rejects.toMatchObject({
      code: "usage",
      hint: expect.stringContaining(hint),
    });
  });
});

describe("the Dockerfile", () => {
  test("is made where there is none", async () => {
    await makePipeline();
    await build({ base, dryRun: true }, folder.context);
    expect(folder.printed.join("\n")).toContain(`FROM ${base}\nWORKDIR /pipeline\nCOPY . .`);
  });

  test("of the team is looked at, with packages and credentials, all at once", async () => {
    await makePipeline({
      Dockerfile: "FROM node:24\nUSER root\n",
      "a.txt": `${"-".repeat(5)}BEGIN PRIVATE KEY${"-".repeat(5)}`,
    });
    const problems = await problemsOf(() => build({ dryRun: true }, folder.context));
    expect(problems.map(({ rule }) => rule)).toEqual(["base-digest", "other-program", "root-user", "credential"]);
  });

  test("leaves a .env out, whose credentials count where it is committed", async () => {
    await makePipeline({ ".env": `KEY="${"-".repeat(5)}BEGIN PRIVATE KEY${"-".repeat(5)}"` });
    const { path: cwd, context } = folder;
    spawnSync("git", ["init", "--quiet"], { cwd });
    expect(await problemsOf(() => build({ base, dryRun: true }, context))).toEqual([]);
    spawnSync("git", ["add", "--all"], { cwd });
    expect(await problemsOf(() => build({ base, dryRun: true }, context))).toMatchObject([
      { rule: "credential", where: { file: ".env" } },
    ]);
  });

  test("of the team is told what its list brings back of local runs", async () => {
    const Dockerfile = `FROM node:24-slim@sha256:${"0a".repeat(32)}\nCOPY . .\nUSER 1\nCMD ["npx", "nais-etl", "run"]\n`;
    await makePipeline({ Dockerfile });
    await build({ dryRun: true }, folder.context);
    expect(folder.logged).toEqual([]);
    await folder.write(".dockerignore", "!.nais-etl\n");
    await build({ dryRun: true }, folder.context);
    expect(folder.logged.join("")).toContain("`.` copies what local runs write into the image: `.nais-etl`");
  });

  test("that is made needs the pipeline, whatever a list for another image leaves out", async () => {
    await makePipeline({ ".dockerignore": "*\n!app\n" });
    expect(await problemsOf(() => build({ base, dryRun: true }, folder.context))).toMatchObject([
      { severity: "error", message: "pipeline.yaml is left out of the image, by a line of .dockerignore" },
    ]);
  });

  test("of packages without lock file is none", async () => {
    await makePipeline({ "requirements.txt": "scipy\n" });
    expect(await problemsOf(() => build({ base, dryRun: true }, folder.context))).toMatchObject([
      { rule: "lock-file" },
    ]);
  });

  test("begins with an image that has to be named where this copy was not released", async () => {
    await makePipeline();
    await expect(build({ dryRun: true }, folder.context)).rejects.toMatchObject({
      code: "usage",
      hint: expect.stringContaining("--base"),
    });
  });
});

test("a builder gets of the environment what it needs, and what the build names", async () => {
  await makePipeline({ "bin/docker": '#!/bin/sh\necho "$@" >> "${0%/*}/calls"\nexport >> "${0%/*}/env-$1"\n' });
  await chmod(join(folder.path, "bin/docker"), 0o755);
  const secrets = {
    GITHUB_TOKEN: "t1",
    NAIS_ETL_REGISTRY_PASSWORD: "t2",
    DB_PASSWORD: "t3",
    ACTIONS_RUNTIME_TOKEN: "t4",
  };
  const env = {
    ...secrets,
    PATH: join(folder.path, "bin"),
    DOCKER_HOST: "unix:///d.sock",
    NPM_TOKEN: "t5",
    OTHER_TOKEN: "t6",
  };
  const context = { ...folder.context, env };
  await build({ base, builder: "docker", tags: ["1"], secret: ["NPM_TOKEN"], cacheFrom: ["type=gha"] }, context);
  const given = await folder.read("bin/env-build");
  for (const part of ["DOCKER_HOST", "NPM_TOKEN", "ACTIONS_RUNTIME_TOKEN"])
    expect(given).toMatch(new RegExp(`\\b${part}=`));
  for (const text of ["t1", "t2", "t3", "t6"]) expect(given).not.toContain(text);
  const probed = await folder.read("bin/env-version");
  expect(probed).toContain("DOCKER_HOST");
  expect(probed).not.toMatch(/t\d/);
});

// As docker buildx 0.19, docker 20.10 and buildah 1.28 say it.
test.each([
  [`failed to resolve source metadata for ghcr.io/o/n:1: ghcr.io/o/n:1: not found`, "imagetools inspect"],
  [`node:24@sha256:${"0a".repeat(32)}: not found`, "imagetools inspect"],
  ["reading manifest sha256:0a in docker.io/library/node: manifest unknown", "imagetools inspect"],
  ["dial tcp: lookup registry-1.docker.io: no such host", "cannot be reached from here"],
  ["RUN test: exit code 1", ""],
])("a build that ends with %j is told with what to do", async (said, hint) => {
  await makePipeline({
    "bin/docker": `#!/bin/sh\n[ "$1" = version ] || [ "$2" = --help ] || { echo "${said}" >&2; exit 1; }\n`,
  });
  await chmod(join(folder.path, "bin/docker"), 0o755);
  const context = { ...folder.context, env: { PATH: join(folder.path, "bin") } };
  const problems = await problemsOf(() => build({ base, builder: "docker", tags: ["1"] }, context));
  expect(problems).toMatchObject([{ message: expect.stringContaining("building the image failed") }]);
  expect(problems[0]!.hint ?? "").toMatch(hint === "" ? /^$/ : new RegExp(hint));
});

test("a builder that there is none of is a wrong usage", async () => {
  await makePipeline();
  await expect(build({ base, builder: "kaniko" }, folder.context)).rejects.toMatchObject({
    code: "usage",
    hint: expect.stringContaining("buildah"),
  });
});
