/** `nais-etl plan`: what would change with what is here: columns, rows, bytes billed, manifests. Nothing is changed by it. */
import { dirname } from "node:path";
import type { Context } from "../util/context.ts";
import { EtlError } from "../util/error.ts";
import { findPipeline } from "../spec/find.ts";
import { baseTarget } from "../spec/target.ts";
import { outputColumns, schemaChange, type SchemaChange } from "../etl/plan/schema-change.ts";
import { loadPipeline } from "./load-pipeline.ts";
import { findCommit, type Commit } from "./old-tree.ts";
import { foundAt } from "./pipelines.ts";
import { planData, type PlannedData } from "./plan-data.ts";
import type { Plan } from "./plan-form.ts";
import { planManifest } from "./plan-manifest.ts";
import { planMarkdown } from "./plan-markdown.ts";
import { planText } from "./plan-text.ts";

export interface PlanOptions {
  dir?: string;
  pipeline?: string;
  /** A cluster's name, or `local`; by default the file itself. */
  target?: string;
  /** A commit, a branch or a tag; by default where this branch left the default branch. */
  against?: string;
  interval?: string;
  param?: Record<string, string>;
  markdown?: boolean;
  json?: boolean;
}

/** @returns 0; 1 where the models or manifests here are wrong, and a run would fail */
export async function plan(options: PlanOptions, context: Context): Promise<number> {
  if (options.markdown && options.json)
    throw new EtlError({ code: "usage", message: "--markdown and --json are two forms", hint: "Choose one." });
  const made = await makePlan(options, context);
  if (options.json) context.print(JSON.stringify(made, undefined, 2));
  else context.print(options.markdown ? planMarkdown(made) : planText(made, context.log.paint));
  return made.problems.some(({ severity }) => severity === "error") ? 1 : 0;
}

export async function makePlan(options: PlanOptions, context: Context): Promise<Plan> {
  const target = options.target ?? context.env["NAIS_CLUSTER_NAME"] ?? baseTarget;
  const found = foundAt(await findPipeline(options, context));
  const pipeline = await loadPipeline({ file: found.file, target }, context);
  const { commit, notes } = await commitFor(options, dirname(found.file), context);
  const { interval, param: params = {} } = options;
  const data = await planData({ ...found, commit: commit?.commit, interval, params }, context);
  const manifest = await planManifest({ found, target, commit: commit?.commit }, context);
  const { diff } = data;
  return {
    pipeline: pipeline.spec.name,
    target,
    offline: true,
    against: commit,
    schema: schemaFromCommit(outputColumns(pipeline, data.columns.after), data),
    queries: [],
    budget: undefined,
    month: undefined,
    manifest: manifest.changes,
    data: diff?.changes ?? [],
    compared: diff?.compared,
    models_added: diff?.added ?? [],
    models_removed: diff?.removed ?? [],
    notes: [...notes, ...data.notes, ...manifest.notes],
    problems: [...data.problems, ...manifest.problems],
  };
}

/** @throws {EtlError} `usage` where the one that was asked for is not here; without any, a plan still has much to say */
async function commitFor(
  { against }: PlanOptions,
  folder: string,
  context: Context,
): Promise<{ commit: Commit | undefined; notes: string[] }> {
  try {
    return { commit: await findCommit({ folder, against }, context), notes: [] };
  } catch (error) {
    if (!(error instanceof EtlError) || against !== undefined || context.signal.aborted) throw error;
    return { commit: undefined, notes: [`${error.message}. ${error.hint ?? ""}`.trim()] };
  }
}

function schemaFromCommit(outputs: ReturnType<typeof outputColumns>, { columns }: PlannedData): SchemaChange[] {
  return outputs.map(({ output, destination, columns: after }) =>
    schemaChange({ output, destination, before: columns.before.get(output), after, with: "commit" }),
  );
}
