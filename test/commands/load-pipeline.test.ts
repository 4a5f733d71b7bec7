import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadPipeline } from "../../src/commands/load-pipeline.ts";
import { loadWhereItRan } from "../../src/commands/load-where-it-ran.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";

let folder: Folder;

const pipeline = (targets: string) => `name: p\nteam: t\noutputs: { a: { type: bigquery, table: d.a } }\n${targets}\n`;

beforeEach(async () => {
  folder = await makeFolder({
    "pipeline.yaml": pipeline("targets: { prod-gcp: {} }"),
    "models/a.sql": "SELECT 1 AS id",
  });
});

afterEach(() => folder.remove());

const load = (target: string, env = {}) =>
  loadPipeline({ file: `${folder.path}/pipeline.yaml`, target }, { ...folder.context, env });

describe("a target", () => {
  test.each(["prod", "prod-gpc", "prodgcp"])("%s is taken for one that is declared", async (target) => {
    expect(await problemsOf(() => load(target))).toMatchObject([
      {
        message: `there is no target \`${target}\``,
        hint: expect.stringMatching(/^Did you mean `prod-gcp`\?/),
      },
    ]);
  });

  test.each(["prod-fss", "dev-gcp", "local", "prod-gcp", ""])("%s may be meant", async (target) => {
    expect((await load(target)).target).toBe(target);
  });

  test("is the cluster's name in a pod, whatever is declared", async () => {
    expect((await load("prod", { NAIS_CLUSTER_NAME: "prod" })).target).toBe("prod");
  });
});

describe("what looks back at runs", () => {
  test("asks for the target where nothing has run here", async () => {
    const [problem] = await problemsOf(() => loadWhereItRan({}, folder.context));
    expect(problem).toMatchObject({
      message: "p has never run on this machine, and it is not said in which cluster to look",
    });
    expect(problem?.hint).toContain("Give --target: prod-gcp.");
  });

  test("looks here where it is said, where something has run, and where no cluster is known", async () => {
    expect((await loadWhereItRan({ target: "local" }, folder.context)).target).toBe("local");
    await folder.write("pipeline.yaml", pipeline(""));
    expect((await loadWhereItRan({}, folder.context)).target).toBe("local");
    await folder.write("pipeline.yaml", pipeline("targets: { prod-gcp: {} }"));
    await folder.write(".nais-etl/runs/1.json", "{}");
    expect((await loadWhereItRan({}, folder.context)).target).toBe("local");
  });

  test("is in its cluster in a pod", async () => {
    const context = { ...folder.context, env: { NAIS_CLUSTER_NAME: "prod-gcp" } };
    expect((await loadWhereItRan({}, context)).target).toBe("prod-gcp");
  });
});
