/** The guides, with what needs more than Node: Python from PyPI. */
import { spawnSync } from "node:child_process";
import { homedir } from "node:os";
import { expect, test } from "vitest";
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
    expect(said(typed, "npx nais-etl show count_apps")).toMatch(/2022-01-20 +dev +gcp +2\n/);
    const runs = typed.filter(({ command }) => command === "npx nais-etl run").map(({ output }) => output);
    expect(runs).toHaveLength(2);
    for (const output of runs) expect(output).toMatch(/output +apps_per_env +3 rows/);
  },
);
