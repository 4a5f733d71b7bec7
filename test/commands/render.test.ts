import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { render } from "../../src/commands/render.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";

let folder: Folder;
afterEach(() => folder.remove());

/** The first of two documents: the alerts come after it. */
function jobIn(text: string): { spec: Record<string, unknown> } {
  const documents = parseAllDocuments(text).map(
    (document) => document.toJS() as { kind: string; spec: Record<string, unknown> },
  );
  expect(documents.map(({ kind }) => kind)).toEqual(["Naisjob", "PrometheusRule"]);
  return documents[0]!;
}

const pipeline = "name: a\nteam: b\nschedule: { cron: 0 6 * * * }\ntargets: { dev-gcp: { schedule: null } }\n";

test("the manifest is printed, and nothing is written", async () => {
  folder = await makeFolder({ "pipeline.yaml": pipeline });
  await render({}, folder.context);
  expect(jobIn(folder.printed.join("\n"))).toMatchObject({
    kind: "Naisjob",
    metadata: { name: "a", namespace: "b", labels: { team: "b" } },
  });
  expect(folder.effects).toEqual([]);
});

test("with an output folder each target has a file of its own", async () => {
  folder = await makeFolder({ "pipeline.yaml": pipeline });
  await render({ output: ".nais" }, folder.context);
  await render({ output: ".nais", target: "dev-gcp" }, folder.context);
  expect(jobIn(await folder.read(".nais/a.yaml")).spec.schedule).toBe("0 6 * * *");
  expect(jobIn(await folder.read(".nais/a.dev-gcp.yaml")).spec.schedule).toBeUndefined();
  const { title, panels } = JSON.parse(await folder.read(".nais/a.dev-gcp.dashboard.json")) as {
    title: string;
    panels: unknown[];
  };
  expect(title).toBe("a (b, dev-gcp)");
  expect(panels.length).toBeGreaterThan(5);
  expect(folder.effects).toEqual(Array.from({ length: 4 }, () => "render.write"));
});

test("several pipelines are rendered one after the other, each with its name in the environment", async () => {
  folder = await makeFolder({
    "pipelines/one/pipeline.yaml": "name: one\nteam: b\n",
    "pipelines/two/pipeline.yaml": "name: two-x\nteam: b\n",
  });
  await render({ image: "x", json: true }, folder.context);
  const { manifests } = JSON.parse(folder.printed.join("")) as {
    manifests: { file: string; resources: [{ spec: { env: unknown } }, { kind: string }] }[];
  };
  expect(manifests.map(({ file, resources: [job] }) => [file, job.spec.env])).toEqual([
    ["one.yaml", [{ name: "NAIS_ETL_PIPELINE", value: "one" }]],
    ["two-x.yaml", [{ name: "NAIS_ETL_PIPELINE", value: "two" }]],
  ]);
});

test.each(["kubernetes", "argo", "airflow"])(
  "rendering for %s is refused as not supported yet",
  async (renderTarget) => {
    folder = await makeFolder({ "pipeline.yaml": pipeline });
    expect(await problemsOf(() => render({ renderTarget }, folder.context))).toMatchObject([
      { message: `rendering for ${renderTarget} is not supported yet`, hint: "Supported: naisjob." },
    ]);
  },
);

test("a misspelt kind of manifest gets the nearest one", async () => {
  folder = await makeFolder({ "pipeline.yaml": pipeline });
  expect(await problemsOf(() => render({ renderTarget: "naisjobb" }, folder.context))).toMatchObject([
    { hint: "Did you mean `naisjob`?" },
  ]);
});

test("with -o, a link that is committed is not written through, be it the file, its folder or the folder that is named", async () => {
  folder = await makeFolder({ "pipeline.yaml": "name: evil\nteam: b\n", "kept/evil.yaml": "old\n" });
  const inside = await makeFolder({ "pipeline.yaml": "name: evil\nteam: b\n" });
  try {
    await mkdir(join(inside.path, "manifests"));
    await symlink(join(folder.path, "kept/evil.yaml"), join(inside.path, "manifests/evil.yaml"));
    await symlink(join(folder.path, "kept"), join(inside.path, "out"));
    const link = { message: expect.stringContaining("it is not written through") as string };
    for (const output of ["manifests", "out"])
      await expect(render({ output }, inside.context)).rejects.toMatchObject(link);
    expect(await folder.read("kept/evil.yaml")).toBe("old\n");
  } finally {
    await inside.remove();
  }
});
