/** The relations that a test gives: rows of its own, or those of a file. */
import type { DeclaredTest } from "../../spec/load-tests.ts";
import type { GivenRow } from "../../spec/test-file.ts";
import type { Problem } from "../../util/error.ts";
import type { Dialect } from "../engine/dialect.ts";
import type { TypedColumn } from "../engine/duckdb/materialize.ts";
import type { ReadFixture } from "./fixture-file.ts";
import { givenSql } from "./given-sql.ts";
import { inferColumns } from "./infer-columns.ts";
import type { ColumnsOf } from "./relation-types.ts";
import { typedRows } from "./typed-rows.ts";

export interface GivenRelation {
  name: string;
  columns: TypedColumn[];
  sql: string;
}

export interface ReadGiven {
  test: DeclaredTest;
  /** Which of the given names are needed; the others are not looked at. */
  names: string[];
  columnsOf: ColumnsOf;
  readFixture: ReadFixture;
  dialect: Dialect;
  /** Columns whose values are not shown. */
  hidden: ReadonlySet<string>;
}

export async function readGiven(options: ReadGiven): Promise<{ relations: GivenRelation[]; problems: Problem[] }> {
  const relations: GivenRelation[] = [];
  const problems: Problem[] = [];
  for (const name of options.names) {
    const read = await readRelation(name, options);
    problems.push(...read.problems);
    if (read.relation) relations.push(read.relation);
  }
  return { relations, problems };
}

type ReadRelation = { relation?: GivenRelation; problems: Problem[] };

async function readRelation(
  name: string,
  { test, columnsOf, readFixture, dialect, hidden }: ReadGiven,
): Promise<ReadRelation> {
  const rows = test.given![name]!;
  const columns = await columnsOf(name);
  const path = ["given", name];
  if (typeof rows === "string") {
    const { fixture, problems } = await readFixture({ test, path, file: rows, columns, relation: name, partial: true });
    return fixture ? { relation: { name, ...fixture }, problems } : { problems };
  }
  return inlineRelation({ name, test, rows, columns: columns ?? inferredColumns(test, name, rows), dialect, hidden });
}

function inferredColumns(test: DeclaredTest, name: string, rows: GivenRow[]): TypedColumn[] {
  return inferColumns(rows, (row, column) => test.plain(["given", name, row, column]) !== undefined);
}

interface InlineRelation {
  name: string;
  test: DeclaredTest;
  rows: GivenRow[];
  columns: TypedColumn[];
  dialect: Dialect;
  hidden: ReadonlySet<string>;
}

function inlineRelation({ name, test, rows, columns, dialect, hidden }: InlineRelation): ReadRelation {
  if (columns.length === 0) return { problems: [columnless(name, test)] };
  const { texts, problems } = typedRows({ test, path: ["given", name], rows, columns, relation: name, hidden });
  return problems.length > 0
    ? { problems }
    : { relation: { name, columns, sql: givenSql(columns, texts, dialect) }, problems };
}

function columnless(name: string, test: DeclaredTest): Problem {
  return {
    severity: "error",
    rule: "unknown-columns",
    message: `which columns \`${name}\` has is not known`,
    hint: `Declare them in pipeline.yaml: sources: { ${name}: { columns: { … } } }, or name them in a row.`,
    where: test.where(["given"], name),
  };
}
