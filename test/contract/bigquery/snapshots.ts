/** Tables as they were: snapshots, and time travel. https://cloud.google.com/bigquery/docs/table-snapshots-intro, …/docs/time-travel */
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import { create, query, rest, type Case, type World } from "./world.ts";

const pathOf = ({ dataset }: World, name: string) => `/datasets/${dataset}/tables/${name}`;

async function described(world: World, name: string): Promise<Record<string, any>> {
  return (await rest(world, "GET", pathOf(world, name))).body;
}

async function make(world: World, name: string): Promise<void> {
  await query(world, `CREATE TABLE $d.${name} AS SELECT 1 AS a`);
}

const snapshotScript = (rows: number, to: string) =>
  `SELECT IF((SELECT COUNT(*) FROM $d.scripted) = ${rows}, 1, ERROR('not so'));\nCREATE SNAPSHOT TABLE $d.${to} CLONE $d.scripted;\n`;

export const snapshots: Case[] = [
  {
    name: "a snapshot keeps the rows that were there",
    async run(world) {
      await make(world, "base");
      await query(world, "CREATE SNAPSHOT TABLE $d.kept CLONE $d.base");
      await query(world, "DELETE FROM $d.base WHERE TRUE");
      expect(await query(world, "SELECT a FROM $d.kept")).toEqual([{ a: 1 }]);
      expect(await described(world, "kept")).toMatchObject({ type: "SNAPSHOT", numRows: "1" });
    },
  },
  {
    name: "a snapshot is made by a script, where its condition holds",
    async run(world) {
      await make(world, "scripted");
      await expect(query(world, snapshotScript(2, "scripted_not"))).rejects.toThrow("not so");
      expect((await rest(world, "GET", pathOf(world, "scripted_not"))).status).toBe(404);
      await query(world, snapshotScript(1, "scripted_kept"));
      expect((await described(world, "scripted_kept"))["type"]).toBe("SNAPSHOT");
    },
  },
  {
    name: "a snapshot that is there is not made again",
    async run(world) {
      await make(world, "twice");
      await query(world, "CREATE SNAPSHOT TABLE $d.twice_kept CLONE $d.twice");
      const again = query(world, "CREATE SNAPSHOT TABLE $d.twice_kept CLONE $d.twice");
      await expect(again).rejects.toThrow("Already Exists");
    },
  },
  {
    name: "a snapshot takes no rows",
    async run(world) {
      await make(world, "fixed");
      await query(world, "CREATE SNAPSHOT TABLE $d.fixed_kept CLONE $d.fixed");
      await expect(query(world, "INSERT INTO $d.fixed_kept (a) VALUES (2)")).rejects.toThrow(/snapshot/i);
      expect(await query(world, "SELECT a FROM $d.fixed_kept")).toEqual([{ a: 1 }]);
    },
  },
  {
    name: "a snapshot gets its end and its description by a patch",
    async run(world) {
      await make(world, "ending");
      await query(world, "CREATE SNAPSHOT TABLE $d.ending_kept CLONE $d.ending");
      const body = { expirationTime: String(Date.now() + 3_600_000), description: "as it was" };
      expect((await rest(world, "PATCH", pathOf(world, "ending_kept"), { body })).status).toBe(200);
      expect(await described(world, "ending_kept")).toMatchObject(body);
    },
  },
  {
    name: "a snapshot has the partitions and clusters of its table, and keeps them longer",
    async run(world) {
      const fields = [
        { name: "dato", type: "DATE" },
        { name: "navn", type: "STRING" },
      ];
      const timePartitioning = { type: "DAY", field: "dato", expirationMs: "864000000" };
      await create(world, "parted", fields, { timePartitioning, clustering: { fields: ["navn"] } });
      await query(world, "CREATE SNAPSHOT TABLE $d.parted_kept CLONE $d.parted");
      const kept = await described(world, "parted_kept");
      expect(kept).toMatchObject({ timePartitioning: { field: "dato" }, clustering: { fields: ["navn"] } });
      expect(kept["timePartitioning"]["expirationMs"]).toBeUndefined();
    },
  },
  {
    name: "a transaction brings back the rows of a snapshot, and the table stays the one it is",
    async run(world) {
      await make(world, "brought");
      await rest(world, "PATCH", pathOf(world, "brought"), { body: { description: "of somebody" } });
      await query(world, "CREATE SNAPSHOT TABLE $d.brought_kept CLONE $d.brought");
      await query(world, "INSERT INTO $d.brought (a) VALUES (2)");
      const { creationTime, description } = await described(world, "brought");
      const back = "DELETE FROM $d.brought WHERE TRUE;\nINSERT INTO $d.brought (a) SELECT a FROM $d.brought_kept;";
      await query(world, `BEGIN TRANSACTION;\n${back}\nCOMMIT TRANSACTION;\n`);
      expect(await query(world, "SELECT a FROM $d.brought")).toEqual([{ a: 1 }]);
      expect(await described(world, "brought")).toMatchObject({ creationTime, description });
    },
  },
  {
    name: "a table is made from a snapshot, with its partitions, and takes rows",
    async run(world) {
      await create(world, "dropped", [{ name: "dato", type: "DATE" }], {
        timePartitioning: { type: "DAY", field: "dato" },
      });
      await query(world, "INSERT INTO $d.dropped (dato) VALUES (DATE '2022-01-20')");
      await query(world, "CREATE SNAPSHOT TABLE $d.dropped_kept CLONE $d.dropped");
      await query(world, "DROP TABLE $d.dropped");
      await query(world, "CREATE TABLE IF NOT EXISTS $d.dropped CLONE $d.dropped_kept");
      await query(world, "INSERT INTO $d.dropped (dato) VALUES (DATE '2022-01-21')");
      expect(await query(world, "SELECT COUNT(*) AS n FROM $d.dropped")).toEqual([{ n: 2 }]);
      expect(await described(world, "dropped")).toMatchObject({ type: "TABLE", timePartitioning: { field: "dato" } });
    },
  },
  {
    name: "a table is queried as it was",
    async run(world) {
      await make(world, "travelled");
      // bqemulator knows nothing of a table before its first change.
      await query(world, "UPDATE $d.travelled SET a = 1 WHERE TRUE");
      await sleep(200);
      const [moment] = await query(world, "SELECT UNIX_MILLIS(CURRENT_TIMESTAMP()) AS moment");
      await sleep(200);
      await query(world, "DELETE FROM $d.travelled WHERE TRUE");
      const table = `\`${world.project}.${world.dataset}.travelled\``;
      const then = `SELECT a FROM ${table} FOR SYSTEM_TIME AS OF TIMESTAMP '${new Date(Number(moment!["moment"])).toISOString()}'`;
      expect([await query(world, then), await query(world, `SELECT a FROM ${table}`)]).toEqual([[{ a: 1 }], []]);
    },
  },
  {
    name: "time travel reaches no further back than the table",
    async run(world) {
      await make(world, "young");
      const table = `\`${world.project}.${world.dataset}.young\``;
      const before = new Date(Date.now() - 86_400_000).toISOString();
      const then = query(world, `SELECT a FROM ${table} FOR SYSTEM_TIME AS OF TIMESTAMP '${before}'`);
      await expect(then).rejects.toThrow(/Invalid snapshot time .* Cannot read before/);
    },
  },
];
