import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { afterAll, beforeAll, expect, test } from "vitest";
import { killAt, killsOf, setStage, type Stage } from "./cases.ts";
import { buildKiller, type Killer } from "./children.ts";
import { programEffects } from "./effects.ts";
import type { Scenario } from "./scenarios.ts";

// What surrounds programs is killed in kill.test.ts: here are the effects that only they have.

const program = `import { copyFileSync } from "node:fs";
const [, , input] = process.argv;
copyFileSync(process.env[input], process.env.NAIS_ETL_OUTPUT);
`;
const columns = { id: "INT64", navn: "STRING" };

const scenario: Scenario = {
  name: "two commands, and a model behind them",
  appends: false,
  before: [undefined],
  interval: undefined,
  async make(folder) {
    await Promise.all(["models", "data", "programs"].map((name) => mkdir(join(folder, name))));
    await writeFile(join(folder, "programs/copy.mjs"), program);
    await writeFile(join(folder, "models/rows.sql"), "SELECT * FROM copied\n");
    await writeFile(join(folder, "pipeline.yaml"), stringify(pipeline));
    await writeData(folder, "old");
  },
  change: (folder) => writeData(folder, "new"),
};

const copy = (input: string) => [process.execPath, "programs/copy.mjs", `NAIS_ETL_INPUT_${input}`];
const pipeline = {
  name: "programs",
  sources: { events: { type: "file", path: "data/events.csv", columns } },
  models: {
    copied: { command: copy("EVENTS"), inputs: ["events"], columns },
    twice: { command: copy("COPIED"), format: "parquet", inputs: ["copied"], columns },
    rows: { columns },
  },
  outputs: {
    rows_table: { type: "bigquery", table: "lab.rows", model: "rows" },
    rows_csv: { type: "file", path: "out/rows.csv", model: "twice" },
  },
};

async function writeData(folder: string, version: string): Promise<void> {
  const lines = Array.from({ length: 300 }, (_, id) => `${id},${version} ${id}`);
  await writeFile(join(folder, "data/events.csv"), ["id,navn", ...lines, ""].join("\n"));
}

let killer: Killer;
let stage: Stage;

beforeAll(async () => {
  [killer, stage] = await Promise.all([buildKiller(), setStage(scenario)]);
});

afterAll(() => Promise.all([killer.remove(), stage.remove()]));

test(
  "killed while a program is given its rows, runs or is cleared up after, a run leaves the old result, and the next run ends as if nothing had been",
  { timeout: 300_000 },
  async () => {
    const own = stage.effects.filter(({ effect }) => effect in programEffects);
    expect(new Set(own.map(({ effect }) => effect))).toEqual(new Set(Object.keys(programEffects)));
    const kills = [...killsOf(own, "during"), ...killsOf(own, "after"), ...killsOf(own, "before", "SIGTERM")];
    expect(await killAt(kills, { stage, killer })).toEqual([]);
  },
);
