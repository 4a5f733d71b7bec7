/** Statements that change rows, alone and in transactions. */
import { expect } from "vitest";
import { create, query, type Case, type World } from "./world.ts";

const id = [{ name: "id", type: "INT64", mode: "REQUIRED" }];

async function makeTables(world: World, name: string): Promise<void> {
  await create(world, name, id);
  await create(world, `${name}_log`, [{ name: "run", type: "STRING" }]);
  await create(world, `${name}_fence`, [{ name: "token", type: "INT64" }]);
  await query(world, `INSERT INTO $d.${name} (id) VALUES (1), (2)`);
  await query(world, `INSERT INTO $d.${name}_fence (token) VALUES (5)`);
}

const publish = (name: string, token: number, change: string) => `BEGIN TRANSACTION;
  UPDATE $d.${name}_fence SET token = ${token} WHERE token <= ${token};
  SELECT IF((SELECT COUNT(*) FROM $d.${name}_fence WHERE token = ${token}) = 1, 1, ERROR('fenced'));
  ${change};
  INSERT INTO $d.${name}_log (run) VALUES ('run');
  COMMIT TRANSACTION;`;

const ids = async (world: World, name: string) =>
  (await query(world, `SELECT id FROM $d.${name} ORDER BY id`)).map((row) => row["id"]);
const logged = async (world: World, name: string) => (await query(world, `SELECT run FROM $d.${name}_log`)).length;

export const transactions: Case[] = [
  {
    name: "a transaction replaces rows and records that it did",
    async run(world) {
      await makeTables(world, "replaced");
      await query(world, publish("replaced", 6, "TRUNCATE TABLE $d.replaced; INSERT INTO $d.replaced (id) SELECT 7"));
      expect(await ids(world, "replaced")).toEqual([7]);
      expect(await logged(world, "replaced")).toBe(1);
    },
  },
  {
    name: "a transaction replaces a range of rows",
    async run(world) {
      await makeTables(world, "ranged");
      await query(
        world,
        publish("ranged", 6, "DELETE FROM $d.ranged WHERE id >= 2 AND id < 3; INSERT INTO $d.ranged (id) SELECT 9"),
      );
      expect(await ids(world, "ranged")).toEqual([1, 9]);
    },
  },
  {
    name: "a failing guard takes everything back",
    async run(world) {
      await makeTables(world, "guarded");
      await expect(query(world, publish("guarded", 4, "TRUNCATE TABLE $d.guarded"))).rejects.toThrow("fenced");
      expect(await ids(world, "guarded")).toEqual([1, 2]);
      expect(await logged(world, "guarded")).toBe(0);
    },
  },
  {
    name: "a row that a column does not take takes everything back",
    async run(world) {
      await makeTables(world, "refusing");
      const change = "TRUNCATE TABLE $d.refusing; INSERT INTO $d.refusing (id) SELECT CAST(NULL AS INT64)";
      await expect(query(world, publish("refusing", 6, change))).rejects.toThrow("cannot be null");
      expect(await ids(world, "refusing")).toEqual([1, 2]);
    },
  },
  {
    name: "a transaction makes no table",
    async run(world) {
      const script = "BEGIN TRANSACTION; CREATE TABLE $d.inside (a INT64); COMMIT TRANSACTION";
      await expect(query(world, script)).rejects.toThrow("DDL");
    },
  },
  {
    name: "MERGE updates, inserts and deletes",
    async run(world) {
      await makeTables(world, "merged");
      await query(
        world,
        `MERGE $d.merged AS t USING (SELECT 2 AS id UNION ALL SELECT 3) AS s ON t.id = s.id
         WHEN MATCHED THEN UPDATE SET id = t.id * 10
         WHEN NOT MATCHED THEN INSERT (id) VALUES (s.id)
         WHEN NOT MATCHED BY SOURCE THEN DELETE`,
      );
      expect(await ids(world, "merged")).toEqual([3, 20]);
    },
  },
  {
    name: "MERGE refuses two rows for one",
    async run(world) {
      await makeTables(world, "doubled");
      const merge = `MERGE $d.doubled AS t USING (SELECT 1 AS id, 5 AS n UNION ALL SELECT 1, 6) AS s ON t.id = s.id
        WHEN MATCHED THEN UPDATE SET id = s.n`;
      await expect(query(world, merge)).rejects.toThrow("at most one source row");
    },
  },
  {
    name: "a DELETE tells how many rows it took",
    async run(world) {
      await makeTables(world, "taken");
      const [job] = await world.bigquery.createQueryJob(`DELETE FROM ${world.dataset}.taken WHERE id > 0`);
      await job.promise();
      const [metadata] = await job.getMetadata();
      expect(metadata.statistics.query.dmlStats).toMatchObject({ deletedRowCount: "2" });
    },
  },
];
