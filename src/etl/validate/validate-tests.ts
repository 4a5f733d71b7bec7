/** What can be known of the tests without running them: all that `test` refuses before it computes anything. */
import { existsSync } from "node:fs";
import type { Context } from "../../util/context.ts";
import type { Problem } from "../../util/error.ts";
import { fixturePaths, loadTests, type DeclaredTest } from "../../spec/load-tests.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { buildGraph } from "../transform/graph.ts";
import { openWork } from "../work.ts";
import { missingFile } from "../data-test/fixture-file.ts";
import { createSandbox } from "../data-test/sandbox.ts";
import { planTests } from "../data-test/test-session.ts";

/** @param pipeline of target `local` @returns every problem of every test; none is thrown */
export async function validateTests(pipeline: LoadedPipeline, context: Context): Promise<Problem[]> {
  const { tests, problems } = await loadTests(pipeline);
  if (tests.length === 0) return problems;
  const absent = tests.flatMap((test) => fileProblems(test, pipeline));
  const work = await openWork(context);
  try {
    const graph = await buildGraph(pipeline, work.db, { sessions: work.sessions, context });
    // Of broken models it is not known what they read, and what is wrong with them is told elsewhere.
    if (graph.problems.some(({ severity }) => severity === "error")) return [...problems, ...absent];
    const sandbox = createSandbox(await work.db.another());
    try {
      const planned = await planTests(tests, { pipeline, graph, work, sandbox, context });
      return [...problems, ...planned.problems, ...absent];
    } finally {
      sandbox.db.close();
    }
  } finally {
    await work.close();
  }
}

/** Those of a test of which something else is wrong are not looked for when it is planned. */
function fileProblems(test: DeclaredTest, { folder }: LoadedPipeline): Problem[] {
  const named = Object.entries(test.given ?? {}).map(([name, rows]) => ({ path: ["given", name], rows }));
  return [...named, { path: ["expect", "rows"], rows: test.expect.rows }].flatMap(({ path, rows }) => {
    if (typeof rows !== "string") return [];
    const isThere = fixturePaths({ path: rows, folder, testPath: test.path }).some((candidate) =>
      existsSync(candidate),
    );
    return isThere ? [] : [missingFile({ file: rows, test, path })];
  });
}
