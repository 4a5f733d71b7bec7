/** The data diff of a plan: the models of another commit and those here, on the same samples. */
import { dirname, join, relative } from "node:path";
import type { Context } from "../util/context.ts";
import { type Problem } from "../util/error.ts";
import { exists } from "../util/files.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { diffData, type DataDiff, type DiffedData } from "../etl/plan/data-diff.ts";
import { oldOutputs, type OldOutputs } from "../etl/plan/match-outputs.ts";
import { useSamples, withoutSamples } from "../etl/plan/same-samples.ts";
import { failureOf } from "../etl/record/failure.ts";
import { changedModels } from "./changed-models.ts";
import { loadPipeline } from "./load-pipeline.ts";
import { checkOut, type OldTree } from "./old-tree.ts";

export interface PlanData {
  /** The pipeline here. */
  file: string;
  root: string;
  /** To compare with; undefined where none is known. */
  commit: string | undefined;
  interval: string | undefined;
  params: Record<string, string>;
}

export interface PlannedData {
  diff: DataDiff | undefined;
  columns: DiffedData["columns"];
  /** What the outputs were; undefined where no other commit is known. */
  outputs: OldOutputs | undefined;
  /** Why there is no diff, or how it came about. */
  notes: string[];
  /** What is wrong with the models here. */
  problems: Problem[];
}

/** Whatever goes wrong is told: a plan has more to say than this. Without rows, models are compared by their text. */
export async function planData(asked: PlanData, context: Context): Promise<PlannedData> {
  const planned = await planRows(asked, context);
  const { file, commit } = asked;
  if (planned.diff || commit === undefined) return planned;
  const changed = await changedModels({ file, commit }, context);
  if (changed.length === 0) return planned;
  return { ...planned, notes: [...planned.notes, `models with another text: ${changed.join(", ")}`] };
}

async function planRows(asked: PlanData, context: Context): Promise<PlannedData> {
  const after = await loadPipeline({ file: asked.file }, context);
  const missing = withoutSamples(after).map((name) => `\`${name}\``);
  if (missing.length > 0) return nothing([`no data is compared: there is no sample of ${missing.join(", ")}`]);
  try {
    return await compare(asked, after, context);
  } catch (error) {
    context.signal.throwIfAborted();
    const { problems } = failureOf(error, { pipeline: after, context });
    return { ...nothing(["no data is compared: the models here fail on the samples"]), problems };
  }
}

function nothing(notes: string[]): PlannedData {
  const columns = { after: new Map(), before: new Map() };
  return { diff: undefined, columns, outputs: undefined, notes, problems: [] };
}

/** On the samples here; where the old models cannot read these, on their own. */
async function compare(asked: PlanData, after: LoadedPipeline, context: Context): Promise<PlannedData> {
  const trees: OldTree[] = [];
  const { interval, params } = asked;
  const open = async () => {
    const tree = await openTree(asked, context);
    trees.push(tree);
    return loadOld(asked, tree, context);
  };
  const onOwn = async () => ({ before: await open(), context: inOld(trees, context) });
  const onSame = async () => {
    const before = await open();
    return { before: await useSamples({ before, after, interval, params }, context), context: inOld(trees, context) };
  };
  const ways = asked.commit === undefined ? [] : [onSame, onOwn];
  try {
    const { diff, tried, failure, columns, old } = await diffData({ after, before: ways, interval, params }, context);
    const notes = diff ? [...(tried === 0 ? [] : [ownSamples]), ...emptyNote(diff)] : noteOf(failure, after, context);
    return { diff, columns, outputs: old && oldOutputs(after, old), notes, problems: [] };
  } finally {
    for (const tree of trees) await tree.remove();
  }
}

const ownSamples = "the old models cannot read the samples here: they were run on their own";

function emptyNote({ empty }: DataDiff): string[] {
  if (empty.length === 0) return [];
  const names = empty.map((name) => `\`${name}\``).join(", ");
  return [`the samples give no rows of ${names}, before or after: what changes there is not seen`];
}

function noteOf(failure: unknown, pipeline: LoadedPipeline, context: Context): string[] {
  if (failure === undefined) return [];
  if (failure instanceof NoPipeline) return [failure.message];
  const [first] = failureOf(failure, { pipeline, context }).problems;
  return [`no data is compared: the models of the other commit cannot be run here: ${first!.message}`];
}

class NoPipeline extends Error {}

/** Python environments are looked for from the pipeline's folder up to where the command was started. */
function inOld(trees: OldTree[], context: Context): Context {
  return { ...context, cwd: trees.at(-1)!.root };
}

async function openTree({ commit = "HEAD", root, file }: PlanData, context: Context): Promise<OldTree> {
  const tree = await checkOut({ commit, root, folder: dirname(file) }, context);
  if (tree && (await exists(join(tree.root, relative(root, file))))) return tree;
  await tree?.remove();
  throw new NoPipeline(`the pipeline is new: ${commit.slice(0, 7)} has none, and there is nothing to compare with`);
}

async function loadOld({ root, file }: PlanData, tree: OldTree, context: Context): Promise<LoadedPipeline> {
  const inside = { ...context, cwd: tree.root };
  return loadPipeline({ file: join(tree.root, relative(root, file)) }, inside);
}
