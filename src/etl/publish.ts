/**
 * Publishing: all outputs of a run, or none. Tables and the publish record change in one transaction of the store;
 * files are written aside before it and get their names after it, from a list that the same transaction holds.
 */
import { join } from "node:path";
import { count, EtlError, throwProblems, type Problem } from "../util/error.ts";
import type { Output } from "../spec/output.ts";
import { placeOf } from "../spec/consistency.ts";
import { openDuckdb } from "./engine/duckdb/duckdb.ts";
import { removeLeftovers, renameFiles, stageFile } from "./publish/files.ts";
import { guardQuery, type WritePlan } from "./publish/statements.ts";
import type { StagedFile, StagedTable, Store } from "./publish/store.ts";
import { openWarehouse } from "./publish/warehouse.ts";
import { logOutput } from "./record/console.ts";
import type { OutputRecord } from "./record/run-record.ts";
import type { RunState } from "./run.ts";
import type { Table } from "./transform.ts";
import { resolveReferences } from "./values.ts";

export interface OutputDecision {
  name: string;
  spec: Output;
  record: OutputRecord;
}

/** Opens the store, does something with it, and closes it: nobody is kept out of it longer than needed. */
export async function withStore<T>({ places, work, context }: RunState, act: (store: Store) => Promise<T>): Promise<T> {
  const store = await openWarehouse({
    file: places.store,
    shown: places.shownStore,
    limits: work.limits,
    temporaryFolder: join(work.folder, "spill"),
    context,
  });
  try {
    return await act(store);
  } finally {
    await store.close();
  }
}

/** Finishes what a killed run had committed, and removes what it had not. */
export async function recoverPublish(state: RunState): Promise<void> {
  const { pipeline, context } = state;
  const pipelineName = pipeline.spec.name;
  await withStore(state, async (store) => {
    const pending = await store.pendingFiles(pipelineName);
    if (pending.length > 0) {
      context.log.info(`  finishing the publish of an earlier run: ${pending.map((file) => file.output).join(", ")}`);
      await renameFiles(pending, context);
      await store.clearPending(
        pipelineName,
        pending.map((file) => file.output),
      );
    }
    const paths = fileOutputs(state).map(({ path }) => path);
    await removeLeftovers(paths, context);
    const { generation } = await store.published(pipelineName, state.identity.id);
    state.record.generation = state.options.force || state.options.rerun ? generation + 1 : generation;
  });
}

/** Which outputs are published by this run, and which are there already. */
export async function decideOutputs(state: RunState, names: string[]): Promise<OutputDecision[]> {
  const { pipeline, values, context, identity, options } = state;
  const specs = names.map((name) => ({
    name,
    spec: resolveReferences(pipeline.spec.outputs![name]!, { values, pipeline, context, path: ["outputs", name] }),
  }));
  throwProblems(specs.flatMap(({ name, spec }) => forceProblems(name, spec, state)));
  const published = await withStore(state, (store) => store.published(pipeline.spec.name, identity.id));
  return specs.map(({ name, spec }) => {
    const loaded = published.outputs.includes(name) && !options.force && !options.rerun;
    const reason = !loaded
      ? undefined
      : spec.skip_if === "loaded"
        ? "already loaded"
        : spec.write === "append"
          ? "already appended"
          : undefined;
    const base = { name, destination: placeOf(spec), write: spec.write ?? "replace", rows: undefined };
    const record: OutputRecord = reason ? { ...base, status: "skipped", reason } : { ...base, status: "not_published" };
    return { name, spec, record };
  });
}

/** A forced append must know which rows it replaces. */
function forceProblems(name: string, spec: Output, { options, identity, pipeline }: RunState): Problem[] {
  if (!(options.force || options.rerun) || spec.write !== "append" || (identity.interval && spec.partition)) return [];
  return [
    {
      severity: "error",
      rule: "forced-append",
      message: `\`outputs.${name}\` cannot be appended again by force: which rows to replace is not known`,
      hint: "Give the pipeline an `interval:` and the output a `partition:`.",
      where: pipeline.where(["outputs", name]),
    },
  ];
}

export async function publishOutputs({
  state,
  decisions,
  tables,
}: {
  state: RunState;
  decisions: OutputDecision[];
  tables: ReadonlyMap<string, Table>;
}): Promise<void> {
  const open = decisions.filter(({ record }) => record.status !== "skipped");
  if (open.length === 0) return;
  const planned = open.map((decision) => ({
    decision,
    table: tables.get(decision.spec.model ?? decision.name)!,
    plan: planOf(decision.spec, tables.get(decision.spec.model ?? decision.name)!, state),
  }));
  const problems: Problem[] = [];
  for (const { decision, table, plan } of planned) problems.push(...(await guard(decision, table, plan, state)));
  if (problems.length > 0) throw new EtlError({ code: "check", message: "nothing was published", problems });
  await publishPlanned(state, planned);
  for (const { decision, table } of planned) {
    decision.record.status = "published";
    decision.record.rows = table.rows;
  }
  for (const { record } of decisions) logOutput(state.context.log, record);
}

type Planned = { decision: OutputDecision; table: Table; plan: WritePlan };

async function publishPlanned(state: RunState, planned: Planned[]): Promise<void> {
  const { pipeline, identity, record, context, options } = state;
  const files = await stageFiles(state, planned);
  const stagedTables = planned.flatMap(({ decision, table, plan }): StagedTable[] =>
    "table" in decision.spec
      ? [
          {
            output: decision.name,
            table: decision.spec.table,
            file: table.file!,
            rows: table.rows!,
            columns: table.declared ?? {},
            description: decision.spec.description,
            plan,
          },
        ]
      : [],
  );
  await withStore(state, async (store) => {
    context.signal.throwIfAborted();
    await store.publish({
      record: {
        pipeline: pipeline.spec.name,
        runId: identity.id,
        execution: identity.execution,
        generation: record.generation,
        at: context.now(),
      },
      tables: stagedTables,
      files,
      allowSchemaChange: options.allowSchemaChange,
    });
    if (files.length === 0) return;
    await renameFiles(files, context);
    await store.clearPending(
      pipeline.spec.name,
      files.map((file) => file.output),
    );
  });
}

function planOf(spec: Output, table: Table, { identity, options }: RunState): WritePlan {
  const partition = spec.partition && { column: spec.partition.column, by: spec.partition.by ?? ("day" as const) };
  return {
    mode: spec.write ?? "replace",
    columns: table.columns.map(({ name, type }) => ({ name, type })),
    key: spec.key ?? [],
    partition,
    interval: identity.interval,
    forced: options.force || options.rerun,
  };
}

/** What would corrupt the destination is found before it is touched. */
async function guard(
  { name, spec }: OutputDecision,
  table: Table,
  plan: WritePlan,
  { work, pipeline, values }: RunState,
): Promise<Problem[]> {
  const where = pipeline.where(["outputs", name]);
  const known = new Set(plan.columns.map((column) => column.name));
  const missing = [...plan.key, ...(plan.partition ? [plan.partition.column] : [])].filter(
    (column) => !known.has(column),
  );
  if (missing.length > 0) {
    return [
      {
        severity: "error",
        rule: "unknown-column",
        message: `\`outputs.${name}\` names \`${missing.join("`, `")}\`, which \`${table.name}\` does not make`,
        hint: `Its columns: ${[...known].join(", ")}.`,
        where,
      },
    ];
  }
  const [counted] = await work.db.query(
    guardQuery({ plan, staged: work.db.dialect.quoteIdentifier(table.name), dialect: work.db.dialect }),
  );
  const number = (key: string) => Number(counted![key]);
  const found: [boolean, string, string][] = [
    [
      number("rows") === 0 && plan.mode === "replace" && !spec.allow_empty,
      "`replace` would publish no rows: an empty table in place of one with rows",
      "Is the source empty? If no rows are right, write `allow_empty: true`.",
    ],
    [
      number("null_keys") > 0,
      `${count(number("null_keys"), "row")} with NULL in the key (${plan.key.join(", ")})`,
      "A key identifies a row: filter such rows out, or choose another key.",
    ],
    [
      number("repeated_keys") > 0,
      `${count(number("repeated_keys"), "key")} (${plan.key.join(", ")}) stand in several rows`,
      "Which of them should win? Aggregate or deduplicate in the model.",
    ],
    [
      number("null_partitions") > 0,
      `${count(number("null_partitions"), "row")} with NULL in the partition column ${plan.partition?.column}`,
      "Filter such rows out, or fill the column.",
    ],
    [
      number("outside") > 0,
      `${count(number("outside"), "row")} outside the run's interval ${values.interval?.label}`,
      "Filter the source or model with $interval_start and $interval_end: rows of other intervals would be doubled or lost.",
    ],
  ];
  return found
    .filter(([bad]) => bad)
    .map(([, what, hint]) => ({
      severity: "error",
      rule: "publish",
      message: `\`outputs.${name}\` is not published: ${what}`,
      hint,
      where,
    }));
}

function fileOutputs({ pipeline }: RunState): { path: string }[] {
  return Object.values(pipeline.spec.outputs ?? {}).flatMap((output) =>
    output.type === "file" ? [{ path: join(pipeline.folder, output.path) }] : [],
  );
}

/** Old files lie outside the work folder, which the locked engine cannot leave: files are made by an engine of their own. */
async function stageFiles({ pipeline, identity, work, context }: RunState, planned: Planned[]): Promise<StagedFile[]> {
  const wanted = planned.flatMap(({ decision: { name, spec }, table, plan }) =>
    spec.type === "file"
      ? [{ output: name, spec, path: join(pipeline.folder, spec.path), file: table.file!, rows: table.rows!, plan }]
      : [],
  );
  if (wanted.length === 0) return [];
  const db = await openDuckdb({ limits: work.limits, temporaryFolder: join(work.folder, "spill") });
  try {
    const staged: StagedFile[] = [];
    for (const plan of wanted)
      staged.push(await stageFile(plan, { db, token: identity.execution.replaceAll(/[^\w-]/g, ""), context }));
    return staged;
  } finally {
    db.close();
  }
}
