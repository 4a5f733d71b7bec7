/** Google's Python clients, unmodified, write to the in-repo server and read from it. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { spawnBigQueryServer } from "../servers/bigquery/spawn.ts";
import type { BigQueryServer } from "../servers/bigquery/start.ts";
import { pythonWith } from "./support/python.ts";

const requirements = [
  "google-cloud-bigquery==3.47.0",
  "google-cloud-bigquery-storage==2.43.0",
  "pyarrow==26.0.1",
  "pandas==3.1.1",
];
const script = fileURLToPath(new URL("support/google_clients.py", import.meta.url));

let server: BigQueryServer;
beforeAll(async () => {
  server = await spawnBigQueryServer({ datasets: [{ name: "d", location: "EU" }], location: "EU" });
});
afterAll(async () => {
  await server.stop();
});

test("Google's Python clients write and read every type", { timeout: 15 * 60_000 }, async ({ skip }) => {
  const python = pythonWith(requirements);
  if ("missing" in python) return skip(python.missing);
  const args = [script, server.endpoint, server.storageEndpoint, server.project, "d"];
  const { status, stdout, stderr } = spawnSync(join(python.path, "bin/python"), args, { encoding: "utf8" });
  expect(status, stdout + stderr).toBe(0);
  expect(stdout.trim().split("\n").at(-1)).toBe("done");
  expect(await server.violations()).toEqual([]);
  expect((await server.requests({ method: "storage.ReadRows" })).length).toBeGreaterThan(0);
  expect((await server.requests({ kind: "upload-chunk" })).length).toBeGreaterThan(0);
});
