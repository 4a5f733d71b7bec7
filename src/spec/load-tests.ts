/** Reads tests/: every test of every file, and all problems at once. */
import { readdir, readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import type { Problem, Where } from "../util/error.ts";
import { parseYaml, type Path, type SourceDocument } from "./document.ts";
import { toProblems } from "./issue.ts";
import { knownKeys } from "./known-keys.ts";
import { testSchema, type TestSpec } from "./test-file.ts";
import { decodeUtf8 } from "./utf8.ts";
import { isPlainObject } from "./value.ts";

export interface DeclaredTest extends TestSpec {
  /** Absolute path of its file, and the path as the user would write it. */
  path: string;
  file: string;
  /** Place of a value in this test, or of a key. */
  where: (path: Path, key?: string) => Where;
  /** An unquoted value as it is written: see {@link SourceDocument.plain}. */
  plain: (path: Path) => string | undefined;
}

export interface LoadedTests {
  tests: DeclaredTest[];
  problems: Problem[];
  /** How many test files there are. */
  files: number;
}

export interface LoadTestsOptions {
  /** The pipeline's folder; tests stand in its folder tests/. */
  folder: string;
  /** A path below that folder, as the user would write it. */
  show: (path: string) => string;
}

interface TestFile {
  path: string;
  document: SourceDocument;
}

/** Tests in the order of the files' names and of the files. YAML files that tests name as rows are no tests. */
export async function loadTests({ folder, show }: LoadTestsOptions): Promise<LoadedTests> {
  const names = await testFileNames(join(folder, "tests"));
  const files = await Promise.all(
    names.map((name) => readTestFile(join(folder, "tests", name), show(join("tests", name)))),
  );
  const fixtures = new Set(files.flatMap((file) => fixturesOf(file, folder)));
  const own = files.filter((file) => !fixtures.has(file.path));
  const results = own.map(testsOf);
  return {
    tests: results.flatMap(({ tests }) => tests),
    problems: results.flatMap(({ problems }) => problems),
    files: own.length,
  };
}

/** The tests of a text, as if it stood in a file. */
export function testsInText({ text, path, file }: { text: string; path: string; file: string }): LoadedTests {
  return { ...testsOf({ path, document: parseYaml(text, file) }), files: 1 };
}

/** Where a fixture's path may start: in the pipeline's folder, or in that of the test's file. */
export function fixturePaths({ path, folder, testPath }: { path: string; folder: string; testPath: string }): string[] {
  return [...new Set([resolve(folder, path), resolve(dirname(testPath), path)])];
}

async function testFileNames(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names.filter((name) => /\.ya?ml$/.test(name)).toSorted();
}

async function readTestFile(path: string, shown: string): Promise<TestFile> {
  return { path, document: parseYaml(decodeUtf8(await readFile(path), shown), shown) };
}

/** Files that the tests of a file name instead of rows. */
function fixturesOf({ path: testPath, document }: TestFile, folder: string): string[] {
  const tests = Array.isArray(document.value) ? document.value.filter(isPlainObject) : [];
  const rows = tests.flatMap(({ given, expect }) => [
    ...(isPlainObject(given) ? Object.values(given) : []),
    ...(isPlainObject(expect) ? [expect["rows"]] : []),
  ]);
  const named = rows.filter((value) => typeof value === "string");
  return named.flatMap((path) => fixturePaths({ path, folder, testPath }));
}

function testsOf({ path, document }: TestFile): Omit<LoadedTests, "files"> {
  const { value, problems } = document;
  if (problems.length > 0 || value === undefined || value === null) return { tests: [], problems };
  if (!Array.isArray(value))
    return { tests: [], problems: [wrongType(`${document.file} is not a list of tests`, document.where([]))] };
  const results = value.map((item: unknown, i) => testAt(item, i, path, document));
  return {
    tests: results.flatMap(({ test }) => (test ? [test] : [])),
    problems: results.flatMap((result) => result.problems),
  };
}

function wrongType(message: string, where: Where): Problem {
  return { severity: "error", rule: "wrong-type", message, hint: "Each test is an item: begin with `- name:`.", where };
}

function testAt(
  item: unknown,
  i: number,
  path: string,
  document: SourceDocument,
): { test?: DeclaredTest; problems: Problem[] } {
  const where = (inner: Path, key?: string) => document.where([i, ...inner], key);
  if (!isPlainObject(item)) return { problems: [wrongType("this is not a test", where([]))] };
  const result = testSchema.safeParse(item, { reportInput: true });
  if (result.success) {
    const plain = (inner: Path) => document.plain([i, ...inner]);
    return { test: { ...result.data, path, file: document.file, where, plain }, problems: [] };
  }
  const allowedKeys = (inner: Path) => knownKeys(testSchema, inner, item);
  const isAlone = (inner: Path, key: string) => document.isAlone([i, ...inner], key);
  const problems = toProblems(result.error.issues, { locate: where, allowedKeys, isAlone });
  return {
    problems: problems.toSorted((a, b) => a.where!.line! - b.where!.line! || a.where!.column! - b.where!.column!),
  };
}
