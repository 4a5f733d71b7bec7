import { execFile } from "node:child_process";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterEach, expect, test } from "vitest";
import { pipelineTests } from "../../src/index.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

let folder: Folder;
afterEach(() => folder.remove());

const pipeline = (name: string) => ({
  "pipeline.yaml": `name: ${name}
sources: { apps: { type: file, path: data/apps.csv, columns: { cluster: STRING } } }
`,
  "models/per_env.sql": "SELECT if(cluster LIKE 'prod%', 'prod', 'dev') AS env, count(*) AS n FROM apps GROUP BY ALL",
  "tests/apps.yaml": `- name: a nonprod cluster is dev
  model: per_env
  given: { apps: [{ cluster: nonprod-gcp }] }
  expect: { rows: [{ env: dev, n: 1 }] }

- name: clusters are counted
  model: per_env
  given: { apps: [{ cluster: prod-gcp }] }
  expect: { rows: [{ env: prod, n: 7 }] }
`,
});

const below = (name: string) =>
  Object.entries(pipeline(name)).map(([path, text]) => [`pipelines/${name}/${path}`, text]);

test("each test can be run by itself, in any order, and says what was wrong", async () => {
  folder = await makeFolder(pipeline("apps"));
  const [first, second] = await pipelineTests(folder.path);
  const file = join(folder.path, "tests/apps.yaml");
  expect(first).toMatchObject({ name: "a nonprod cluster is dev", model: "per_env", file, line: 1 });
  expect(second).toMatchObject({ name: "clusters are counted", line: 6 });
  await expect(second!.run()).rejects.toThrow("1 row differs\n   env       n\n~  prod  7 → 1");
  await first!.run();
  const { stack } = await second!.run().then(
    () => new Error("it passed"),
    (error: unknown) => error as Error,
  );
  expect(stack).toContain(`at "clusters are counted" (${file}:6:1)`);
});

test("tests are chosen by their model, their name, and their pipeline", async () => {
  folder = await makeFolder(Object.fromEntries([...below("one"), ...below("two")]));
  const dir = folder.path;
  expect(await pipelineTests(dir)).toHaveLength(4);
  expect(await pipelineTests({ dir, pipeline: "two" })).toHaveLength(2);
  expect(await pipelineTests({ dir, select: ["counted"] })).toHaveLength(2);
  expect(await problemsOf(() => pipelineTests({ dir, select: ["nowhere"] }))).toMatchObject([
    { message: "there is no test of `nowhere`, and none with it in its name" },
  ]);
});

test("what cannot be read is told at once; a model that is wrong fails each test", async () => {
  folder = await makeFolder({ ...pipeline("apps"), "tests/b.yaml": "- { nam: x, model: per_env }\n" });
  const problems = await problemsOf(() => pipelineTests(folder.path));
  expect(problems.map(({ rule }) => rule)).toContain("unknown-key");
  await folder.remove();
  folder = await makeFolder({ ...pipeline("apps"), "models/per_env.sql": "SELECT env FROM nowhere" });
  const [first] = await pipelineTests(folder.path);
  expect(await problemsOf(() => first!.run())).toMatchObject([{ rule: "unknown-table" }]);
});

test("vitest runs them as its own, and shows the test's lines", async () => {
  folder = await makeFolder({
    ...pipeline("apps"),
    "package.json": `{ "type": "module" }`,
    "vitest.config.ts": `export default { resolve: { alias: { "nais-etl": ${JSON.stringify(join(root, "src/index.ts"))} } } };\n`,
    "pipeline.test.ts": `import { pipelineTests } from "nais-etl";
import { describe, test } from "vitest";

describe("apps", async () => {
  for (const { name, run } of await pipelineTests()) test(name, run);
});
`,
  });
  await symlink(join(root, "node_modules"), join(folder.path, "node_modules"));
  const { VITEST: _, ...env } = process.env;
  const args = [join(root, "node_modules/vitest/vitest.mjs"), "run", "--no-color"];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: folder.path, env }).catch(
    (error: unknown) => error as { stdout: string; stderr: string },
  );
  const told = `${stdout}${stderr}`;
  expect(told).toContain("1 failed | 1 passed");
  expect(told).toContain("pipeline.test.ts > apps > clusters are counted");
  expect(told).toContain("~  prod  7 → 1");
  expect(told).toContain("tests/apps.yaml:6:1");
});
