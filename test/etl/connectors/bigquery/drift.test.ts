import { describe, expect, test } from "vitest";
import { compareColumns } from "../../../../src/etl/connectors/bigquery/drift.ts";
import type { BigqueryField } from "../../../../src/spec/formats/bigquery.ts";
import { parseType } from "../../../../src/spec/type.ts";

const field = (name: string, type: string, more: Partial<BigqueryField> = {}): BigqueryField => ({
  name,
  type,
  mode: "NULLABLE",
  ...more,
});
const items = field("items", "RECORD", { mode: "REPEATED", fields: [field("n", "INTEGER"), field("s", "STRING")] });

const names = (list: BigqueryField[]) => list.map(({ name }) => name);

function compare(found: BigqueryField[], declared: Record<string, string> | undefined) {
  const columns =
    declared && Object.fromEntries(Object.entries(declared).map(([name, type]) => [name, { type: parseType(type) }]));
  const { fields, undeclared, problems } = compareColumns({
    source: "apps",
    shown: "p.d.apps",
    found,
    declared: columns,
    where: (column) => ({ file: `pipeline.yaml:${column ?? ""}` }),
  });
  return {
    fields: names(fields),
    undeclared: names(undeclared),
    messages: problems.map(({ message }) => message),
    problems,
  };
}

describe("a source that is what was declared", () => {
  test("gives the declared columns in its own order, and names those that nobody declares", () => {
    const found = [field("a", "STRING"), field("b", "DATE"), field("c", "INTEGER")];
    expect(compare(found, { c: "INT64", a: "STRING" })).toMatchObject({
      fields: ["a", "c"],
      undeclared: ["b"],
      messages: [],
    });
  });

  test("may have lengths and precisions, more fields in a row, and names in another case", () => {
    const found = [field("Dato", "DATE"), field("n", "NUMERIC", { precision: "10", scale: "2" }), items];
    expect(compare(found, { dato: "DATE", n: "NUMERIC", items: "ARRAY<STRUCT<s STRING>>" }).messages).toEqual([]);
  });

  test("where nothing is declared, all is read", () => {
    expect(compare([field("a", "STRING"), items], undefined)).toMatchObject({ fields: ["a", "items"], undeclared: [] });
  });
});

describe("a source that has changed", () => {
  test("where nothing was added, no other column is offered", () => {
    const { problems } = compare([field("name", "STRING")], { name: "STRING", cluster: "STRING" });
    expect(problems.map(({ hint }) => hint)).toEqual([
      "If there is no such column, or it is gone for good, remove it here and where models use it.",
    ]);
  });

  test("a column that is gone is named, with the nearest one", () => {
    const { problems } = compare([field("clusters", "STRING")], { cluster: "STRING" });
    expect(problems).toEqual([
      {
        severity: "error",
        rule: "source-drift",
        message: "the source `apps` has no column `cluster` (STRING): p.d.apps lacks it",
        hint: "Did you mean `clusters`? If there is no such column, or it is gone for good, remove it here and where models use it.",
        where: { file: "pipeline.yaml:cluster" },
      },
    ]);
  });

  test("a column of another type is named with both, nested ones with their path", () => {
    const found = [field("a", "STRING"), field("b", "STRING", { mode: "REPEATED" }), field("g", "GEOGRAPHY"), items];
    expect(
      compare(found, { a: "INT64", b: "STRING", g: "STRING", items: "ARRAY<STRUCT<n STRING, x INT64>>" }).messages,
    ).toEqual([
      "the column `a` of the source `apps` is STRING in p.d.apps, and declared INT64",
      "the column `b` of the source `apps` is ARRAY<STRING> in p.d.apps, and declared STRING",
      "the column `g` of the source `apps` is GEOGRAPHY in p.d.apps, and declared STRING",
      "the column `items` of the source `apps` is ARRAY<STRUCT<n INT64, s STRING>> in p.d.apps, and declared ARRAY<STRUCT<n STRING, x INT64>>: `n` differs",
    ]);
  });

  test("a type that cannot be read is told where nothing is declared", () => {
    expect(compare([field("g", "GEOGRAPHY"), field("r", "RANGE", { mode: "REPEATED" })], undefined).messages).toEqual([
      "the column `g` of the source `apps` is GEOGRAPHY in p.d.apps, which cannot be read",
      "the column `r` of the source `apps` is ARRAY<RANGE> in p.d.apps, which cannot be read",
    ]);
  });
});
