/** Tables: made once, found, changed by one at a time. */
import { expect } from "vitest";
import { create, rest, table, type Case } from "./world.ts";

export const tables: Case[] = [
  {
    name: "a table is made once: the second time is 409",
    async run(world) {
      await create(world, "once", [{ name: "id", type: "INT64" }]);
      await expect(create(world, "once", [])).rejects.toMatchObject({ code: 409 });
    },
  },
  {
    name: "a table tells its schema, description, labels, partitions and clusters",
    async run(world) {
      await create(
        world,
        "described",
        [
          { name: "day", type: "DATE", mode: "REQUIRED", description: "The day" },
          { name: "id", type: "INT64" },
        ],
        {
          description: "A table",
          labels: { pipeline: "p" },
          timePartitioning: { type: "DAY", field: "day" },
          clustering: { fields: ["id"] },
        },
      );
      const [metadata] = await table(world, "described").getMetadata();
      expect(metadata).toMatchObject({
        type: "TABLE",
        numRows: "0",
        description: "A table",
        labels: { pipeline: "p" },
        timePartitioning: { type: "DAY", field: "day" },
        clustering: { fields: ["id"] },
        schema: {
          fields: [
            { name: "day", type: "DATE", mode: "REQUIRED", description: "The day" },
            { name: "id", type: "INTEGER" },
          ],
        },
      });
    },
  },
  {
    name: "a table lies where its dataset lies",
    async run(world) {
      await create(world, "somewhere", []);
      expect((await table(world, "somewhere").getMetadata())[0].location).toBe(world.location);
    },
  },
  {
    name: "of two patches with the same etag one is refused with 412",
    async run(world) {
      await create(world, "patched", [], { labels: { holder: "nobody" } });
      const [{ etag }] = await table(world, "patched").getMetadata();
      const path = `/datasets/${world.dataset}/tables/patched`;
      const patch = (holder: string) =>
        rest(world, "PATCH", path, { headers: { "if-match": etag }, body: { labels: { holder } } });
      const statuses = (await Promise.all([patch("a"), patch("b")])).map(({ status }) => status);
      expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 412]);
    },
  },
  {
    name: "a patch adds a NULLABLE column, and takes none away",
    async run(world) {
      await create(world, "grown", [{ name: "a", type: "INT64" }]);
      const path = `/datasets/${world.dataset}/tables/grown`;
      const fields = [
        { name: "a", type: "INTEGER" },
        { name: "b", type: "STRING" },
      ];
      expect(await rest(world, "PATCH", path, { body: { schema: { fields } } })).toMatchObject({ status: 200 });
      const less = { body: { schema: { fields: fields.slice(1) } } };
      expect(await rest(world, "PATCH", path, less)).toMatchObject({ status: 400 });
    },
  },
  {
    name: "a table that is deleted is gone",
    async run(world) {
      await create(world, "deleted", []);
      await table(world, "deleted").delete();
      expect(await table(world, "deleted").exists()).toEqual([false]);
      await expect(table(world, "deleted").delete()).rejects.toMatchObject({ code: 404 });
    },
  },
  {
    name: "tables are listed",
    async run(world) {
      await create(world, "listed", []);
      const [all] = await world.bigquery.dataset(world.dataset).getTables();
      expect(all.map(({ id }) => id)).toContain("listed");
    },
  },
];
