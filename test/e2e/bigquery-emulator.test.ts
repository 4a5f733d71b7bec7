/** The contract against bqemulator. What it does otherwise stands in test/README.md, and is looked for here. */
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { contract } from "../contract/bigquery/cases.ts";
import type { World } from "../contract/bigquery/world.ts";
import type { BigQueryServer } from "../servers/bigquery/start.ts";
import { connectBigQuery, connectStorage } from "../support/bigquery.ts";
import { makeFolder, type Folder } from "../support/folder.ts";
import { startEmulator, type Emulator } from "./support/bqemulator.ts";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const [, section = ""] = readme.split("### What bqemulator 1.4.0 does otherwise");
const wrong = new Set([...section.matchAll(/^- (.+)$/gm)].map(([, name]) => name!));
const names = Object.values(contract).flatMap((cases) => cases.map(({ name }) => name));

/** Installing takes minutes, the first time. */
const patience = 15 * 60_000;
let emulator: Emulator | undefined;
let missing = "";
let folder: Folder;
let world: World;

beforeAll(async () => {
  const started = await startEmulator();
  if ("missing" in started) return void (missing = started.missing);
  emulator = started;
  folder = await makeFolder();
  const server = started as unknown as BigQueryServer;
  world = {
    bigquery: connectBigQuery(server, { location: "EU", token: "any" }),
    storage: connectStorage(server),
    endpoint: started.endpoint,
    project: started.project,
    dataset: "contract",
    location: "EU",
    folder: folder.path,
  };
  await world.bigquery.createDataset(world.dataset, { location: world.location });
}, patience);
afterAll(async () => {
  await world?.storage.close();
  await emulator?.stop();
  await folder?.remove();
});

test("what it does otherwise is named as the contract names it", () => {
  expect([...wrong].filter((name) => !names.includes(name))).toEqual([]);
  expect(wrong.size).toBeGreaterThan(20);
});

describe.each(Object.entries(contract))("%s:", (_, cases) => {
  test.for(cases.filter(({ name }) => !wrong.has(name)))("$name", async (it, { skip }) => {
    if (!emulator) skip(missing);
    await it.run(world);
  });

  test.for(cases.filter(({ name }) => wrong.has(name)))("still otherwise there: $name", async (it, { skip }) => {
    if (!emulator) skip(missing);
    const outcome = await it.run(world).then(
      () => "as in BigQuery: take it off the list in test/README.md",
      () => "otherwise",
    );
    expect(outcome).toBe("otherwise");
  });
});
