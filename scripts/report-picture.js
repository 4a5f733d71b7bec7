// `node scripts/report-picture.js`: the picture in docs/report.md, of an example's report. Needs Chromium.
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const work = mkdtempSync(join(tmpdir(), "nais-etl-picture-"));
const example = join(work, "unemployment");

cpSync(join(root, "examples/unemployment"), example, {
  recursive: true,
  filter: (path) => !path.endsWith(".nais-etl"),
});
// Earlier runs, so that there is something to compare with.
for (let i = 0; i < 6; i++) call(process.execPath, [join(root, "bin/nais-etl.js"), "run"], { cwd: example });
call("chromium", [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--no-first-run",
  "--disable-background-networking",
  "--hide-scrollbars",
  `--user-data-dir=${join(work, "browser")}`,
  "--window-size=1000,780",
  `--screenshot=${join(root, "docs/report.png")}`,
  `file://${join(example, ".nais-etl/report.html")}`,
]);
rmSync(work, { recursive: true });

/**
 * @param {string} program
 * @param {string[]} args
 * @param {import("node:child_process").SpawnSyncOptions} [options]
 */
function call(program, args, options = {}) {
  const { status, error } = spawnSync(program, args, { stdio: ["ignore", "ignore", "inherit"], ...options });
  if (status !== 0) throw error ?? new Error(`${program} ended with ${status}`);
}
