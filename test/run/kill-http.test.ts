import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { afterAll, beforeAll, expect, test } from "vitest";
import { json, startHttpServer, type HttpServer } from "../servers/http.ts";
import { killAt, killsOf, setStage, type Stage } from "./cases.ts";
import { buildKiller, type Killer } from "./children.ts";
import { httpEffects } from "./effects.ts";
import type { Scenario } from "./scenarios.ts";
import { worldOnDisk } from "./worlds.ts";

// What surrounds them is killed in kill.test.ts: here are the effects that only sources of APIs have.

const rows = Array.from({ length: 20_000 }, (_, id) => ({ id, navn: `rad ${id}` }));

const scenario = (url: string): Scenario => ({
  name: "an API whose answers are kept",
  appends: false,
  before: [undefined],
  interval: undefined,
  async make(folder) {
    await Promise.all(["models", "data"].map((name) => mkdir(join(folder, name))));
    await writeFile(join(folder, "models/rows.sql"), "SELECT * FROM answers JOIN events USING (id)\n");
    await writeFile(join(folder, "pipeline.yaml"), stringify(pipeline(url)));
    await writeFile(join(folder, "data/events.csv"), "id\n1\n2\n");
  },
  change: (folder) => writeFile(join(folder, "data/events.csv"), "id\n1\n2\n3\n"),
});

const columns = { id: "INT64", navn: "STRING" };
const pipeline = (url: string) => ({
  name: "answers",
  sources: {
    answers: { type: "http", url: `${url}/rows`, raw: "raw/", columns },
    events: { type: "file", path: "data/events.csv", columns: { id: "INT64" } },
  },
  models: { rows: { columns } },
  outputs: {
    rows_csv: { type: "file", path: "out/rows.csv", model: "rows" },
  },
});

/** Target `local` asks no API. */
const world = worldOnDisk({ target: "dev-gcp" }, "out/.nais-etl/state.duckdb");

let server: HttpServer;
let killer: Killer;
let stage: Stage;

beforeAll(async () => {
  server = await startHttpServer((_, response) => json(response, rows));
  [killer, stage] = await Promise.all([buildKiller(), setStage(scenario(server.url), world)]);
});

afterAll(() => Promise.all([killer.remove(), stage.remove(), server.stop()]));

test(
  "killed or told to stop while answers are brought or kept, a run leaves the old result, and the next run clears away what was left aside",
  { timeout: 300_000 },
  async () => {
    const own = stage.effects.filter(({ effect }) => effect in httpEffects);
    expect(new Set(own.map(({ effect }) => effect))).toEqual(new Set(Object.keys(httpEffects)));
    const kept = own.find(({ effect }) => effect === "raw.keep")!;
    const kills = [
      ...killsOf([...own, kept], "during"),
      ...killsOf([kept], "after"),
      ...killsOf(own, "before", "SIGTERM"),
    ];
    expect(await killAt(kills, { stage, killer })).toEqual([]);
  },
);
