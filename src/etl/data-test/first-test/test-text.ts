/** A test as YAML: a row a line. */
import { Document, isMap, visit } from "yaml";
import type { Type } from "../../../spec/type.ts";
import type { Cell } from "../../cell.ts";
import type { GivenSource } from "./given-rows.ts";

export interface TestText {
  model: string;
  given: GivenSource[];
  /** What the clock shows, and the interval, where they matter. */
  now: string | undefined;
  interval: string | undefined;
  params: Record<string, string>;
  /** Rows, or how many; undefined for none. */
  expected: { columns: { name: string; type: Type }[]; rows: Cell[][] } | number | undefined;
}

export function writeTest({ model, given, now, interval, params, expected }: TestText): string {
  const rows = given.map(({ name, columns, rows: list }) => [name, list.map((row) => givenRow(row, columns))]);
  const test = {
    name: `what ${model} makes of a few rows of its samples`,
    model,
    ...(now !== undefined && { now }),
    ...(interval !== undefined && { interval }),
    ...(Object.keys(params).length > 0 && { params: mapValues(params, numberOf) }),
    ...(given.length > 0 && { given: Object.fromEntries(rows) as object }),
    expect: typeof expected === "number" ? { count: expected } : { rows: expectedRows(expected) },
  };
  const document = new Document([test], { version: "1.2" });
  visit(document, { Seq: (key, node) => void (key !== null && flowRows(node.items)) });
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

function mapValues<T>(object: Record<string, string>, act: (value: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, act(value)]));
}

function flowRows(items: unknown[]): void {
  for (const item of items) if (isMap(item)) item.flow = true;
}

/** What is NULL is left out; a row of which nothing is left is `{}`. */
function givenRow(row: Record<string, Cell>, columns: GivenSource["columns"]): object {
  const named = columns.filter(({ name }) => row[name] !== null && row[name] !== undefined);
  return Object.fromEntries(named.map(({ name, type }) => [name, written(row[name]!, type)]));
}

function expectedRows(expected: Exclude<TestText["expected"], number>): object[] {
  if (!expected) return [];
  return expected.rows.map((row) =>
    Object.fromEntries(expected.columns.map(({ name, type }, i) => [name, written(row[i]!, type)])),
  );
}

function written(cell: Cell, type: Type): unknown {
  if (cell === null) return null;
  if (type.kind === "ARRAY") return (cell as Cell[]).map((item) => written(item, type.element));
  if (type.kind === "STRUCT") {
    const fields = cell as Record<string, Cell>;
    return Object.fromEntries(
      type.fields.map((field) => [field.name, written(fields[field.name] ?? null, field.type)]),
    );
  }
  if (typeof cell !== "string") return cell;
  if (type.kind === "JSON") return JSON.parse(cell) as unknown;
  if (type.kind === "INT64") return BigInt(cell);
  if (type.kind === "BOOL") return cell === "true";
  return type.kind === "NUMERIC" ? numberOf(cell) : cell;
}

/** As a number where none of its digits is lost. */
function numberOf(text: string): unknown {
  return String(Number(text)) === text ? Number(text) : text;
}
