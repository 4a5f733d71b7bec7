/** The Storage Read API. */
import { tableFromIPC, type Table } from "apache-arrow";
import { expect } from "vitest";
import { openSession, readStream, type ReadOptions } from "../../support/bigquery.ts";
import { query, type Case, type World } from "./world.ts";

const open = ({ storage, project, dataset }: World, name: string, options?: ReadOptions) =>
  openSession(storage, project, `${dataset}.${name}`, options);

async function readAll(world: World, name: string, options?: ReadOptions): Promise<Table> {
  const session = await open(world, name, options);
  const batches = await Promise.all(session.streams!.map((it) => readStream(world.storage, it.name!)));
  return tableFromIPC([session.arrowSchema!.serializedSchema as Uint8Array, ...batches.flat()]);
}

const numbers = (table: Table) => [...table.getChild("n")!].map(Number);

const makeNumbers = (world: World, name: string, count = 5000) =>
  query(
    world,
    `CREATE TABLE $d.${name} AS SELECT n, CAST(n AS STRING) AS text FROM UNNEST(GENERATE_ARRAY(1, ${count})) AS n`,
  );

export const storage: Case[] = [
  {
    name: "a table is read whole",
    async run(world) {
      await makeNumbers(world, "whole");
      const all = numbers(await readAll(world, "whole"));
      expect(all.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 5000 }, (_, i) => i + 1));
    },
  },
  {
    name: "a table is read in part: columns, and rows under a condition",
    async run(world) {
      await makeNumbers(world, "parts");
      const part = await readAll(world, "parts", { selectedFields: ["n"], rowRestriction: "n > 4998 OR text = '5'" });
      expect(part.schema.names).toEqual(["n"]);
      expect(numbers(part).toSorted((a, b) => a - b)).toEqual([5, 4999, 5000]);
    },
  },
  {
    name: "a stream is read from an offset",
    async run(world) {
      await makeNumbers(world, "offset", 100);
      const session = await open(world, "offset", { selectedFields: ["n"] });
      const schema = session.arrowSchema!.serializedSchema as Uint8Array;
      const [{ name } = { name: "" }] = session.streams!;
      const all = numbers(tableFromIPC([schema, ...(await readStream(world.storage, name!))]));
      const rest = numbers(tableFromIPC([schema, ...(await readStream(world.storage, name!, 40))]));
      expect(rest).toEqual(all.slice(40));
    },
  },
  {
    name: "a view is refused",
    async run(world) {
      await query(world, "CREATE VIEW $d.refused_view AS SELECT 1 AS n");
      await expect(open(world, "refused_view")).rejects.toThrow("non-table entities cannot be read");
    },
  },
  {
    name: "a query's result is read",
    async run(world) {
      const [job] = await world.bigquery.createQueryJob("SELECT n FROM UNNEST([1, 2, 3]) AS n");
      await job.promise();
      const { projectId, datasetId, tableId } = (await job.getMetadata())[0].configuration.query.destinationTable;
      const result = { ...world, project: projectId, dataset: datasetId };
      expect(numbers(await readAll(result, tableId))).toEqual([1, 2, 3]);
    },
  },
  {
    name: "every type comes as an Arrow type of its own",
    async run(world) {
      await query(
        world,
        `CREATE TABLE $d.arrow AS SELECT 1 AS i, 'x' AS s, b'x' AS y, 1.5 AS f, NUMERIC '1.5' AS n, BIGNUMERIC '1.5' AS bn,
          TRUE AS b, DATE '2020-01-01' AS d, TIMESTAMP '2020-01-01 00:00:00+00' AS ts, DATETIME '2020-01-01 00:00:00' AS dt,
          TIME '01:02:03' AS t, [1, 2] AS l, STRUCT(1 AS x) AS r`,
      );
      const table = await readAll(world, "arrow");
      expect(Object.fromEntries(table.schema.fields.map(({ name, type }) => [name, String(type)]))).toEqual({
        i: "Int64",
        s: "Utf8",
        y: "Binary",
        f: "Float64",
        n: "Decimal[38e+9]",
        bn: "Decimal[76e+38]",
        b: "Bool",
        d: "Date32<DAY>",
        ts: "Timestamp<MICROSECOND, UTC>",
        dt: "Timestamp<MICROSECOND>",
        t: "Time64<MICROSECOND>",
        l: "List<Int64>",
        r: "Struct<{x:Int64}>",
      });
    },
  },
];
