/**
 * `nais-etl deploy` as it is typed. A pipeline whose models its own run would refuse is not sent: that needs the engine,
 * which the Action has not, and the Action has validated before.
 */
import { baseTarget } from "../spec/target.ts";
import type { Context } from "../util/context.ts";
import { throwProblems, type Problem } from "../util/error.ts";
import { withEnvironment } from "./deploy-environment.ts";
import type { DeployOptions } from "./deploy-plan.ts";
import { deploy } from "./deploy.ts";
import { loadPipeline } from "./load-pipeline.ts";
import { choosePipelines } from "./pipelines.ts";

/** @throws {EtlError} `invalid` with every problem of the models, else as {@link deploy} */
export async function deployChecked(given: DeployOptions, context: Context): Promise<void> {
  const options = withEnvironment(given, context);
  if (!options.resource?.length) await refuseInvalid(options, context);
  return deploy(given, context);
}

async function refuseInvalid(options: DeployOptions, context: Context): Promise<void> {
  const { validateModels } = await import("../etl/validate/validate-models.ts");
  const { target = baseTarget } = options;
  const problems: Problem[] = [];
  for (const { file } of await choosePipelines(options, context)) {
    const pipeline = await loadPipeline({ file, target }, context);
    problems.push(...(await validateModels(pipeline, context)));
  }
  throwProblems(problems.filter(isOfImage), "would not run: nothing is sent");
}

/** What a program imports may be in the image, and not here. */
function isOfImage({ severity, where }: Problem): boolean {
  return severity === "error" && !/\.(?:[cm]?[jt]s|py)$/.test(where?.file ?? "");
}
