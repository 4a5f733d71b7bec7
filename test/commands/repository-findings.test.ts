import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { doctor } from "../../src/commands/doctor.ts";
import { init } from "../../src/commands/init.ts";
import type { Finding, Section } from "../../src/etl/doctor/finding.ts";
import { makeFolder, type Folder } from "../support/folder.ts";

let folder: Folder;

beforeEach(async () => {
  folder = await makeFolder();
  await init({ name: "sales", action: `someone/nais-etl@${"1".repeat(40)}` }, folder.context);
});

afterEach(() => folder.remove());

const flow = ".github/workflows/nais-etl.yaml";
const items = [
  "pipeline.yaml",
  "tests",
  "manifest",
  "image",
  "lock file",
  "workflow",
  "login",
  "credentials",
  ".gitignore",
];

async function repository(): Promise<{ code: number; findings: Finding[] }> {
  const code = await doctor({ json: true }, folder.context);
  const { sections } = JSON.parse(folder.printed.at(-1)!) as { sections: Section[] };
  return { code, findings: sections.find(({ title }) => title === "Repository")!.findings };
}

const states = (findings: Finding[]) => Object.fromEntries(findings.map(({ name, state }) => [name, state]));

test("what `init` writes is green, item by item", async () => {
  const { code, findings } = await repository();

  expect(states(findings)).toEqual(Object.fromEntries(items.map((item) => [item, "good"])));
  expect(code).toBe(0);
});

const change = (file: string, from: string | RegExp, to: string) => async () =>
  folder.write(file, (await folder.read(file)).replace(from, to));
const remove = (path: string) => () => rm(join(folder.path, path), { recursive: true });

// Made up, and in two parts, so that nothing finds it here.
const token = `ghp_${"a1B2c3D4e5F6".repeat(3)}`;

test.each<[string, string, () => Promise<unknown>, string, string]>([
  ["pipeline.yaml", "a key of it is unknown", change("pipeline.yaml", "team:", "taem:"), "pipeline.yaml:3:1: ", "team"],
  ["tests", "there are none", remove("tests"), "there are none", "--new stg_orders"],
  [
    "tests",
    "a model is read by nobody",
    () => folder.write("models/other.sql", "SELECT * FROM orders"),
    "none of other",
    "`nais-etl test --new other`",
  ],
  ["manifest", "nobody owns it", change("pipeline.yaml", /^team:.*\n/m, ""), "there is none without a team", "`team:`"],
  [
    "manifest",
    "the cluster would refuse it",
    change("pipeline.yaml", /^schedule:.*$/m, 'schedule: "30 6 * * *"\nnais: { gcp: { bigQueryDataset: [] } }'),
    "bigQueryDataset",
    "",
  ],
  [
    "image",
    "its Dockerfile cannot run there",
    () => folder.write("Dockerfile", "FROM alpine:latest\nUSER root\n"),
    "Dockerfile:",
    "",
  ],
  [
    "image",
    "its Dockerfile starts the old script, whatever else is wrong with it",
    () => folder.write("Dockerfile", 'FROM python:3.13-slim\nCOPY main.py .\nCMD ["python", "main.py"]\n'),
    "Dockerfile:3:1: the image starts `python main.py`, and not the pipeline (and 1 more",
    "Delete the Dockerfile",
  ],
  [
    "lock file",
    "versions are open",
    () => folder.write("requirements.txt", "scikit-learn>=1\n"),
    "requirements.txt:1:1: `scikit-learn>=1` has no exact version",
    "scikit-learn==",
  ],
  ["workflow", "there is none", remove(".github"), "none tests or deploys the pipeline", "`nais-etl init --workflow`"],
  [
    "workflow",
    "an Action is named by a tag",
    change(flow, /actions\/checkout@\w+/, "actions/checkout@v7"),
    "actions/checkout@v7 is not named by a commit",
    "a tag or a branch can be moved",
  ],
  [
    "workflow",
    "its file is empty",
    () => folder.write(flow, "\n"),
    "none tests or deploys the pipeline",
    `${flow} is about something else: give it another name. Then \`nais-etl init --workflow\``,
  ],
  ["workflow", "its file is no YAML", () => folder.write(flow, "jobs: [\n"), `${flow}:2:1: not valid YAML`, ""],
  [
    "workflow",
    "it looks elsewhere",
    change(flow, / +environment: prod-gcp\n/g, "$&          working-directory: ./sales/\n"),
    `${flow} looks for a pipeline in sales/, and this one stands in the top of the repository`,
    "`with: { working-directory: . }`",
  ],
  [
    "login",
    "no job may ask for a token",
    change(flow, /^ +id-token: write.*\n/m, ""),
    "no job that deploys may ask for a token",
    "id-token: write",
  ],
  [
    "credentials",
    "one is in a file",
    () => folder.write("models/stg_orders.sql", `-- ${token}\nSELECT * FROM orders`),
    "models/stg_orders.sql:1:4: this looks like a GitHub token",
    "Revoke it",
  ],
  [
    ".gitignore",
    "data may be committed",
    () => folder.write(".gitignore", "node_modules/\n"),
    "does not leave out .nais-etl/",
    "`.nais-etl/`",
  ],
])("%s is red where %s, and says what to do", async (item, _, breakIt, message, cure) => {
  await breakIt();

  const { code, findings } = await repository();

  const found = findings.find(({ name, state }) => name === item && state === "bad");
  expect(found?.message).toContain(message);
  expect(found?.cure ?? "").toContain(cure);
  expect(JSON.stringify(findings)).not.toContain(token);
  expect(code).toBe(1);
});

const told = async () => (await repository()).findings.find(({ name }) => name === ".gitignore");

test("files of outputs that may be committed are noted, and a list may leave them out anywhere above", async () => {
  const text = await folder.read("pipeline.yaml");
  await folder.write(
    "pipeline.yaml",
    `${text}\ntargets: { local: { outputs: { rows: { type: file, model: stg_orders, path: rows/a.csv } } } }\n`,
  );
  await folder.write(".gitignore", "/.nais-etl\n");
  expect(await told()).toMatchObject({
    state: "note",
    message: expect.stringContaining("does not leave out rows,"),
    cure: "Write the line into it: `rows`.",
  });
  for (const lines of ["rows", "**/rows/", "rows/*", "ro*"]) {
    await folder.write(".gitignore", `.nais-etl\n${lines}\n`);
    expect(await told(), lines).toMatchObject({ state: "good" });
  }
});

test("the other items of a file that cannot be loaded are looked at all the same", async () => {
  await folder.write("pipeline.yaml", "name: [");

  const { findings } = await repository();

  expect(states(findings)).toMatchObject({ "pipeline.yaml": "bad", workflow: "good", ".gitignore": "good" });
});

test("a plan that has nothing to compare with is noted", async () => {
  await folder.write(flow, (await folder.read(flow)).replace(/ +fetch-depth: 0.*\n/, ""));
  const { findings, code } = await repository();
  expect(findings).toContainEqual({
    name: "workflow",
    state: "note",
    message: `${flow}:29:15: job test plans with one commit alone: there is nothing that a change could be compared with`,
    cure: "Give actions/checkout `with: { fetch-depth: 0 }`.",
  });
  expect(code).toBe(0);
});

test("a key is told, and that none is needed", async () => {
  await change(flow, /^ +id-token: write.*\n/m, "")();
  await change(
    flow,
    /environment: prod-gcp\n(?![\s\S]*environment)/,
    "environment: prod-gcp\n          deploy-key: ${{ secrets.KEY }}\n",
  )();

  const { findings } = await repository();

  expect(findings.find(({ name }) => name === "login")).toMatchObject({
    state: "note",
    cure: expect.stringContaining("no key"),
  });
});

test("a pipeline that came later, and is in no list, is not deployed", async () => {
  const several = await makeFolder();
  const action = `someone/nais-etl@${"1".repeat(40)}`;
  for (const name of ["one", "two"]) await several.write(`pipelines/${name}/pipeline.yaml`, `name: ${name}\nteam: a\n`);
  await init({ workflow: true, action }, several.context);
  await several.write("pipelines/three/pipeline.yaml", "name: three\nteam: a\n");
  const workflowOf = async (pipeline: string) => {
    await doctor({ json: true, pipeline }, several.context);
    const { sections } = JSON.parse(several.printed.at(-1)!) as { sections: Section[] };
    return sections[0]!.findings.filter(({ name }) => name === "workflow").map(({ message }) => message);
  };

  expect(await workflowOf("two")).toEqual([expect.stringContaining("permissions are said")]);
  expect(await workflowOf("three")).toContain(`${flow} does not deploy three`);
  await several.remove();
});

test("in a pod there is no repository to look at", async () => {
  await doctor({ json: true }, { ...folder.context, env: { NAIS_POD_NAME: "sales-29123456-abcde" } });

  expect(folder.printed.at(-1)).not.toContain("Repository");
});
