/** A pipeline with tests, in a folder of its own, and what comes of them. */
import { join } from "node:path";
import { loadTests } from "../../../src/spec/load-tests.ts";
import { loadPipeline } from "../../../src/spec/load.ts";
import { formatWhere, type Problem } from "../../../src/util/error.ts";
import { testPipeline, type TestResult } from "../../../src/etl/data-test/test-pipeline.ts";
import { makeFolder, problemsOf } from "../../support/folder.ts";

export interface Tried {
  results: TestResult[];
  /** `x` for a failed test, `.` for one that passed. */
  marks: string;
  /** Place, message and hint of each problem that kept the tests from being run. */
  problems: [string, string, string | undefined][];
  effects: string[];
}

export interface Trial {
  /** What pipeline.yaml says beside its name. */
  pipeline?: string;
  models: Record<string, string>;
  tests: string;
  files?: Record<string, string>;
}

export async function tryTests({ pipeline = "", models, tests, files = {} }: Trial): Promise<Tried> {
  const sql = Object.entries(models).map(([name, text]) => [join("models", `${name}.sql`), text]);
  const folder = await makeFolder({
    "pipeline.yaml": `name: trial\n${pipeline}`,
    "tests/t.yaml": tests,
    ...Object.fromEntries(sql),
    ...files,
  });
  try {
    const loaded = await loadPipeline({ file: join(folder.path, "pipeline.yaml"), cwd: folder.path });
    const results: TestResult[] = [];
    const options = {
      pipeline: loaded,
      ...(await loadTests(loaded)),
      onResult: (result: TestResult) => results.push(result),
    };
    const problems = await problemsOf(() => testPipeline(options, folder.context));
    const marks = results.map(({ status }) => (status === "passed" ? "." : "x")).join("");
    return { results, marks, problems: problems.map(asLine), effects: folder.effects };
  } finally {
    await folder.remove();
  }
}

function asLine({ where, message, hint }: Problem): [string, string, string | undefined] {
  return [where ? formatWhere(where) : "", message, hint];
}

/** The guide's models, cut short. */
export const apps: Omit<Trial, "tests"> = {
  pipeline: `
sources:
  apps:
    type: file
    path: data/apps.csv
    columns: { dato: DATE, cluster: STRING, name: STRING }
models:
  per_env:
    columns:
      dato: DATE
      env: { type: STRING, checks: [not_null, { accepted_values: [prod, dev] }] }
      apps: { type: INT64, checks: [{ range: { min: 1, max: 2 }, severity: warn }] }
    checks: [{ row_count: { max: 2 } }]
`,
  models: {
    stg: "SELECT *, CASE WHEN cluster LIKE 'prod-%' THEN 'prod' WHEN cluster IS NOT NULL THEN 'dev' END AS env FROM apps",
    per_env: "SELECT dato, env, count(*) AS apps FROM stg GROUP BY ALL",
  },
};

/** Marks and messages of tests of those models. */
export async function tryApps(tests: string) {
  const { marks, results, problems } = await tryTests({ ...apps, tests });
  return { marks, messages: results.map(({ message }) => message), problems };
}
