/** Whole runs, as they are to go on Google's own BigQuery. */
import { expect } from "vitest";
import { openSecrets } from "../../src/secrets/secrets.ts";
import { doctor } from "../../src/commands/doctor.ts";
import { query, rest } from "../contract/bigquery/world.ts";
import {
  declaredTypes,
  fillStatements,
  plainTypes,
  typesOfJson,
  type TypedColumns,
} from "../run/bigquery/every-type.ts";
import type { Ran } from "../run/lab.ts";
import { plainContext } from "../support/context.ts";
import { pipelineOf } from "../support/pipeline.ts";
import { execute, type Ground, type Pipeline } from "./ground.ts";

export interface Scenario {
  name: string;
  run: (ground: Ground) => Promise<void>;
}

const day = { interval: "day", schedule: { cron: "0 7 * * *" } };
const sql = (navn: string) => `SELECT $interval_start AS dato, '${navn}' AS navn`;
const podOf = (job: string, pod: string) => ({ NAIS_POD_NAME: `${job}-${pod}` });

/** What it said stands in the message, where it did not end as it should. */
function ended(ran: Ran, code = 0): Ran {
  expect(`${ran.code} ${ran.code === code ? "" : ran.text}`.trim()).toBe(String(code));
  return ran;
}

export const scenarios: Scenario[] = [
  {
    name: "every type but JSON goes through by Parquet, and comes back equal",
    run: (ground) => copyThrough(ground, "all_by_parquet", plainTypes),
  },
  {
    name: "every type, JSON among them, goes through by NDJSON, and comes back equal",
    run: (ground) => copyThrough(ground, "all_by_ndjson", { ...plainTypes, ...typesOfJson }),
  },
  {
    name: "replace puts new rows in place of the old ones, and keeps the table's own description",
    async run({ pipeline, world }) {
      const own = await pipeline("replaced_run");
      await own.write("SELECT 1 AS id, 'a' AS navn");
      ended(await own.run());
      const path = `/datasets/${world.dataset}/tables/replaced_run`;
      await rest(world, "PATCH", path, { body: { description: "Set by somebody else" } });
      await own.write("SELECT 2 AS id, 'æøå ''\"\\' AS navn");
      ended(await own.run());
      expect(await own.rows()).toEqual(["2 æøå '\"\\"]);
      expect((await rest(world, "GET", path)).body["description"]).toBe("Set by somebody else");
    },
  },
  {
    name: "append publishes an interval once",
    async run({ pipeline }) {
      const own = await pipeline("appended_run");
      for (const [navn, interval] of [
        ["a", "2022-01-20"],
        ["b", "2022-01-20"],
        ["b", "2022-01-21"],
      ] as const) {
        await own.write(sql(navn), { write: "append", partition: "dato" }, day);
        ended(await own.run({ interval }));
      }
      expect(await own.rows()).toEqual(["2022-01-20 a", "2022-01-21 b"]);
    },
  },
  {
    name: "merge updates by key and inserts the rest",
    async run({ pipeline }) {
      const own = await pipeline("merged_run");
      await own.write("SELECT 1 AS id, 'a' AS navn UNION ALL SELECT 2, 'b'", { write: "merge", key: "id" });
      ended(await own.run());
      await own.write("SELECT 2 AS id, 'c' AS navn UNION ALL SELECT 3, 'd'", { write: "merge", key: "id" });
      ended(await own.run());
      expect(await own.rows()).toEqual(["1 a", "2 c", "3 d"]);
    },
  },
  {
    name: "replace_partition replaces the rows of its interval",
    async run({ pipeline }) {
      const own = await pipeline("partitioned_run");
      for (const [navn, interval] of [
        ["a", "2022-01-20"],
        ["a", "2022-01-21"],
        ["b", "2022-01-20"],
      ] as const) {
        await own.write(sql(navn), { write: "replace_partition", partition: "dato" }, day);
        ended(await own.run({ interval }));
      }
      expect(await own.rows()).toEqual(["2022-01-20 b", "2022-01-21 a"]);
    },
  },
  {
    name: "a view and a query with parameters are read",
    async run({ pipeline, world }) {
      await execute(
        world,
        "CREATE TABLE $d.read_base (dato DATE, n INT64)",
        "INSERT INTO $d.read_base VALUES (DATE '2022-01-20', 1), (DATE '2022-01-21', 2)",
        `CREATE VIEW $d.read_view AS SELECT dato, n FROM \`${world.project}.${world.dataset}.read_base\``,
      );
      const columns = { dato: "DATE", n: "INT64" };
      const from = `${world.project}.${world.dataset}.read_base`;
      const sources = {
        seen: { type: "bigquery", table: `${world.dataset}.read_view`, columns, where: "dato = @interval_start" },
        asked: { type: "bigquery", query: `SELECT dato, n FROM \`${from}\` WHERE dato >= @interval_start`, columns },
      };
      const own = await pipeline("read_run");
      const output = { write: "replace_partition", partition: "dato" };
      await own.write("SELECT seen.dato, seen.n, (SELECT sum(n)::BIGINT FROM asked) AS sum FROM seen", output, {
        ...day,
        sources,
      });
      ended(await own.run({ interval: "2022-01-20" }));
      expect(await own.rows()).toEqual(["2022-01-20 1 3"]);
    },
  },
  {
    name: "a cursor reads what is new since the last published run",
    async run({ pipeline, world }) {
      await execute(world, "CREATE TABLE $d.log (id INT64, seen TIMESTAMP)", insertLog(1, "07:00:00.123456"));
      const source = { type: "bigquery", table: `${world.dataset}.log`, cursor: { column: "seen" } };
      const own = await pipeline("cursor_run");
      await own.write("SELECT id FROM log", { write: "append" }, { sources: { log: source } });
      ended(await own.run());
      await execute(world, insertLog(2, "07:00:00.123457"));
      ended(await own.run());
      ended(await own.run());
      expect(await own.rows()).toEqual(["1", "2"]);
    },
  },
  {
    name: "a pod killed after its load is followed by one that adopts the load, and publishes once",
    async run({ pipeline, world }) {
      const own = await pipeline("killed_run");
      await own.write("SELECT 1 AS id, 'a' AS navn", { write: "append" });
      const kill = { signal: "SIGKILL", effect: "bigquery.load", nth: 0, when: "after", delay: 0 } as const;
      expect(await own.kill(kill, podOf("killed-run", "aaaaa"))).toMatchObject({ signal: "SIGKILL" });
      ended(await own.run({}, { env: podOf("killed-run", "bbbbb") }));
      expect(await own.rows()).toEqual(["1 a"]);
      expect(await jobsNamed(world, /killed-run_.*_load_/)).toHaveLength(1);
    },
  },
  {
    name: "a lock whose holder is gone is taken over when its lease has run out",
    async run({ pipeline }) {
      const own = await pipeline("locked_run");
      await own.write("SELECT 1 AS id", { write: "replace" });
      const kill = { signal: "SIGKILL", effect: "bigquery.load", nth: 0, when: "before", delay: 0 } as const;
      await own.kill(kill, podOf("locked-one", "aaaaa"));
      // Of another Job, on another machine: it cannot know that the holder is gone.
      const later = { env: podOf("locked-two", "aaaaa"), host: "another-machine" };
      ended(await own.run({ waitLock: "0s" }, later), 5);
      ended(await own.run({ waitLock: "3m" }, later));
      expect(await own.rows()).toEqual(["1"]);
    },
  },
  {
    name: "two transactions that collide both end, one after the other",
    async run({ pipeline, world }) {
      const output = { table: `${world.dataset}.collided`, write: "merge", key: "id" };
      const both = await Promise.all(["collided_one", "collided_two"].map(pipeline));
      for (const [i, own] of both.entries()) await own.write(`SELECT ${i} AS id, '${own.name}' AS navn`, output);
      // The first makes the table.
      ended(await both[0]!.run());
      for (const ran of await Promise.all(both.map((own) => own.run()))) ended(ran);
      expect(await both[0]!.rows("collided")).toEqual(["0 collided_one", "1 collided_two"]);
    },
  },
  {
    name: "a rollback brings back a kept snapshot, with an end to it, and the next run loads again",
    async run({ pipeline, world }) {
      const own = await pipeline("kept_run");
      await loadDays(own, { keep: 2 });
      const tables = await tablesNamed(world, /^_nais_etl_keep_kept-run_/);
      expect(tables.map(({ type }) => type)).toEqual(["SNAPSHOT", "SNAPSHOT"]);
      for (const { expirationTime } of tables) expect(Number(expirationTime)).toBeGreaterThan(Date.now() + 86_400_000);
      expect(ended(await own.rollback("2022-01-19")).text).toContain("the kept snapshot");
      await endsAsLoadedAgain(own, { keep: 2 });
    },
  },
  {
    name: "a rollback brings back by time travel how a run left a table, and the next run loads again",
    async run({ pipeline }) {
      const own = await pipeline("travelled_run");
      await loadDays(own, {});
      expect(ended(await own.rollback("2022-01-19")).text).toContain("time travel to");
      await endsAsLoadedAgain(own, {});
    },
  },
  {
    name: "a source in another location is read there, and loaded here",
    async run({ pipeline, world, elsewhere }) {
      const from = `${world.project}.${elsewhere.dataset}.far`;
      await query(world, `CREATE TABLE \`${from}\` AS SELECT 7 AS n`, { location: elsewhere.location });
      await query(world, `CREATE VIEW \`${from}_view\` AS SELECT n FROM \`${from}\``, { location: elsewhere.location });
      const sources = {
        far: { type: "bigquery", table: from, columns: { n: "INT64" } },
        asked: { type: "bigquery", table: `${from}_view`, columns: { n: "INT64" } },
      };
      const own = await pipeline("far_run");
      await own.write("SELECT far.n + asked.n AS n FROM far, asked", {}, { sources });
      ended(await own.run());
      expect(await own.rows()).toEqual(["14"]);
    },
  },
  {
    name: "doctor finds a pipeline that can run well, and changes nothing",
    async run({ pipeline, world }) {
      await execute(world, "CREATE TABLE $d.doctored AS SELECT 1 AS id");
      const own = await pipeline("doctor_run");
      const sources = { one: { type: "bigquery", table: `${world.dataset}.doctored`, columns: { id: "INT64" } } };
      await own.write("SELECT id FROM one", {}, { sources });
      const { context } = own.folder;
      await doctor({ target: "prod", json: true }, { ...context, now: () => new Date() });
      const { sections } = JSON.parse(own.folder.printed.join("")) as { sections: DoctorSection[] };
      // The repository is none: it has no tests, and no workflow.
      const looked = sections.filter(({ title }) => title !== "Repository").flatMap(({ findings }) => findings);
      expect(looked.filter(({ state }) => state === "bad")).toEqual([]);
      expect(looked.length).toBeGreaterThan(5);
      const { status } = await rest(world, "GET", `/datasets/${world.dataset}/tables/_nais_etl_doctor`);
      expect(status).toBe(404);
    },
  },
];

interface DoctorSection {
  title: string;
  findings: { state: string }[];
}

/** Where one is named. */
export const secretScenario: Scenario = {
  name: "a secret of Secret Manager is read, and its version known",
  async run({ settings }) {
    const { secret, endpoints } = settings;
    const endpoint = endpoints?.secrets === undefined ? "" : `, endpoint: "${endpoints.secrets}"`;
    const context = plainContext();
    const declared = `secrets:\n  KEY: { from: google-secret-manager, name: ${secret}${endpoint} }\n`;
    const secrets = openSecrets({ pipeline: pipelineOf(declared, "prod"), context });
    const [fetched] = await secrets.read(["KEY"]);
    expect(fetched!.version).toMatch(/^\d+$/);
    // Its value is compared, and never shown.
    expect(context.log.scrub(secrets.get("KEY")!) === secrets.get("KEY")).toBe(false);
  },
};

const threeDays = ["2022-01-18", "2022-01-19", "2022-01-20"];

async function loadDays(own: Pipeline, keep: object): Promise<void> {
  await own.write(sql("a"), { write: "append", partition: "dato", ...keep }, day);
  for (const interval of threeDays) ended(await own.run({ interval }));
}

/** The rows of then, and after all runs once more the last day's anew. */
async function endsAsLoadedAgain(own: Pipeline, keep: object): Promise<void> {
  expect(await own.rows()).toEqual(["2022-01-18 a", "2022-01-19 a"]);
  await own.write(sql("b"), { write: "append", partition: "dato", ...keep }, day);
  for (const interval of threeDays) ended(await own.run({ interval }));
  expect(await own.rows()).toEqual(["2022-01-18 a", "2022-01-19 a", "2022-01-20 b"]);
}

async function tablesNamed(world: Ground["world"], pattern: RegExp): Promise<Record<string, string>[]> {
  const { body } = await rest(world, "GET", `/datasets/${world.dataset}/tables?maxResults=1000`);
  const tables = (body["tables"] ?? []) as ({ tableReference: { tableId: string } } & Record<string, string>)[];
  return tables.filter(({ tableReference }) => pattern.test(tableReference.tableId));
}

const insertLog = (id: number, time: string) => `INSERT INTO $d.log VALUES (${id}, TIMESTAMP '2022-01-20 ${time}+00')`;

async function copyThrough({ pipeline, world }: Ground, name: string, of: TypedColumns): Promise<void> {
  await execute(world, ...fillStatements(of, `$d.${name}_all`));
  const declared = declaredTypes(of);
  const own: Pipeline = await pipeline(name);
  const sources = { everything: { type: "bigquery", table: `${world.dataset}.${name}_all`, columns: declared } };
  await own.write("SELECT * FROM everything", {}, { sources, models: { t: { columns: declared } } });
  ended(await own.run());
  expect(await own.rows()).toEqual(await own.rows(`${name}_all`));
}

/** Ids of jobs of our own. */
async function jobsNamed(world: Ground["world"], pattern: RegExp): Promise<string[]> {
  const { body } = await rest(world, "GET", "/jobs?maxResults=500");
  const jobs = (body["jobs"] ?? []) as { jobReference: { jobId: string } }[];
  return jobs
    .map(({ jobReference }) => jobReference.jobId)
    .filter((id) => id.includes(world.dataset) && pattern.test(id));
}
