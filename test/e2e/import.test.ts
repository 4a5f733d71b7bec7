/** What `import` makes of a script, tried with Python and pandas: it validates, and its first test passes. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { importPipeline } from "../../src/commands/import.ts";
import { makeFolder } from "../support/folder.ts";
import { frames } from "./python/frames.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Installing takes minutes, the first time. */
test(
  "the guide's script becomes a pipeline that validates, and whose test passes",
  { timeout: 900_000 },
  async ({ skip }) => {
    const python = frames();
    if ("missing" in python) return skip(python.missing);
    await using stack = new AsyncDisposableStack();
    const folder = await makeFolder();
    stack.defer(() => folder.remove());
    const fixture = `${root}/test/import/guide`;
    await importPipeline({ script: `${fixture}/main.py`, naisjob: `${fixture}/naisjob.yaml` }, folder.context);
    const run = (command: string) =>
      spawnSync(process.execPath, [`${root}/bin/nais-etl.js`, command], {
        cwd: folder.path,
        encoding: "utf8",
        env: { PATH: `${python.path}/bin:${process.env["PATH"]}`, HOME: process.env["HOME"], VIRTUAL_ENV: python.path },
      });
    const validated = run("validate");
    expect(`${validated.status} ${validated.stderr}`).toBe("0 ");
    const tested = run("test");
    expect(`${tested.status} ${tested.stdout}`).toMatch(/^0 [^]*1 passed, 0 failed/);
  },
);
