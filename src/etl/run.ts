/**
 * One run of a pipeline, from sources to publication. It reads as the way of the data:
 * prepare → extract → transform and check → publish → record → notify.
 */
import type { Context } from "../util/context.ts";
import { localTarget } from "../spec/target.ts";
import { openSecrets } from "../secrets/secrets.ts";
import { connectBigQuery } from "./connect-bigquery.ts";
import { memoryLimit, thisMachine } from "./engine/limits.ts";
import { extractSources } from "./extract.ts";
import type { ExtractedSource } from "./extract/extracted.ts";
import { findHome } from "./find-home.ts";
import { identifyRun } from "./identity.ts";
import { publishOutputs } from "./publish.ts";
import { decideOutputs, lookAhead, Overtaken, type OutputDecision } from "./publish/decide.ts";
import { pushMetrics } from "./notify/push-metrics.ts";
import { logOutput } from "./record/console.ts";
import { failureOf } from "./record/failure.ts";
import { noteUsage } from "./record/usage.ts";
import { emptyRecord, finishRecord, secondsInto, type RunRecord } from "./record/run-record.ts";
import { writeRecord } from "./record/write-record.ts";
import { profileRun } from "./report/profile.ts";
import { writeReport } from "./report/write-report.ts";
import { prepare, type Prepared } from "./prepare.ts";
import { readSecrets } from "./read-secrets.ts";
import { newState, type RunOptions, type RunState } from "./run-state.ts";
import type { Table } from "./table.ts";
import { endResume } from "./resume/resume.ts";
import { createSessions } from "./transform/program/sessions.ts";
import { startEarly } from "./transform/program/start-early.ts";
import { transform, type Transformed } from "./transform.ts";
import { bindValues, readsBigQuery, resolveParams, type RunValues } from "./values.ts";
import { openWork } from "./work.ts";

/**
 * Runs a pipeline to its end. A run that fails is recorded like one that succeeds.
 * @returns the record; its `exit_code` is 0 only when everything selected was published or skipped
 * @throws {EtlError} `usage`, `invalid` or `locked`, when the run could not begin; nothing is recorded then
 */
export async function run({ ahead, ...options }: RunOptions, context: Context): Promise<RunRecord> {
  try {
    return await runOnce({ ...options, ...(ahead && { ahead }) }, context);
  } catch (error) {
    if (!(error instanceof Overtaken)) throw error;
    context.log.debug("another run has published this interval meanwhile: it is read again");
    return runOnce(options, context);
  }
}

async function runOnce(options: RunOptions, outside: Context): Promise<RunRecord> {
  const lost = new AbortController();
  const context = { ...outside, signal: AbortSignal.any([outside.signal, lost.signal]) };
  const { pipeline } = options;
  const secrets = openSecrets({ pipeline, context });
  const values: RunValues = {
    params: resolveParams({ pipeline, given: options.params, context }),
    interval: undefined,
    secrets,
  };
  const identity =
    options.identity ?? identifyRun({ pipeline, label: options.interval, backfill: options.backfill, context });
  values.interval = identity.interval;
  const bigquery = connectBigQuery({ pipeline, values, identity, context });
  const sessions = createSessions();
  const shares = await startEarly(pipeline, { sessions, context });
  const work = await openWork(context, { reads: readsBigQuery(pipeline), shares, among: options.among, sessions });
  try {
    const prepared = await prepare({ pipeline, select: options.select, work, values, context });
    const { graph, outputs } = prepared;
    const record = emptyRecord({ pipeline, identity, values, models: graph.models, outputs, context });
    const limit = await memoryLimit(thisMachine);
    if (limit !== undefined) record.memory_limit_bytes = limit;
    const home = findHome({ pipeline, values, work, context, bigquery });
    const state = newState({
      options,
      pipeline,
      context,
      home,
      identity,
      values,
      work,
      record,
      bigquery,
    });
    await runLocked(state, prepared, lost);
    return record;
  } finally {
    await work.close();
  }
}

/** Who loses the lock on the way is told to stop, as by a signal: another run has begun. */
async function runLocked(state: RunState, prepared: Prepared, lost: AbortController): Promise<void> {
  const { home, identity, options } = state;
  const made = await makeAhead(state, prepared);
  const release = await home.lock({ identity, wait: options.waitLock, onLost: (reason) => lost.abort(reason) });
  try {
    await runRecorded(state, prepared, made);
  } finally {
    await release();
  }
}

/** Gives what has been made, or throws what went wrong with it. */
type Made = () => Transformed;

/** In its turn, the run tells what came of its work; undefined where that comes only then. */
async function makeAhead(state: RunState, prepared: Prepared): Promise<Made | undefined> {
  const { ahead } = state.options;
  if (!ahead) return undefined;
  const work = lookAhead(state, prepared.outputs, ahead.published) ? make(state, prepared) : undefined;
  const made = work?.then(
    (transformed) => () => transformed,
    (error: unknown) => () => {
      throw error;
    },
  );
  await made;
  await ahead.turn();
  return made;
}

/** From here on, whatever happens is recorded. */
async function runRecorded(state: RunState, prepared: Prepared, made: Made | undefined): Promise<void> {
  const { context, record, options } = state;
  try {
    await runSteps(state, prepared, made);
    // Stopped after the commit: its outputs are published, and the record says so, but it did not come to its end.
    context.signal.throwIfAborted();
  } catch (error) {
    if (error instanceof Overtaken) throw error;
    recordError(state, error);
  }
  const profile = await profileRun(state);
  finishRecord(record, context);
  const hasPrograms = prepared.graph.models.some(({ kind }) => kind === "program");
  // Of several runs in one process nobody knows what one of them took.
  if (!options.backfill) await noteUsage({ record, hasPrograms, naisjobSpec: state.pipeline.spec.nais, context });
  await writeRecord(state);
  await writeReport(state, profile);
  await pushMetrics(state);
}

async function runSteps(state: RunState, prepared: Prepared, made: Made | undefined): Promise<void> {
  const { context, record, pipeline } = state;
  context.signal.throwIfAborted();
  await readSecrets(state, { outputs: prepared.outputs });
  const decisions = await decideOutputs(state, prepared.outputs);
  record.outputs.push(...decisions.map(({ record: output }) => output));
  if (decisions.length > 0 && decisions.every(({ record: output }) => output.status === "skipped")) {
    for (const { record: output } of decisions) logOutput(context.log, output);
    record.status = "skipped";
    return;
  }
  const transformed = made ? made() : await make(state, prepared);
  if (!transformed.ok) {
    record.status = "failed";
    record.exit_code = transformed.exitCode;
    record.problems.push(...transformed.problems);
    return;
  }
  if (state.options.limit !== undefined && pipeline.target !== localTarget) {
    context.log.warn(`--limit: nothing is published to ${pipeline.target}`);
  } else {
    if (state.options.limit !== undefined)
      context.log.warn(`--limit: what is published was made from ${state.options.limit} rows of each source at most`);
    await publishRecorded(state, decisions, transformed.tables);
    await endResume(state);
  }
  record.status = "succeeded";
}

async function publishRecorded(
  state: RunState,
  decisions: OutputDecision[],
  tables: Map<string, Table>,
): Promise<void> {
  const { record, context } = state;
  const begins = secondsInto(record, context);
  try {
    await publishOutputs({ state, decisions, tables });
  } finally {
    record.publishing = { begins, seconds: Number((secondsInto(record, context) - begins).toFixed(3)) };
  }
}

/** All that a run does which nobody sees. */
async function make(state: RunState, prepared: Prepared): Promise<Transformed> {
  await readSecrets(state, { sources: prepared.needed });
  const sources = await extractSources({
    ...state,
    graph: prepared.graph,
    needed: prepared.needed,
    published: prepared.outputs,
  });
  return transformVerified(state, prepared, sources);
}

/** Models run while large files are still verified; what comes of them counts only when these files are. */
async function transformVerified(
  state: RunState,
  { graph }: Prepared,
  sources: ExtractedSource[],
): Promise<Transformed> {
  const { work } = state;
  try {
    await work.db.lockDown({ files: sources.flatMap((source) => source.files), folder: work.folder });
    const transformed = await transform({ state, graph, sources, bind: bindValues(state.values, work.db.dialect) });
    await Promise.all(sources.map((source) => source.verified));
    return transformed;
  } finally {
    for (const source of sources) source.stop();
  }
}

function recordError(state: RunState, thrown: unknown): void {
  const { record } = state;
  const error = failureOf(thrown, state);
  record.status = error.code === "interrupted" || error.code === "terminated" ? "interrupted" : "failed";
  record.exit_code = error.exitCode;
  record.problems.push(...error.problems);
}
