import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { init, type InitOptions } from "../../src/commands/init.ts";
import { loadPipeline } from "../../src/spec/load.ts";
import { EtlError } from "../../src/util/error.ts";
import { makeFolder, type Folder } from "../support/folder.ts";

let folder: Folder;

beforeEach(async () => {
  folder = await makeFolder();
});

afterEach(() => folder.remove());

const written = [
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
      "",
    ]);
    expect(printed()).not.toContain("README.md");
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
