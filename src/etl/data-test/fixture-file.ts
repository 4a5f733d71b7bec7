/** Rows in a file instead of in the test: read once for all tests that name it, as strictly as a source's sample. */
import { existsSync } from "node:fs";
import { relative } from "node:path";
import { EtlError, type Problem } from "../../util/error.ts";
import { didYouMean, nearest } from "../../util/suggest.ts";
import type { Path } from "../../spec/document.ts";
import { fixturePaths, type DeclaredTest } from "../../spec/load-tests.ts";
import type { Row } from "../engine/engine.ts";
import type { TypedColumn } from "../engine/duckdb/materialize.ts";
import { describeFile, keepFile, type FileReader } from "./read-file.ts";

export interface FixtureRequest {
  test: DeclaredTest;
  /** Where the test names the file. */
  path: Path;
  file: string;
  /** Declared columns, whose types the values must have; undefined takes what the file says. */
  columns: TypedColumn[] | undefined;
  /** The source or model whose rows they are. */
  relation: string;
  /** Whether the file may have other columns, which are left out, and lack declared ones, which are NULL. */
  partial: boolean;
}

export interface Fixture {
  columns: TypedColumn[];
  /** A query that gives its rows, in the file's order. */
  sql: string;
  read(): Promise<Row[]>;
}

type FixtureResult = { fixture?: Fixture; problems: Problem[] };
export type ReadFixture = (request: FixtureRequest) => Promise<FixtureResult>;

export function createFixtureReader(reader: FileReader): ReadFixture {
  const { folder, show } = reader.pipeline;
  const known = new Map<string, Promise<FixtureResult>>();
  return (request) => {
    const { file, test, columns, relation, partial } = request;
    const path = fixturePaths({ path: file, folder, testPath: test.path }).find((candidate) => existsSync(candidate));
    if (path === undefined) return Promise.resolve({ problems: [missingFile(request)] });
    const key = JSON.stringify([path, columns, relation, partial]);
    const place: Place = {
      file: relative(folder, path),
      shown: show(relative(folder, path)),
      table: `fixture ${known.size}`,
    };
    const result = known.get(key) ?? readFixture(request, place, reader);
    known.set(key, result);
    return result;
  };
}

export function missingFile({ file, test, path }: Pick<FixtureRequest, "file" | "test" | "path">): Problem {
  const hint = "Paths start in the pipeline's folder, or in that of the test's file.";
  return {
    severity: "error",
    rule: "missing-file",
    message: `there is no file \`${file}\``,
    hint,
    where: test.where(path),
  };
}

interface Place {
  /** Path below the pipeline's folder, and as the user would write it. */
  file: string;
  shown: string;
  /** Where its rows are kept: a name with a space, which no source or model has. */
  table: string;
}

async function readFixture(
  request: FixtureRequest,
  { file, shown, table }: Place,
  reader: FileReader,
): Promise<FixtureResult> {
  const { relation } = request;
  try {
    const found = await describeFile({ file, relation, declared: request.columns }, reader);
    const { wanted, problems } = chooseColumns(request, found, shown);
    if (problems.length > 0) return { problems };
    await keepFile({ file, relation, columns: request.columns && wanted, table }, reader);
    return { fixture: fixtureOf(request, wanted, table, reader), problems: [] };
  } catch (error) {
    if (error instanceof EtlError) return { problems: error.problems };
    throw error;
  }
}

function fixtureOf(
  { columns, partial }: FixtureRequest,
  found: TypedColumn[],
  table: string,
  { work }: FileReader,
): Fixture {
  const { quoteIdentifier, literal } = work.db.dialect;
  const names = new Set(found.map(({ name }) => name));
  const all = partial ? (columns ?? found) : found;
  const list = all.map(
    ({ name, type }) => `${names.has(name) ? "" : `${literal(null, type)} AS `}${quoteIdentifier(name)}`,
  );
  const sql = `SELECT ${list.join(", ")} FROM memory.main.${quoteIdentifier(table)}`;
  return { columns: all, sql, read: () => work.db.query(sql) };
}

/** Of the declared columns those that the file has; all of the file's where none are declared. */
function chooseColumns({ columns, relation, partial }: FixtureRequest, found: TypedColumn[], shown: string) {
  if (!columns) return { wanted: found, problems: [] };
  const has = new Set(found.map(({ name }) => name));
  const known = columns.map(({ name }) => name);
  const lacking = known.filter((name) => !has.has(name));
  const strange = [...has].filter((name) => !known.includes(name));
  // A file cut from real data has more columns than are read; one that is nearly a column that it lacks is a slip.
  const wrong = partial ? strange.filter((name) => nearest(name, lacking) !== undefined) : strange;
  const wanted = columns.filter(({ name }) => has.has(name));
  const problem = (message: string, hint: string): Problem => ({
    severity: "error",
    rule: "unknown-column",
    message,
    hint,
    where: { file: shown, line: 1 },
  });
  const problems = wrong.map((name) =>
    problem(`\`${relation}\` has no column \`${name}\``, didYouMean(name, lacking.length > 0 ? lacking : known)),
  );
  if (wanted.length === 0 && problems.length === 0) {
    problems.push(problem(`${shown} has none of the columns of \`${relation}\``, `They are ${known.join(", ")}.`));
  }
  return { wanted, problems };
}
