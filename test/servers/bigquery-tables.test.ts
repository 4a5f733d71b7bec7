import { afterAll, beforeAll, expect, test } from "vitest";
import { connectBigQuery } from "../support/bigquery.ts";
import { startBigQueryServer, type BigQueryServer } from "./bigquery/start.ts";

let server: BigQueryServer;
beforeAll(async () => {
  server = await startBigQueryServer({ datasets: [{ name: "d", location: "EU" }] });
});
afterAll(() => server.stop());

const dataset = () => connectBigQuery(server, { location: "EU" }).dataset("d");

test("a table is made once, is found, listed and deleted", async () => {
  const table = dataset().table("once");
  await table.create({ schema: [{ name: "id", type: "INT64", mode: "REQUIRED" }], labels: { pipeline: "p" } });
  await expect(table.create({ schema: [] })).rejects.toMatchObject({ code: 409 });
  const [metadata] = await table.getMetadata();
  expect(metadata).toMatchObject({
    location: "EU",
    numRows: "0",
    labels: { pipeline: "p" },
    schema: { fields: [{ name: "id", type: "INTEGER", mode: "REQUIRED" }] },
  });
  const [tables] = await dataset().getTables();
  expect(tables.map(({ id }) => id)).toContain("once");
  await table.delete();
  expect(await table.exists()).toEqual([false]);
});

test("a patch with the etag of a state that is gone is refused with 412", async () => {
  const table = dataset().table("lock");
  const [{ metadata }] = await dataset().createTable("lock", { schema: [], labels: { holder: "a" } });
  const both = await Promise.all(["b", "c"].map((holder) => patchHolder(holder, metadata.etag)));
  expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412]);
  const [now] = await table.getMetadata();
  expect(["b", "c"]).toContain(now.labels.holder);
});

const patchHolder = async (holder: string, etag: string) =>
  fetch(`${server.endpoint}/bigquery/v2/projects/${server.project}/datasets/d/tables/lock`, {
    method: "PATCH",
    headers: { "if-match": etag, "content-type": "application/json" },
    body: JSON.stringify({ labels: { holder } }),
  });

test("nothing of this went against Google's description of the API", async () => {
  expect(await server.requests()).not.toEqual([]);
  expect(await server.violations()).toEqual([]);
});

test("what Google's description does not know is refused, and stands in the list of violations", async () => {
  const other = await startBigQueryServer({ datasets: [{ name: "d" }] });
  try {
    const made = connectBigQuery(other)
      .dataset("d")
      .createTable("t", { schema: [], colour: "blue" } as never);
    await expect(made).rejects.toMatchObject({ code: 400 });
    expect(await other.violations()).toMatchObject([{ method: "tables.insert", side: "request" }]);
  } finally {
    await other.stop();
  }
});
