/** `npm run test:gcp` itself, with the in-repo server in Google's place: that it runs, cleans up, and writes what it saw. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { behaviours, readFacts } from "../conformance/conformance.ts";
import { startBigQueryServer } from "../servers/bigquery/start.ts";
import { startSecretServer } from "../servers/secret-manager/server.ts";
import { makeFolder } from "../support/folder.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const value = "hunter2hunter2";

async function runTests(env: Record<string, string>): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, ["node_modules/vitest/vitest.mjs", "run", "--project", "gcp"], {
    cwd: root,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], NO_COLOR: "1", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const chunks: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => chunks.push(String(chunk)));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, output: chunks.join("") };
}

test("everything passes there, is written down, and nothing is left behind", { timeout: 900_000 }, async () => {
  await using stack = new AsyncDisposableStack();
  const folder = await makeFolder();
  stack.defer(() => folder.remove());
  const vault = await startSecretServer();
  stack.defer(() => vault.stop());
  const server = await startBigQueryServer({ location: "europe-north1", timeTravel: true, tokens: { good: "app" } });
  stack.defer(() => server.stop());
  vault.secrets = { "projects/p/secrets/key": [{ data: value }] };
  const { code, output } = await runTests({
    NAIS_ETL_GCP_PROJECT: server.project,
    NAIS_ETL_GCP_API: server.endpoint,
    NAIS_ETL_GCP_STORAGE: `http://${server.storageEndpoint}`,
    NAIS_ETL_GCP_SECRETS: vault.url,
    NAIS_ETL_GCP_SECRET: "projects/p/secrets/key",
    NAIS_ETL_GCP_ROOT: folder.path,
  });
  const { seen } = readFacts(folder.path);
  const otherwise = Object.entries(seen).filter(([, { as }]) => as === "otherwise");
  expect(otherwise.length === 0 ? [] : [otherwise.map(([name]) => name), output]).toEqual([]);
  expect(code).toBe(0);
  expect(Object.keys(seen).toSorted()).toEqual(
    behaviours()
      .map(({ name }) => name)
      .toSorted(),
  );
  expect(await folder.read("docs/conformance.md")).toContain(`${Object.keys(seen).length} were seen on Google's own`);
  expect(output).not.toContain(value);
  const answer = await fetch(`${server.endpoint}/bigquery/v2/projects/${server.project}/datasets`);
  expect((await answer.json()) as object).not.toHaveProperty("datasets");
});

test("without a project, everything is skipped, and says why", { timeout: 120_000 }, async () => {
  const { code, output } = await runTests({});
  expect(code).toBe(0);
  expect(output).toContain("NAIS_ETL_GCP_PROJECT names no project");
});
