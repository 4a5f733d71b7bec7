import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test, vi } from "vitest";
import type { Grant } from "../servers/bigquery/options.ts";
import { startSecretServer } from "../servers/secret-manager/server.ts";
import { deployFirst, fill, live, mend, source, towns, usualModel, withNights, type Told } from "./support/nights.ts";

// Nights of a deployed pipeline: a good one, then something breaks in the world, and the next is bad. `why` is typed, and its
// command, as it is printed, mends it; what it says is to be done before is done, and no more. The nights after are good.
// What a pod may use up is in incidents-pod.test.ts.

vi.setConfig({ testTimeout: 240_000, maxConcurrency: 3 });

const again = "nais-etl trigger --wait --target prod-gcp";

const readersOf = (told: Told) => told.readers.map(({ output, rows }) => [output, rows]);

test.concurrent("1: a source that is late", () =>
  withNights(async (nights) => {
    await live(nights);
    await nights.platform.bigquery.sql(`UPDATE \`${source}\` SET seen = TIMESTAMP '2020-01-01 00:00:00+00' WHERE TRUE`);
    const bad = await nights.badNight();
    const told = await nights.why(bad.name);
    expect(told.cause).toMatchObject({ kind: "late", what: expect.stringContaining("`rows`") as string });
    expect(told).toMatchObject({ since: { execution: bad.name, runs: 1 }, mend: { command: again } });
    expect(readersOf(told)).toEqual([["t", 3]]);
    // Its owner has loaded it.
    await nights.platform.bigquery.sql(fill(4));
    await mend(nights, told, towns(4));
  }));

test.concurrent("2: a column that the source has lost", () =>
  withNights(async (nights) => {
    await live(nights);
    await nights.platform.bigquery.sql(fill(3).replace("AS town", "AS place"));
    await nights.badNight();
    await nights.badNight();
    const told = await nights.why();
    expect(told.cause).toMatchObject({
      kind: "source-changed",
      what: expect.stringContaining("no column `town`") as string,
    });
    expect(told).toMatchObject({ since: { runs: 2 }, mend: { command: again } });
    // It was renamed: the file says so, and is deployed.
    await nights.write("SELECT id, place AS town FROM rows", {
      sources: {
        rows: { type: "bigquery", table: source, columns: { id: "INT64", place: "STRING", seen: "TIMESTAMP" } },
      },
    });
    await deployFirst(nights, told);
    await mend(nights, told);
  }));

test.concurrent("3: rows that are there twice", () =>
  withNights(async (nights) => {
    await live(nights);
    await nights.platform.bigquery.sql(fill(3, ", UNNEST([1, 2])"));
    await nights.badNight();
    const told = await nights.why();
    expect(told.cause).toMatchObject({
      kind: "doubled",
      what: expect.stringMatching(/`rows` gave 6 rows, and 3 to the last good run; check `unique/) as string,
    });
    await nights.platform.bigquery.sql(fill(3));
    await mend(nights, told);
  }));

test.concurrent("4: a check that failed", () =>
  withNights(async (nights) => {
    await live(nights);
    await nights.platform.bigquery.sql(`UPDATE \`${source}\` SET id = NULL WHERE id = 3`);
    await nights.badNight();
    const told = await nights.why();
    expect(told.cause).toMatchObject({
      kind: "check",
      what: expect.stringContaining("`not_null(id)` of `t`") as string,
    });
    // The model leaves such rows out.
    await nights.write(`${usualModel} WHERE id IS NOT NULL`);
    await deployFirst(nights, told);
    await mend(nights, told, towns(2));
  }));

test.concurrent("5: a secret whose version is no more", () =>
  withNights(async (nights) => {
    const secrets = await startSecretServer();
    const name = "projects/team-project/secrets/api";
    const newest = { data: "hunter2-hunter2" };
    secrets.secrets[name] = [newest];
    const api = createServer((request, response) => {
      const isKnown = request.headers.authorization === `Bearer ${newest.data}`;
      response.writeHead(isKnown ? 200 : 401).end(isKnown ? '[{"id":1,"town":"Bodø"}]' : "");
    }).listen(0, "127.0.0.1");
    await once(api, "listening");
    const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}/towns`;
    const headers = { authorization: "Bearer ${secret:API}" };
    await nights.write(usualModel, {
      sources: { rows: { type: "http", url, headers, columns: { id: "INT64", town: "STRING" } } },
      secrets: { API: { from: "google-secret-manager", name, endpoint: secrets.url } },
    });
    await nights.release();
    await nights.goodNight(["1 Bodø"]);
    secrets.secrets[name] = [{ ...newest, state: "DISABLED" }];
    await nights.badNight();
    const told = await nights.why();
    expect(told).toMatchObject({ cause: { kind: "secret", what: expect.stringContaining("is disabled") as string } });
    expect(told.text.replaceAll(/\s+/g, " ")).toContain("gcloud secrets versions enable 1 --secret=api");
    // As `gcloud secrets versions enable 1` does.
    secrets.secrets[name] = [newest];
    await mend(nights, told, ["1 Bodø"]);
    api.close();
    await secrets.stop();
  }));

test.concurrent("6: a grant that was taken away", () =>
  withNights(async (nights) => {
    await live(nights);
    const member = "anonymous";
    const left: Grant[] = [
      { member, role: "roles/bigquery.jobUser", on: "team-project" },
      { member, role: "roles/bigquery.readSessionUser", on: "team-project" },
      { member, role: "roles/bigquery.dataEditor", on: "team-project.towns" },
    ];
    await nights.platform.bigquery.setGrants(left);
    await nights.badNight();
    const told = await nights.why();
    expect(told.cause).toMatchObject({ kind: "grant", what: expect.stringContaining(source) as string });
    const role = "roles/bigquery.dataViewer";
    expect(told.text).toContain(role);
    // Its owner grants what was asked for, on what was named, and no more.
    await nights.platform.bigquery.setGrants([...left, { member, role, on: source }]);
    await mend(nights, told);
  }));

test.concurrent("7: a quota that is used up", () =>
  withNights(async (nights) => {
    await live(nights);
    const { bigquery } = nights.platform;
    await bigquery.fault({ on: { method: "jobs.insert", kind: "load" }, action: "quota", times: 99 });
    await bigquery.fault({ on: { kind: "upload-start" }, action: "quota", times: 99 });
    await nights.badNight();
    const told = await nights.why();
    expect(told.cause.kind).toBe("quota");
    // The next day has begun.
    await bigquery.clearFaults();
    await mend(nights, told);
  }));

test.concurrent("10: a destination whose columns somebody has changed", () =>
  withNights(async (nights) => {
    await live(nights);
    await nights.platform.bigquery.sql("ALTER TABLE `team-project.towns.t` ADD COLUMN extra INT64");
    await nights.badNight();
    const told = await nights.why();
    expect(told.cause).toMatchObject({
      kind: "destination-schema",
      what: expect.stringContaining("`extra` is gone") as string,
    });
    await mend(nights, told);
  }));

test.concurrent("11: a deploy with a mistake in it", () =>
  withNights(async (nights) => {
    await live(nights);
    await nights.write("SELECT id, CAST(town AS INT) AS town FROM rows");
    await nights.release();
    await nights.badNight();
    const told = await nights.why();
    expect(told.cause.kind).toBe("deploy");
    nights.checkout(told);
    await mend(nights, told);
  }));

test.concurrent("12: an image that nobody has built for this commit", () =>
  withNights(async (nights) => {
    await live(nights);
    const revision = nights.head();
    await nights.write("SELECT id, CAST(town AS INT) AS town FROM rows");
    const image = "europe-north1-docker.pkg.dev/p/data-team/other:9";
    await nights.platform.push(image);
    await nights.write();
    await nights.type(`nais-etl deploy --target prod-gcp --image ${image} --revision ${revision}`);
    await nights.badNight();
    const told = await nights.why();
    expect(told.cause).toMatchObject({ kind: "image", what: expect.stringContaining("data-team/other:9") as string });
    nights.checkout(told);
    await mend(nights, told);
  }));

test.concurrent("15: nothing wrong", () =>
  withNights(async (nights) => {
    await live(nights);
    const told = await nights.why();
    expect([told.cause.kind, told.failed, told.since, told.command]).toEqual(["good", [], undefined, ""]);
    expect(readersOf(told)).toEqual([["t", 3]]);
    expect(told.text).toContain("Nothing is to be mended.");
  }));
