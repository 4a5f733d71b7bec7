import { describe, expect, test } from "vitest";
import { keyOf } from "../../src/spec/table.ts";
import { everyType, tableOf, tableWith } from "./formats/tables.ts";

const required = (columns: string, more?: string) =>
  tableWith(columns, more)
    .columns.filter((column) => column.required)
    .map(({ name }) => name);

const quarantine = "quarantine: { table: d.q }";

const output = (type: string, key: string) =>
  `${type === "file" ? "path: a.csv" : "table: d.t"}, type: ${type}, model: a, key: ${key}`;

describe("a column is required", () => {
  test("where a check refuses NULL, on the column or on the table", () => {
    const table = tableOf(everyType);
    expect(table.columns.filter((column) => column.required).map(({ name }) => name)).toEqual(["text", "short"]);
  });

  test.each(["severity: warn", "tolerate: 0.1", "where: x > 1"])("not where the check has %s", (setting) => {
    expect(required(`x: { type: INT64, checks: [{ not_null: true, ${setting} }] }`)).toEqual([]);
  });

  test.each(["on_fail: quarantine", "on_fail: quarantine, tolerate: 0.1", "tolerate: 0", "severity: error", "name: n"])(
    "also where the check has %s",
    (setting) => {
      expect(required(`x: { type: INT64, checks: [{ not_null: true, ${setting} }] }`, quarantine)).toEqual(["x"]);
    },
  );
});

describe("the key of a table", () => {
  const columns = "x: INT64, y: { type: INT64, checks: [unique] }, z: INT64";
  test("is that of its output, of the asked type before others", () => {
    const table = tableWith(
      columns,
      `outputs: { one: { ${output("file", "x")} }, two: { ${output("cassandra", "[x, z]")} } }`,
    );
    expect(keyOf(table)).toEqual(["x"]);
    expect(keyOf(table, "cassandra")).toEqual(["x", "z"]);
    expect(keyOf(table, "postgres")).toEqual(["x"]);
  });

  test("is else what a check holds to be unique, the table's before a column's", () => {
    expect(keyOf(tableWith(columns))).toEqual(["y"]);
    expect(keyOf(tableOf(everyType.replace(/outputs[^]*/, "")))).toEqual(["text", "short"]);
  });

  test("is not what a check only warns about", () => {
    expect(keyOf(tableWith("x: { type: INT64, checks: [{ unique: true, severity: warn }] }"))).toBeUndefined();
  });
});

test("a table without a description has that of its output", () => {
  const outputs =
    "outputs: { a: { type: file, path: a.csv }, b: { type: file, path: b.csv, model: a, description: As a file } }";
  const table = tableWith("x: INT64", outputs);
  expect(table.description).toBe("As a file");
  expect(table.outputs).toHaveLength(2);
});
