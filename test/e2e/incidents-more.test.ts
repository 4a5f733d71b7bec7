import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test, vi } from "vitest";
import { deployFirst, fill, live, mend, source, towns, usualModel, withNights } from "./support/nights.ts";

// As in incidents.test.ts: what leaves no record, several things at once, and what `why` cannot know and says so.

vi.setConfig({ testTimeout: 240_000, maxConcurrency: 3 });

test.concurrent("an image that the cluster cannot fetch: nothing runs, and no record says why", () =>
  withNights(async (nights) => {
    await live(nights);
    const gone = "europe-north1-docker.pkg.dev/p/data-team/towns:gone";
    expect(await nights.type(`nais-etl deploy --target prod-gcp --image ${gone}`)).toMatchObject({ code: 0 });
    nights.platform.api.jobs[0]!.issues = ["the image cannot be pulled: 403 Forbidden"];
    const run = await nights.platform.night("towns");
    expect(run.states).toEqual(["PENDING"]);
    nights.hoursLater = 30;
    const told = await nights.why();
    expect(told.cause).toMatchObject({
      kind: "overdue",
      what: expect.stringMatching(/left no record.*waits, and has not begun.*403 Forbidden.*towns:gone/) as string,
    });
    nights.platform.api.jobs[0]!.issues = [];
    nights.checkout(told);
    await mend(nights, told);
  }));

test.concurrent("a deploy whose pipeline.yaml is refused in the pod: it fails without a record", () =>
  withNights(async (nights) => {
    await live(nights);
    await nights.write(usualModel, { outputs: { t: { type: "bigquery", table: "towns.t", model: "nowhere" } } });
    const image = await nights.build();
    await nights.write();
    await nights.build();
    expect(await nights.type(`nais-etl deploy --target prod-gcp --image ${image}`)).toMatchObject({ code: 0 });
    await nights.badNight();
    const told = await nights.why();
    expect(told.cause).toMatchObject({
      kind: "overdue",
      what: expect.stringMatching(/failed, and left no record.*the last good run had \S+towns:1/) as string,
    });
    nights.checkout(told);
    await mend(nights, told);
  }));

test.concurrent("a job that somebody has deleted, after a check had failed: both are told", () =>
  withNights(async (nights) => {
    await live(nights);
    await nights.platform.bigquery.sql(`UPDATE \`${source}\` SET id = NULL WHERE id = 3`);
    await nights.badNight();
    const [job] = nights.platform.api.jobs.splice(0);
    expect(job!.name).toBe("towns");
    nights.hoursLater = 30;
    const told = await nights.why();
    expect(told.cause.kind).toBe("check");
    expect(told.text.replaceAll(/\s+/g, " ")).toMatch(
      /missing \d scheduled runs? left no record since, .*nais-etl status/,
    );
    await nights.platform.bigquery.sql(fill(3));
    await deployFirst(nights, told);
    await mend(nights, told);
    // Who comes from an old alert is told that it is mended.
    const old = await nights.why(told.run!.execution);
    expect([old.cause.kind, old.command]).toEqual(["check", ""]);
    expect(old.text).toMatch(/^Mended since: run towns-manual-\d+ of /m);
  }));

test.concurrent("a job that somebody has deleted", () =>
  withNights(async (nights) => {
    await live(nights);
    nights.platform.api.jobs.splice(0);
    nights.hoursLater = 30;
    const told = await nights.why();
    expect(told.cause).toMatchObject({
      kind: "overdue",
      what: expect.stringContaining("The job is not in prod-gcp any more") as string,
    });
    nights.checkout(told);
    await mend(nights, told);
  }));

test.concurrent("a host that gives no answer", () =>
  withNights(async (nights) => {
    const api = createServer((_request, response) => void response.end('[{"id":1,"town":"Bodø"}]'));
    api.listen(0, "127.0.0.1");
    await once(api, "listening");
    const { port } = api.address() as AddressInfo;
    const url = `http://127.0.0.1:${port}/towns`;
    const http = { type: "http", url, retries: 0, columns: { id: "INT64", town: "STRING" } };
    await nights.write(usualModel, { sources: { rows: http } });
    await nights.release();
    await nights.goodNight(["1 Bodø"]);
    const closed = once(api, "close");
    api.close();
    api.closeAllConnections();
    await closed;
    await nights.badNight();
    const told = await nights.why();
    expect(told.cause.kind, told.text).toBe("network");
    api.listen(port, "127.0.0.1");
    await once(api, "listening");
    await mend(nights, told, ["1 Bodø"]);
    api.close();
    api.closeAllConnections();
  }));

test.concurrent("a source that is empty: readers keep their rows", () =>
  withNights(async (nights) => {
    const checks = { sources: { rows: { type: "bigquery", table: source, columns: { id: "INT64", town: "STRING" } } } };
    await live(nights, usualModel, checks);
    await nights.platform.bigquery.sql(`DELETE FROM \`${source}\` WHERE TRUE`);
    await nights.badNight();
    const told = await nights.why();
    expect(told.cause, told.text).toMatchObject({ what: expect.stringContaining("rows") as string });
    expect(told.text).toContain("rows of source rows: 3 → 0");
    await nights.platform.bigquery.sql(fill(3));
    await mend(nights, told, towns(3));
  }));
