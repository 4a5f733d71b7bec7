/** All that can be known before any work: what is supported, the models and their order, what this run needs. */
import type { Context } from "../util/context.ts";
import { EtlError, throwProblems, type Problem } from "../util/error.ts";
import { didYouMean } from "../util/suggest.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { localTarget } from "../spec/target.ts";
import { findReferences } from "../spec/reference.ts";
import { checkTextProblems } from "./check/check-text.ts";
import { withColumns, type FindColumns } from "./data-test/find-columns.ts";
import { cursorProblems } from "./extract/cursor-problems.ts";
import { unsupported } from "./unsupported.ts";
import { buildGraph, relatedTables, type Graph, type ModelNode } from "./transform/graph.ts";
import { refreshTypes } from "./transform/typescript/types-file.ts";
import { undeclaredHosts } from "./egress.ts";
import { findMissing } from "./transform/program/ready.ts";
import { missingSecrets } from "./read-secrets.ts";
import { neededParts, type Needed, type RunValues } from "./values.ts";
import type { Work } from "./work.ts";

export interface Prepared {
  /** The models of this run only. */
  graph: Graph;
  /** Names of the sources this run reads. */
  needed: string[];
  /** Names of the outputs this run publishes. */
  outputs: string[];
}

/** @throws {EtlError} `invalid`, with every problem of pipeline and models */
export async function prepare({
  pipeline,
  select,
  work,
  values,
  context,
}: {
  pipeline: LoadedPipeline;
  select: string[];
  work: Work;
  values: RunValues;
  context: Context;
}): Promise<Prepared> {
  const graph = await buildGraph(pipeline, work.db, { sessions: work.sessions, context });
  const problems = [
    ...pipeline.warnings,
    ...unsupported(pipeline),
    ...graph.problems,
    ...checkTextProblems(pipeline),
    ...cursorProblems(pipeline, graph),
  ];
  throwProblems(problems, "cannot run");
  for (const problem of problems) context.log.problem(problem);
  if (pipeline.target === localTarget) await refreshLocalTypes({ pipeline, graph, work, context });
  const models = selectModels(graph.models, select, pipeline.spec.sources);
  throwProblems(await findMissing(models), "cannot run");
  const selected = new Set(models.map((model) => model.name));
  const outputs = Object.entries(pipeline.spec.outputs ?? {}).filter(
    ([name, output]) => select.length === 0 || selected.has(output.model ?? name),
  );
  const read = [
    ...models.flatMap((model) => [...model.reads, ...model.related]),
    ...outputs.map(([name, output]) => output.model ?? name),
  ];
  const needed = neededSources(pipeline, read);
  const names = outputs.map(([name]) => name);
  const parts = { sources: needed, outputs: names };
  const missing = missingVariables(pipeline, parts, context);
  const secrets = await missingSecrets({ pipeline, values, context }, parts);
  throwProblems([...missing, ...secrets], "cannot run");
  throwProblems(undeclaredHosts({ pipeline, values, context }, parts), "cannot run");
  return { graph: { ...graph, models }, needed, outputs: names };
}

/** A local run is somebody's at work on the models. */
async function refreshLocalTypes(options: Omit<FindColumns, "sandbox">): Promise<void> {
  if (options.graph.models.every(({ file }) => file.language !== "typescript")) return;
  await withColumns(options, (columnsOf) => refreshTypes({ ...options, columnsOf }, options.context));
}

/** Every environment variable that the run needs and that is not set: all at once, before any work. */
function missingVariables(pipeline: LoadedPipeline, needed: Needed, { env }: Context): Problem[] {
  return neededParts(pipeline, needed).flatMap(({ part, path }) => {
    const { references } = findReferences(part, () => ({ file: pipeline.shownFile }));
    return references
      .filter((reference) => reference.kind === "env" && env[reference.name] === undefined)
      .map((reference): Problem => ({
        severity: "error",
        rule: "missing-variable",
        message: `the environment variable ${reference.name} is not set`,
        hint: "Set it before the run.",
        where: pipeline.where([...path, ...reference.path]),
      }));
  });
}

/** The sources among the names, and those that their checks hold their values against. */
function neededSources({ spec: { sources = {} } }: LoadedPipeline, read: string[]): string[] {
  const needed = new Set(read);
  for (const name of needed) for (const other of relatedTables(sources[name])) needed.add(other);
  return Object.keys(sources).filter((name) => needed.has(name));
}

/** The named models and all that they read or are checked against, in order. */
export function selectModels(
  models: ModelNode[],
  select: string[],
  sources: NonNullable<LoadedPipeline["spec"]["sources"]> = {},
): ModelNode[] {
  if (select.length === 0) return models;
  const names = models.map((model) => model.name);
  const unknown = select.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    throw new EtlError({
      code: "usage",
      message: `there is no model \`${unknown.join("`, `")}\` to select`,
      hint: didYouMean(unknown[0]!, names),
    });
  }
  const wanted = new Set(select);
  // What is added on the way is looked at, too.
  for (const name of wanted) {
    const model = models.find((candidate) => candidate.name === name);
    const needed = model ? [...model.reads, ...model.related] : relatedTables(sources[name]);
    for (const other of needed) wanted.add(other);
  }
  return models.filter((model) => wanted.has(model.name));
}
