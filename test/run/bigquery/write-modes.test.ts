import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { makeBigQueryLab, type BigQueryLab } from "./lab.ts";

let lab: BigQueryLab;

beforeAll(async () => {
  lab = await makeBigQueryLab();
});

afterAll(() => lab.remove());

beforeEach(() => lab.next());

/** Publishes a query, and expects that it is. */
async function publish(...[query, output, more]: Parameters<BigQueryLab["write"]>): Promise<string> {
  await lab.write(query, output, more);
  const { code, text } = await lab.run();
  expect(text + code).toMatch(/published\.\n0$/);
  return text;
}

const sql = (navn: string) => `SELECT $interval_start AS dato, '${navn}' AS navn`;
const rows = () => lab.values("SELECT * FROM DATASET.t ORDER BY 1, 2");

describe("replace", () => {
  test("puts the new rows in place of the old ones, and leaves no staging table", async () => {
    await publish("SELECT 1 AS id, 'a' AS navn UNION ALL SELECT 2, 'b'");
    await publish("SELECT 3 AS id, 'æøå' AS navn");

    expect(await rows()).toEqual(["3 æøå"]);
    expect((await lab.tables()).toSorted()).toEqual([
      "_nais_etl_cursors",
      "_nais_etl_fence_lab",
      "_nais_etl_lock_lab",
      "_nais_etl_publishes",
      "_nais_etl_runs",
      "t",
    ]);
  });

  test("refuses to publish no rows, and keeps the old ones", async () => {
    await publish("SELECT 1 AS id, 'a' AS navn");
    await lab.write("SELECT 1 AS id, 'a' AS navn WHERE false");
    expect(await lab.run()).toMatchObject({ code: 3, text: expect.stringContaining("no rows") });
    expect(await rows()).toEqual(["1 a"]);
  });

  test("publishes no rows where allow_empty says so", async () => {
    await publish("SELECT 1 AS id, 'a' AS navn");
    await publish("SELECT 1 AS id, 'a' AS navn WHERE false", { allow_empty: true });
    expect(await rows()).toEqual([]);
  });

  test("makes one load job and one publish job for each output", async () => {
    const outputs = {
      t: { type: "bigquery", table: `${lab.dataset}.t` },
      u: { type: "bigquery", model: "t", table: `${lab.dataset}.u` },
    };
    await publish("SELECT 1 AS id, 'a' AS navn", {}, { outputs });
    const loads = await lab.server.requests({ kind: "upload-start" });
    const publishes = await lab.server.requests({ method: "jobs.insert", target: "_publish_" });
    expect([loads.length, publishes.length]).toEqual([2, 1]);
    expect(await lab.values("SELECT * FROM DATASET.u")).toEqual(["1 a"]);
  });
});

describe("append", () => {
  const day = { interval: "day", schedule: { cron: "0 7 * * *" } };
  const output = { write: "append", partition: "dato" };

  test("publishes an interval once: another execution adds nothing, and says so", async () => {
    await lab.write(sql("a"), output, day);
    expect(await lab.run({ interval: "2022-01-20" })).toMatchObject({ code: 0 });
    await lab.write(sql("b"), output, day);
    const again = await lab.run({ interval: "2022-01-20" });
    expect(again).toMatchObject({ code: 0, text: expect.stringContaining("already appended") });
    expect(await lab.run({ interval: "2022-01-21" })).toMatchObject({ code: 0 });
    expect(await rows()).toEqual(["2022-01-20 a", "2022-01-21 b"]);
  });

  test("with --force replaces the rows of its interval with new ones, and raises the generation", async () => {
    await lab.write(sql("a"), output, day);
    await lab.run({ interval: "2022-01-20" });
    await lab.run({ interval: "2022-01-21" });
    await lab.write(sql("b"), output, day);
    expect(await lab.run({ interval: "2022-01-20", force: true })).toMatchObject({ code: 0 });
    expect(await rows()).toEqual(["2022-01-20 b", "2022-01-21 a"]);
    expect(
      await lab.values("SELECT run_id, generation FROM DATASET._nais_etl_publishes ORDER BY run_id, generation"),
    ).toEqual(["2022-01-20 0", "2022-01-20 1", "2022-01-21 0"]);
  });

  test("is refused in the transaction itself where another run has appended meanwhile", async () => {
    await lab.write(sql("a"), output, day);
    await lab.run({ interval: "2022-01-20" });
    const effect = async <T>(name: string, act: () => Promise<T>): Promise<T> => {
      if (name === "bigquery.load")
        await lab.server.sql(
          `INSERT INTO ${lab.dataset}._nais_etl_publishes (pipeline, output, run_id, execution, generation) VALUES ('lab', 't', '2022-01-22', 'other', 0)`,
        );
      return act();
    };
    const late = await lab.run({ interval: "2022-01-22" }, { effect });
    expect(late).toMatchObject({ code: 1, text: expect.stringContaining("appended meanwhile") });
    expect(await rows()).toEqual(["2022-01-20 a"]);
  });
});

describe("merge", () => {
  test("updates the rows whose key is there, and inserts the others", async () => {
    const output = { write: "merge", key: "id" };
    await publish("SELECT 1 AS id, 'a' AS navn UNION ALL SELECT 2, 'b'", output);
    await publish("SELECT 2 AS id, 'c' AS navn UNION ALL SELECT 3, NULL", output);
    expect(await rows()).toEqual(["1 a", "2 c", "3 "]);
  });

  test("reads only the partitions of its rows, where the partition is part of the key", async () => {
    const output = { write: "merge", key: ["dato", "id"], partition: { column: "dato", require_filter: true } };
    await publish("SELECT DATE '2022-01-20' AS dato, 1 AS id, 'a' AS navn", output);
    await publish(
      "SELECT DATE '2022-01-20' AS dato, 1 AS id, 'b' AS navn UNION ALL SELECT DATE '2022-01-22', 1, 'c'",
      output,
    );
    expect(await lab.values("SELECT * FROM DATASET.t WHERE dato > '2000-01-01' ORDER BY dato")).toEqual([
      "2022-01-20 1 b",
      "2022-01-22 1 c",
    ]);
    const [, last] = await lab.server.requests({ method: "jobs.insert", target: "_publish_" });
    expect(JSON.stringify(last!.body)).toContain("t.`dato` >= DATE '2022-01-20' AND t.`dato` < DATE '2022-01-23'");
  });
});

describe("replace_partition", () => {
  test.each(["DATE", "DATETIME", "TIMESTAMP"])(
    "replaces the rows of its interval and no others: %s, a day in Oslo",
    async (type) => {
      const more = { interval: "day", schedule: { cron: "0 7 * * *", timeZone: "Europe/Oslo" } };
      const output = { write: "replace_partition", partition: "dato" };
      const literal =
        type === "DATE"
          ? "DATE '2022-01-20'"
          : type === "DATETIME"
            ? "TIMESTAMP '2022-01-20 12:00:00'"
            : "TIMESTAMPTZ '2022-01-20 12:00:00+00'";
      const columns = { columns: { dato: type, navn: "STRING" } };
      await lab.write(`SELECT ${literal} AS dato, 'a' AS navn`, output, { ...more, models: { t: columns } });
      expect(await lab.run({ interval: "2022-01-20" })).toMatchObject({ code: 0 });
      const value = (text: string) => (type === "DATE" ? `DATE '${text.slice(0, 10)}'` : `${type} '${text}'`);
      // In Oslo, 23:30 in UTC is half past midnight.
      const [outside, inside] =
        type === "TIMESTAMP"
          ? ["2022-01-20 23:30:00", "2022-01-19 23:30:00"]
          : ["2022-01-21 00:00:00", "2022-01-20 23:59:59"];
      await lab.server.sql(
        `INSERT INTO ${lab.dataset}.t (dato, navn) VALUES (${value(outside)}, 'outside'), (${value(inside)}, 'inside')`,
      );
      await lab.write(`SELECT ${literal} AS dato, 'b' AS navn`, output, { ...more, models: { t: columns } });
      expect(await lab.run({ interval: "2022-01-20" })).toMatchObject({ code: 0 });
      expect(await lab.values("SELECT navn FROM DATASET.t ORDER BY navn")).toEqual(["b", "outside"]);
    },
  );

  test("without an interval replaces the partitions that its rows are of, by month", async () => {
    const output = { write: "replace_partition", partition: { column: "dato", by: "month", require_filter: true } };
    await publish("SELECT DATE '2022-01-20' AS dato, 'a' AS navn UNION ALL SELECT DATE '2022-02-20', 'a'", output);
    await publish("SELECT DATE '2022-02-01' AS dato, 'b' AS navn", output);
    expect(await lab.values("SELECT * FROM DATASET.t WHERE dato > '2000-01-01' ORDER BY dato")).toEqual([
      "2022-01-20 a",
      "2022-02-01 b",
    ]);
  });
});

describe("skip_if: loaded", () => {
  test("skips a run id that is published, without reading or loading anything, and ends with 0", async () => {
    const more = { interval: "day", schedule: { cron: "0 7 * * *" } };
    await lab.write(
      "SELECT $interval_start AS dato",
      { write: "replace_partition", partition: "dato", skip_if: "loaded" },
      more,
    );
    expect(await lab.run({ interval: "2022-01-20" })).toMatchObject({ code: 0 });
    await lab.server.clearRequests();
    const again = await lab.run({ interval: "2022-01-20" });
    expect(again).toMatchObject({ code: 0, text: expect.stringContaining("already loaded") });
    expect(again.effects).not.toContain("model.write");
    expect(await lab.server.requests({ kind: "load" })).toEqual([]);
  });
});

test("file outputs beside tables are published with them, and wait for nothing", async () => {
  const outputs = {
    t: { type: "bigquery", table: `${lab.dataset}.t` },
    f: { type: "file", model: "t", path: "out/t.csv" },
  };
  await publish("SELECT 1 AS id, 'a' AS navn", {}, { outputs });
  expect(await lab.folder.read("out/t.csv")).toBe("id,navn\n1,a\n");
  expect(await lab.values("SELECT * FROM DATASET._nais_etl_files_lab")).toEqual([]);
  expect(await lab.values("SELECT output FROM DATASET._nais_etl_publishes ORDER BY output")).toEqual(["f", "t"]);
});

test("--limit publishes nothing, and stages nothing", async () => {
  await lab.write("SELECT 1 AS id");
  expect(await lab.run({ limit: 1 })).toMatchObject({
    code: 0,
    text: expect.stringContaining("nothing is published to prod"),
  });
  expect(await lab.tables()).not.toContain("t");
});

test("every request and every answer of all this is as Google's description of the API has it", async () => {
  expect(await lab.server.violations()).toEqual([]);
});
