/** Which models no test computes: neither its own, nor one of a model that reads it. */
import type { LoadedPipeline } from "../../spec/load.ts";
import { loadTests } from "../../spec/load-tests.ts";
import type { Context } from "../../util/context.ts";
import { count } from "../../util/error.ts";
import { cutGraph } from "../data-test/cut.ts";
import { buildGraph } from "../transform/graph.ts";
import { openWork } from "../work.ts";
import { bad, good, type Finding } from "./finding.ts";

/** @param pipeline of target `local` */
export async function lookAtTests(pipeline: LoadedPipeline, context: Context): Promise<Finding> {
  const { tests } = await loadTests(pipeline);
  const work = await openWork(context);
  try {
    const graph = await buildGraph(pipeline, work.db, { sessions: work.sessions, context });
    const known = new Set(graph.models.map(({ name }) => name));
    const computed = tests
      .filter(({ model }) => known.has(model))
      .flatMap(({ model, given }) => cutGraph({ graph, model, given: new Set(Object.keys(given ?? {})) }).models)
      .map(({ name }) => name);
    return findingOf({ tests: tests.length, models: [...known], computed: new Set(computed) });
  } finally {
    await work.close();
  }
}

function findingOf({ tests, models, computed }: { tests: number; models: string[]; computed: Set<string> }): Finding {
  const untested = models.filter((name) => !computed.has(name));
  if (untested.length === 0)
    return good("tests", models.length === 0 ? "there are no models to test" : `${count(tests, "test")} of all models`);
  const [first] = untested;
  return bad(
    "tests",
    tests === 0 ? "there are none" : `none of ${untested.join(", ")}`,
    `\`nais-etl test --new ${first}\` writes a first one, from the samples.`,
  );
}
