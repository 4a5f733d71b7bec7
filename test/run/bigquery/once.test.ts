import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { exists } from "../../../src/util/files.ts";
import { buildKiller, type Child, type Killer } from "../children.ts";
import type { Order } from "../killer.ts";
import type { Spec } from "../lab.ts";
import { makeBigQueryLab, type BigQueryLab } from "./lab.ts";

let lab: BigQueryLab;
let killer: Killer;

beforeAll(async () => {
  [lab, killer] = await Promise.all([makeBigQueryLab(), buildKiller()]);
});

afterAll(async () => {
  await killer.remove();
  await lab.remove();
});

beforeEach(async () => {
  await lab.next();
  await Promise.all(["here", "go"].map((name) => rm(path(name), { force: true })));
});

const path = (name: string) => join(lab.folder.path, name);
/** A pod of a Job: each has another end of its name. */
const podOf = (job: string, pod = "aaaaa") => ({ NAIS_POD_NAME: `${job}-${pod}` });
const rows = () => lab.values("SELECT * FROM DATASET.t ORDER BY 1, 2");
const uploads = async () => (await lab.server.requests({ kind: "upload-start" })).length;

function start(more: Pick<Order, "hold" | "kill"> & { env?: Record<string, string>; interval?: string }): Child {
  const { env, interval, ...order } = more;
  const options = { target: "prod", ...(interval !== undefined && { interval }) };
  const { path: folder } = lab.folder;
  return killer.start({ folder, tmpdir: path("tmp"), options, env: { ...lab.env, ...env }, ...order });
}

/** A run that waits at the beginning of an effect, until {@link goOn}. */
async function startHeld(
  effect: string,
  more: { env?: Record<string, string>; interval?: string } = {},
): Promise<Child> {
  const child = start({ ...more, hold: { effect, here: path("here"), goOn: path("go") } });
  let end: string | undefined;
  void child.ended.then(({ output }) => (end = output));
  while (!(await exists(path("here")))) {
    if (end !== undefined) throw new Error(`ended before ${effect}: ${end}`);
    await sleep(20);
  }
  return child;
}

const goOn = () => lab.folder.write("go", "");

/** As if its holder had not been heard of for longer than its lease. */
async function leaseRunsOut(): Promise<void> {
  const lock = `projects/${lab.server.project}/datasets/${lab.dataset}/tables/_nais_etl_lock_lab`;
  await fetch(`${lab.server.endpoint}/bigquery/v2/${lock}`, {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ labels: { lease: "1" } }),
  });
}

async function killAfter(effect: string, env: Record<string, string> = {}): Promise<void> {
  const kill = { signal: "SIGKILL", effect, nth: 0, when: "after", delay: 0 } as const;
  expect(await start({ kill, env }).ended).toMatchObject({ signal: "SIGKILL" });
}

describe("two runs at once", () => {
  test("the second is told who holds the pipeline, and ends with 5", async () => {
    await lab.write("SELECT 1 AS id, 'a' AS navn");
    const first = await startHeld("bigquery.publish", { env: podOf("lab-one") });
    const second = await lab.run({ waitLock: "0s" }, { env: podOf("lab-two") });
    expect(second).toMatchObject({
      code: 5,
      text: expect.stringMatching(/another run holds the pipeline lab: lab-one on /),
    });
    expect(second.effects).not.toContain("model.write");
    await goOn();
    expect(await first.ended).toMatchObject({ code: 0 });
  });

  test("the second waits, and then does its work", async () => {
    await lab.write("SELECT 1 AS id, 'a' AS navn");
    const first = await startHeld("bigquery.publish", { env: podOf("lab-one") });
    const second = lab.run({ waitLock: "1m" }, { env: podOf("lab-two") });
    await sleep(100);
    await goOn();
    expect(await first.ended).toMatchObject({ code: 0 });
    expect(await second).toMatchObject({
      code: 0,
      text: expect.stringContaining("waiting for another run of pipeline lab"),
    });
    expect(await lab.values("SELECT run_id FROM DATASET._nais_etl_publishes ORDER BY 1")).toEqual([
      "lab-one",
      "lab-two",
    ]);
  });
});

describe("a pod that is paused before it publishes, while another publishes, publishes nothing when it goes on", () => {
  const modes: [string, Spec][] = [
    ["replace", {}],
    ["append", { write: "append" }],
    ["merge", { write: "merge", key: "id" }],
    ["replace_partition", { write: "replace_partition", partition: "dato" }],
  ];

  test.each(modes)("%s", async (_mode, output) => {
    await lab.write("SELECT 1 AS id, 'paused' AS navn, DATE '2022-01-20' AS dato", output);
    const paused = await startHeld("bigquery.publish", { env: podOf("lab-one") });
    paused.kill("SIGSTOP");
    await leaseRunsOut();
    await lab.write("SELECT 1 AS id, 'other' AS navn, DATE '2022-01-20' AS dato", output);
    expect(await lab.run({}, { env: podOf("lab-two") })).toMatchObject({ code: 0 });
    await goOn();
    paused.kill("SIGCONT");

    const { code, output: text } = await paused.ended;
    expect(text + code).toMatch(/another run of lab has begun meanwhile: this one publishes nothing[^]*5$/);
    expect(await rows()).toEqual(["1 other 2022-01-20"]);
    expect(
      await lab.values("SELECT execution, COUNT(*) AS n FROM DATASET._nais_etl_publishes GROUP BY execution"),
    ).toEqual(["lab-two 1"]);
  });

  test("also where the other one has only begun, and fails", async () => {
    await lab.write("SELECT 1 AS id, 'paused' AS navn");
    const paused = await startHeld("bigquery.publish", { env: podOf("lab-one") });
    paused.kill("SIGSTOP");
    await leaseRunsOut();
    await lab.write("SELECT 1 AS id, error('no') AS navn");
    expect(await lab.run({}, { env: podOf("lab-two") })).toMatchObject({ code: 1 });
    await goOn();
    paused.kill("SIGCONT");
    expect(await paused.ended).toMatchObject({ code: 5 });
    expect(await lab.tables()).toContain("t");
    expect(await rows()).toEqual([]);
  });
});

describe("a later pod of the same Job", () => {
  test("adopts what its predecessor has loaded", async () => {
    await lab.write("SELECT 1 AS id, 'a' AS navn");
    await killAfter("bigquery.load", podOf("lab-one"));
    expect(await uploads()).toBe(1);
    expect(await lab.run({}, { env: podOf("lab-one", "bbbbb") })).toMatchObject({ code: 0 });
    expect(await uploads()).toBe(1);
    expect(await rows()).toEqual(["1 a"]);
    expect((await lab.tables()).filter((name) => name.includes("staging"))).toEqual([]);
  });

  test("loads anew what is not the same: nothing is adopted but the very rows", async () => {
    await lab.write("SELECT 1 AS id, 'a' AS navn");
    await killAfter("bigquery.load", podOf("lab-one"));
    await lab.write("SELECT 1 AS id, 'b' AS navn");
    expect(await lab.run({}, { env: podOf("lab-one", "bbbbb") })).toMatchObject({ code: 0 });
    expect(await rows()).toEqual(["1 b"]);
    expect((await lab.tables()).filter((name) => name.includes("staging"))).toEqual([]);
  });

  test("loads anew where the staging table is gone", async () => {
    await lab.write("SELECT 1 AS id, 'a' AS navn");
    await killAfter("bigquery.load", podOf("lab-one"));
    const staging = (await lab.tables()).filter((name) => name.includes("staging"));
    for (const name of staging) await lab.server.sql(`DROP TABLE \`${lab.dataset}.${name}\``);
    expect(await lab.run({}, { env: podOf("lab-one", "bbbbb") })).toMatchObject({ code: 0 });
    expect(await rows()).toEqual(["1 a"]);
  });

  test("has nothing to do where its predecessor has published, and tidies up after it", async () => {
    await lab.write("SELECT 1 AS id, 'a' AS navn");
    await killAfter("bigquery.publish", podOf("lab-one"));
    const later = await lab.run({}, { env: podOf("lab-one", "bbbbb") });
    expect(later).toMatchObject({ code: 0, text: expect.stringContaining("already published by this Job") });
    expect(later.effects).not.toContain("model.write");
    expect((await lab.tables()).filter((name) => name.includes("staging"))).toEqual([]);
    expect(await lab.values("SELECT status FROM DATASET._nais_etl_runs ORDER BY started_at")).toEqual([
      "killed",
      "skipped",
    ]);
  });

  test("repeats at once what a check has found, and another Job looks again", async () => {
    const models = { t: { columns: { id: { type: "INT64", checks: [{ range: { min: 5 } }] } } } };
    await lab.write("SELECT 1 AS id", {}, { models });
    expect(await lab.run({}, { env: podOf("lab-one") })).toMatchObject({ code: 3 });
    const later = await lab.run({}, { env: podOf("lab-one", "bbbbb") });
    expect(later).toMatchObject({
      code: 3,
      text: expect.stringMatching(/range\(id\)[^]*Found by an earlier pod of this Job/),
    });
    expect(later.effects).not.toContain("model.write");
    const third = await lab.run({}, { env: podOf("lab-one", "ccccc") });
    const notes = third.text.match(/Found by an earlier pod of this Job, at (\S+):/g);
    const [first] = await lab.values("SELECT started_at FROM DATASET._nais_etl_runs ORDER BY started_at LIMIT 1");
    expect(notes).toEqual([`Found by an earlier pod of this Job, at ${new Date(first!).toISOString()}:`]);
    const another = await lab.run({}, { env: podOf("lab-two") });
    expect(another).toMatchObject({ code: 3 });
    expect(another.effects).toContain("model.write");
  });

  test("looks again where data was only too old", async () => {
    const models = { t: { checks: [{ freshness: { column: "at", within: "1h" } }] } };
    await lab.write("SELECT TIMESTAMPTZ '2022-01-20 00:00:00+00' AS at", {}, { models });
    expect(await lab.run({}, { env: podOf("lab-one") })).toMatchObject({ code: 3 });
    const later = await lab.run({}, { env: podOf("lab-one", "bbbbb") });
    expect(later).toMatchObject({ code: 3 });
    expect(later.effects).toContain("model.write");
  });
});

describe("another execution of the same interval", () => {
  const more = { interval: "day", schedule: { cron: "0 7 * * *" } };
  const output = { write: "replace_partition", partition: "dato" };
  const interval = "2022-01-20";

  test("publishes the new rows after a fix of a model", async () => {
    await lab.write("SELECT $interval_start AS dato, 'wrong' AS navn", output, more);
    expect(await lab.run({ interval }, { env: podOf("lab-one") })).toMatchObject({ code: 0 });
    await lab.write("SELECT $interval_start AS dato, 'right' AS navn", output, more);
    expect(await lab.run({ interval }, { env: podOf("lab-two") })).toMatchObject({ code: 0 });
    expect(await rows()).toEqual(["2022-01-20 right"]);
  });

  test.each(["force", "rerun"] as const)(
    "with --%s adopts nothing, not even of its own Job, and raises the generation once",
    async (flag) => {
      await lab.write("SELECT $interval_start AS dato, 'old' AS navn", output, more);
      expect(await lab.run({ interval }, { env: podOf("lab-one") })).toMatchObject({ code: 0 });
      const before = await uploads();
      expect(await lab.run({ interval, [flag]: true }, { env: podOf("lab-two") })).toMatchObject({ code: 0 });
      expect(await uploads()).toBe(before + 1);
      // A restart of that Job has the same arguments, and what it was asked for is done.
      const later = await lab.run({ interval, [flag]: true }, { env: podOf("lab-two", "bbbbb") });
      expect(later).toMatchObject({ code: 0, text: expect.stringContaining("already published by this Job") });
      expect(await lab.values("SELECT generation, execution FROM DATASET._nais_etl_publishes ORDER BY 1")).toEqual([
        "0 lab-one",
        "1 lab-two",
      ]);
    },
  );
});
