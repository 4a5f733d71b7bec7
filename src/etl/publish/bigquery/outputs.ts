/** Outputs on their way: staged, and then published by one job. */
import { mapLimited } from "../../../util/map-limited.ts";
import { queryConfiguration, runJob } from "../../connectors/bigquery/job.ts";
import { formatTableName } from "../../connectors/bigquery/table-name.ts";
import type { Database } from "../../engine/duckdb/duckdb.ts";
import { quarantineOutput } from "../quarantine.ts";
import type { NewTable, PublishParts, RestoredTable, StageParts, StagedTable } from "../store.ts";
import { ask } from "./ask.ts";
import { checkFit, fitTable, type FitTable } from "./fit-table.ts";
import { keepTables, tidyKept } from "./keep.ts";
import { nameJob, type Destination, type Place } from "./place.ts";
import { readPublish, relativeTo, selectLastPublish } from "./questions.ts";
import { explainStoreError } from "./refused.ts";
import { cloneScript, publishScript } from "./scripts.ts";
import { stageTable } from "./stage.ts";

/** Rows are loaded into so many tables at the same time. */
const loadsAtOnce = 2;

/** What the destinations are, and then the rows: a table that cannot take them is told of before they are loaded. */
export async function stageOutputs(place: Place, tables: NewTable[], as: StageParts): Promise<StagedTable[]> {
  for (const table of tables)
    await ofOutput(place, table, async () => {
      if (!(await checkFit(fitOf(place, table, as)))) await warnOfDropped(place, table);
    });
  const db = await place.work.store.another(place.client.context.signal);
  const stage = (table: NewTable) => ofOutput(place, table, () => stageOne(place, table, { ...as, db }));
  return mapLimited(tables, stage, loadsAtOnce).finally(() => db.close());
}

/** Nobody may take a part of the rows for all of them. */
async function warnOfDropped(place: Place, { output, plan }: NewTable): Promise<void> {
  const { client, home } = place;
  if (plan.mode === "replace" || output === quarantineOutput) return;
  const [row] = await ask({ client, location: home.location, sql: selectLastPublish(place, output) });
  if (!row) return;
  const { name, where } = place.destinations.get(output)!;
  client.context.log.problem({
    severity: "warning",
    rule: "dropped-table",
    message: `${formatTableName(name)} is not there any more, to which run ${readPublish(row).runId} has published: it is made anew, with the rows of this run alone`,
    hint: `Where its state is kept, \`nais-etl rollback ${output}\` brings it back; \`nais-etl backfill --rerun\` loads what is missing.`,
    where,
  });
}

function stageOne(place: Place, table: NewTable, { id, db }: StageParts & { db: Database }): Promise<StagedTable> {
  const { client, pipeline, work } = place;
  return stageTable(table, {
    client,
    pipeline,
    dataset: destinationOf(place, table).dataset,
    db,
    ndjsonFile: `${work.file("outputs", table.output)}.ndjson`,
    nameJob: (step) => nameJob(place, id, step),
  });
}

/** @param token of the fence: see scripts.ts */
export async function publishOutputs(place: Place, token: number, parts: PublishParts): Promise<void> {
  const { client, pipeline, tables, home, folder, destinations } = place;
  const name = (step: string) => nameJob(place, parts.id, step);
  // Before anything is changed: columns may go, too.
  const kept = await keepTables(place, token, parts);
  for (const table of parts.tables) await ofOutput(place, table, () => fitTable(fitOf(place, table, parts), name));
  for (const table of parts.restores ?? []) await makeAnew(place, table, name);
  const target = (output: string) => destinations.get(output)!.name;
  const files = relativeTo(folder, parts.files);
  const sql = publishScript({ tables, pipeline, token, parts: { ...parts, files }, target });
  client.context.signal.throwIfAborted();
  await runJob(client, {
    id: name("publish"),
    effect: "bigquery.publish",
    location: home.location,
    configuration: { query: queryConfiguration(sql) },
    // Once it is under way, only its end says whether it has published.
    evenIfStopped: true,
  });
  await tidyKept(place, kept);
}

/** One that somebody has dropped. */
async function makeAnew(place: Place, { output, madeFrom }: RestoredTable, id: (step: string) => string) {
  if (madeFrom === undefined) return;
  const { name, dataset } = place.destinations.get(output)!;
  await runJob(place.client, {
    id: id(`clone_${output}`),
    effect: "bigquery.create",
    location: dataset.location,
    configuration: { query: queryConfiguration(cloneScript(name, madeFrom)) },
  });
}

function destinationOf({ destinations }: Place, { output }: NewTable): Destination {
  return destinations.get(output)!;
}

function fitOf(place: Place, table: NewTable, { allowSchemaChange }: StageParts): FitTable {
  const { name, dataset, where } = destinationOf(place, table);
  return { client: place.client, name, location: dataset.location, table, allowed: allowSchemaChange, where };
}

/** What goes wrong with one output, is told of with its name and place. */
function ofOutput<T>(place: Place, table: NewTable, act: () => Promise<T>): Promise<T> {
  const { client, pipeline } = place;
  const { name, where } = destinationOf(place, table);
  const subject = { client, pipeline, name: formatTableName(name), output: table.output, where };
  return act().catch(async (error: unknown) => {
    throw await explainStoreError(error, subject);
  });
}
