/** The contract, GoogleSQL and whole runs on Google's own BigQuery: `npm run test:gcp`. What is seen goes into docs/conformance.md. */
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mapLimited } from "../../src/util/map-limited.ts";
import { conformancePage, readFacts, type Sight } from "../conformance/conformance.ts";
import { contract } from "../contract/bigquery/cases.ts";
import { query } from "../contract/bigquery/world.ts";
import { evaluate, googleSql } from "../contract/googlesql.ts";
import { openGround, type Ground } from "./ground.ts";
import { scenarios, secretScenario } from "./scenarios.ts";
import { readSettings } from "./settings.ts";

const settings = readSettings(process.env);
const noProject = "NAIS_ETL_GCP_PROJECT names no project: see docs/conformance.md";
const seen: Record<string, Sight> = {};

let ground: Ground;

beforeAll(async () => {
  if (settings) ground = await openGround(settings);
});

afterAll(async () => {
  if (!settings) return;
  try {
    await writeFacts();
  } finally {
    await ground.remove();
  }
});

async function writeFacts(): Promise<void> {
  const { root } = settings!;
  const facts = { seen: { ...readFacts(new URL("../../", import.meta.url)).seen, ...seen } };
  await write(join(root, "test/facts/google.json"), `${JSON.stringify(facts, undefined, 2)}\n`);
  await write(join(root, "docs/conformance.md"), conformancePage(facts));
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

/** What becomes of it is a fact, whichever it is. */
async function watch(name: string, act: () => Promise<void>): Promise<void> {
  const { location } = settings!;
  const note = (as: Sight["as"]) => void (seen[name] = { date: new Date().toISOString().slice(0, 10), location, as });
  try {
    await act();
    note("expected");
  } catch (error) {
    note("otherwise");
    throw error;
  }
}

describe.each(Object.entries(contract))("%s:", (_, cases) => {
  test.for(cases)("$name", async ({ name, run }, { skip }) => {
    if (!settings) skip(noProject);
    await watch(name, () => run(ground.world));
  });
});

/** Questions at once. */
const width = 8;

const ask = async (sql: string) => (await query(ground.world, sql))[0]!["v"];

describe("GoogleSQL:", () => {
  test.for(Object.entries(googleSql))("%s", async ([group, all], { skip }) => {
    if (!settings) skip(noProject);
    await watch(`${group} (${all.length} expressions)`, async () => {
      const found = await mapLimited(all, async (one) => ({ sql: one.sql, is: await evaluate(one, ask) }), width);
      expect(found).toEqual(all);
    });
  });
});

describe("runs:", () => {
  test.for([...scenarios, secretScenario])("$name", async ({ name, run }, { skip }) => {
    if (!settings) skip(noProject);
    if (name === secretScenario.name && settings!.secret === undefined) skip("NAIS_ETL_GCP_SECRET names no secret");
    await watch(name, () => run(ground));
  });
});
