import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { init, type InitOptions } from "../../src/commands/init.ts";
import { loadPipeline } from "../../src/spec/load.ts";
import { EtlError } from "../../src/util/error.ts";
import { makeFolder, type Folder } from "../support/folder.ts";
import type { Workflow } from "../support/workflows.ts";

let folder: Folder;

beforeEach(async () => {
  folder = await makeFolder();
});

afterEach(() => folder.remove());

const written = [
  ".dockerignore",
  ".github/workflows/nais-etl.yaml",
  ".gitignore",
  "README.md",
  "data/orders.csv",
  "models/orders_per_month.sql",
  "models/stg_orders.sql",
  "pipeline.yaml",
  "tests/orders_per_month.yaml",
];

test("a new folder gets a pipeline of the folder's name, and the next commands are printed", async () => {
  await start({ dir: "sales-report" });

  expect(await filesIn("sales-report")).toEqual(written);
  const { spec, warnings } = await load("sales-report");
  expect(spec.name).toBe("sales-report");
  expect(warnings).toEqual([]);
  expect(printed()).toContain("wrote sales-report/pipeline.yaml\n");
  expect(printed()).toContain("The pipeline is called `sales-report`");
  expect(printed()).toMatch(/Next:\n {2}cd sales-report\n {2}npx nais-etl test\n/);
  expect(folder.effects).toEqual(["init.write"]);
});

test("without a folder, the one that the command was started in is filled", async () => {
  await start({ name: "sales" });

  expect(await filesIn(".")).toEqual(written);
  expect((await load(".")).spec.name).toBe("sales");
  expect(printed()).not.toContain("cd ");
});

test("no word of the template's own name is left", async () => {
  await start({ dir: "sales" });

  const texts = await Promise.all(written.map((file) => folder.read(join("sales", file))));
  expect(texts.filter((text) => text.includes("my-pipeline"))).toEqual([]);
});

test.each([
  ["Søknader 2026", "soknader-2026"],
  ["2026_Ærlig talt!", "aerlig-talt"],
  ["a".repeat(60), "a".repeat(48)],
])("the folder %s gives the name %s", async (dir, name) => {
  await start({ dir });

  expect((await load(dir)).spec.name).toBe(name);
});

test("a folder from which no name can be made asks for one", async () => {
  const error = await failure({ dir: "2026" });

  expect(error).toMatchObject({ code: "usage", hint: "Give the pipeline a name with --name." });
  expect(await readdir(folder.path)).toEqual([]);
});

test("a name that no pipeline can have is refused, and nothing is written", async () => {
  const error = await failure({ dir: "sales", name: "Sales_Report" });

  expect(error.message).toContain("`Sales_Report` is not a name");
  expect(error.exitCode).toBe(2);
  expect(await readdir(folder.path)).toEqual([]);
});

describe("in a folder with files", () => {
  test("those in the way are listed, all of them, and nothing is written", async () => {
    await mkdir(join(folder.path, "models/stg_orders.sql"), { recursive: true });
    await folder.write("pipeline.yaml", "mine");

    const error = await failure({ name: "sales" });

    expect(error).toMatchObject({ code: "usage", exitCode: 2 });
    expect(error.message).toBe("models/stg_orders.sql, pipeline.yaml exist in this folder already");
    expect(await filesIn(".")).toEqual(["pipeline.yaml"]);
    expect(folder.effects).toEqual([]);
  });

  test("a README.md is kept, and a .gitignore gets only what it lacks", async () => {
    await folder.write("README.md", "mine");
    await folder.write(".gitignore", "node_modules/");

    await start({ name: "sales" });

    expect(await folder.read("README.md")).toBe("mine");
    expect((await folder.read(".gitignore")).split("\n")).toEqual([
      "node_modules/",
      expect.stringMatching(/^#/),
      ".nais-etl/",
      expect.stringMatching(/^#/),
      "out/",
      expect.stringMatching(/^#/),
      "",
    ]);
    expect(printed()).not.toContain("README.md");
  });

  test("a .dockerignore gets what it lacks, behind what is there", async () => {
    await folder.write(".dockerignore", "node_modules\n");

    await start({ name: "sales" });

    const lines = (await folder.read(".dockerignore")).split("\n");
    expect(lines[0]).toBe("node_modules");
    expect(lines).toEqual(expect.arrayContaining(["**/.nais-etl", "**/out"]));
  });

  test("a .gitignore that lacks nothing is left as it is", async () => {
    await start({ dir: "first" });
    const text = await folder.read("first/.gitignore");
    await folder.write(".gitignore", text);

    await start({ name: "second" });

    expect(await folder.read(".gitignore")).toBe(text);
  });

  test("where a folder should be but a file is, the error says so", async () => {
    await folder.write("data", "");

    const error = await failure({ name: "sales" });

    expect(error.message).toContain("data/orders.csv");
  });
});

describe("the workflow", () => {
  const action = `someone/nais-etl@${"a1".repeat(20)}`;
  const list = "sources: { orders: { type: file, path: data/orders.csv } }";
  const flow = ".github/workflows/nais-etl.yaml";
  const read = async (path = flow) => parse(await folder.read(path)) as Workflow;

  test("deploys to prod-gcp, where nothing else is said", async () => {
    await start({ name: "sales" });

    expect(Object.keys((await read()).jobs)).toEqual(["test", "deploy-prod-gcp"]);
  });

  test("deploys to the targets of the file, those for development first", async () => {
    await folder.write("pipeline.yaml", `name: sales\n${list}\ntargets: { prod-gcp: {}, dev-gcp: {}, local: {} }`);

    await start({ workflow: true, action });

    const { jobs } = await read();
    expect(Object.keys(jobs)).toEqual(["test", "build", "deploy-dev-gcp", "deploy-prod-gcp"]);
    expect(jobs["deploy-prod-gcp"]!.needs).toEqual(["build", "deploy-dev-gcp"]);
    const image = "${{ needs.build.outputs.image }}";
    const steps = "render validate deploy wait";
    expect(jobs["deploy-prod-gcp"]!.steps.at(-1)!.with).toEqual({ environment: "prod-gcp", image, steps });
    expect(jobs["build"]!.steps.at(-1)).toEqual({ id: "pipeline", uses: action, with: { steps: "test build push" } });
    expect(printed()).toBe(`wrote .dockerignore\nwrote .gitignore\nwrote ${flow}`);
    expect(await folder.read(".gitignore")).toMatch(/\n\.nais-etl\/\n(?:.*\n)*node_modules\/\n/);
  });

  test("deploys to the environments that are named, in that order", async () => {
    await start({ name: "sales", environment: ["prod-gcp", "dev-gcp"] });

    expect(Object.keys((await read()).jobs)).toEqual(["test", "build", "deploy-prod-gcp", "deploy-dev-gcp"]);
  });

  test("stands at the top of the repository, and is for its own folder alone", async () => {
    await mkdir(join(folder.path, ".git"));

    await start({ dir: "data/Sales", action });

    const path = ".github/workflows/nais-etl-data-sales.yaml";
    const { on, jobs } = await read(path);
    expect(on.push.paths).toEqual(["data/Sales/**", path]);
    expect(jobs["test"]!.steps.at(-1)!.with).toMatchObject({ "working-directory": "data/Sales" });
    expect(printed()).toContain(`wrote ${path}\n`);
  });

  test("deploys each of several pipelines by itself", async () => {
    for (const name of ["a", "b"]) await folder.write(`pipelines/${name}/pipeline.yaml`, `name: ${name}\n${list}`);

    await start({ workflow: true });

    const deploy = (await read()).jobs["deploy-prod-gcp"]!;
    expect(deploy.strategy).toEqual({ "fail-fast": false, matrix: { pipeline: ["a", "b"] } });
    expect(deploy.concurrency.group).toBe("nais-etl-${{ matrix.pipeline }}-prod-gcp");
    expect(deploy.steps.at(-1)!.with).toMatchObject({ environment: "prod-gcp", pipeline: "${{ matrix.pipeline }}" });
  });

  test("fetches the packages that the models need", async () => {
    await start({ name: "sales", template: "python" });

    expect((await read()).jobs["test"]!.steps.flatMap(({ run }) => run ?? [])).toEqual([
      "python -m pip install -r requirements.txt",
    ]);
  });

  test("says what is left to fill in, where no release is known", async () => {
    await start({ name: "sales" });

    expect(printed()).toContain("put its owner and the commit of a release in place of\nOWNER/nais-etl@000");
  });

  test("is kept where one stands, beside a new pipeline", async () => {
    await folder.write(flow, "mine");

    await start({ name: "sales" });

    expect(await folder.read(flow)).toBe("mine");
    expect(printed()).not.toContain(flow);
  });

  test("is not written over when it is asked for alone", async () => {
    await start({ name: "sales" });

    const error = await failure({ workflow: true });

    expect(error).toMatchObject({ code: "usage", message: `${flow} exists already` });
  });

  test.each([
    ["a folder without a pipeline", {}, "there is no pipeline.yaml in this folder"],
    [
      "an Action named by a tag",
      { action: "someone/nais-etl@v1" },
      "`someone/nais-etl@v1` does not name an Action by its commit",
    ],
    ["an environment that is none", { environment: ["prod gcp"] }, "`prod gcp` is no environment"],
    ["an environment twice", { environment: ["a", "a"] }, "an environment is named twice"],
  ])("refuses %s, and nothing is written", async (name, options, message) => {
    if (name !== "a folder without a pipeline") await folder.write("pipeline.yaml", `name: sales\n${list}`);

    const error = await failure({ workflow: true, ...options });

    expect(error).toMatchObject({ code: "usage", message });
    expect(folder.effects).toEqual([]);
  });
});

test("an unknown template is told the nearest one", async () => {
  const error = await failure({ dir: "sales", template: "sqll" });

  expect(error).toMatchObject({ code: "usage", hint: "Did you mean `sql`?" });
});

function start(options: InitOptions): Promise<void> {
  return init(options, folder.context);
}

async function failure(options: InitOptions): Promise<EtlError> {
  const error: unknown = await start(options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(EtlError);
  return error as EtlError;
}

function printed(): string {
  return folder.printed.join("\n");
}

function load(dir: string) {
  return loadPipeline({ file: join(folder.path, dir, "pipeline.yaml"), cwd: folder.path });
}

async function filesIn(dir: string): Promise<string[]> {
  const entries = await readdir(join(folder.path, dir), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => file.slice(join(folder.path, dir).length + 1)).toSorted();
}
