/** What reads only new rows may not replace old ones. */
import type { Problem } from "../../util/error.ts";
import { didYouMean } from "../../util/suggest.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Output } from "../../spec/output.ts";
import type { Graph } from "../transform/graph.ts";

export function cursorProblems(pipeline: LoadedPipeline, graph: Graph): Problem[] {
  return Object.entries(pipeline.spec.sources ?? {}).flatMap(([name, { cursor, columns }]) => {
    if (!cursor) return [];
    const unknown =
      columns && !Object.hasOwn(columns, cursor.column) ? [unknownColumn(name, cursor.column, pipeline)] : [];
    const outputs = outputsOf(name, pipeline, graph);
    return [...unknown, ...outputs.flatMap(([output, spec]) => outputProblem({ name, output, spec, pipeline }))];
  });
}

function unknownColumn(name: string, column: string, { spec, where }: LoadedPipeline): Problem {
  return {
    severity: "error",
    rule: "unknown-column",
    message: `the cursor of \`sources.${name}\` names \`${column}\`, which is not a column here`,
    hint: didYouMean(column, Object.keys(spec.sources![name]!.columns ?? {})),
    where: where(["sources", name, "cursor", "column"]),
  };
}

/** Every output that a source's rows come to. */
function outputsOf(source: string, { spec }: LoadedPipeline, graph: Graph): [string, Output][] {
  const reached = new Set([source]);
  for (const { name, reads } of graph.models) if (reads.some((read) => reached.has(read))) reached.add(name);
  return Object.entries(spec.outputs ?? {}).filter(([name, { model }]) => reached.has(model ?? name));
}

interface OfOutput {
  name: string;
  output: string;
  spec: Output;
  pipeline: LoadedPipeline;
}

function outputProblem({ name, output, spec, pipeline }: OfOutput): Problem[] {
  const write = spec.write ?? "replace";
  const { lag } = pipeline.spec.sources![name]!.cursor!;
  const where = pipeline.where(["outputs", output, ...(spec.write ? ["write"] : [])]);
  const base = { severity: "error" as const, rule: "cursor-write", where };
  if (write === "replace" || write === "replace_partition")
    return [
      {
        ...base,
        message: `\`outputs.${output}\` would replace its rows with the new rows of \`${name}\` alone, which has a cursor`,
        hint: "Write `write: merge` with a `key`, or `append`.",
      },
    ];
  if (write !== "append" || lag === undefined) return [];
  return [
    {
      ...base,
      message: `\`outputs.${output}\` would append rows again that the lag of \`${name}\` reads again`,
      hint: "Write `write: merge` with a `key`, or remove `lag`.",
    },
  ];
}
