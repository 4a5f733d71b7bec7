/** What a test expects, made comparable. */
import type { DeclaredTest } from "../../spec/load-tests.ts";
import type { Problem } from "../../util/error.ts";
import { toCell } from "../cell.ts";
import type { TypedColumn } from "../engine/duckdb/materialize.ts";
import type { DiffColumn } from "./diff.ts";
import type { ReadFixture } from "./fixture-file.ts";
import type { ExpectedRow } from "./match-rows.ts";
import { typedRows } from "./typed-rows.ts";

export interface ExpectedRows {
  /** Columns that are compared; all that the model has, where no row names one. */
  columns: DiffColumn[];
  rows: ExpectedRow[];
}

export interface ReadExpected {
  test: DeclaredTest;
  /** Columns of the tested model. */
  columns: TypedColumn[];
  readFixture: ReadFixture;
  /** Columns whose values are not shown. */
  hidden: ReadonlySet<string>;
}

export async function readExpected(options: ReadExpected): Promise<ExpectedRows & { problems: Problem[] }> {
  const { test, columns, hidden } = options;
  const rows = test.expect.rows!;
  if (typeof rows === "string") return readExpectedFile(rows, options);
  const { texts, problems } = typedRows({
    test,
    path: ["expect", "rows"],
    rows,
    columns,
    relation: test.model,
    hidden,
  });
  const named = columns.filter(({ name }) => texts.some((row) => row.has(name)));
  const compared = named.length > 0 ? named : columns;
  const cells = texts.map((row) =>
    compared.map(({ name, type }) => (row.has(name) ? toCell(row.get(name), type) : undefined)),
  );
  return { columns: compared, rows: cells, problems };
}

async function readExpectedFile(file: string, { test, columns, readFixture }: ReadExpected) {
  const request = { test, path: ["expect", "rows"], file, columns, relation: test.model, partial: false };
  const { fixture, problems } = await readFixture(request);
  if (!fixture) return { columns: [], rows: [], problems };
  const rows = (await fixture.read()).map((row) => fixture.columns.map(({ name, type }) => toCell(row[name], type)));
  return { columns: fixture.columns, rows, problems };
}
