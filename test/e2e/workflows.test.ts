/** What others find in our workflows: actionlint their mistakes, zizmor their holes. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, type TestContext } from "vitest";
import { makeFolder, type Folder } from "../support/folder.ts";
import { ownWorkflows, shownWorkflows, writtenWorkflows } from "../support/workflows.ts";
import { buildProgram, buildTimeout } from "./support/go.ts";
import { pythonWith } from "./support/python.ts";

const actionlint = {
  name: "actionlint",
  module: fileURLToPath(new URL("actionlint", import.meta.url)),
  variable: "NAIS_ETL_ACTIONLINT",
};

let folder: Folder;
let files: string[];

beforeAll(async () => {
  const all = [...(await ownWorkflows()), ...writtenWorkflows(), ...(await shownWorkflows())];
  folder = await makeFolder();
  files = all.map(({ name }) => `.github/workflows/${name.replaceAll(/[^\w.-]+/g, "_")}.yaml`);
  for (const [i, { text }] of all.entries()) await folder.write(files[i]!, text);
});

afterAll(() => folder.remove());

interface Found {
  code: number | null;
  output: string;
}

function look(program: string, args: string[], cwd = folder.path): Found {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: "utf8" });
  return { code: status, output: `${stdout}${stderr}` };
}

const careless = `on: pull_request_target
jobs:
  a:
    runs-on: ubuntu-24.04
    steps:
      - uses: actions/checkout@v7
      - run: echo "\${{ github.event.pull_request.title }}"
`;

describe("actionlint", { timeout: buildTimeout + 60_000 }, () => {
  test("finds nothing in what we run, write and show", async (context) => {
    const program = await actionlintOr(context);
    // shellcheck and pyflakes would be taken from the machine: what is found must not hang on that.
    expect(look(program, ["-no-color", "-shellcheck=", "-pyflakes=", ...files])).toEqual({ code: 0, output: "" });
  });

  test("finds something in a careless workflow", async (context) => {
    const program = await actionlintOr(context);
    await folder.write("careless.yaml", careless);
    expect(look(program, ["-no-color", "-shellcheck=", "careless.yaml"]).output).toContain("potentially untrusted");
  });
});

async function actionlintOr({ skip }: TestContext): Promise<string> {
  const built = await buildProgram(actionlint);
  if ("missing" in built) return skip(built.missing);
  return built.path;
}

describe("zizmor", { timeout: 10 * 60_000 }, () => {
  const args = ["--offline", "--no-progress", "--color=never", "--no-config"];

  test("finds nothing in what we run, write and show", ({ skip }) => {
    const program = zizmorOr(skip);
    const found = look(program, [...args, ...files]);
    expect(found.output).toContain("No findings to report");
    expect(found.code).toBe(0);
  });

  test("finds nothing in action.yml", ({ skip }) => {
    const action = fileURLToPath(new URL("../../action.yml", import.meta.url));
    expect(look(zizmorOr(skip), [...args, action])).toMatchObject({ code: 0 });
  });

  test("finds something in a careless workflow", async ({ skip }) => {
    const program = zizmorOr(skip);
    await folder.write("careless.yaml", careless);
    const { code, output } = look(program, [...args, "careless.yaml"]);
    expect(code).not.toBe(0);
    for (const name of ["dangerous-triggers", "unpinned-uses", "template-injection", "artipacked"])
      expect(output).toContain(name);
  });
});

function zizmorOr(skip: (reason: string) => never): string {
  const python = pythonWith(["zizmor==1.32.0"]);
  return "missing" in python ? skip(python.missing) : join(python.path, "bin/zizmor");
}
