import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { failed, followGuide, nameRelease, said } from "./follow.ts";

// What needs Python or a platform is typed in test/e2e/guide.test.ts.

/** Read after the guide, in the pipeline's folder. */
const reference = ["doctor", "tests", "why", "report", "plan", "manifests", "image", "secrets"];

/** What Python makes of the guide's sample: here there is none. */
const fromPython = JSON.stringify([
  { dato: "2022-01-20", env: "dev", datacenter: "gcp", antall_apper: 2 },
  { dato: "2022-01-20", env: "prod", datacenter: "gcp", antall_apper: 1 },
  { dato: "2022-01-20", env: "prod", datacenter: "on_prem", antall_apper: 1 },
]);

/** What a team has that deploys a manifest of its own. */
async function haveOwnManifest(command: string, folder: string): Promise<void> {
  await nameRelease(command, folder);
  if (!command.includes("--resource .nais/naisjob.yaml")) return;
  await mkdir(join(folder, ".nais"), { recursive: true });
  await writeFile(join(folder, ".nais/naisjob.yaml"), ownManifest);
  await writeFile(join(folder, ".nais/prod.yaml"), "schedule: 30 6 * * *\n");
}

const ownManifest = `apiVersion: nais.io/v1
kind: Naisjob
metadata: { name: apps-per-env, namespace: nais-analyse, labels: { team: nais-analyse } }
spec: { image: "{{image}}", schedule: "{{schedule}}" }
`;

/** What the page about `import` has besides the guide's script. */
async function haveMore(command: string, folder: string): Promise<void> {
  await nameRelease(command, folder);
  if (command === "rm models/count_apps.py") await writeFile(join(folder, "tests/from_python.json"), fromPython);
  if (!command.includes("--requirements")) return;
  await writeFile(join(folder, "requirements.txt"), "pandas==2.3.3\n");
  await writeFile(join(folder, "Dockerfile"), 'FROM python:3.13-slim\nCOPY main.py .\nCMD ["python", "main.py"]\n');
  await mkdir(join(folder, ".github/workflows"), { recursive: true });
  await writeFile(join(folder, ".github/workflows/deploy.yaml"), "on: push\njobs: {}\n");
}

describe("whoever does what the guide says", { timeout: 300_000 }, () => {
  test("comes from an empty folder to a pipeline that counts six applications, tested and rendered", async () => {
    const typed = await followGuide({
      guide: ["guide", ...reference].map((name) => `docs/${name}.md`),
      // What is not released has no image of its own.
      env: { NAIS_ETL_BASE_IMAGE: "localhost/nais-etl:0.1.0" },
      before: haveOwnManifest,
    });
    expect(failed(typed)).toEqual([]);
    expect(said(typed, "npx nais-etl query")).toMatch(/apps\nINT64\n +6\n/);
    expect(said(typed, "npx nais-etl test --mutate")).toMatch(/all +\d+ +0 +0 +100 %/);
    expect(said(typed, "npx nais-etl build")).toContain("would build localhost/apps-per-env:");
    expect(said(typed, "npx nais-etl explain")).toContain("apps-per-en-nais-analy-duqbefi@");
    expect(said(typed, "npx nais-etl plan --target prod-gcp --resource")).toMatch(/Naisjob apps-per-env/);
    expect(typed.length).toBeGreaterThan(14);
  });

  test("comes from a pandas script to a pipeline with the same figures", async () => {
    const typed = await followGuide({ guide: ["docs/guide-from-pandas.md", "docs/import.md"], before: haveMore });
    expect(failed(typed)).toEqual([]);
    expect(said(typed, "npx nais-etl test --mutate")).toMatch(/count_apps +\d+ +0 +0 +100 %/);
    expect(said(typed, "npx nais-etl run")).toMatch(/output +apps_per_env +3 rows/);
    expect(typed.length).toBeGreaterThan(8);
  });
});
