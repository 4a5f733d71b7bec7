import { expect, test } from "vitest";
import { quarantineProblems } from "../../src/spec/quarantine-problems.ts";
import { checkKinds } from "../../src/spec/check.ts";
import type { Pipeline } from "../../src/spec/pipeline.ts";

const told = (spec: object) =>
  [...quarantineProblems(spec as Pipeline)].map(({ path, message }) => `${path.join(".")}: ${message}`);
const aside = { on_fail: "quarantine" };
const model = (check: object) => ({ m: { columns: { x: { checks: [{ ...check, ...aside }] } } } });
const quarantine = { table: "d.q" };

test("without a table to go to, each check is told", () => {
  const models = {
    m: { columns: { x: { checks: [{ unique: true, ...aside }] } }, checks: [{ not_null: ["x"], ...aside }] },
  };
  expect(told({ models })).toEqual([
    "models.m.checks.0.on_fail: `on_fail: quarantine` sets rows aside, and the file does not say where",
    "models.m.columns.x.checks.0.on_fail: `on_fail: quarantine` sets rows aside, and the file does not say where",
  ]);
});

test("kinds that find no rows of the table are refused by name, the others not", () => {
  const refused = checkKinds.filter((kind) => told({ quarantine, models: model({ [kind]: {} }) }).length > 0);
  expect(refused).toEqual(["row_count", "freshness", "completeness", "sql"]);
  expect(told({ quarantine, models: model({ row_count: { min: 1 } }) })).toEqual([
    "models.m.columns.x.checks.0.on_fail: `row_count` has no rows of the table to set aside",
  ]);
});

test("a severity beside it does nothing, and is refused", () => {
  expect(told({ quarantine, models: model({ not_null: true, severity: "warn" }) })).toEqual([
    "models.m.columns.x.checks.0.severity: `severity` does nothing with `on_fail: quarantine`: the rows are set aside",
  ]);
});

test("a source's rows cannot be held against a model, which comes later", () => {
  const check = { relationships: { to: "b", column: "x" }, ...aside };
  const sources = { a: { columns: { x: { checks: [check] } } }, b: {} };
  expect(told({ quarantine, sources })).toEqual([]);
  expect(told({ quarantine, sources: { a: sources.a } })).toEqual([
    "sources.a.columns.x.checks.0.relationships.to: rows of a source cannot be set aside by what is no source: `b`",
  ]);
});

test("the table is a table, and no output's", () => {
  expect(told({ quarantine: { table: "q" } })).toEqual(["quarantine.table: `q` is not a table"]);
  expect(told({ quarantine: { table: "${env:SET}" } })).toEqual([]);
  expect(told({ quarantine, outputs: { o: { type: "bigquery", table: "d.q" } } })).toEqual([
    "quarantine.table: `quarantine` writes to d.q, as `outputs.o` does",
  ]);
});
