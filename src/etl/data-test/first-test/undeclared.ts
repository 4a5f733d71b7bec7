/** Programs whose columns nobody declares cannot be tested. A run knows them: they are named as it would have them. */
import { stringify } from "yaml";
import { throwProblems, type Problem } from "../../../util/error.ts";
import type { Context } from "../../../util/context.ts";
import type { LoadedPipeline } from "../../../spec/load.ts";
import { formatType } from "../../../spec/type.ts";
import { firstRows } from "../../first-rows.ts";
import type { ModelNode } from "../../transform/graph.ts";

interface Undeclared {
  pipeline: LoadedPipeline;
  models: ModelNode[];
  interval: string | undefined;
  params: Record<string, string>;
}

/** @throws {EtlError} with the lines to write, of each; what a run throws, where it cannot run */
export async function refuseUndeclared({ models, ...made }: Undeclared, context: Context): Promise<void> {
  const { pipeline } = made;
  const undeclared = models.filter(({ name, kind }) => kind === "program" && !pipeline.spec.models?.[name]?.columns);
  const problems: Problem[] = [];
  for (const node of undeclared) problems.push(await columnsToDeclare(node, made, context));
  throwProblems(problems, "cannot be tested");
}

async function columnsToDeclare(
  { name, file }: ModelNode,
  made: Omit<Undeclared, "models">,
  context: Context,
): Promise<Problem> {
  const { columns } = await firstRows({ ...made, name, limit: 0, where: undefined }, context);
  const types = columns.map(({ name: column, type, engineType }) => [column, type ? formatType(type) : engineType]);
  const lines = stringify({ models: { [name]: { columns: Object.fromEntries(types) as Record<string, string> } } });
  return {
    severity: "error",
    rule: "columns",
    message: `the columns of \`${name}\` are not declared, so that no test can be sure of them`,
    hint: `Its samples give these. Look whether they are right, and write them into pipeline.yaml:\n${lines.trimEnd()}`,
    where: { file: file.shown },
  };
}
