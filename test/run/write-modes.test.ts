import { rename } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeLab, type Lab } from "./lab.ts";

let lab: Lab;

beforeEach(async () => {
  lab = await makeLab();
});

afterEach(() => lab.remove());

const rowsOf = (text: string) => `SELECT * FROM (VALUES ${text}) AS v(dag, n)`;
const daysOf = (text: string) => `SELECT CAST(dag AS DATE) AS dag, n FROM (${rowsOf(text)})`;
const byDay = { partition: "dag" };
const inOslo = (every: string) => ({ interval: every, schedule: { cron: "30 7 * * *", timeZone: "Europe/Oslo" } });
const both = (from: string, to: string) => `SELECT ${from} AS dag, 1 AS n UNION ALL SELECT ${to}, 2`;
const daily = { interval: "day" };

/** What another run of the same id leaves. */
const appendedElsewhere = `INSERT INTO w.main._nais_etl_publishes
  SELECT * REPLACE ('2022-01-20' AS run_id) FROM w.main._nais_etl_publishes`;

describe("append", () => {
  const ofInterval = "SELECT $interval_start AS dag, 1 AS n UNION ALL SELECT $interval_start, 2";

  test("publishes an interval once: the second run adds nothing, and says so", async () => {
    await lab.write(ofInterval, { write: "append" }, daily);
    expect((await lab.run({ interval: "2022-01-20" })).code).toBe(0);
    const second = await lab.run({ interval: "2022-01-20" });
    await lab.run({ interval: "2022-01-21" });

    expect(second.code).toBe(0);
    expect(second.text).toContain("already appended");
    expect(await lab.values("SELECT dag, count(*) FROM lab.t GROUP BY dag ORDER BY dag")).toEqual([
      "2022-01-20 2",
      "2022-01-21 2",
    ]);
    expect(await lab.values("SELECT run_id, status FROM _nais_etl_runs ORDER BY started_at")).toEqual([
      "2022-01-20 succeeded",
      "2022-01-20 skipped",
      "2022-01-21 succeeded",
    ]);
  });

  test("with --force replaces the rows of its interval, and raises the generation", async () => {
    await lab.write(ofInterval, { write: "append", ...byDay }, daily);
    for (const interval of ["2022-01-19", "2022-01-20"]) await lab.run({ interval });
    await lab.write("SELECT $interval_start AS dag, 7 AS n", { write: "append", ...byDay }, daily);
    const forced = await lab.run({ interval: "2022-01-20", force: true });
    await lab.run({ interval: "2022-01-20", rerun: true });

    expect(forced.code).toBe(0);
    expect(await lab.values("SELECT dag, n FROM lab.t ORDER BY ALL")).toEqual([
      "2022-01-19 1",
      "2022-01-19 2",
      "2022-01-20 7",
    ]);
    expect(await lab.values("SELECT run_id, generation FROM _nais_etl_publishes ORDER BY ALL")).toEqual([
      "2022-01-19 0",
      "2022-01-20 0",
      "2022-01-20 1",
      "2022-01-20 2",
    ]);
  });

  test.each([
    ["without an interval", byDay, {}],
    ["without a partition", {}, daily],
  ])("with --force is refused %s", async (_says, output, more) => {
    await lab.write("SELECT DATE '2022-01-20' AS dag, 1 AS n", { write: "append", ...output }, more);
    await lab.run();
    const forced = await lab.run({ force: true });

    expect(forced.code).toBe(2);
    expect(forced.text).toContain("cannot be appended again by force");
    expect(await lab.values("SELECT count(*) FROM lab.t")).toEqual(["1"]);
  });

  test.each([
    ["outside its interval", "SELECT DATE '2022-01-21' AS dag, 1 AS n", "1 row outside the run's interval 2022-01-20"],
    ["of no day", "SELECT CAST(NULL AS DATE) AS dag, 1 AS n", "1 row with NULL in the partition column dag"],
  ])("with --force refuses rows %s: the next force could not find them", async (_says, sql, message) => {
    await lab.write("SELECT $interval_start AS dag, 1 AS n", { write: "append", ...byDay }, daily);
    await lab.run({ interval: "2022-01-20" });
    await lab.write(sql, { write: "append", ...byDay }, daily);
    const forced = await lab.run({ interval: "2022-01-20", force: true });

    expect(forced.code).toBe(3);
    expect(forced.text).toContain(message);
    expect(await lab.values("SELECT dag FROM lab.t")).toEqual(["2022-01-20"]);
  });

  test("is refused in the transaction itself where another run has appended meanwhile", async () => {
    await lab.write(ofInterval, { write: "append" }, daily);
    await lab.run({ interval: "2022-01-19" });
    // Another lock, as if the two ran on machines that do not see each other's locks.
    const ran = await lab.run(
      { interval: "2022-01-20" },
      {
        effect: async (name, act) => {
          if (name === "model.write") await forgetLock();
          return act();
        },
      },
    );
    expect(ran.code).toBe(1);
    expect(ran.text).toContain("run 2022-01-20 of `t` was appended meanwhile");
    expect(await lab.values("SELECT count(*) FROM lab.t WHERE dag = DATE '2022-01-20'")).toEqual(["0"]);
  });
});

async function forgetLock(): Promise<void> {
  await rename(join(lab.folder.path, ".nais-etl/lab.lock"), join(lab.folder.path, ".nais-etl/other.lock"));
  await lab.change(appendedElsewhere);
}

describe("skip_if: loaded", () => {
  test("skips a run id that is published, without reading or writing anything, and ends with 0", async () => {
    await lab.folder.write("data/s.csv", "n\n1\n");
    const source = { sources: { s: { type: "file", path: "data/s.csv", columns: { n: "INT64" } } } };
    await lab.write("SELECT n FROM s", { write: "merge", key: "n", skip_if: "loaded" }, { ...daily, ...source });
    await lab.run({ interval: "2022-01-20" });
    const second = await lab.run({ interval: "2022-01-20" });
    const other = await lab.run({ interval: "2022-01-21" });

    expect(second.code).toBe(0);
    expect(second.text).toContain("already loaded");
    expect(second.effects.filter((name) => /^(?:source|model|file)\.|publish\.(?:table|commit)/.test(name))).toEqual(
      [],
    );
    expect(other.effects).toContain("publish.commit");
    expect((await lab.run({ interval: "2022-01-20", force: true })).effects).toContain("publish.commit");
  });
});

describe("replace", () => {
  test("refuses to publish no rows, and keeps the old ones", async () => {
    await lab.write("SELECT 1 AS n");
    await lab.run();
    await lab.write("SELECT 1 AS n WHERE false");
    const empty = await lab.run();

    expect(empty.code).toBe(3);
    expect(empty.text).toContain("`replace` would publish no rows");
    expect(await lab.values("SELECT n FROM lab.t")).toEqual(["1"]);
  });

  test("publishes no rows where allow_empty says so", async () => {
    await lab.write("SELECT 1 AS n");
    await lab.run();
    await lab.write("SELECT 1 AS n WHERE false", { allow_empty: true });

    expect((await lab.run()).code).toBe(0);
    expect(await lab.values("SELECT count(*) FROM lab.t")).toEqual(["0"]);
  });

  test("writes into the table that is there: what others have set on it stays", async () => {
    await lab.write("SELECT 1::BIGINT AS n");
    await lab.run();
    await lab.change("ALTER TABLE w.lab.t ALTER n SET DEFAULT 7");
    await lab.write("SELECT 2::BIGINT AS n");
    await lab.run();

    expect(await lab.values("SELECT column_default FROM duckdb_columns() WHERE table_name = 't'")).toEqual(["7"]);
    expect(await lab.values("FROM lab.t")).toEqual(["2"]);
  });
});

describe("merge", () => {
  test("updates the rows whose key is there, and inserts the others", async () => {
    await lab.write(rowsOf("('a', 1), ('b', 1)"), { write: "merge", key: "dag" });
    await lab.run();
    await lab.write(rowsOf("('b', 2), ('c', 2)"), { write: "merge", key: "dag" });
    await lab.run();
    expect(await lab.values("FROM lab.t ORDER BY ALL")).toEqual(["a 1", "b 2", "c 2"]);
  });

  test.each([
    ["NULL in the key", "('a', 2), (NULL, 2)", "1 row with NULL in the key (dag)"],
    ["a key twice", "('a', 2), ('a', 3)", "1 key (dag) stand"],
  ])("refuses rows with %s", async (_says, rows, message) => {
    await lab.write(rowsOf("('a', 1)"), { write: "merge", key: "dag" });
    await lab.run();
    await lab.write(rowsOf(rows), { write: "merge", key: "dag" });
    const refused = await lab.run();

    expect(refused.code).toBe(3);
    expect(refused.text).toContain(message);
    expect(await lab.values("FROM lab.t")).toEqual(["a 1"]);
  });
});

describe("replace_partition", () => {
  const partitioned = { write: "replace_partition", ...byDay };

  test("replaces the rows of its interval and no others, also where it brings none", async () => {
    await lab.write("SELECT $interval_start AS dag, 1 AS n", partitioned, daily);
    for (const interval of ["2022-01-19", "2022-01-20"]) await lab.run({ interval });
    await lab.write("SELECT $interval_start AS dag, 1 AS n WHERE false", partitioned, daily);
    await lab.run({ interval: "2022-01-20" });
    expect(await lab.values("FROM lab.t")).toEqual(["2022-01-19 1"]);
  });

  test("refuses rows outside of its interval", async () => {
    await lab.write(daysOf("('2022-01-20', 1), ('2022-01-21', 1)"), partitioned, daily);
    const refused = await lab.run({ interval: "2022-01-20" });

    expect(refused.code).toBe(3);
    expect(refused.text).toContain("1 row outside the run's interval 2022-01-20");
  });

  // In March the day of the change of clocks has 23 hours in Oslo; the one before it ends at 23:00 UTC, it itself at 22:00.
  test.each([
    ["TIMESTAMP", "TIMESTAMPTZ '2022-03-26 23:00:00+00'", "TIMESTAMPTZ '2022-03-27 21:59:59.999999+00'"],
    ["DATETIME", "TIMESTAMP '2022-03-27 00:00:00'", "TIMESTAMP '2022-03-27 23:59:59.999999'"],
    ["DATE", "DATE '2022-03-27'", "DATE '2022-03-27'"],
  ])("takes a day in the schedule's time zone, all of it: %s", async (_type, from, to) => {
    await lab.write(both(from, to), partitioned, inOslo("day"));
    for (let i = 0; i < 2; i++) expect((await lab.run({ interval: "2022-03-27" })).code).toBe(0);
    expect(await lab.values("SELECT n FROM lab.t ORDER BY n")).toEqual(["1", "2"]);
  });

  test.each([
    ["TIMESTAMP", "TIMESTAMPTZ '2022-03-26 22:59:59.999999+00'", "TIMESTAMPTZ '2022-03-27 22:00:00+00'"],
    ["DATETIME", "TIMESTAMP '2022-03-26 23:59:59.999999'", "TIMESTAMP '2022-03-28 00:00:00'"],
    ["DATE", "DATE '2022-03-26'", "DATE '2022-03-28'"],
  ])("takes a day in the schedule's time zone, and nothing around it: %s", async (_type, from, to) => {
    await lab.write(both(from, to), partitioned, inOslo("day"));
    const refused = await lab.run({ interval: "2022-03-27" });
    expect(refused.code).toBe(3);
    expect(refused.text).toContain("2 rows outside the run's interval 2022-03-27");
  });

  test.each([
    ["hour", "2022-10-30T02b", "TIMESTAMPTZ '2022-10-30 01:00:00+00'", "TIMESTAMPTZ '2022-10-30 00:59:59+00'"],
    ["month", "2022-02", "DATE '2022-02-28'", "DATE '2022-03-01'"],
  ])("takes %ss", async (every, interval, inside, outside) => {
    await lab.write(`SELECT ${inside} AS dag`, partitioned, inOslo(every));
    expect((await lab.run({ interval })).code).toBe(0);
    await lab.write(`SELECT ${outside} AS dag`, partitioned, inOslo(every));
    expect((await lab.run({ interval })).code).toBe(3);
    expect(await lab.values("SELECT count(*) FROM lab.t")).toEqual(["1"]);
  });

  test("without an interval replaces the partitions that its rows are of", async () => {
    await lab.write(daysOf("('2022-01-19', 1), ('2022-01-20', 1), ('2022-01-20', 2)"), partitioned);
    await lab.run();
    await lab.write(daysOf("('2022-01-20', 3), ('2022-01-21', 3)"), partitioned);
    await lab.run();
    expect(await lab.values("FROM lab.t ORDER BY ALL")).toEqual(["2022-01-19 1", "2022-01-20 3", "2022-01-21 3"]);
  });
});
