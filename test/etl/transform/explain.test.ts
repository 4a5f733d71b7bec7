import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Database } from "../../../src/etl/engine/duckdb/duckdb.ts";
import { explainModelError } from "../../../src/etl/transform/explain.ts";
import { formatWhere } from "../../../src/util/error.ts";
import { openEngine } from "../../support/engine.ts";

let db: Database;

beforeAll(async () => {
  db = await openEngine();
  await db.run("CREATE TABLE apps AS SELECT 'prod' AS cluster, 1 AS antall, 9223372036854775807 AS big");
});

afterAll(() => db.close());

/** Place, message and hint of the error that a model's query gives, one line standing before it. */
async function explain(sql: string, showValues = true): Promise<[string, string, string | undefined]> {
  const error = await db.query(`SELECT * FROM (\n${sql}\n)`).then(
    () => expect.fail(`no error: ${sql}`),
    (thrown: unknown) =>
      explainModelError({ model: "m", file: "models/m.sql", error: thrown, showValues, linesBefore: 1 }),
  );
  return [formatWhere(error.where!), error.message, error.hint];
}

describe("the place is that in the model's file", () => {
  test.each([
    ["SELECT nope\nFROM apps", "models/m.sql:1:8"],
    ["SELECT antall,\n  nope\nFROM apps", "models/m.sql:2:3"],
    ["SELECT 'æøå 🎉',\n  'ø' || nope\nFROM apps", "models/m.sql:2:10"],
    ["SELECT\n\tCAST(cluster AS INT)\nFROM apps", "models/m.sql:2:2"],
    ["SELECT\n\t\t1,\tnope\nFROM apps", "models/m.sql:2:6"],
  ])("%j: %s", async (sql, place) => {
    expect((await explain(sql))[0]).toBe(place);
  });

  test("of a long line, only the line is known", async () => {
    expect((await explain(`SELECT ${"antall + ".repeat(50)} nope FROM apps`))[0]).toBe("models/m.sql:1");
  });

  test("where the engine tells none, it is the file", async () => {
    expect((await explain("SELECT error('no') FROM apps"))[0]).toBe("models/m.sql");
  });
});

describe("the hint says how to mend it", () => {
  test.each([
    [
      "SELECT clutser FROM apps",
      '[model m] Referenced column "clutser" not found in FROM clause!',
      "Did you mean `cluster`?",
    ],
    [
      "SELECT nope",
      '[model m] Referenced column "nope" was not found because the FROM clause is missing',
      "The query has no FROM, or the name is misspelt.",
    ],
    [
      'SELECT * FROM apps WHERE cluster = "prod"',
      '[model m] Referenced column "prod" not found in FROM clause!',
      "A text stands in single quotes: 'prod'. Double quotes are for names.",
    ],
    [
      "SELECT CAST(cluster AS BIGINT) FROM apps",
      "[model m] Could not convert string 'prod' to INT64 when casting from source column cluster",
      "Some values are not of that type: TRY_CAST(value AS type) gives NULL for them, or filter them out first.",
    ],
    [
      "SELECT big * big FROM apps",
      "[model m] Overflow in multiplication of INT64 (9223372036854775807 * 9223372036854775807)!",
      "The result does not fit its type: cast to DOUBLE or DECIMAL(38, 9) before calculating.",
    ],
    [
      "SELECT CAST(sum(big) + sum(big) AS BIGINT) FROM apps",
      expect.stringMatching(/out of range for the destination type INT64/),
      "The result does not fit its type: cast to DOUBLE or DECIMAL(38, 9) before calculating.",
    ],
    [
      "SELECT cluster, count(*) FROM apps",
      expect.stringMatching(/must appear in the GROUP BY/),
      "Add the column to GROUP BY (or write GROUP BY ALL), or aggregate it.",
    ],
    [
      "SELECT uper(cluster) FROM apps",
      expect.stringMatching(/Scalar Function with name uper does not exist/),
      "Models are written in DuckDB's SQL. Did you mean `upper`?",
    ],
    [
      "SELECT sum(cluster) FROM apps",
      expect.stringMatching(/No function matches/),
      "The types of the arguments do not fit: cast one of them.",
    ],
    ["SELECT error('no') FROM apps", "[model m] no", undefined],
  ])("%s", async (sql, message, hint) => {
    const [, said, cure] = await explain(sql);
    expect([said, cure]).toEqual([message, hint]);
  });

  test("also where no values are shown, and holds none itself", async () => {
    const [, message, hint] = await explain("SELECT CAST(cluster AS BIGINT) FROM apps", false);
    expect(message).toBe("[model m] a value of column `cluster` cannot be converted to INT64");
    expect(hint).toMatch(/^Some values are not of that type/);
    const sql = `SELECT error('Referenced column "Kari" not found LINE 1: x Did you mean "Kari"') FROM apps`;
    expect((await explain(sql, false)).join(" ")).not.toContain("Kari");
  });
});

test("files are out of reach, with the cure", async () => {
  const locked = await openEngine();
  try {
    await locked.lockDown({ files: [], folder: "/nowhere/here" });
    const error = await locked
      .query("SELECT * FROM read_csv('/nowhere/else/apps.csv')")
      .catch((thrown: unknown) => thrown);
    const { hint } = explainModelError({ model: "m", file: "m.sql", error, showValues: true, linesBefore: 0 });
    expect(hint).toBe("Models see sources and models only: declare the file under `sources:`.");
  } finally {
    locked.close();
  }
});
