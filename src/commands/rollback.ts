/** `nais-etl rollback OUTPUT --to RUN`: shows what would be brought back, asks, and brings it back. */
import type { Context } from "../util/context.ts";
import { count, EtlError } from "../util/error.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { knownRuns, lookAhead, stepsAfter, warnOfNext, type Afterwards } from "../etl/rollback/afterwards.ts";
import { formatPlan } from "../etl/rollback/console.ts";
import type { RollbackPlan } from "../etl/rollback/plan.ts";
import { readersOf } from "../etl/rollback/readers.ts";
import { listStates, rollback as bringBack, type RolledBack } from "../etl/rollback/rollback.ts";
import { formatStates, likelyState, type OutputStates } from "../etl/rollback/states.ts";
import { formatCommand } from "../spec/format-command.ts";
import { version } from "../util/version.ts";
import { loadWhereItRan } from "./load-where-it-ran.ts";
import { waitOf } from "./wait-lock.ts";

export interface RollbackCommandOptions {
  dir?: string;
  pipeline?: string;
  target?: string;
  /** None where there is one output alone. */
  outputs?: string[];
  /** Without it, the states that there are are told. */
  to?: string;
  param?: Record<string, string>;
  waitLock?: string;
  /** Do it without asking. */
  yes?: boolean;
  dryRun?: boolean;
  json?: boolean;
}

/** @returns the exit code */
export async function rollback(options: RollbackCommandOptions, context: Context): Promise<number> {
  const { outputs = [], to, json = false } = options;
  const pipeline = await loadWhereItRan(options, context);
  const { target } = pipeline;
  const log = json ? { ...context.log, info: () => undefined } : context.log;
  log.info(`nais-etl ${version()} · ${pipeline.spec.name} · target ${target}\n`, { step: "start", target });
  const params = options.param ?? {};
  const asked = { pipeline, params, outputs, waitLock: waitOf(options.waitLock) };
  if (to === undefined) {
    const states = await listStates(asked, { ...context, log });
    context.print(json ? JSON.stringify({ outputs: states }, undefined, 2) : listOf(states, pipeline));
    return 0;
  }
  let after: Afterwards = { next: undefined, good: undefined, last: undefined };
  const done = await bringBack({ ...asked, to }, { ...context, log }, async (plan) => {
    after = lookAhead({ plan, pipeline, runs: await knownRuns(pipeline, context), now: context.now() });
    const readers = await readersOfAll(plan, pipeline, context);
    log.info(formatPlan({ plan, pipeline, readers, after }).join("\n"), { step: "plan" });
    return !options.dryRun && isWanted(options, context);
  });
  return tell(done, { options, pipeline, after, context: { ...context, log } });
}

function listOf(states: OutputStates[], pipeline: LoadedPipeline): string {
  const [command] = states.flatMap((one) => {
    const to = likelyState(one);
    return to === undefined ? [] : [formatCommand(pipeline, `rollback ${one.output}`, `--to ${to}`)];
  });
  const how = command === undefined ? [] : ["", `To bring one back: ${command}`];
  return [...states.flatMap(formatStates), ...how].join("\n");
}

async function readersOfAll(plan: RollbackPlan, pipeline: LoadedPipeline, context: Context) {
  const readers = new Map<string, string[]>();
  for (const { output, spec } of plan.outputs) readers.set(output, await readersOf(spec.table, pipeline, context));
  return readers;
}

/** @throws {EtlError} `usage` where nobody can be asked */
async function isWanted({ yes }: RollbackCommandOptions, { confirm }: Context): Promise<boolean> {
  if (yes) return true;
  if (confirm) return confirm("\nBring it back?");
  throw new EtlError({
    code: "usage",
    message: "nobody can be asked here whether to do it: nothing was changed",
    hint: "Say so with --yes. To look only: --dry-run.",
  });
}

interface Tell {
  options: RollbackCommandOptions;
  pipeline: LoadedPipeline;
  after: Afterwards;
  context: Context;
}

function tell({ plan, record }: RolledBack, { options, pipeline, after, context }: Tell): number {
  const { log } = context;
  if (options.json) context.print(JSON.stringify({ ...shownPlan(plan, after), record }, undefined, 2));
  if (plan.outputs.length === 0)
    log.info("Nothing to do: it stands as it was then, and nothing was published since.", { step: "end" });
  else if (!record) log.info("\nNothing was changed.", { step: "end" });
  else {
    for (const problem of record.problems) log.problem(problem);
    const how =
      record.status === "succeeded" ? endLines(plan, pipeline, after).join("\n") : "Failed: nothing was changed.";
    log.info(`\n${how}`, { step: "end", exit_code: record.exit_code, ...record.rollback });
  }
  return record?.exit_code ?? 0;
}

function endLines(plan: RollbackPlan, pipeline: LoadedPipeline, after: Afterwards): string[] {
  const done = `Done: ${count(plan.outputs.length, "output")} brought back.`;
  return [done, warnOfNext(after, pipeline), ...stepsAfter(after, plan, pipeline)];
}

function shownPlan({ outputs, marks }: RollbackPlan, { next, good, last }: Afterwards) {
  return {
    outputs: outputs.map(({ output, spec, state, now, before, added, takenBack }) => ({
      output,
      table: spec.table,
      run: state.publish?.runId,
      rows: { now: now.rows, before: before.rows },
      added_columns: added,
      taken_back: takenBack,
      from: before.from,
    })),
    cursors: Object.keys(marks),
    next_run: next?.toISOString(),
    images: { good: good?.image, last: last?.image },
  };
}
