/** What can be known of the tests without running them: their files parse, and name models, inputs and files that are there. */
import { existsSync } from "node:fs";
import type { Context } from "../../util/context.ts";
import type { Problem } from "../../util/error.ts";
import { fixturePaths, loadTests, type DeclaredTest } from "../../spec/load-tests.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { buildGraph } from "../transform/graph.ts";
import { openWork } from "../work.ts";
import { cutGraph } from "../data-test/cut.ts";
import { missingFile } from "../data-test/fixture-file.ts";
import { givenProblems, unknownModel, type Tested } from "../data-test/plan-problems.ts";

/** @param pipeline of target `local` @returns every problem of every test; none is thrown */
export async function validateTests(pipeline: LoadedPipeline, context: Context): Promise<Problem[]> {
  const { tests, problems } = await loadTests(pipeline);
  if (tests.length === 0) return problems;
  const work = await openWork(context);
  try {
    const graph = await buildGraph(pipeline, work.db, { sessions: work.sessions, context });
    // Of broken models it is not known what they read.
    const broken = graph.problems.some(({ severity }) => severity === "error");
    const named = broken ? [] : tests.flatMap((test) => namedProblems({ test, graph, pipeline }));
    return [...problems, ...named, ...tests.flatMap((test) => fileProblems(test, pipeline))];
  } finally {
    await work.close();
  }
}

function namedProblems(tested: Tested): Problem[] {
  const { test, graph } = tested;
  if (!graph.models.some(({ name }) => name === test.model)) return [unknownModel(tested)];
  const { missing } = cutGraph({ graph, model: test.model, given: new Set(Object.keys(test.given ?? {})) });
  return givenProblems({ ...tested, missing });
}

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
