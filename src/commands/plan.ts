/** `nais-etl plan`: what would change with what is here: columns, rows, bytes billed, manifests. Nothing is changed by it. */
import { dirname } from "node:path";
import type { Context } from "../util/context.ts";
import { EtlError, type Problem } from "../util/error.ts";
import { findPipeline, foundAt } from "../spec/find.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { baseTarget } from "../spec/target.ts";
import {
  goneOutput,
  outputColumns,
  schemaChange,
  type OutputColumns,
  type SchemaChange,
} from "../etl/plan/schema-change.ts";
import { tableProblems } from "../etl/publish/bigquery/table-problems.ts";
import { loadPipeline } from "./load-pipeline.ts";
import { findCommit, notesOnSame, type Commit } from "./old-tree.ts";
import { planCosts, type PlannedCosts } from "./plan-costs.ts";
import { planData, type PlannedData } from "./plan-data.ts";
import type { Plan } from "./plan-form.ts";
import { planManifest, type PlanManifest } from "./plan-manifest.ts";
import { planMarkdown } from "./plan-markdown.ts";
import { refuseTwoForms } from "./refuse-two-forms.ts";
import { planText } from "./plan-text.ts";
import type { VariableOptions } from "./variables.ts";

export interface PlanOptions extends VariableOptions {
  dir?: string;
  pipeline?: string;
  /** A cluster's name, or `local`; by default the file itself. */
  target?: string;
  /** A commit, a branch or a tag; by default where this branch left the default branch. */
  against?: string;
  interval?: string;
  param?: Record<string, string>;
  /** Files of the team's own that are deployed, instead of what is rendered. */
  resource?: string[] | undefined;
  markdown?: boolean;
  json?: boolean;
}

/** @returns 0; 1 where the models or manifests here are wrong, and a run would fail */
export async function plan(options: PlanOptions, context: Context): Promise<number> {
  refuseTwoForms(options);
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
  const manifest = await planManifest({ found, target, commit: commit?.commit, own: ownOf(options) }, context);
  const costs = await planCosts({ pipeline, interval, params }, context);
  const { diff } = data;
  const outputs = outputColumns(pipeline, data.columns.after).map((output) => {
    const problems = destinationProblems(output, { pipeline, costs });
    return { problems, schema: schemaOf(output, { data, costs, problems }) };
  });
  return {
    pipeline: pipeline.spec.name,
    target,
    offline: costs.offline,
    against: commit,
    schema: [...outputs.map(({ schema }) => schema), ...(data.outputs?.gone ?? []).map(goneOutput)],
    queries: costs.queries,
    budget: costs.budget,
    month: costs.month,
    manifest: manifest.changes,
    ...(manifest.own && { own_manifest: manifest.own }),
    data: diff?.changes ?? [],
    compared: diff?.compared,
    models_added: diff?.added ?? [],
    models_removed: diff?.removed ?? [],
    notes: [...notes, ...costs.notes, ...data.notes, ...manifest.notes],
    problems: [...data.problems, ...manifest.problems, ...costs.problems, ...outputs.flatMap((one) => one.problems)],
  };
}

function ownOf({ resource = [], dir, var: variables, varsFile }: PlanOptions): PlanManifest["own"] {
  return resource.length === 0 ? undefined : { resource, dir, var: variables, varsFile };
}

/** Against the destination where it could be seen, else against what the models of the other commit make. */
function schemaOf(
  { output, model, destination, columns: after }: OutputColumns,
  { data, costs, problems }: { data: PlannedData; costs: PlannedCosts; problems: Problem[] },
): SchemaChange {
  const there = costs.tables.get(output);
  const { rows } = costs;
  const impossible = problems.some(({ severity }) => severity === "error");
  const was = data.outputs?.was.get(output);
  const base = { output, destination, after, rows: rows.get(output), impossible, moved_from: was?.movedFrom };
  if (there) return schemaChange({ ...base, before: there === "new" ? there : there.columns, with: "destination" });
  const before = data.outputs && !was ? "new" : data.columns.before.get(was?.model ?? model);
  return schemaChange({ ...base, before, with: "commit" });
}

/** What a run will say of the table that is there. */
function destinationProblems(
  { output, columns }: OutputColumns,
  { pipeline, costs }: { pipeline: LoadedPipeline; costs: PlannedCosts },
): Problem[] {
  const there = costs.tables.get(output);
  const spec = pipeline.spec.outputs?.[output];
  if (there === undefined || there === "new" || spec?.type !== "bigquery") return [];
  const where = pipeline.where(["outputs", output, "table"]);
  // What needs leave stands among the columns.
  return tableProblems(there.name, { existing: there.existing, spec, columns, allowed: true, where });
}

/** @throws {EtlError} `usage` where the one that was asked for is not here; without any, a plan still has much to say */
async function commitFor(
  { against }: PlanOptions,
  folder: string,
  context: Context,
): Promise<{ commit: Commit | undefined; notes: string[] }> {
  try {
    const commit = await findCommit({ folder, against }, context);
    return { commit, notes: await notesOnSame({ folder, commit }, context) };
  } catch (error) {
    if (!(error instanceof EtlError) || against !== undefined || context.signal.aborted) throw error;
    return { commit: undefined, notes: [`${error.message}. ${error.hint ?? ""}`.trim()] };
  }
}
