/** A Python with packages, in a folder of its own that the next time finds again. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What reads BigQuery as Google's users do. */
const googles = ["google-cloud-bigquery", "google-cloud-bigquery-storage", "pyarrow", "duckdb>=1.5,<1.6"];

/** @returns its command, or why there is none. `BENCH_PYTHON` names one that has the packages. */
export function findPython(packages = googles, name = "python"): { command?: string; why?: string } {
  const given = process.env["BENCH_PYTHON"];
  if (given) return { command: given };
  const folder = join(tmpdir(), `nais-etl-bench-${name}`);
  const command = join(folder, "bin/python");
  const steps = existsSync(command) ? [] : [["python3", "-m", "venv", folder]];
  for (const [program, ...args] of [...steps, [command, "-m", "pip", "install", "--quiet", ...packages]]) {
    const { status, stderr, error } = spawnSync(program!, args, { encoding: "utf8" });
    if (status !== 0) return { why: error?.message ?? stderr.trim().split("\n").at(-1) ?? "it could not be installed" };
  }
  return { command };
}
