import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { connectBigQuery } from "../support/bigquery.ts";
import type { Grant } from "./bigquery/options.ts";
import { startBigQueryServer, type BigQueryServer } from "./bigquery/start.ts";

let server: BigQueryServer;
const app = "app@team.iam.gserviceaccount.com";
const everything: Grant[] = [{ member: app, role: "roles/bigquery.admin" }];

beforeAll(async () => {
  server = await startBigQueryServer({
    datasets: [{ name: "d" }, { name: "other.d" }],
    tokens: { good: app },
    requireToken: true,
    grants: everything,
  });
  await server.sql(
    "CREATE TABLE d.t AS SELECT 1 AS n; CREATE TABLE `other.d.t` AS SELECT 2 AS n; CREATE VIEW d.v AS SELECT n FROM `other.d.t`",
  );
});
beforeEach(async () => {
  await server.setGrants(everything);
});
afterAll(async () => {
  await server.stop();
});

const client = (token?: string) => connectBigQuery(server, { ...(token !== undefined && { token }) });
const select = async (table: string) => (await client("good").query(`SELECT n FROM ${table}`))[0] as unknown[];

describe("a token", () => {
  test("that is wrong, or missing, is refused with 401", async () => {
    await expect(client("bad").dataset("d").get()).rejects.toMatchObject({ code: 401 });
    await expect(client().dataset("d").get()).rejects.toMatchObject({ code: 401 });
    await expect(client("good").dataset("d").get()).resolves.toBeDefined();
  });

  test("that has expired is refused with 401, and the next is good", async () => {
    await server.setTokens({ next: app });
    await expect(client("good").dataset("d").get()).rejects.toMatchObject({ code: 401 });
    await expect(client("next").dataset("d").get()).resolves.toBeDefined();
    await server.setTokens({ good: app });
  });
});

const on = (...grants: Omit<Grant, "member">[]) => server.setGrants(grants.map((it) => ({ member: app, ...it })));

describe("without the grant", () => {
  test("to run jobs, the project is named", async () => {
    await on({ role: "roles/bigquery.dataViewer" });
    await expect(select("d.t")).rejects.toMatchObject({
      code: 403,
      message: expect.stringContaining("Project test-project: User does not have bigquery.jobs.create permission"),
    });
  });

  test("to read, the table is named, be it there or not", async () => {
    await on({ role: "roles/bigquery.jobUser" }, { role: "roles/bigquery.dataViewer", on: "other.d.t" });
    expect(await select("`other.d.t`")).toEqual([{ n: 2 }]);
    for (const table of ["t", "nope"]) {
      await expect(select(`d.${table}`)).rejects.toMatchObject({
        code: 403,
        message: expect.stringContaining(`Table test-project:d.${table}: User does not have permission to query table`),
      });
    }
  });

  test("a view is read through, with no grant on what it reads", async () => {
    await on({ role: "roles/bigquery.jobUser" }, { role: "roles/bigquery.dataViewer", on: "test-project.d" });
    expect(await select("d.v")).toEqual([{ n: 2 }]);
  });

  test("to write, tables are neither made, nor changed, nor deleted", async () => {
    await on({ role: "roles/bigquery.jobUser" }, { role: "roles/bigquery.dataViewer" });
    const attempts = [
      client("good").dataset("d").createTable("made", { schema: [] }),
      client("good").dataset("d").table("t").setMetadata({ description: "x" }),
      client("good").dataset("d").table("t").delete(),
      client("good").query("DELETE FROM d.t WHERE TRUE"),
      client("good").query("CREATE TABLE d.made (a INT64)"),
    ];
    for (const { reason } of (await Promise.allSettled(attempts)) as PromiseRejectedResult[]) {
      expect(reason).toMatchObject({
        code: 403,
        message: expect.stringMatching(/Permission bigquery\.tables\.\w+ denied on/),
      });
    }
    expect(await server.sql("SELECT n FROM d.t")).toEqual([{ n: "1" }]);
  });
});
