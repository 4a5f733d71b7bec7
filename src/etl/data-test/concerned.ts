/** Which tests a change of files concerns: of their own file, of a model that they compute, of rows that they name. */
import { resolve } from "node:path";
import { fixturePaths } from "../../spec/load-tests.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { PlannedTest } from "./planned-test.ts";

const isCode = /\.(py|[cm]?[jt]sx?|sh|r|jar|toml|lock|txt)$/i;
const isData = /\.(csv|tsv|json|ndjson|jsonl|parquet|ya?ml)(\.gz)?$/i;

/** @param changed absolute paths */
export function concerns(changed: ReadonlySet<string>, plan: PlannedTest, pipeline: LoadedPipeline): boolean {
  const paths = [
    pipeline.file,
    plan.test.path,
    ...plan.models.map(({ file }) => file.path),
    ...rowFiles(plan, pipeline),
  ];
  if (paths.some((path) => changed.has(path))) return true;
  // What a program imports, or what a file of undeclared columns looks like, is not known.
  const unknown = [
    ...(plan.models.some(({ kind }) => kind === "program") ? [isCode] : []),
    ...(plan.given.some(({ name }) => hasOpenColumns(name, pipeline)) ? [isData] : []),
  ];
  return [...changed].some((path) => !isOwn(path, pipeline) && unknown.some((kind) => kind.test(path)));
}

/** Files that tests and samples name instead of rows. */
function rowFiles({ test, given }: PlannedTest, { folder, spec }: LoadedPipeline): string[] {
  const named = [...Object.values(test.given ?? {}), test.expect.rows].filter((rows) => typeof rows === "string");
  const samples = given.flatMap(({ name }) => spec.sources?.[name]?.sample ?? []);
  return [
    ...named.flatMap((path) => fixturePaths({ path, folder, testPath: test.path })),
    ...samples.map((path) => resolve(folder, path)),
  ];
}

/** A source that declares no columns has those of its files. */
function hasOpenColumns(name: string, { spec }: LoadedPipeline): boolean {
  const source = spec.sources?.[name];
  return source !== undefined && source.columns === undefined;
}

/** Files of tests and queries are known: each concerns those that are told above. Types of models are written, not read. */
function isOwn(path: string, { folder }: LoadedPipeline): boolean {
  return /^\/(tests\/.*\.ya?ml|models\/.*\.sql|models\/types\.d\.ts)$/.test(
    path.slice(folder.length).replaceAll("\\", "/"),
  );
}
