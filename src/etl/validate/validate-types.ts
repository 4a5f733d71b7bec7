/** Whether the types of TypeScript models are those of pipeline.yaml. */
import type { Context } from "../../util/context.ts";
import { EtlError, type Problem } from "../../util/error.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { modelTypes } from "../model-types.ts";

/** @param pipeline of target `local` @returns a warning; nothing is written. What is wrong with models is told elsewhere. */
export async function validateTypes(pipeline: LoadedPipeline, context: Context): Promise<Problem[]> {
  const file = await modelTypes(pipeline, context).catch((error: unknown) => {
    if (error instanceof EtlError && error.code === "invalid") return undefined;
    throw error;
  });
  if (!file || file.present === file.text) return [];
  const { shown, present } = file;
  const message =
    present === undefined
      ? `${shown} is missing: editors and tsc do not know the columns`
      : `${shown} is not what pipeline.yaml says now`;
  const hint = "Write it: npx nais-etl schema --types.";
  return [{ severity: "warning", rule: "stale-types", message, hint, where: { file: shown } }];
}
