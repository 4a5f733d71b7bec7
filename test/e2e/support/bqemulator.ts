/** bqemulator of PyPI: an independent BigQuery, on DuckDB and SQLGlot. */
import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { pythonWith } from "./python.ts";
import { freePort, startServer } from "./server.ts";

const duckdb = "1.5.5";
const requirements = ["bqemulator==1.4.0", "numpy", `duckdb==${duckdb}`, `duckdb-extension-spatial==${duckdb}`];

export interface Emulator {
  endpoint: string;
  storagePort: number;
  project: string;
  stop(): Promise<void>;
}

/** Starts it on free ports of loopback; or says why that cannot be. */
export async function startEmulator(): Promise<Emulator | { missing: string }> {
  const python = pythonWith(requirements);
  if ("missing" in python) return python;
  const [restPort, grpcPort] = [await freePort(), await freePort()];
  const endpoint = `http://127.0.0.1:${restPort}`;
  const project = "test-project";
  const server = await startServer({
    command: join(python.path, "bin/bqemulator"),
    args: ["start", "--ephemeral", "--rest-port", `${restPort}`, "--grpc-port", `${grpcPort}`, "--project", project],
    env: { HOME: homeWithSpatial(python.path) },
    isReady: async () => (await fetch(`${endpoint}/bigquery/v2/projects/${project}/datasets`)).ok,
    patience: 60,
  });
  return { endpoint, storagePort: grpcPort, project, stop: () => server.stop() };
}

/** It loads DuckDB's extension `spatial` from the home folder; the network has none of it here, and a wheel has. */
function homeWithSpatial(python: string): string {
  const home = join(python, "home");
  const library = join(python, "lib");
  const packages = join(library, readdirSync(library)[0]!, "site-packages");
  const wheel = join(packages, "duckdb_extension_spatial/extensions", `v${duckdb}`, "spatial.duckdb_extension");
  const platform = `${process.platform === "darwin" ? "osx" : "linux"}_${process.arch === "x64" ? "amd64" : "arm64"}`;
  const folder = join(home, ".duckdb/extensions", `v${duckdb}`, platform);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(join(folder, "spatial.duckdb_extension")))
    copyFileSync(wheel, join(folder, "spatial.duckdb_extension"));
  return home;
}
