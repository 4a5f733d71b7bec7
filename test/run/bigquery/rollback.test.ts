import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { rollback, type RollbackCommandOptions } from "../../../src/commands/rollback.ts";
import type { Effect } from "../../../src/util/context.ts";
import { EtlError } from "../../../src/util/error.ts";
import { realContext } from "../context.ts";
import { modes } from "../rollback-modes.ts";
import { bigqueryEffects, bigqueryKeepingEffects, effects } from "../effects.ts";
import type { Ran, Spec } from "../lab.ts";
import { makeBigQueryLab, type BigQueryLab } from "./lab.ts";
import { watchRequests } from "./outside.ts";

let lab: BigQueryLab;

beforeAll(async () => {
  lab = await makeBigQueryLab({ timeTravel: true });
});
afterAll(() => lab.remove());
beforeEach(() => lab.next());

const day = { interval: "day" };
const append = { write: "append", partition: "dato" };
const keeping = { ...append, keep: 2 };

async function publish(interval: string, { output = append, n = 1, effect }: Publish = {}): Promise<Ran> {
  await lab.write(`SELECT $interval_start AS dato, ${n} AS n`, output, day);
  const ran = await lab.run({ interval }, effect && { effect });
  expect(ran.text + ran.code).toMatch(/0$/);
  return ran;
}

interface Publish {
  output?: Spec;
  n?: number;
  effect?: Effect;
}

async function back(options: Partial<RollbackCommandOptions> = {}, effect?: Effect): Promise<Ran> {
  const lines: string[] = [];
  const { path: folder } = lab.folder;
  const write = (line: string) => void lines.push(line);
  const context = realContext({ folder, tmpdir: join(folder, "tmp"), env: lab.env, write, ...(effect && { effect }) });
  const asked: RollbackCommandOptions = { outputs: ["t"], to: "2022-01-19", yes: true, target: "prod", ...options };
  const code = await rollback(asked, context).catch((error: EtlError) => {
    if (!(error instanceof EtlError)) throw error;
    lines.push(`${error.message}\n${error.hint ?? ""}`);
    return error.exitCode;
  });
  return { code, text: lines.join(""), effects: [] };
}

const rows = () => lab.values("SELECT dato, n FROM DATASET.t ORDER BY dato, n");
const endsOfSnapshots = async () => {
  const resources = await Promise.all((await snapshots()).map((name) => lab.table(name)));
  return resources.map(({ expirationTime }) => Number(expirationTime));
};
const snapshots = async () => (await lab.tables()).filter((name) => name.startsWith("_nais_etl_keep_"));
const days = ["18", "19", "20", "21"].map((n) => `2022-01-${n}`);

describe("from a snapshot", () => {
  test("rows come back, and the next runs append theirs again, once; the newest snapshots stay", async () => {
    for (const label of days) await publish(label, { output: keeping });
    expect(await snapshots()).toHaveLength(2);
    const etag = (await lab.table("t"))["creationTime"];
    const shown = await back({ dryRun: true });
    expect(shown.text).toContain("4 now, 2 then (-2)");
    expect(shown.text).toContain("from     the kept snapshot");

    expect(await back()).toMatchObject({ code: 0 });
    expect(await rows()).toEqual(["2022-01-18 1", "2022-01-19 1"]);
    expect((await lab.table("t"))["creationTime"]).toBe(etag);
    expect((await lab.table("t"))["schema"]).toEqual(expect.objectContaining({ fields: expect.any(Array) as unknown }));
    for (const label of ["2022-01-19", "2022-01-20", "2022-01-20"]) await publish(label, { output: keeping, n: 2 });
    expect(await rows()).toEqual(["2022-01-18 1", "2022-01-19 1", "2022-01-20 2"]);
    expect(await snapshots()).toHaveLength(2);
  });

  test("of the same state twice, by a rollback to it, the older one goes, and no other state", async () => {
    const output = { ...append, keep: 3 };
    for (const label of days) await publish(label, { output });
    expect(await back({ to: "2022-01-20" })).toMatchObject({ code: 0 });
    await publish("2022-01-21", { output, n: 2 });
    expect(await snapshots()).toHaveLength(3);
    expect((await back({ dryRun: true })).text).toContain("from     the kept snapshot");
    expect(await back({ to: "2022-01-20", dryRun: true })).toMatchObject({ code: 0 });
  });

  test("that cannot be made, the run publishes, says so, and leaves the older ones", async () => {
    for (const label of days.slice(0, 3)) await publish(label, { output: { ...keeping, keep: 1 } });
    const [kept] = await snapshots();
    const on = { method: "jobs.insert", body: "CREATE SNAPSHOT" };
    await lab.server.fault({ on, times: 20, action: "quota" });
    const { text } = await publish(days[3]!, { output: { ...keeping, keep: 1 } });
    await lab.server.clearFaults();
    expect(text).toMatch(/warning: .*cannot make a snapshot of .*\.t.*: older ones stay, and the run goes on/);
    expect(await snapshots()).toEqual([kept]);
    expect(await rows()).toHaveLength(4);
  });
});

describe("with no more than a nais job is granted on its dataset", () => {
  // READWRITE is WRITER there, which is roles/bigquery.dataEditor; jobUser it has on the project.
  const member = "anonymous";
  const editor = { member, role: "roles/bigquery.dataEditor" } as const;
  beforeEach(() =>
    lab.server.setGrants([
      { ...editor, on: `${lab.server.project}.${lab.dataset}` },
      { member, role: "roles/bigquery.jobUser", on: lab.server.project },
    ]),
  );
  afterEach(() => lab.server.setGrants(undefined));

  test("snapshots are made, with an end, and old ones are let go; rows come back from them", async () => {
    const all = { ...keeping, partition: { column: "dato", expire: "30d" } };
    const texts = [];
    for (const label of days) texts.push((await publish(label, { output: all })).text);
    expect(texts.join("")).not.toContain("snapshot");
    const ends = await endsOfSnapshots();
    const kept = ends.filter((end) => end > Date.now() + 29 * 86_400_000 && end < Date.now() + 31 * 86_400_000);
    const going = ends.filter((end) => end < Date.now() + 120_000);
    expect([kept.length, going.length]).toEqual([2, 1]);
    expect((await back()).text).toContain("from     the kept snapshot");
    expect(await rows()).toEqual(["2022-01-18 1", "2022-01-19 1"]);
  });

  test("or less, the run publishes all the same, and says what is lacking", async () => {
    for (const label of days.slice(0, 2)) await publish(label, { output: { ...keeping, keep: 1 } });
    await lab.server.setGrants([
      { ...editor, without: ["bigquery.tables.createSnapshot"] },
      { member, role: "roles/bigquery.jobUser" },
    ]);
    const { text } = await publish(days[2]!, { output: { ...keeping, keep: 1 } });
    expect(text).toContain(
      `cannot make a snapshot of ${lab.server.project}.${lab.dataset}.t: this account may not (it lacks bigquery.tables.createSnapshot): older ones stay, and the run goes on`,
    );
    expect(text).toContain(`Ask for roles/bigquery.dataEditor on dataset ${lab.server.project}.${lab.dataset}`);
    expect(await rows()).toHaveLength(3);
    expect(await snapshots()).toHaveLength(1);
  });

  test("or may not even give old ones an end, that is said, too", async () => {
    for (const label of days.slice(0, 2)) await publish(label, { output: { ...keeping, keep: 1 } });
    await lab.server.fault({ on: { method: "tables.delete", target: "_keep_" }, times: 1, action: "forbidden" });
    await lab.server.fault({ on: { method: "tables.patch", target: "_keep_" }, nth: 2, times: 1, action: "forbidden" });
    const { text } = await publish(days[2]!, { output: { ...keeping, keep: 1 } });
    await lab.server.clearFaults();
    expect(text).toMatch(/cannot remove old snapshots of .*\.t: .*: they become more/);
    expect(await rows()).toHaveLength(3);
  });
});

test("a table that somebody has dropped comes back from a snapshot, with its partitions; of one that has none it says what to do", async () => {
  for (const label of days.slice(0, 3)) await publish(label, { output: keeping });
  await lab.server.sql(`DROP TABLE ${lab.dataset}.t`);
  const { text } = await back({ to: "2022-01-20" });
  expect(text).toMatch(
    /is not there any more, .*bq cp lab\d+\.t@\d{13} lab\d+\.t_before\. The next run makes it anew/s,
  );
  expect(text).toContain("It can be brought back as runs 2022-01-19, 2022-01-18 left it.");
  const night = await publish("2022-01-21", { output: keeping });
  expect(night.text).toContain(
    "to which run 2022-01-20 has published: it is made anew, with the rows of this run alone",
  );
  await lab.server.sql(`DROP TABLE ${lab.dataset}.t`);
  const done = await back();
  expect(done.text + done.code).toMatch(/has gone, and is made anew[^]*0$/);
  expect(await rows()).toEqual(["2022-01-18 1", "2022-01-19 1"]);
  expect(await lab.table("t")).toMatchObject({ type: "TABLE", timePartitioning: { field: "dato" } });
  await publish("2022-01-20", { output: keeping, n: 2 });
  expect(await rows()).toHaveLength(3);
});

describe("by time travel", () => {
  afterEach(() => lab.server.clearFaults());

  test("rows come back as a run left them, and as they were at a moment", async () => {
    for (const label of days.slice(0, 3)) await publish(label);
    const moment = new Date();
    await sleep(5);
    await lab.server.sql(`DELETE FROM ${lab.dataset}.t WHERE TRUE`);
    expect(await rows()).toEqual([]);

    const { code, text } = await back({ to: moment.toISOString() });
    expect(text + code).toMatch(/0$/);
    expect(text).toContain("0 now, 3 then (+3)");
    expect(text).toContain("from     time travel to ");
    expect(await rows()).toHaveLength(3);
    expect(await back({ to: "2022-01-19" })).toMatchObject({ code: 0 });
    expect(await rows()).toEqual(["2022-01-18 1", "2022-01-19 1"]);
    await publish("2022-01-20", { n: 2 });
    expect(await rows()).toEqual(["2022-01-18 1", "2022-01-19 1", "2022-01-20 2"]);
    expect((await lab.tables()).filter((name) => name.startsWith("_nais_etl_staging_"))).toEqual([]);
  });

  test("a table whose partitions must be named comes back whole, and one with columns that came since has NULL there", async () => {
    const output = { ...append, partition: { column: "dato", require_filter: true } };
    for (const label of days.slice(0, 2)) await publish(label, { output });
    await lab.server.sql(`ALTER TABLE ${lab.dataset}.t ADD COLUMN ny STRING`);
    const { text } = await back({ to: "2022-01-18", dryRun: true });
    expect(text).toContain("ny came since, and will be NULL");
    const done = await back({ to: "2022-01-18" });
    expect(done.text + done.code).toMatch(/0$/);
    expect(await lab.values("SELECT dato, n, ny IS NULL FROM DATASET.t WHERE dato IS NOT NULL")).toEqual([
      "2022-01-18 1 true",
    ]);
  });

  test("what the server refuses is told in its words, of a run and of a time, and not said to be too old", async () => {
    for (const label of days.slice(0, 2)) await publish(label);
    const words = "Invalid time travel timestamp 17 for table p:d.t@17. Cannot read before 18.";
    const error = { reason: "invalidQuery", message: words };
    await sleep(5);
    const moment = new Date().toISOString();
    await lab.server.fault({ on: { body: "SYSTEM_TIME" }, times: 20, action: "fail-job", error });
    for (const to of [moment, "2022-01-18"]) {
      const { text } = await back({ to });
      expect(text).toContain(`cannot be read: ${words}\n`);
      expect(text).toContain("Time travel reaches back to ");
      expect(text).not.toContain("no more");
    }
    const { text } = await back({ to: undefined });
    expect(text).toContain(`no earlier state can be read: ${words}`);
    expect(text).not.toContain("To bring one back");
  });

  test("what stands already is not proposed, nor is anything where no other run has published", async () => {
    const list = async () => (await back({ to: undefined })).text.trimEnd();
    await publish(days[0]!);
    expect(await list()).toMatch(/no other run has published it\n {2}--to TIME: any since .*\n\nTo .* --to TIME$/);
    for (const label of days.slice(1, 3)) await publish(label);
    expect(await list()).toMatch(/--to 2022-01-19 .*\n {2}--to 2022-01-18 [^]*To bring one back: .* --to 2022-01-19$/);
    expect(await back({ to: "2022-01-18" })).toMatchObject({ code: 0 });
    const told = await list();
    expect(told).toMatch(/--to 2022-01-20 .*\n {2}--to 2022-01-19 .*\n {2}--to 2022-01-18 .*as it stands now/);
    expect(told).toMatch(/To bring one back: .* --to 2022-01-20$/);
    expect(await back({ to: "2022-01-20" })).toMatchObject({ code: 0 });
    expect(await list()).toMatch(/To bring one back: .* --to rollback-\S+$/);
  });

  test("what lies further back than the dataset remembers is refused", async () => {
    for (const label of days.slice(0, 2)) await publish(label);
    expect((await back({ to: "2022-01-01T00:00Z" })).text).toContain("can be had no more");
    const { code, text } = await back({ to: undefined });
    expect(code).toBe(0);
    expect(text).toMatch(/--to 2022-01-18 {2}\S+Z {2}1 row {2}time travel to \S+Z\n {2}--to TIME: any since \d{4}-/);
    expect(await rows()).toHaveLength(2);
  });
});

test("in every mode, from snapshots and by time travel, outputs come back together, and the next run loads all of them again", async () => {
  const outputs = Object.fromEntries(
    modes.map(({ output }, i) => {
      const keep = i % 2 === 0 ? { keep: 2 } : {};
      return [`t${i}`, { type: "bigquery", table: `${lab.dataset}.t${i}`, model: "t", ...output, ...keep }];
    }),
  );
  const names = Object.keys(outputs);
  const load = async (interval: string, n: number) => {
    await lab.write(`SELECT $interval_start AS dato, ${n} AS n`, {}, { ...day, outputs });
    const ran = await lab.run({ interval });
    expect(ran.text + ran.code).toMatch(/0$/);
    return ran.text;
  };
  const all = async () => {
    const found = await Promise.all(
      names.map((name) => lab.values(`SELECT dato, n FROM DATASET.${name} ORDER BY dato, n`)),
    );
    return [...new Set(found.map((of) => of.join(", ")))];
  };
  for (const label of days.slice(0, 3)) await load(label, 1);
  const { text, code } = await back({ outputs: names });
  expect(text + code).toMatch(/0$/);
  expect(text.match(/from +(?:the kept snapshot|time travel)/g)).toHaveLength(names.length);
  expect(await all()).toEqual(["2022-01-18 1, 2022-01-19 1"]);
  await load(days[2]!, 2);
  expect(await all()).toEqual(["2022-01-18 1, 2022-01-19 1, 2022-01-20 2"]);
  expect(await load(days[2]!, 3)).toMatch(/already (?:loaded|appended)/);

  // One of them alone: the others are not loaded again.
  expect(await back({ outputs: ["t0"] })).toMatchObject({ code: 0 });
  expect(await load(days[2]!, 2)).toContain("3 of 5 outputs published");
});

test("while a run is at work it waits, and says so where it may not wait", async () => {
  for (const label of days.slice(0, 2)) await publish(label, { output: keeping });
  const refused: Ran[] = [];
  const effect: Effect = async (name, act) => {
    if (name === "bigquery.publish") refused.push(await back({ to: "2022-01-18", waitLock: "0s" }));
    return act();
  };
  await publish(days[2]!, { output: keeping, effect });
  expect(refused).toMatchObject([{ code: 5 }]);
  expect(await rows()).toHaveLength(3);
});

test("the mark of a cursor goes back, too: the next run reads again what was taken back, once", async () => {
  await lab.server.sql(`CREATE TABLE ${lab.dataset}.src AS SELECT 1 AS id UNION ALL SELECT 2`);
  const sources = { src: { type: "bigquery", table: `${lab.dataset}.src`, cursor: { column: "id" } } };
  const load = async () => {
    await lab.write("SELECT id FROM src", { write: "append", keep: 2 }, { sources });
    const ran = await lab.run();
    expect(ran.text + ran.code).toMatch(/0$/);
  };
  const ids = () => lab.values("SELECT id FROM DATASET.t ORDER BY id");
  await load();
  const [first] = await lab.values("SELECT run_id FROM DATASET._nais_etl_publishes");
  await lab.server.sql(`INSERT INTO ${lab.dataset}.src (id) VALUES (3)`);
  await load();
  expect(await ids()).toEqual(["1", "2", "3"]);

  const { text, code } = await back({ to: first! });
  expect(text + code).toMatch(/0$/);
  expect(text).toContain("The next run reads src again from where it was then.");
  expect(await ids()).toEqual(["1", "2"]);
  await load();
  await load();
  expect(await ids()).toEqual(["1", "2", "3"]);
});

test("a rollback of what somebody has published meanwhile changes nothing", async () => {
  for (const label of days.slice(0, 3)) await publish(label, { output: keeping });
  let isLate = true;
  const effect: Effect = async (name, act) => {
    if (isLate && name === "lease.take") {
      isLate = false;
      await publish(days[3]!, { output: keeping });
    }
    return act();
  };
  const { code, text } = await back({}, effect);
  expect(code).toBe(1);
  expect(text).toContain("was published meanwhile");
  expect(await rows()).toHaveLength(4);
});

test("all that keeping and rolling back change in BigQuery has a name in the list of effects", async () => {
  const watch = watchRequests();
  try {
    for (const label of days.slice(0, 3))
      await publish(label, { output: { ...keeping, keep: 1 }, effect: watch.effect });
    await lab.write("SELECT $interval_start AS dato, 1 AS n", { ...keeping, keep: 1 }, day);
    expect((await back({ to: "2022-01-18" }, watch.effect)).text).toContain("time travel");
  } finally {
    watch.stop();
  }
  const named = { ...effects, ...bigqueryEffects, ...bigqueryKeepingEffects };
  expect([...watch.seen].filter((name) => !(name in named))).toEqual([]);
  expect(Object.keys(bigqueryKeepingEffects).filter((name) => !watch.seen.has(name))).toEqual([]);
  expect(watch.outside).toEqual([]);
});
