/** Rows in a file instead of in the test: read once for all tests that name it, as strictly as a source's sample. */
import { existsSync } from "node:fs";
import { relative } from "node:path";
import type { Context } from "../../util/context.ts";
import { EtlError, messageOf, type Problem } from "../../util/error.ts";
import { didYouMean, nearest } from "../../util/suggest.ts";
import type { Path } from "../../spec/document.ts";
import { fixturePaths, type DeclaredTest } from "../../spec/load-tests.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { FileScan } from "../connectors/connector.ts";
import { readSample } from "../connectors/file/read.ts";
import type { Row } from "../engine/engine.ts";
import type { TypedColumn } from "../engine/duckdb/materialize.ts";
import { scanSql } from "../engine/duckdb/scan.ts";
import { explainScanError } from "../engine/duckdb/scan-error.ts";
import { applyContract } from "../transform/contract.ts";
import type { Work } from "../work.ts";

export interface FixtureRequest {
  test: DeclaredTest;
  /** Where the test names the file. */
  path: Path;
  file: string;
  /** Declared columns, whose types the values must have; undefined takes what the file says. */
  columns: TypedColumn[] | undefined;
  /** The source or model whose rows they are, for messages. */
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

export interface FixtureReader {
  pipeline: LoadedPipeline;
  work: Work;
  context: Context;
}

export function createFixtureReader(reader: FixtureReader): ReadFixture {
  const known = new Map<string, Promise<FixtureResult>>();
  return (request) => {
    const path = findFile(request, reader.pipeline);
    if (path === undefined) return Promise.resolve({ problems: [noFile(request)] });
    const key = JSON.stringify([path, request.columns, request.relation, request.partial]);
    const result = known.get(key) ?? readFixture({ ...reader, request, path, table: `fixture ${known.size}` });
    known.set(key, result);
    return result;
  };
}

function findFile({ file, test }: FixtureRequest, { folder }: LoadedPipeline): string | undefined {
  return fixturePaths({ path: file, folder, testPath: test.path }).find((path) => existsSync(path));
}

function noFile({ file, test, path }: FixtureRequest): Problem {
  const hint = "Paths start in the pipeline's folder, or in that of the test's file.";
  return {
    severity: "error",
    rule: "missing-file",
    message: `there is no file \`${file}\``,
    hint,
    where: test.where(path),
  };
}

interface ReadFile extends FixtureReader {
  request: FixtureRequest;
  path: string;
  /** Where its rows are kept: a name with a space, which no source or model has. */
  table: string;
}

async function readFixture(options: ReadFile): Promise<FixtureResult> {
  const { request, work, path, pipeline } = options;
  const shown = pipeline.show(relative(pipeline.folder, path));
  try {
    const found = await describeFile(undefined, options);
    const { wanted, problems } = chooseColumns(
      request,
      found.map(({ name }) => name),
      shown,
    );
    if (problems.length > 0) return { problems };
    const columns = wanted ?? found;
    await keepRows(wanted, options);
    const { quoteIdentifier, literal } = work.db.dialect;
    const names = new Set(columns.map(({ name }) => name));
    const all = request.partial ? (request.columns ?? columns) : columns;
    const list = all.map(
      ({ name, type }) => `${names.has(name) ? "" : `${literal(null, type)} AS `}${quoteIdentifier(name)}`,
    );
    const sql = `SELECT ${list.join(", ")} FROM memory.main.${quoteIdentifier(options.table)}`;
    return { fixture: { columns: all, sql, read: () => work.db.query(sql) }, problems: [] };
  } catch (error) {
    if (error instanceof EtlError) return { problems: error.problems };
    throw error;
  }
}

/** Declared columns that the file has; undefined where none are declared. */
function chooseColumns(
  { columns, relation, partial }: FixtureRequest,
  found: string[],
  shown: string,
): { wanted?: TypedColumn[]; problems: Problem[] } {
  if (!columns) return { problems: [] };
  const known = columns.map(({ name }) => name);
  const lacking = known.filter((name) => !found.includes(name));
  const strange = found.filter((name) => !known.includes(name));
  // A file cut from real data has more columns than are read; one that is nearly a column that it lacks is a slip.
  const wrong = partial ? strange.filter((name) => nearest(name, lacking) !== undefined) : strange;
  const wanted = columns.filter(({ name }) => found.includes(name));
  const problems = wrong.map((name): Problem => ({
    severity: "error",
    rule: "unknown-column",
    message: `\`${relation}\` has no column \`${name}\``,
    hint: didYouMean(name, lacking.length > 0 ? lacking : known),
    where: { file: shown, line: 1 },
  }));
  if (wanted.length > 0 || problems.length > 0) return { wanted, problems };
  const message = `${shown} has none of the columns of \`${relation}\``;
  return {
    problems: [
      {
        severity: "error",
        rule: "unknown-column",
        message,
        hint: `They are ${known.join(", ")}.`,
        where: { file: shown },
      },
    ],
  };
}

async function describeFile(columns: TypedColumn[] | undefined, options: ReadFile): Promise<TypedColumn[]> {
  const { request, work, pipeline, path } = options;
  return scanned(columns, options, async (scan) => {
    const computed = await work.db.describe(await scanSql(scan, work.db));
    const where = { file: pipeline.show(relative(pipeline.folder, path)) };
    const contract = applyContract({ name: request.relation, declared: undefined, computed, where: () => where });
    if (contract.problems.length === 0) return contract.columns;
    throw new EtlError({ code: "invalid", message: "columns that cannot be used", problems: contract.problems });
  });
}

async function keepRows(columns: TypedColumn[] | undefined, options: ReadFile): Promise<void> {
  const { work, table } = options;
  await scanned(columns, options, async (scan) => {
    await work.db.run(
      `CREATE OR REPLACE TABLE ${work.db.dialect.quoteIdentifier(table)} AS ${await scanSql(scan, work.db)}`,
    );
  });
}

/** Does something with the file's scan; an error that comes of reading it names the file's line. */
async function scanned<T>(
  columns: TypedColumn[] | undefined,
  options: ReadFile,
  act: (scan: FileScan) => Promise<T>,
): Promise<T> {
  const { request, work, pipeline, path, context } = options;
  const { folder, show } = pipeline;
  const declared = columns && Object.fromEntries(columns.map(({ name, type }) => [name, { type }]));
  const sample = relative(folder, path);
  const scan = await readSample({
    name: request.relation,
    columns: declared,
    folder,
    show,
    workFolder: work.folder,
    context,
    sample,
  });
  try {
    return await act(scan);
  } catch (error) {
    if (error instanceof EtlError) throw error;
    const explained = await explainScanError(error, scan, work.db, { showValues: true });
    throw (
      explained ??
      new EtlError({
        code: "failed",
        message: messageOf(error).split("\n")[0]!,
        where: { file: show(sample) },
        cause: error,
      })
    );
  }
}
