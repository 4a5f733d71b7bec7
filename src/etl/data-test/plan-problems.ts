/** What is wrong with a test, beside its values: names, and what it leaves out. */
import type { Problem } from "../../util/error.ts";
import { didYouMean, nearest } from "../../util/suggest.ts";
import type { DeclaredTest } from "../../spec/load-tests.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { parameterNames, type Graph, type ModelNode } from "../transform/graph.ts";
import { tokenize } from "../transform/sql-text.ts";
import { readsOf, type Cut } from "./cut.ts";
import type { TestValues } from "./test-values.ts";

interface Tested {
  test: DeclaredTest;
  graph: Graph;
  pipeline: LoadedPipeline;
}

export function unknownModel({ test, graph, pipeline }: Tested): Problem {
  const isSource = pipeline.spec.sources?.[test.model] !== undefined;
  return {
    severity: "error",
    rule: "unknown-model",
    message: isSource
      ? `\`${test.model}\` is a source, and tests look at models`
      : `there is no model \`${test.model}\``,
    hint: didYouMean(
      test.model,
      graph.models.map(({ name }) => name),
    ),
    where: test.where(["model"]),
  };
}

/** Given names that the model does not read, and what it reads that is not given. */
export function givenProblems({ test, graph, pipeline, missing }: Tested & { missing: Cut["missing"] }): Problem[] {
  const known = [...Object.keys(pipeline.spec.sources ?? {}), ...graph.models.map(({ name }) => name)];
  const reads = readsOf(graph, test.model);
  const names = Object.keys(test.given ?? {});
  // A name that is nearly one that is missing is told of once.
  const meant = new Set(names.filter((name) => !known.includes(name)).map((name) => nearest(name, reads)));
  return [
    ...names.flatMap((name) => misnamed(name, { test, known, reads })),
    ...missing.filter(({ name }) => !meant.has(name)).map((input) => notGiven(input, test)),
  ];
}

interface Names {
  test: DeclaredTest;
  /** Every source and model. */
  known: string[];
  /** Those that the tested model reads. */
  reads: string[];
}

function misnamed(name: string, { test, known, reads }: Names): Problem[] {
  const problem = (message: string, hint: string): Problem[] => [
    { severity: "error", rule: "unknown-given", message, hint, where: test.where(["given"], name) },
  ];
  if (name === test.model) return problem(`\`${name}\` is the model that is tested`, "Give what it reads.");
  if (!known.includes(name)) return problem(`there is no source or model \`${name}\``, didYouMean(name, reads));
  // A check of kind sql may read anything.
  if (reads.includes(name) || test.expect.fails) return [];
  return problem(`\`${test.model}\` does not read \`${name}\``, `It reads ${reads.join(", ") || "nothing"}.`);
}

function notGiven({ name, reader }: Cut["missing"][number], test: DeclaredTest): Problem {
  return {
    severity: "error",
    rule: "not-given",
    message: `\`${reader}\` reads \`${name}\`, which the test does not give`,
    hint: `Add it under \`given:\`: ${name}: [{ … }], or ${name}: [] for a table without rows.`,
    where: test.given ? test.where([], "given") : test.where([]),
  };
}

interface MissingParameters {
  test: DeclaredTest;
  models: ModelNode[];
  values: TestValues;
  pipeline: LoadedPipeline;
}

/** Parameters that a model uses and that neither the test nor a default gives. */
export function missingParameters({ test, models, values, pipeline }: MissingParameters): Problem[] {
  const without = parameterNames(pipeline).filter((name) => !(name in values.params) && !name.startsWith("interval_"));
  // One that is given a wrong value is told of already.
  const unsaid = without.filter((name) => test.params?.[name] === undefined);
  if (unsaid.length === 0) return [];
  const users = (name: string) =>
    models.find((node) => node.kind === "query" && tokenize(node.sql).some(({ text }) => text === `$${name}`));
  return unsaid.flatMap((name): Problem[] => {
    const user = users(name);
    if (!user) return [];
    return [
      {
        severity: "error",
        rule: "missing-parameter",
        message: `\`${user.name}\` uses the parameter \`${name}\`, which has no default`,
        hint: `Add params: { ${name}: … } to the test.`,
        where: test.where([]),
      },
    ];
  });
}
