import { describe, expect, test } from "vitest";
import { checkSentence } from "../../../src/spec/formats/check-sentence.ts";
import { tableOf, tableWith } from "./tables.ts";

describe("a check of a column in words", () => {
  test.each([
    ["not_null", "is never NULL"],
    ["unique", "is unique"],
    ["{ accepted_values: [prod, dev] }", "is one of prod, dev"],
    ["{ range: { min: 1 } }", "is at least 1"],
    ["{ range: { max: 2022-01-20 } }", "is at most 2022-01-20"],
    ["{ range: { min: 1, max: 5 } }", "is at least 1 and at most 5"],
    ["{ matches: ^a }", "matches `^a`"],
    ["{ relationships: { to: teams, column: name } }", "stands in `teams.name`"],
    ["{ not_null: true, where: x > 1 }", "is never NULL, where x > 1"],
    ["{ not_null: true, tolerate: 0.07 }", "is never NULL, but for 7 % of the rows"],
    ["{ unique: true, severity: warn }", "is unique (only warns)"],
  ])("%s: %s", (check, sentence) => {
    const [column] = tableWith(`x: { type: STRING, checks: [${check}] }`).columns;
    expect(column!.checks.map(checkSentence)).toEqual([sentence]);
  });
});

describe("a check of a table in words", () => {
  test.each([
    ["{ not_null: x }", "`x` is never NULL"],
    ["{ not_null: [x, y] }", "`x`, `y` are never NULL"],
    ["{ unique: x }", "`x` is unique"],
    ["{ unique: [x, y] }", "`x`, `y` are unique together"],
    ["{ row_count: { min: 1, max: 4 } }", "has at least 1 and at most 4 rows"],
    ["{ row_count: { min: 14, max: 14 } }", "has 14 rows"],
    ["{ freshness: { column: y, within: 36h } }", "the newest `y` is at most 36h old"],
    ["{ completeness: { column: y, every: day } }", "every day between the first and the last `y` has rows"],
    ['{ sql: "SELECT *\\n  FROM a" }', "`SELECT * FROM a` returns no rows"],
  ])("%s: %s", (check, sentence) => {
    const model = `name: apps\nmodels: { a: { columns: { x: INT64, y: DATE }, checks: [${check}] } }`;
    const { checks } = tableOf(model, "a");
    expect(checks.map(checkSentence)).toEqual([sentence]);
  });
});
