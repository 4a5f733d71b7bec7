import { describe, expect, test } from "vitest";
import { decideAtOnce, refuseParallel } from "../../../src/etl/backfill/at-once.ts";
import { findOwnOutput } from "../../../src/etl/backfill/own-output.ts";
import type { Machine } from "../../../src/etl/engine/limits.ts";
import { pipelineOf } from "../../support/pipeline.ts";

const mebibyte = 1024 ** 2;

/** Of 16 GiB, or a container with a limit. */
function machine(limit?: number): Machine {
  return {
    readText: (path) =>
      limit !== undefined && path === "/sys/fs/cgroup/memory.max"
        ? Promise.resolve(String(limit * mebibyte))
        : Promise.reject(new Error(`ENOENT ${path}`)),
    freeBytes: () => Promise.resolve(1e12),
    totalMemory: 16_384 * mebibyte,
    cores: 8,
  };
}

const table = (of: string) => `{ type: bigquery, table: ${of}, columns: { n: INT64 } }`;
const query = (sql: string) => `{ type: bigquery, query: "${sql}", columns: { n: INT64 } }`;
const file = (path: string) => `{ type: file, path: "${path}", columns: { n: INT64 } }`;
const toTable = (of: string) => `{ type: bigquery, table: "${of}", write: append }`;
const toFile = (path: string) => `{ type: file, path: "${path}", write: append }`;

const pipeline = (source: string, output: string, target = "prod-gcp") =>
  pipelineOf(`interval: day\nsources:\n  apps: ${source}\noutputs:\n  t: ${output}\n`, target);

const apps = () => pipeline(table("products.apps"), toTable("mine.t"));

async function atOnce(
  parallel: number,
  { intervals = 30, limit, of = apps() }: { intervals?: number; limit?: number; of?: ReturnType<typeof apps> } = {},
) {
  return decideAtOnce({ pipeline: of, parallel, intervals, machine: machine(limit) });
}

describe("so many intervals work at the same time", () => {
  test("as were asked for, and not more than there are", async () => {
    expect(await atOnce(4)).toEqual({ atOnce: 4, warnings: [] });
    expect(await atOnce(4, { intervals: 2 })).toEqual({ atOnce: 2, warnings: [] });
    expect(await atOnce(4, { intervals: 0 })).toEqual({ atOnce: 1, warnings: [] });
  });

  test("as the memory of a container is enough for, and it is said", async () => {
    expect(await atOnce(8, { limit: 1024 })).toEqual({
      atOnce: 3,
      warnings: ["--parallel 8: 1.1 GB of memory is enough for 3 intervals at a time"],
    });
    expect(await atOnce(8, { limit: 256 })).toMatchObject({ atOnce: 1 });
  });

  test("but one where an interval may need what the one before it has published", async () => {
    const of = pipeline(table("mine.t"), toTable("mine.t"));
    expect(await atOnce(4, { of })).toEqual({
      atOnce: 1,
      warnings: [
        "the source `apps` reads what `outputs.t` publishes, so an interval may need the one before it: they run one at a time",
      ],
    });
  });

  test.each([0, 17])("and %i is refused", (parallel) => {
    expect(() => refuseParallel(parallel)).toThrow(`--parallel ${parallel} is not from 1 to 16`);
  });
});

describe("a pipeline reads what it publishes", () => {
  test.each([
    ["a table", table("mine.t"), toTable("mine.t")],
    ["a table, named with its project", table("project-1.mine.t"), toTable("mine.t")],
    ["a table whose dataset the environment names", table('"${env:DATASET}.t"'), toTable("mine.t")],
    ["a table that the environment names", table("mine.t"), toTable("mine.${env:TABLE}")],
    ["in a query, by wildcard", query("SELECT n FROM `mine.t_*`"), toTable("mine.t_2022")],
    ["in a query", query("SELECT n FROM `project-1.mine.t` WHERE n > 1"), toTable("mine.t")],
    ["in a query with quotes around each part", query("SELECT n FROM `mine`.`t`"), toTable("mine.t")],
    ["files of other intervals", file("out/${interval:start-1d}.csv"), toFile("out/${interval:start}.csv")],
  ])("%s", (_says, source, output) => {
    expect(findOwnOutput(pipeline(source, output))).toEqual({ source: "apps", output: "t" });
  });

  test.each([
    ["another table of the dataset", table("mine.apps"), toTable("mine.t")],
    ["a table of that name elsewhere", table("products.t"), toTable("mine.t")],
    ["a query of other tables", query("SELECT t.n FROM products.apps AS t"), toTable("mine.t")],
    ["files of another folder", file("data/${interval:start}.csv"), toFile("out/${interval:start}.csv")],
    ["files beside it", file("data/apps-*.csv"), toFile("data/t.csv")],
  ])("not where it reads %s", (_says, source, output) => {
    expect(findOwnOutput(pipeline(source, output))).toBeUndefined();
  });

  test("not on target local, where it reads a sample of that table", () => {
    const sampled = "{ type: bigquery, table: mine.t, columns: { n: INT64 }, sample: data/t.csv }";
    expect(findOwnOutput(pipeline(sampled, toTable("mine.t"), "local"))).toBeUndefined();
    expect(findOwnOutput(pipeline(sampled, toTable("mine.t")))).toBeDefined();
  });
});
