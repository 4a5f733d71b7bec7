/** What can be seen of Python models without any package: the rest is in test/e2e/python/. */
import { spawnSync } from "node:child_process";
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { afterEach, beforeEach, expect, test } from "vitest";
import { newTest } from "../../src/commands/new-test.ts";
import { show } from "../../src/commands/show.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";
import { runFolder } from "../support/run.ts";

let folder: Folder;

beforeEach(async () => {
  folder = await makeFolder({ "data/apps.csv": "name\na\n" });
});

afterEach(() => folder.remove());

async function write(model: string, python: object = {}): Promise<void> {
  await folder.write("models/made.py", model);
  const spec = {
    name: "trial",
    sources: { apps: { type: "file", path: "data/apps.csv", columns: { name: "STRING" } } },
    models: { made: { python } },
    outputs: { made: { type: "file", path: "out/made.csv" } },
  };
  await folder.write("pipeline.yaml", stringify(spec));
}

const line = "def made(apps):\n    return apps\n";
const env = { PATH: process.env["PATH"]! };

test("without Python, a run says so before any work", async () => {
  await write(line);
  const problems = await problemsOf(() => runFolder(folder, { env: { PATH: folder.path } }));
  expect(problems).toMatchObject([{ message: expect.stringContaining("there is no Python") as string }]);
});

test("a Python that does not start is told with what it said", async () => {
  await write(line);
  await folder.write("bin/python3", "#!/bin/sh\necho 'pyenv: python3: command not found' >&2\nexit 127\n");
  await chmod(join(folder.path, "bin/python3"), 0o755);
  const problems = await problemsOf(() => runFolder(folder, { env: { PATH: join(folder.path, "bin") } }));
  expect(problems).toMatchObject([
    {
      rule: "python-version",
      message: `${join(folder.path, "bin/python3")} ended at once, with exit code 127: pyenv: python3: command not found`,
    },
  ]);
});

test("a package that is not installed is told with the line that imports it and the command, before any work", async ({
  skip,
}) => {
  if (spawnSync("python3", ["--version"]).error) skip("there is no python3");
  await write(`import json\nimport nais_etl_no_such_package\n${line}`);
  const [problem] = await problemsOf(() => runFolder(folder, { env }));
  expect(problem).toMatchObject({ rule: "python-packages", where: { file: "models/made.py", line: 2 } });
  expect(problem!.message).toContain("`nais_etl_no_such_package`");
  expect(problem!.hint).toMatch(/^Run: \S+python3? -m pip install .*nais_etl_no_such_package$/);
  const [inPod] = await problemsOf(() => runFolder(folder, { env: { ...env, KUBERNETES_SERVICE_HOST: "10.0.0.1" } }));
  expect(inPod!.hint).toMatch(
    /^A pod has the packages of its image.* Write .*nais_etl_no_such_package==… into require/,
  );
  const context = { ...folder.context, env };
  expect(await problemsOf(() => show({ model: "made" }, context))).toEqual([problem]);
  expect(await problemsOf(() => newTest({ model: "made" }, context))).toEqual([problem]);
});

test("what requirements.txt names and is not installed is told with that file's line", async ({ skip }) => {
  if (spawnSync("python3", ["--version"]).error) skip("there is no python3");
  await write(line, { requirements: "requirements.txt" });
  await folder.write("requirements.txt", "# ours\nnais-etl-no-such-package==1.0\n");
  const problems = await problemsOf(() => runFolder(folder, { env }));
  const own = problems.find(({ where }) => where?.file === "requirements.txt");
  expect(own).toMatchObject({
    message: "what is installed is not what requirements.txt says: nais-etl-no-such-package is not installed",
    hint: expect.stringMatching(/ -m pip install -r requirements\.txt$/) as string,
    where: { line: 2 },
  });
});
