import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeLab, type Lab } from "./lab.ts";

let lab: Lab;

beforeEach(async () => {
  lab = await makeLab();
});

afterEach(() => lab.remove());

const rows = "SELECT 1::BIGINT AS n, 'a' AS name, DATE '2022-01-20' AS day";
const withChecks = (...checks: unknown[]) => lab.write(rows, {}, { models: { t: { checks } } });
const ofLater = { sql: "SELECT n FROM u WHERE n > 1" };
const checkLines = (text: string) => text.split("\n").filter((line) => /[✓✗!] checks /.test(line));

describe("the checks of a table have one line", () => {
  test("those among them that wait for another model", async () => {
    await withChecks({ not_null: ["n"] }, ofLater);
    await lab.folder.write("models/u.sql", "SELECT n FROM t");
    expect(checkLines((await lab.run()).text)).toEqual([expect.stringMatching(/✓ checks +t +2 checks passed/)]);
  });

  test("also where it has no others", async () => {
    await withChecks({ sql: "SELECT n FROM t" });
    expect(checkLines((await lab.run()).text)).toEqual([expect.stringMatching(/✗ checks +t +0 of 1 passed/)]);
  });

  test("also where another model fails, so that those that wait for it are not run", async () => {
    await withChecks({ not_null: ["n"] }, ofLater);
    await lab.folder.write("models/u.sql", "SELECT CAST(name AS BIGINT) AS n FROM t");
    const { code, text } = await lab.run();
    expect(code).toBe(1);
    expect(checkLines(text)).toEqual([expect.stringMatching(/✓ checks +t +1 check passed/)]);
  });
});

describe("one run tells all that fails", () => {
  const failed = /✗ checks +t +0 of 2 passed/;
  const nulls = "SELECT NULL::BIGINT AS n";

  test.each([
    ["a query over the table itself", { sql: "WITH q AS (FROM T) SELECT * FROM q WHERE n IS NULL" }],
    ["a query over the table and a source", { sql: "SELECT * FROM t WHERE 1 IN (SELECT id FROM known)" }],
  ])("%s does not wait for models", async (_what, check) => {
    await lab.folder.write("known.csv", "id\n1\n");
    const known = { type: "file", path: "known.csv", columns: { id: "INT64" } };
    await lab.write(nulls, {}, { sources: { known }, models: { t: { checks: [{ not_null: ["n"] }, check] } } });
    await lab.folder.write("models/u.sql", "SELECT n FROM t JOIN known ON n = id");
    const { code, text } = await lab.run();
    expect([code, checkLines(text)]).toEqual([3, [expect.stringMatching(failed)]]);
    expect(text).toMatch(/u .*skipped/);
  });

  test("a value that stands in no source, too", async () => {
    await lab.folder.write("known.csv", "id\n7\n");
    const known = { type: "file", path: "known.csv", columns: { id: "INT64" } };
    const n = { type: "INT64", checks: [{ relationships: { to: "known", column: "id" } }] };
    const t = { columns: { n }, checks: [{ row_count: { max: 0 } }] };
    await lab.write("SELECT 1::BIGINT AS n", {}, { sources: { known }, models: { t } });
    expect(checkLines((await lab.run()).text)).toEqual([expect.stringMatching(failed)]);
  });

  test.each([
    ["what it reads cannot be seen", "SELECT * FROM query_table('u')"],
    ["it reads another model", "FROM u"],
  ])("a query waits where %s", async (_what, sql) => {
    await withChecks({ sql });
    await lab.folder.write("models/u.sql", "SELECT n FROM t");
    const { code, text } = await lab.run();
    expect([code, checkLines(text)]).toEqual([3, [expect.stringMatching(/✗ checks +t +0 of 1 passed/)]]);
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
