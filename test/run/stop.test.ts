import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { afterAll, beforeAll, expect, test } from "vitest";
import { exists } from "../../src/util/files.ts";
import { makeFolder } from "../support/folder.ts";
import { killAt, killsOf, setStage, type Stage } from "./cases.ts";
import { buildKiller, type Killer } from "./children.ts";
import type { Kill } from "./killer.ts";
import { makeScenarios } from "./scenarios.ts";

let killer: Killer;
let stage: Stage;

beforeAll(async () => {
  killer = await buildKiller();
  stage = await setStage(makeScenarios(600).find(({ appends }) => appends)!);
});

afterAll(async () => {
  await Promise.all([killer.remove(), stage.remove()]);
});

// Both signals take the same way through the code; test/e2e/kill.test.ts sends the other one at each effect.
test(
  "told to stop at any of its effects, a run ends with 143 or 130, half-publishes nothing, leaves nothing behind, and says that it was interrupted",
  { timeout: 300_000 },
  async () => {
    const signals: Kill["signal"][] = ["SIGTERM", "SIGINT"];
    const kills = stage.effects.map((moment, i) => killsOf([moment], "before", signals[i % 2])[0]!);
    expect(await killAt(kills, { stage, killer })).toEqual([]);
  },
);

test.each([
  ["SIGTERM", 143],
  ["SIGINT", 130],
] as const)("the command, sent %s, ends with %i and says so", async (signal, code) => {
  const sql = "SELECT sum(a.range * b.range) AS n FROM range(100000000) AS a, range(100000000) AS b";
  const outputs = { t: { type: "bigquery", table: "lab.t" } };
  const folder = await makeFolder({
    "models/t.sql": sql,
    "pipeline.yaml": stringify({ name: "lab", team: "nais-analyse", outputs }),
  });
  const temporary = join(folder.path, "tmp");
  await mkdir(temporary);
  const bin = fileURLToPath(new URL("../../bin/nais-etl.js", import.meta.url));
  const env = { PATH: process.env["PATH"], TMPDIR: temporary, NAIS_ETL_LOG: "text" };
  const child = spawn(process.execPath, [bin, "run"], { cwd: folder.path, env });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data: Buffer) => output.push(String(data)));
  while (!(await exists(join(folder.path, ".nais-etl/warehouse.duckdb")))) await sleep(20);
  child.kill(signal);

  expect(await once(child, "close")).toEqual([code, null]);
  expect(output.join("")).toContain(`stopped by ${signal}`);
  const [name = ""] = await readdir(join(folder.path, ".nais-etl/runs"));
  expect(JSON.parse(await folder.read(`.nais-etl/runs/${name}`))).toMatchObject({
    status: "interrupted",
    exit_code: code,
    outputs: [{ status: "not_published" }],
  });
  expect((await readdir(temporary)).filter((left) => left.startsWith("nais-etl-"))).toEqual([]);
  await folder.remove();
});
