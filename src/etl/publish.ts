/**
 * Publishing: all outputs of a run, or none. Tables and the publish record change in one transaction of the store;
 * files are written aside before it and get their names after it, from a list that the same transaction holds.
 */
import { isAbsolute } from "node:path";
import { EtlError, messageOf, type Problem } from "../util/error.ts";
import type { Output } from "../spec/output.ts";
import { tablesOf } from "../spec/table.ts";
import { clearStaged } from "./publish/clear-staged.ts";
import { isForced, type OutputDecision } from "./publish/decide.ts";
import { guard } from "./publish/guard.ts";
import { lookAside, quarantineTable } from "./publish/quarantine.ts";
import { withStore } from "./publish/open-store.ts";
import { rangeOf } from "./publish/partition-range.ts";
import { renameFiles, settleFiles } from "./publish/settle-files.ts";
import { stageFile } from "./publish/stage-file.ts";
import type { WritePlan } from "./publish/statements.ts";
import type { NewTable, StagedFile, Store } from "./publish/store.ts";
import { logOutput, logQuarantine } from "./record/console.ts";
import { failureOf } from "./record/failure.ts";
import type { RunState } from "./run-state.ts";
import type { Table } from "./table.ts";

interface Planned {
  decision: OutputDecision;
  table: Table;
  plan: WritePlan;
}

/** @throws {EtlError} `check` when rows would corrupt a destination; whatever is thrown before the commit, nothing is published */
export async function publishOutputs({
  state,
  decisions,
  tables,
}: {
  state: RunState;
  decisions: OutputDecision[];
  tables: ReadonlyMap<string, Table>;
}): Promise<void> {
  const planned = decisions
    .filter(({ record }) => record.status !== "skipped")
    .map((decision) => {
      const table = tables.get(decision.spec.model ?? decision.name)!;
      return { decision, table, plan: planOf(decision.spec, table, state) };
    });
  const problems: Problem[] = [];
  for (const output of planned) problems.push(...(await guard({ ...output, state })));
  if (problems.length > 0) throw new EtlError({ code: "check", message: "nothing was published", problems });
  const { db } = state.work;
  for (const { plan, table } of planned)
    plan.range = await rangeOf({ plan, relation: db.dialect.quoteIdentifier(table.name), db });
  if (planned.length > 0) await publishPlanned(state, planned);
  for (const { record } of decisions) logOutput(state.context.log, record);
  const { quarantine } = state.record;
  if (quarantine) logQuarantine(state.context.log, quarantine, lookAside(state, quarantine.table));
}

/** Where something fails, the store knows whether it was published: that alone decides what becomes of files aside. */
async function publishPlanned(state: RunState, planned: Planned[]): Promise<void> {
  const { context, identity, record, options } = state;
  const id = { runId: identity.id, execution: identity.execution, generation: record.generation };
  try {
    const files = await stageFiles(state, planned);
    const publish = async (store: Store) => {
      context.signal.throwIfAborted();
      const as = { id, allowSchemaChange: options.allowSchemaChange };
      const quarantine = await quarantineTable(state);
      const wanted = [...newTables(planned, state), ...(quarantine ? [quarantine] : [])];
      const tables = await store.stage(wanted, as);
      context.signal.throwIfAborted();
      await store.publish({
        ...as,
        at: context.now(),
        tables,
        files,
        marks: state.marks,
      });
      for (const { decision, table } of planned)
        Object.assign(decision.record, { status: "published", rows: table.rows });
      if (quarantine) state.record.quarantine = { table: quarantine.spec.table, rows: quarantine.rows };
      if (files.length > 0) {
        await renameFiles(files, context);
        await store.clearFiles();
      }
      await clearStaged(store, context);
    };
    // The run's record comes next, and closes it.
    await withStore(state, publish, { keep: true });
  } catch (error) {
    if (planned.some(({ decision }) => decision.place)) await settle(state);
    throw failureOf(error, { ...state, part: "publish" });
  }
}

async function settle(state: RunState): Promise<void> {
  const { context } = state;
  await withStore(state, async (store) => {
    await settleFiles(await store.pendingFiles(), context);
    await store.clearFiles();
  }).catch((error: unknown) => context.log.debug(`left to the next run: ${messageOf(error)}`));
}

function planOf(spec: Output, table: Table, state: RunState): WritePlan {
  const partition = spec.partition && { column: spec.partition.column, by: spec.partition.by ?? ("day" as const) };
  return {
    mode: spec.write ?? "replace",
    columns: table.columns.map(({ name, type }) => ({ name, type })),
    key: spec.key ?? [],
    partition,
    interval: state.identity.interval,
    forced: isForced(state),
  };
}

function newTables(planned: Planned[], { pipeline }: RunState): NewTable[] {
  const declared = new Map(tablesOf(pipeline.spec).map((table) => [table.name, table]));
  return planned.flatMap(({ decision: { name, spec }, table, plan }) => {
    if (spec.type !== "bigquery") return [];
    const { columns = [] } = declared.get(table.name) ?? {};
    return [
      {
        output: name,
        spec,
        file: table.file!,
        rows: table.rows!,
        columns: plan.columns.map(
          (column) => columns.find((it) => it.name === column.name) ?? { ...column, required: false },
        ),
        description: spec.description ?? pipeline.spec.models?.[table.name]?.description,
        plan,
      },
    ];
  });
}

/** Old files lie outside the work folder, which the locked engine cannot leave. */
async function stageFiles({ pipeline, work, context, options }: RunState, planned: Planned[]): Promise<StagedFile[]> {
  const wanted = planned.flatMap(({ decision: { spec, place }, table, plan }) =>
    spec.type === "file" && place
      ? [
          {
            ...place,
            spec,
            shown: isAbsolute(spec.path) ? spec.path : pipeline.show(spec.path),
            file: table.file!,
            rows: table.rows!,
            plan,
          },
        ]
      : [],
  );
  if (wanted.length === 0) return [];
  const db = await work.store.another(context.signal);
  try {
    const staged: StagedFile[] = [];
    const { allowSchemaChange } = options;
    for (const file of wanted) staged.push(await stageFile(file, { db, allowSchemaChange, context }));
    return staged;
  } finally {
    db.close();
  }
}
