import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findPipeline } from "../../src/spec/find.ts";
import type { Context } from "../../src/util/context.ts";
import { EtlError } from "../../src/util/error.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nais-etl-find-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(...files: string[]): Promise<void> {
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), "name: x\n");
  }
}

function find(options: { dir?: string; pipeline?: string } = {}, env: Record<string, string> = {}): Promise<string> {
  return findPipeline(options, { cwd: folder, env } as unknown as Context);
}

async function refusal(found: Promise<string>): Promise<EtlError> {
  const error = await found.then(
    (file) => new Error(`found ${file}`),
    (thrown: unknown) => thrown,
  );
  if (error instanceof EtlError) return error;
  throw error;
}

describe("one pipeline", () => {
  beforeEach(() => write("pipeline.yaml", "sub/pipeline.yaml"));

  test("is the one in this folder, or in the one named", async () => {
    expect(await find()).toBe(join(folder, "pipeline.yaml"));
    expect(await find({ dir: "sub" })).toBe(join(folder, "sub/pipeline.yaml"));
  });

  test("may be named by its folder, by nothing else", async () => {
    expect(await find({ dir: "sub", pipeline: "sub" })).toBe(join(folder, "sub/pipeline.yaml"));
    expect((await refusal(find({ dir: "sub", pipeline: "apps" }))).message).toBe("there is no pipeline `apps` in sub");
  });
});

describe("several pipelines", () => {
  beforeEach(() =>
    write("pipelines/apps/pipeline.yaml", "pipelines/årstall/pipeline.yaml", "pipelines/notes/readme.md"),
  );

  test("the option says which, else NAIS_ETL_PIPELINE, else PRG_NAME", async () => {
    const apps = join(folder, "pipelines/apps/pipeline.yaml");
    const years = join(folder, "pipelines/årstall/pipeline.yaml");
    expect(await find({ pipeline: "apps" }, { NAIS_ETL_PIPELINE: "årstall" })).toBe(apps);
    expect(await find({}, { NAIS_ETL_PIPELINE: "årstall", PRG_NAME: "apps" })).toBe(years);
    expect(await find({}, { PRG_NAME: "apps" })).toBe(apps);
    expect(await find({}, { NAIS_ETL_PIPELINE: "", PRG_NAME: "apps" })).toBe(apps);
  });

  test("without a name, the choices are listed", async () => {
    const error = await refusal(find());
    expect(error).toMatchObject({ code: "usage", message: "there are 2 pipelines here: say which one" });
    expect(error.hint).toContain("apps, årstall");
  });

  test("an unknown name lists the choices, and the nearest", async () => {
    const error = await refusal(find({ pipeline: "aps" }));
    expect(error.code).toBe("usage");
    expect(error.hint).toContain("Did you mean `apps`?");
    expect(error.hint).toContain("Pipelines: apps, årstall.");
  });

  test.each(["../../etc", "apps/../apps", "./apps", "/etc", "..", "notes"])("`%s` is no name", async (pipeline) => {
    expect((await refusal(find({ pipeline }))).message).toContain(`there is no pipeline \`${pipeline}\``);
  });
});

test("where there is none, the path is that of the one to make", async () => {
  expect(await find()).toBe(join(folder, "pipeline.yaml"));
  expect((await refusal(find({ pipeline: "apps" }))).hint).toBe("There is no pipeline.yaml here.");
});

test("a folder of that name is not a pipeline", async () => {
  await mkdir(join(folder, "pipelines/apps/pipeline.yaml"), { recursive: true });
  expect((await refusal(find({ pipeline: "apps" }))).hint).toBe("There is no pipeline.yaml here.");
});
