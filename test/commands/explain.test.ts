import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "vitest";
import { explain } from "../../src/commands/explain.ts";
import { naisjob } from "../ship/manifest/manifests.ts";
import { makeFolder, problemsOf, type Folder } from "../support/folder.ts";

const goldens = fileURLToPath(new URL("../golden/manifests/", import.meta.url));

let folder: Folder;
afterEach(() => folder.remove());

test("a pipeline is explained by the manifest that it makes", async () => {
  folder = await makeFolder({ "pipeline.yaml": readFileSync(`${goldens}product/pipeline.yaml`, "utf8") });
  await explain({ image: "registry/apps:1" }, folder.context);
  await expect(`${folder.printed.join("\n")}\n`).toMatchFileSnapshot(`${goldens}product/explain.txt`);
});

test("every Naisjob of a manifest is explained, its template filled in", async () => {
  const text = [
    naisjob("image: {{image}}", { name: "one" }),
    naisjob("{}", { kind: "Application" }),
    naisjob("{}", { name: "two" }),
  ].join("---\n");
  folder = await makeFolder({ "jobs.yaml": text });
  await explain(
    { files: ["jobs.yaml"], var: ["image=europe-north1-docker.pkg.dev/p/my-team/a:1"], json: true },
    folder.context,
  );
  const { jobs } = JSON.parse(folder.printed.join("")) as { jobs: { name: string; namespace: string }[] };
  expect(jobs.map(({ name, namespace }) => [name, namespace])).toEqual([
    ["one", "my-team"],
    ["two", "my-team"],
  ]);
});

test("a manifest that the platform would refuse is not explained, but mended first", async () => {
  folder = await makeFolder({ "job.yaml": naisjob("replicas: 1") });
  expect(await problemsOf(() => explain({ files: ["job.yaml"] }, folder.context))).toMatchObject([
    { rule: "unknown-key" },
  ]);
});

test("a file without a Naisjob is an error that says so", async () => {
  folder = await makeFolder({ "app.yaml": naisjob("{}", { kind: "Application" }) });
  expect(await problemsOf(() => explain({ files: ["app.yaml"] }, folder.context))).toMatchObject([
    { message: "app.yaml holds no Naisjob" },
  ]);
});
