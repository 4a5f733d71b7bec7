/** The second store: outputs in BigQuery, and the state of the pipeline in one of its datasets. */
import { queryConfiguration, runJob } from "../../connectors/bigquery/job.ts";
import type { RunRow } from "../../record/run-row.ts";
import type { FilePlace, PastStore, Store } from "../store.ts";
import { ask } from "./ask.ts";
import { clearStaging } from "./clear-staging.ts";
import { publishOutputs, stageOutputs } from "./outputs.ts";
import { bigqueryPast } from "./past.ts";
import { nameJob, type Place } from "./place.ts";
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
import { beginScript, clearFiles, createFence, readFence, recordScript } from "./scripts.ts";
import { ensureStateTables } from "./state-tables.ts";

/** Makes the tables of the state where there are none. */
export async function openBigQueryStore(place: Place): Promise<Store> {
  const { client, tables, pipeline, folder, home, destinations } = place;
  const shown = `${home.project}.${home.dataset}`;
  const explained = <T>(act: () => Promise<T>): Promise<T> =>
    act().catch(async (error: unknown) => {
      throw await explainStoreError(error, { client, pipeline, name: shown });
    });
  const query = (sql: string) => ask({ client, location: home.location, sql });
  await explained(() => ensureState(place));
  /** Since it began, this run may publish until another begins. */
  let token = 0;
  return {
    shown,
    published: (runId) => explained(async () => (await query(selectPublished(place, runId))).map(readPublished)),
    ended: (execution) => explained(async () => readEnded(await query(selectEnded(place, execution)))),
    marks: () => explained(async () => readMarks(await query(selectMarks(place)))),
    pendingFiles: () => explained(async () => (tables.files ? readFiles(await query(selectFiles(place)), folder) : [])),
    begin: (row, files) => explained(async () => void (token = await begin(place, row, files))),
    stage: (newTables, as) => stageOutputs(place, newTables, as),
    publish: (parts) => explained(() => publishOutputs(place, token, parts)),
    clearFiles: () => explained(() => runScript(place, { step: "files", sql: clearFiles(tables) })),
    clearStaged: () =>
      explained(() =>
        clearStaging(client, { pipeline, datasets: [home, ...[...destinations.values()].map((it) => it.dataset)] }),
      ),
    past: explainedAll(bigqueryPast(place), explained),
    recordRun: (row) => explained(() => runScript(place, { step: "record", sql: recordScript(tables, row) })),
    close: async () => undefined,
  };
}

type Explain = <T>(act: () => Promise<T>) => Promise<T>;

function explainedAll(past: PastStore, explained: Explain): PastStore {
  return {
    publishes: () => explained(() => past.publishes()),
    marks: () => explained(() => past.marks()),
    look: (...of) => explained(() => past.look(...of)),
    kept: (...of) => explained(() => past.kept(...of)),
    find: (...of) => explained(() => past.find(...of)),
    reach: (...of) => explained(() => past.reach(...of)),
    hold: (...of) => explained(() => past.hold(...of)),
  };
}

async function ensureState(place: Place): Promise<void> {
  const hasFence = await ensureStateTables(place.client, place.tables);
  if (!hasFence) await runScript(place, { step: "fence", sql: createFence(place.tables) });
}

/** @returns the token of this run */
async function begin(place: Place, row: RunRow, files: FilePlace[]): Promise<number> {
  const { client, folder, home } = place;
  const [fence] = await ask({ client, location: home.location, sql: readFence(place) });
  const token = Number(fence!["token"]) + 1;
  const killed = Number(fence!["running"]) > 0;
  const sql = beginScript({ ...place, token, row, killed, files: relativeTo(folder, files) });
  await runScript(place, { step: "begin", sql });
  return token;
}

interface Script {
  step: "fence" | "begin" | "files" | "record";
  sql: string;
}

/** A script of this process alone: another one, of the same run too, has to say it for itself. */
async function runScript(place: Place, { step, sql }: Script): Promise<void> {
  const { client, session, home } = place;
  await runJob(client, {
    id: nameJob(place, { runId: session, execution: session, generation: 0 }, step),
    effect: `bigquery.${step}`,
    location: home.location,
    configuration: { query: queryConfiguration(sql) },
    // Who is told to stop leaves word of it.
    evenIfStopped: step === "record" || step === "files",
  });
}
