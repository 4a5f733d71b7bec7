/** The second store: outputs in BigQuery, and the state of the pipeline in one of its datasets. */
import type { Where } from "../../../util/error.ts";
import { mapLimited } from "../../../util/map-limited.ts";
import type { BigQueryClient } from "../../connectors/bigquery/client.ts";
import { jobName, runJob } from "../../connectors/bigquery/job.ts";
import { formatTableName, type TableName } from "../../connectors/bigquery/table-name.ts";
import type { Work } from "../../work.ts";
import type { NewTable, PublishId, PublishParts, StageParts, StagedTable, Store } from "../store.ts";
import { ask } from "./ask.ts";
import { clearStaging } from "./clear-staging.ts";
import type { Dataset } from "./dataset.ts";
import { checkFit, fitTable, type FitTable } from "./fit-table.ts";
import {
  readEnded,
  readFiles,
  readMarks,
  readPublished,
  relativeTo,
  selectEnded,
  selectFiles,
  selectMarks,
  selectPublished,
} from "./questions.ts";
import { explainStoreError } from "./refused.ts";
import { beginScript, clearFiles, createFence, publishScript, readFence, recordScript } from "./scripts.ts";
import { stageTable } from "./stage.ts";
import { ensureStateTables, type StateTables } from "./state-tables.ts";

export interface Destination {
  name: TableName;
  dataset: Dataset;
  /** Where pipeline.yaml says it. */
  where: Where;
}

type NameJob = (id: PublishId, step: string) => string;

export interface StoreOptions {
  client: BigQueryClient;
  pipeline: string;
  /** The pipeline's folder: paths of files are kept relative to it. */
  folder: string;
  /** Tells this process from all others. */
  session: string;
  /** The dataset of the state. */
  home: Dataset;
  tables: StateTables;
  destinations: ReadonlyMap<string, Destination>;
  work: Work;
}

/** Rows are loaded into so many tables at the same time: each holds a piece of its file in memory. */
const loadsAtOnce = 2;

/** Makes the tables of the state where there are none. */
export async function openBigQueryStore(options: StoreOptions): Promise<Store> {
  const { client, tables, pipeline, home } = options;
  const state = { tables, pipeline };
  const shown = `${home.project}.${home.dataset}`;
  const explained = <T>(act: () => Promise<T>): Promise<T> =>
    act().catch(async (error: unknown) => {
      throw await explainStoreError(error, { client, pipeline, name: shown });
    });
  const query = (sql: string) => ask({ client, location: home.location, sql });
  await explained(async () => {
    if (!(await ensureStateTables(client, tables)))
      await runScript(options, { step: "fence", sql: createFence(tables) });
  });
  /** Since it began, this run may publish until another begins. */
  let token = 0;
  return {
    shown,
    published: (runId) => explained(async () => (await query(selectPublished(state, runId))).map(readPublished)),
    ended: (execution) => explained(async () => readEnded(await query(selectEnded(state, execution)))),
    marks: () => explained(async () => readMarks(await query(selectMarks(state)))),
    pendingFiles: () =>
      explained(async () => (tables.files ? readFiles(await query(selectFiles(state)), options.folder) : [])),
    begin: (row, files) =>
      explained(async () => {
        const [fence] = await query(readFence(state));
        token = Number(fence!["token"]) + 1;
        const killed = Number(fence!["running"]) > 0;
        const sql = beginScript({ ...state, token, row, killed, files: relativeTo(options.folder, files) });
        await runScript(options, { step: "begin", sql });
      }),
    stage: (newTables, as) => stage(options, newTables, as),
    publish: (parts) => explained(() => publish(options, token, parts)),
    clearFiles: () => explained(() => runScript(options, { step: "files", sql: clearFiles(tables) })),
    clearStaged: () => explained(() => clearStaging(client, { pipeline, datasets: datasetsOf(options) })),
    recordRun: (row) => explained(() => runScript(options, { step: "record", sql: recordScript(tables, row) })),
    close: async () => undefined,
  };
}

function datasetsOf({ destinations }: StoreOptions): Dataset[] {
  return [...destinations.values()].map(({ dataset }) => dataset);
}

interface Script {
  step: "fence" | "begin" | "files" | "record";
  sql: string;
}

/** A script of this process alone: another one, of the same run too, has to say it for itself. */
async function runScript(options: StoreOptions, { step, sql }: Script): Promise<void> {
  const { client, session, home } = options;
  const nameOf = namesOf(options);
  await runJob(client, {
    id: nameOf({ runId: session, execution: session, generation: 0 }, step),
    effect: `bigquery.${step}`,
    location: home.location,
    configuration: queryOf(sql),
    evenIfStopped: step === "record" || step === "files",
  });
}

/** Ids of jobs: the same pipeline in another dataset is another one. */
function namesOf({ pipeline, home: { project, dataset } }: StoreOptions): NameJob {
  return (id, step) => jobName({ ...id, pipeline: `${pipeline}_${project}_${dataset}`, step });
}

function queryOf(query: string) {
  return { query: { query, useLegacySql: false } };
}

/** What the destinations are, and then the rows: a table that cannot take them is told of before they are loaded. */
async function stage(options: StoreOptions, newTables: NewTable[], as: StageParts): Promise<StagedTable[]> {
  const { client, pipeline, work } = options;
  const db = await work.store.another(client.context.signal);
  const stageOne = async (table: NewTable) => {
    const { dataset } = destinationOf(options, table);
    const ndjsonFile = `${work.file("outputs", table.output)}.ndjson`;
    return stageTable(table, {
      client,
      pipeline,
      dataset,
      db,
      ndjsonFile,
      nameJob: (step) => namesOf(options)(as.id, step),
    });
  };
  try {
    for (const table of newTables) await ofOutput(options, table, () => checkFit(fitOf(options, table, as)));
    return await mapLimited(newTables, (table) => ofOutput(options, table, () => stageOne(table)), loadsAtOnce);
  } finally {
    db.close();
  }
}

async function publish(options: StoreOptions, token: number, parts: PublishParts): Promise<void> {
  const { client, pipeline, tables, home, folder, destinations } = options;
  const nameJob = (step: string) => namesOf(options)(parts.id, step);
  for (const table of parts.tables)
    await ofOutput(options, table, () => fitTable(fitOf(options, table, parts), nameJob));
  const target = (output: string) => destinations.get(output)!.name;
  const files = relativeTo(folder, parts.files);
  client.context.signal.throwIfAborted();
  await runJob(client, {
    id: nameJob("publish"),
    effect: "bigquery.publish",
    location: home.location,
    configuration: queryOf(publishScript({ tables, pipeline, token, parts: { ...parts, files }, target })),
    // Once it is under way, only its end says whether it has published.
    evenIfStopped: true,
  });
}

function destinationOf({ destinations }: StoreOptions, { output }: NewTable): Destination {
  return destinations.get(output)!;
}

function fitOf(options: StoreOptions, table: NewTable, { allowSchemaChange }: StageParts): FitTable {
  const { name, dataset } = destinationOf(options, table);
  return { client: options.client, name, location: dataset.location, table, allowed: allowSchemaChange };
}

/** What goes wrong with one output, is told of with its name and place. */
function ofOutput<T>(options: StoreOptions, table: NewTable, act: () => Promise<T>): Promise<T> {
  const { client, pipeline } = options;
  const { name, where } = destinationOf(options, table);
  return act().catch(async (error: unknown) => {
    throw await explainStoreError(error, {
      client,
      pipeline,
      name: formatTableName(name),
      output: table.output,
      where,
    });
  });
}
