import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { RunCommandOptions } from "../../src/commands/run.ts";
import { makeLab, type Lab, type Ran, type Spec } from "./lab.ts";

let lab: Lab;

beforeEach(async () => {
  lab = await makeLab();
});

afterEach(() => lab.remove());

describe("columns of a destination", () => {
  const places = {
    table: { type: "bigquery", table: "lab.t" },
    parquet: { type: "file", path: "out/t.parquet" },
    csv: { type: "file", path: "out/t.csv" },
    ndjson: { type: "file", path: "out/t.ndjson" },
  };

  test.each(Object.entries(places))("%s: a new one is added, NULL in the rows that were there", async (kind, place) => {
    await publishTo(place, "SELECT 1::BIGINT AS a");
    expect((await publishTo(place, "SELECT 2::BIGINT AS a, 'x' AS b")).code).toBe(0);
    expect(await rowsAt(place)).toEqual(kind === "table" ? ["1 ", "2 x"] : ['{"a":1,"b":null}', '{"a":2,"b":"x"}']);
  });

  test.each(Object.entries(places))(
    "%s: one that goes is refused by name, and goes with --allow-schema-change",
    async (kind, place) => {
      await publishTo(place, "SELECT 1::BIGINT AS a, 'x' AS b");
      const refused = await publishTo(place, "SELECT 2::BIGINT AS a");
      expect(refused.code).toBe(1);
      expect(refused.text).toContain("would change: `b` is gone");
      expect(await rowsAt(place)).toHaveLength(1);

      expect((await publishTo(place, "SELECT 2::BIGINT AS a", { allowSchemaChange: true })).code).toBe(0);
      expect(await rowsAt(place)).toEqual(kind === "table" ? ["1", "2"] : ['{"a":1}', '{"a":2}']);
    },
  );

  test("a variable of the environment allows it, too: `trigger --allow-schema-change` gives it to one run", async () => {
    await lab.write("SELECT 1::BIGINT AS a, 'x' AS b");
    await lab.run();
    await lab.write("SELECT 2::BIGINT AS a");
    const name = "NAIS_ETL_ALLOW_SCHEMA_CHANGE";
    expect((await lab.run({}, { env: { [name]: "false" } })).code).toBe(1);
    expect((await lab.run({}, { env: { [name]: "true" } })).code).toBe(0);
  });

  test.each(Object.entries(places))("%s: one that is spelt in other letters is the same", async (kind, place) => {
    await publishTo(place, "SELECT 1::BIGINT AS a");
    expect((await publishTo(place, "SELECT 2::BIGINT AS A")).code).toBe(0);
    const name = kind === "table" ? "a" : "A";
    expect(await rowsAt(place)).toEqual(kind === "table" ? ["1", "2"] : [`{"${name}":1}`, `{"${name}":2}`]);
  });

  test.each(Object.entries(places))(
    "%s: JSON, alone and in a list, is JSON the next time, too",
    async (_kind, place) => {
      await publishTo(place, sqlOfJson(1));
      const { code, text } = await publishTo(place, sqlOfJson(2));
      expect(text + code).toMatch(/published\.\n[^]*0$/);
      expect(await rowsAt(place)).toHaveLength(2);
    },
  );

  test.each([
    ["table", places.table],
    ["parquet", places.parquet],
  ] as const)(
    "%s: one of another type is refused by name, and changes with --allow-schema-change",
    async (_kind, place) => {
      await publishTo(place, "SELECT 1::BIGINT AS a");
      const refused = await publishTo(place, "SELECT 2::DOUBLE AS a");
      expect(refused.code).toBe(1);
      expect(refused.text).toContain("`a` was INT64 and would be FLOAT64");

      expect((await publishTo(place, "SELECT 2.5::DOUBLE AS a", { allowSchemaChange: true })).code).toBe(0);
      expect(await rowsAt(place)).toEqual(
        "table" in place ? ["1 ", "2.5 "].map((text) => text.trim()) : ['{"a":1}', '{"a":2.5}'],
      );
    },
  );
});

const sqlOfJson = (a: number) => `SELECT ${a}::BIGINT AS a, '{"k":1}'::JSON AS j, ['[1]'::JSON] AS l`;

async function publishTo(place: Spec, sql: string, options: RunCommandOptions = {}): Promise<Ran> {
  await lab.write(sql, {}, { outputs: { t: { ...place, write: "append" } } });
  return lab.run(options);
}

async function rowsAt(place: Spec): Promise<string[]> {
  if ("table" in place) return lab.values("FROM lab.t ORDER BY a");
  const path = join(lab.folder.path, String(place["path"]));
  const reader = path.endsWith("ndjson") ? "read_json" : path.endsWith("csv") ? "read_csv" : "read_parquet";
  return (await lab.engine.query(`FROM ${reader}('${path}') ORDER BY a`)).map((row) => JSON.stringify(row));
}
