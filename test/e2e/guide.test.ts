/** The guides, with what needs more than Node: Python from PyPI, and a platform, whose stand-in runs the deployed job. */
import { spawnSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { startPlatform, type Platform } from "../servers/platform/start.ts";
import { failed, followGuide, nameRelease, said } from "../guide/follow.ts";

test(
  "whoever brings a pandas script gets its own figures, from Python and then from SQL",
  { timeout: 600_000 },
  async ({ skip }) => {
    if (spawnSync("python3", ["-m", "venv", "--help"]).status !== 0) skip("there is no Python with venv");
    // pip's own settings say where packages come from.
    const env = { HOME: homedir() };
    const typed = await followGuide({ guide: "docs/guide-from-pandas.md", has: ["python"], env, before: nameRelease });
    expect(failed(typed)).toEqual([]);
    expect(typed.map(({ command }) => command)).toContain(".venv/bin/python -m pip install --quiet pandas pyarrow");
    const outputs = (typedAs: string) => typed.flatMap(({ command, output }) => (command === typedAs ? [output] : []));
    expect(outputs("npx nais-etl show count_apps")).toEqual([expect.stringMatching(/2022-01-20 +dev +gcp +2\n/)]);
    const runs = outputs("npx nais-etl run");
    expect(runs).toHaveLength(2);
    for (const output of runs) expect(output).toMatch(/output +apps_per_env +3 rows/);
  },
);

let platform: Platform | undefined;

const datasets = [{ name: "dataproducts-prod-1234.dataproduct_apps", location: "europe-north1" }];

afterEach(() => platform?.stop());

/** The data product as it is this morning, and where BigQuery is. */
async function fill({ bigquery }: Platform, folder: string): Promise<void> {
  const yesterday = new Date(Date.now() - 86_400_000).toLocaleDateString("sv", { timeZone: "Europe/Oslo" });
  const clusters = ["prod-gcp", "prod-gcp", "dev-fss"].map(
    (cluster) => `(DATE '${yesterday}', '${cluster}', 'a', 'b')`,
  );
  await bigquery.sql(`
    CREATE TABLE \`dataproducts-prod-1234.dataproduct_apps.unique\` (dato DATE, cluster STRING, name STRING, team STRING);
    INSERT INTO \`dataproducts-prod-1234.dataproduct_apps.unique\` VALUES ${clusters.join(", ")}`);
  const file = join(folder, "pipeline.yaml");
  const endpoints = `{ api_endpoint: "${bigquery.endpoint}", storage_endpoint: "http://${bigquery.storageEndpoint}" }`;
  await writeFile(file, `${await readFile(file, "utf8")}  prod-gcp: { bigquery: ${endpoints} }\n`);
}

test(
  "whoever begins with an empty folder deploys a job, starts it, and sees what it has published",
  { timeout: 300_000 },
  async () => {
    const env: Record<string, string> = {};
    const before = async (command: string, folder: string) => {
      await nameRelease(command, folder);
      if (!command.startsWith("npx nais-etl deploy")) return;
      platform = await startPlatform({ team: "nais-analyse", folder, datasets });
      await fill(platform, folder);
      Object.assign(env, platform.env);
    };
    const typed = await followGuide({ guide: "docs/guide.md", has: ["nais"], env, before });
    expect(failed(typed)).toEqual([]);
    expect(said(typed, "npx nais-etl trigger")).toMatch(/1 of 1 output published/);
    expect(said(typed, "npx nais-etl status")).toMatch(/succeeded/i);
    expect(said(typed, "npx nais-etl logs")).toContain("apps_per_env");
    expect(
      await platform!.bigquery.sql(
        "SELECT env, antall_apper FROM `team-project.apps_aggregated.apps_per_env` ORDER BY env",
      ),
    ).toEqual([
      { env: "dev", antall_apper: "1" },
      { env: "prod", antall_apper: "2" },
    ]);
  },
);
