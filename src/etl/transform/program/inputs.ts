/** Which relations a program reads, in the order of its parameters. */
import type { LoadedPipeline } from "../../../spec/load.ts";
import type { Problem } from "../../../util/error.ts";
import { count } from "../../../util/error.ts";
import { nearest } from "../../../util/suggest.ts";
import type { TableReference } from "../sql.ts";
import type { Parameter } from "./program.ts";

export interface FindInputs {
  model: string;
  parameters: Parameter[] | undefined;
  /** All sources and models. */
  known: string[];
  pipeline: LoadedPipeline;
}

export interface FoundInputs {
  inputs: TableReference[];
  problems: Problem[];
}

/**
 * What `inputs:` says; else the names of the parameters; else, of one parameter in a pipeline with one source, that source.
 * That what is named exists is looked at elsewhere, as for queries.
 */
export function findInputs(asked: FindInputs): FoundInputs {
  const { model, parameters, pipeline } = asked;
  const declared = pipeline.spec.models?.[model]?.inputs;
  if (declared) return declaredInputs(declared, asked);
  const known = new Set(asked.known.filter((name) => name !== model));
  const sources = Object.keys(pipeline.spec.sources ?? {});
  const only = parameters?.length === 1 && sources.length === 1 ? sources[0] : undefined;
  const found = (parameters ?? []).map(({ name, where }) => {
    const table = known.has(name) ? name : only;
    return table === undefined ? { problem: unknownParameter(name, asked, where) } : { table: { name: table, where } };
  });
  return {
    inputs: found.flatMap(({ table }) => table ?? []),
    problems: found.flatMap(({ problem }) => problem ?? []),
  };
}

function declaredInputs(declared: string[], { model, parameters, pipeline }: FindInputs): FoundInputs {
  const path = ["models", model, "inputs"];
  const inputs = declared.map((name, i) => ({ name, where: pipeline.where([...path, i]) }));
  if (!parameters || parameters.length === declared.length) return { inputs, problems: [] };
  return {
    inputs,
    problems: [
      {
        severity: "error",
        rule: "inputs",
        message: `\`${model}\` takes ${count(parameters.length, "table")}, and \`inputs\` names ${declared.length}`,
        hint: "Name as many tables under `inputs:` as the function has parameters for, in their order.",
        where: pipeline.where(path),
      },
    ],
  };
}

function unknownParameter(name: string, { model, known }: FindInputs, where: Parameter["where"]): Problem {
  const others = known.filter((other) => other !== model);
  const near = nearest(name, others);
  const line = `models: { ${model}: { inputs: [${near ?? others[0] ?? "NAME"}] } }`;
  return {
    severity: "error",
    rule: "inputs",
    message: `the parameter \`${name}\` of \`${model}\` is neither a source nor a model`,
    hint: `${near ? `Did you mean \`${near}\`? ` : ""}Give it the name of what it reads, or say that in pipeline.yaml: ${line}.`,
    where,
  };
}
