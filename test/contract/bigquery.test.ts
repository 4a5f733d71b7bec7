/** The contract, and GoogleSQL, against the in-repo server. test/e2e has the same against other implementations. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startBigQueryServer, type BigQueryServer } from "../servers/bigquery/start.ts";
import { connectBigQuery, connectStorage } from "../support/bigquery.ts";
import { makeFolder, type Folder } from "../support/folder.ts";
import { contract } from "./bigquery/cases.ts";
import type { World } from "./bigquery/world.ts";
import { evaluate, googleSql } from "./googlesql.ts";

let server: BigQueryServer;
let folder: Folder;
let world: World;

beforeAll(async () => {
  folder = await makeFolder();
  server = await startBigQueryServer({
    datasets: [{ name: "d", location: "EU" }],
    location: "EU",
    timeTravel: true,
    tokens: { good: "app" },
  });
  world = {
    bigquery: connectBigQuery(server, { location: "EU", token: "good" }),
    storage: connectStorage(server),
    endpoint: server.endpoint,
    project: server.project,
    dataset: "d",
    location: "EU",
    folder: folder.path,
  };
});
afterAll(async () => {
  await world.storage.close();
  await server.stop();
  await folder.remove();
});

describe.each(Object.entries(contract))("%s:", (_, cases) => {
  test.for(cases)("$name", (it) => it.run(world));
});

describe.each(Object.entries(googleSql))("GoogleSQL %s:", (_, cases) => {
  test.for(cases)("$sql", async (it) => {
    expect(await evaluate(it, async (sql) => (await server.sql(sql))[0]!["v"])).toEqual(it.is);
  });
});

test("nothing of this went against Google's description of the API", async () => {
  expect(await server.violations()).toEqual([]);
});
