import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeLab, type Lab } from "./lab.ts";

let lab: Lab;

beforeEach(async () => {
  lab = await makeLab();
});

afterEach(() => lab.remove());

const rows = "SELECT 1::BIGINT AS n, 'a' AS name, DATE '2022-01-20' AS day";
const withChecks = (...checks: unknown[]) => lab.write(rows, {}, { models: { t: { checks } } });
const checkLines = (text: string) => text.split("\n").filter((line) => /[✓✗!] checks /.test(line));

describe("the checks of a table have one line", () => {
  test("those of kind sql, which wait for all tables, among them", async () => {
    await withChecks({ not_null: ["n"] }, { sql: "SELECT n FROM t WHERE n > 1" });
    expect(checkLines((await lab.run()).text)).toEqual([expect.stringMatching(/✓ checks +t +2 checks passed/)]);
  });

  test("also where it has no others", async () => {
    await withChecks({ sql: "SELECT n FROM t" });
    expect(checkLines((await lab.run()).text)).toEqual([expect.stringMatching(/✗ checks +t +0 of 1 passed/)]);
  });

  test("also where another model fails, so that those of kind sql are not run", async () => {
    await withChecks({ not_null: ["n"] }, { sql: "SELECT n FROM t" });
    await lab.folder.write("models/u.sql", "SELECT CAST(name AS BIGINT) AS n FROM t");
    const { code, text } = await lab.run();
    expect(code).toBe(1);
    expect(checkLines(text)).toEqual([expect.stringMatching(/✓ checks +t +1 check passed/)]);
  });
});

describe("a check that cannot run is told at its place, in the words that it is written in", () => {
  const end = "syntax error at end of input";

  test.each([
    [{ sql: "SELECT n FROM t WHERE n > (1" }, end, "Checks are written in DuckDB's SQL."],
    [{ sql: "SELECT n FROM" }, end, "Checks are written in DuckDB's SQL."],
    [{ not_null: ["n"], where: "n > (1" }, end, "Checks are written in DuckDB's SQL."],
    [{ unique: ["n"], where: "nam = 'a'" }, 'Referenced column "nam" not found', "Did you mean `name`?"],
    [{ sql: "SELECT CAST(name AS INT) FROM t" }, "Could not convert string 'a'", "TRY_CAST(value AS type)"],
    [{ freshness: { column: "n", within: "2h" } }, "`n` is INT64", "Say a column of type DATE, DATETIME or TIMESTAMP."],
  ])("%j", async (check, message, hint) => {
    await withChecks(check);
    const { text } = await lab.run();
    expect(text).toContain(message);
    expect(text).toContain(hint);
    expect(text).toMatch(/pipeline\.yaml:\d+:\d+ error: /);
    expect(text).not.toMatch(/epoch|"AS"|"\)"|offending_/);
  });
});
