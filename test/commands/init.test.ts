import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { init, type InitOptions } from "../../src/commands/init.ts";
import { loadPipeline } from "../../src/spec/load.ts";
import type { Context } from "../../src/util/context.ts";
import { EtlError } from "../../src/util/error.ts";

let cwd: string;
let printed: string;
let effects: string[];

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), "nais-etl-init-"));
  printed = "";
  effects = [];
});

afterEach(() => rm(cwd, { recursive: true, force: true }));

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
  expect(printed).toContain("wrote sales-report/pipeline.yaml\n");
  expect(printed).toMatch(/Next:\n {2}cd sales-report\n {2}npx nais-etl test\n/);
  expect(effects).toEqual(["init.write"]);
});

test("without a folder, the one that the command was started in is filled", async () => {
  await start({ name: "sales" });

  expect(await filesIn(".")).toEqual(written);
  expect((await load(".")).spec.name).toBe("sales");
  expect(printed).not.toContain("cd ");
});

test("no word of the template's own name is left", async () => {
  await start({ dir: "sales" });

  const texts = await Promise.all(written.map((file) => readFile(join(cwd, "sales", file), "utf8")));
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
  expect(await readdir(cwd)).toEqual([]);
});

test("a name that no pipeline can have is refused, and nothing is written", async () => {
  const error = await failure({ dir: "sales", name: "Sales_Report" });

  expect(error.message).toContain("`Sales_Report` is not a name");
  expect(error.exitCode).toBe(2);
  expect(await readdir(cwd)).toEqual([]);
});

describe("in a folder with files", () => {
  test("those in the way are listed, all of them, and nothing is written", async () => {
    await mkdir(join(cwd, "models/stg_orders.sql"), { recursive: true });
    await writeFile(join(cwd, "pipeline.yaml"), "mine");

    const error = await failure({ name: "sales" });

    expect(error).toMatchObject({ code: "usage", exitCode: 2 });
    expect(error.message).toBe("models/stg_orders.sql, pipeline.yaml exist in this folder already");
    expect(await filesIn(".")).toEqual(["pipeline.yaml"]);
    expect(effects).toEqual([]);
  });

  test("a README.md is kept, and a .gitignore gets only what it lacks", async () => {
    await writeFile(join(cwd, "README.md"), "mine");
    await writeFile(join(cwd, ".gitignore"), "node_modules/");

    await start({ name: "sales" });

    expect(await read("README.md")).toBe("mine");
    expect((await read(".gitignore")).split("\n")).toEqual([
      "node_modules/",
      expect.stringMatching(/^#/),
      ".nais-etl/",
      "",
    ]);
    expect(printed).not.toContain("README.md");
  });

  test("a .gitignore that lacks nothing is left as it is", async () => {
    await start({ dir: "first" });
    const text = await read("first/.gitignore");
    await writeFile(join(cwd, ".gitignore"), text);

    await start({ name: "second" });

    expect(await read(".gitignore")).toBe(text);
  });

  test("where a folder should be but a file is, the error says so", async () => {
    await writeFile(join(cwd, "data"), "");

    const error = await failure({ name: "sales" });

    expect(error.message).toContain("data/orders.csv");
  });
});

test.each(["typescript", "python", "weather"])("template %s is not supported yet", async (template) => {
  const error = await failure({ dir: "sales", template });

  expect(error).toMatchObject({ code: "usage", message: `template \`${template}\` is not supported yet` });
});

test("an unknown template is told the nearest one", async () => {
  const error = await failure({ dir: "sales", template: "sqll" });

  expect(error).toMatchObject({ code: "usage", hint: "Did you mean `sql`?" });
});

function start(options: InitOptions): Promise<void> {
  return init(options, context());
}

async function failure(options: InitOptions): Promise<EtlError> {
  const error: unknown = await start(options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(EtlError);
  return error as EtlError;
}

/** What `init` looks at, and no more. */
function context(): Context {
  const partial: Pick<Context, "cwd" | "print" | "effect"> = {
    cwd,
    print: (text) => (printed += `${text}\n`),
    effect: (name, act) => {
      effects.push(name);
      return act();
    },
  };
  return partial as Context;
}

function load(dir: string) {
  return loadPipeline({ file: join(cwd, dir, "pipeline.yaml"), cwd });
}

function read(file: string): Promise<string> {
  return readFile(join(cwd, file), "utf8");
}

async function filesIn(dir: string): Promise<string[]> {
  const entries = await readdir(join(cwd, dir), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return files.map((file) => file.slice(join(cwd, dir).length + 1)).toSorted();
}
