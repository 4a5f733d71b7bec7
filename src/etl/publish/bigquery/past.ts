/**
 * How tables in BigQuery were: by the snapshots that `keep` has made, and by time travel, which reaches two to seven days
 * back. Which publish a moment is behind, the publish records of that very moment say: they change in the same transaction.
 * Source: https://cloud.google.com/bigquery/docs/time-travel
 */
import { shortHash } from "../../../util/short-hash.ts";
import { queryConfiguration, runJob, type Job } from "../../connectors/bigquery/job.ts";
import { Refusal } from "../../connectors/bigquery/refusal.ts";
import { datasetPath, type TableName } from "../../connectors/bigquery/table-name.ts";
import { quoteIdentifier } from "../../engine/bigquery/sql.ts";
import type { ExistingColumn } from "../fit-columns.ts";
import { keptName } from "../kept-name.ts";
import type { PastPublish } from "../past-publish.ts";
import type { PastState, PastStore, PastTable, PublishId } from "../store.ts";
import { ask } from "./ask.ts";
import { getTable } from "./fit-table.ts";
import { listKept } from "./keep.ts";
import { nameJob, type Destination, type Place } from "./place.ts";
import { readPastMark, readPublish, selectAllMarks, selectLastPublish, selectPublishes } from "./questions.ts";
import { asOf, holdScript, quoteTable } from "./scripts.ts";
import { stagingPrefix } from "./stage.ts";
import { spell, type TableResource } from "./table-resource.ts";

const stagedMilliseconds = 24 * 3_600_000;
const usualTravelHours = 168;

/** A past table whose rows are still where time travel has them. */
interface Travelled extends PastTable {
  moment: Date;
}

export function bigqueryPast(place: Place): PastStore {
  const { client, home } = place;
  const query = (sql: string) => ask({ client, location: home.location, sql });
  return {
    publishes: async () => (await query(selectPublishes(place))).map(readPublish),
    marks: async () => (await query(selectAllMarks(place))).map(readPastMark),
    async look(output) {
      const table = await getTable(client, destinationOf(place, output).name);
      return table && lookOf(table);
    },
    async kept(output, _spec, publishes) {
      const names = new Set(await listKept(place, output));
      return publishes.filter((publish) => names.has(keptName(place.pipeline, publish)));
    },
    async find(state) {
      const ways = [() => findKept(place, state), () => travel(place, state)];
      // A very moment is nearer to what was asked for than the state that a publish had left.
      for (const way of state.moment ? ways.toReversed() : ways) {
        const found = await way();
        if (found) return found;
      }
      return undefined;
    },
    async reach(output) {
      const { name } = destinationOf(place, output);
      const table = await getTable(client, name);
      return table && new Date(await sinceOf(place, name, table));
    },
    hold: (table, output, id) =>
      "moment" in table ? hold(place, table as Travelled, output, id) : Promise.resolve(table),
  };
}

function lookOf({ schema, numRows }: Pick<TableResource, "schema" | "numRows">) {
  const columns = (schema?.fields ?? []).map((field): ExistingColumn => ({
    name: field.name,
    engineType: spell(field),
  }));
  return { columns, rows: Number(numRows ?? 0) };
}

async function findKept(place: Place, { output, publish }: PastState): Promise<PastTable | undefined> {
  if (!publish) return undefined;
  const { name } = destinationOf(place, output);
  const kept = { ...name, table: keptName(place.pipeline, publish) };
  const found = await getTable(place.client, kept);
  return (
    found && { ...lookOf(found), relation: readable(kept, found), copy: quoteTable(kept), from: "the kept snapshot" }
  );
}

/** All rows, also where queries must name partitions. */
function readable(name: TableName, { timePartitioning, requirePartitionFilter }: TableResource, moment?: Date): string {
  const table = moment ? asOf(name, moment) : quoteTable(name);
  if (!requirePartitionFilter || timePartitioning?.field === undefined) return table;
  const column = quoteIdentifier(timePartitioning.field);
  return `(SELECT * FROM ${table} WHERE ${column} IS NULL OR ${column} IS NOT NULL)`;
}

async function travel(place: Place, state: PastState): Promise<Travelled | undefined> {
  const { client } = place;
  const { name } = destinationOf(place, state.output);
  const table = await getTable(client, name);
  if (!table) return undefined;
  const since = await sinceOf(place, name, table);
  for (const moment of momentsOf(state)) {
    if (moment.getTime() < since || !(await isAt(place, state, moment))) continue;
    const relation = readable(name, table, moment);
    const found = await lookBack(place, relation);
    return { ...found, relation, from: `time travel to ${moment.toISOString()}`, moment };
  }
  return undefined;
}

/** The first instant that time travel reaches, in milliseconds since 1970: the table was there. */
async function sinceOf({ client }: Place, name: TableName, { creationTime }: TableResource): Promise<number> {
  const { maxTimeTravelHours } = await client.request<{ maxTimeTravelHours?: string }>({ path: datasetPath(name) });
  const reached = client.context.now().getTime() - Number(maxTimeTravelHours ?? usualTravelHours) * 3_600_000;
  return Math.max(reached, Number(creationTime ?? 0));
}

/** Just before the next publish; somewhat earlier, where that pod's clock was late. */
function momentsOf({ publish, next, moment }: PastState): Date[] {
  if (moment) return [moment];
  if (!publish || !next) return [];
  const [from, to] = [publish.at.getTime(), next.at.getTime()];
  return [to, to - 500, (from + to) / 2].map((time) => new Date(Math.ceil(time)));
}

async function isAt(place: Place, { output, publish, refused }: PastState, moment: Date): Promise<boolean> {
  const { client, home, tables } = place;
  const sql = selectLastPublish(place, output, asOf(tables.publishes, moment));
  const rows = await ask({ client, location: home.location, sql }).catch((error: unknown) => {
    // Before the records were made, or further back than they reach.
    if (!(error instanceof Refusal && [400, 404].includes(error.status))) throw error;
    client.context.log.debug(`the records of ${moment.toISOString()} cannot be read: ${error.message}`);
    refused?.(error);
    return undefined;
  });
  if (rows === undefined) return publish === undefined;
  const found = rows[0] && readPublish(rows[0]);
  return isSame(found, publish);
}

function isSame(a: PastPublish | undefined, b: PastPublish | undefined): boolean {
  return a?.runId === b?.runId && a?.execution === b?.execution && a?.at.getTime() === b?.at.getTime();
}

/** Nothing is billed: the columns are asked for only, and rows are counted from what BigQuery knows. */
async function lookBack({ client, home }: Place, relation: string) {
  const reference = { projectId: client.project, ...(home.location && { location: home.location }) };
  const configuration = { query: queryConfiguration(`SELECT * FROM ${relation}`), dryRun: true, labels: client.labels };
  const path = `projects/${encodeURIComponent(client.project)}/jobs`;
  const job = await client.request<Job>({ method: "POST", path, body: { jobReference: reference, configuration } });
  const [row] = await ask({ client, location: home.location, sql: `SELECT COUNT(*) AS n FROM ${relation}` });
  const fields = (job.statistics?.query?.schema?.fields ?? []) as NonNullable<TableResource["schema"]>["fields"];
  return lookOf({ schema: { fields: fields ?? [] }, numRows: row!["n"]! });
}

/** The rows as they were, among the staging tables: they are published from there, and removed with them. */
async function hold(place: Place, table: Travelled, output: string, id: PublishId): Promise<PastTable> {
  const { client, pipeline } = place;
  const { name, dataset } = destinationOf(place, output);
  const step = `hold_${output}_${shortHash(table.moment.toISOString())}`;
  const to = { ...name, table: `${stagingPrefix(pipeline)}${output}_${shortHash(nameJob(place, id, step))}` };
  const expires = new Date(client.context.now().getTime() + stagedMilliseconds);
  await runJob(client, {
    id: nameJob(place, id, step),
    effect: "bigquery.hold",
    location: dataset.location,
    configuration: { query: queryConfiguration(holdScript({ relation: table.relation, to, expires })) },
  });
  return { ...table, relation: quoteTable(to) };
}

function destinationOf({ destinations }: Place, output: string): Destination {
  return destinations.get(output)!;
}
