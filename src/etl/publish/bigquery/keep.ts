/**
 * `keep: N`: before a publish changes a table, a snapshot is made of it as it stands, and the newest N stay. A snapshot costs
 * what has changed since. One that cannot be made fails no run: time travel still reaches back some days, and it is said.
 * It gets its end by a request of its own: to make it with one, bigquery.tables.deleteSnapshot is asked for, which no editor
 * has, and a nais job is one; to update it is the editor's. Whoever is killed in between has it done by the run after.
 * Source: https://cloud.google.com/bigquery/docs/table-snapshots-intro, …/table-snapshots-create, …/table-snapshots-update
 */
import { durationSeconds } from "../../../spec/duration.ts";
import { messageOf, type EtlError, type Problem } from "../../../util/error.ts";
import { explainRefusal } from "../../connectors/bigquery/errors.ts";
import { queryConfiguration, runJob } from "../../connectors/bigquery/job.ts";
import { Refusal, unlessRefused } from "../../connectors/bigquery/refusal.ts";
import { datasetPath, formatTableName, tablePath, type TableName } from "../../connectors/bigquery/table-name.ts";
import { byWorth, isKeptName, keptName } from "../kept-name.ts";
import type { PublishParts, TableOutput } from "../store.ts";
import { ask } from "./ask.ts";
import { getTable } from "./fit-table.ts";
import { nameJob, type Destination, type Place } from "./place.ts";
import { readPublish, selectLastPublish, selectPublishes } from "./questions.ts";
import { fencedMark, keepScript } from "./scripts.ts";

/** What no run tidies up, since there are none any more, is gone after so many days. */
const keptDays = 100;
const dayMilliseconds = 86_400_000;

/** Until a snapshot goes that may not be deleted: bigquery.tables.deleteSnapshot is the owner's, its expiry the editor's. */
const soonMilliseconds = 60_000;

interface Kept {
  output: string;
  keep: number;
}

/** @returns the outputs whose old snapshots may go: not where the new one could not be made */
export async function keepTables(place: Place, token: number, parts: PublishParts): Promise<Kept[]> {
  const restores = (parts.restores ?? []).filter(({ madeFrom }) => madeFrom === undefined);
  const wanted = [...parts.tables, ...restores].filter(({ spec }) => spec.keep !== undefined);
  const kept: Kept[] = [];
  for (const { output, spec } of wanted)
    if (spec.keep === 0 || (await keepTable(place, { output, spec, token, parts })))
      kept.push({ output, keep: spec.keep! });
  return kept;
}

interface Keep {
  output: string;
  spec: TableOutput;
  token: number;
  parts: PublishParts;
}

async function keepTable(place: Place, keep: Keep): Promise<boolean> {
  const { name } = destinationOf(place, keep.output);
  try {
    await snapshot(place, keep);
    return true;
  } catch (error) {
    const { signal, log } = place.client.context;
    signal.throwIfAborted();
    if (!(error instanceof Refusal) || isFenced(error)) throw error;
    log.problem(await warningOf(error, { action: "keep", name, but: "older ones stay, and the run goes on" }, place));
    return false;
  }
}

function isFenced(refusal: Refusal): boolean {
  return refusal.says(new RegExp(fencedMark));
}

interface Warn {
  action: "keep" | "forget";
  name: TableName;
  but: string;
}

async function warningOf(error: Refusal, { action, name, but }: Warn, { client }: Place): Promise<Problem> {
  const attempted = { action, name: formatTableName(name), part: "keep" };
  const explained = (await explainRefusal(error, attempted, client)) as EtlError;
  const [{ message, hint = "" }] = explained.problems as [Problem];
  return { severity: "warning", message: `${message}: ${but}`, hint };
}

async function snapshot(place: Place, { output, spec, token, parts }: Keep): Promise<void> {
  const { client, home, pipeline } = place;
  const { name } = destinationOf(place, output);
  const [row] = await ask({ client, location: home.location, sql: selectLastPublish(place, output) });
  // A table that no run of this pipeline has left as it is, has no name here.
  if (!row) return;
  const last = readPublish(row);
  const to = { ...name, table: keptName(pipeline, last) };
  const there = await getTable(client, to);
  if (!there) await make(place, { output, token, parts, to });
  const end = parts.at.getTime() + lifetime(spec);
  if (Number(there?.expirationTime ?? Infinity) <= end) return;
  const description = `nais-etl: ${name.table} as run ${last.runId} of ${pipeline} left it`;
  const body = { expirationTime: String(end), description };
  await client.context.effect("bigquery.expire", () => client.send({ method: "PATCH", path: tablePath(to), body }));
}

async function make(place: Place, { output, token, parts, to }: Omit<Keep, "spec"> & { to: TableName }): Promise<void> {
  const { client, tables } = place;
  const { name, dataset } = destinationOf(place, output);
  try {
    await runJob(client, {
      id: nameJob(place, parts.id, `keep_${to.table}`),
      effect: "bigquery.keep",
      location: dataset.location,
      configuration: { query: queryConfiguration(keepScript({ tables, token, from: name, to })) },
    });
  } catch (error) {
    // The job of a process that was killed may have made it just now.
    if (!(error instanceof Refusal) || isFenced(error) || !(await getTable(client, to))) throw error;
  }
}

/** Rows that expire in the table may not live longer in its snapshots. */
function lifetime({ partition }: TableOutput): number {
  const expire = partition?.expire;
  const rows = expire === undefined ? Infinity : durationSeconds(expire) * 1000;
  return Math.min(keptDays * dayMilliseconds, rows);
}

interface Listed {
  tables?: { tableReference: { tableId: string }; creationTime?: string; expirationTime?: string }[];
  nextPageToken?: string;
}

/** The newest N stay. What goes wrong here is left to the next run. */
export async function tidyKept(place: Place, outputs: Kept[]): Promise<void> {
  for (const { output, keep } of outputs) {
    const { name } = destinationOf(place, output);
    const old = async () => {
      for (const table of (await listByWorth(place, output, keep)).slice(keep)) await remove(place, { ...name, table });
    };
    await old().catch((error: unknown) => tellOfLeft(error, name, place));
  }
}

/** Whose states they hold is asked only where one has to go. */
async function listByWorth(place: Place, output: string, keep: number): Promise<string[]> {
  const { client, home, pipeline } = place;
  const kept = await listKept(place, output);
  if (kept.length <= keep || keep === 0) return kept;
  const rows = await ask({ client, location: home.location, sql: selectPublishes(place) });
  return byWorth({ kept, pipeline, records: rows.map(readPublish) });
}

/** Who may not remove them may not tomorrow either, and they would be more each night. */
async function tellOfLeft(error: unknown, name: TableName, place: Place): Promise<void> {
  const { log } = place.client.context;
  if (error instanceof Refusal && error.reason === "accessDenied")
    log.problem(await warningOf(error, { action: "forget", name, but: "they become more" }, place));
  else log.debug(`old snapshots of ${name.table} are left to the next run: ${messageOf(error)}`);
}

/** Newest first; without those that are about to expire. */
export async function listKept(place: Place, output: string): Promise<string[]> {
  const { client, pipeline } = place;
  const { name } = destinationOf(place, output);
  const soon = client.context.now().getTime() + 2 * soonMilliseconds;
  const found: { table: string; created: number }[] = [];
  let pageToken: string | undefined;
  do {
    const query = { maxResults: 1000, pageToken };
    const page = await client.request<Listed>({ path: `${datasetPath(name)}/tables`, query });
    for (const { tableReference, creationTime, expirationTime = "Infinity" } of page.tables ?? []) {
      const table = tableReference.tableId;
      if (isKeptName(table, pipeline, output) && Number(expirationTime) > soon)
        found.push({ table, created: Number(creationTime) });
    }
    pageToken = page.nextPageToken;
  } while (pageToken !== undefined);
  return found.toSorted((a, b) => b.created - a.created).map(({ table }) => table);
}

async function remove({ client }: Place, name: TableName): Promise<void> {
  const { context } = client;
  const path = tablePath(name);
  const drop = () => client.send({ method: "DELETE", path });
  const expirationTime = String(context.now().getTime() + soonMilliseconds);
  const expire = () => client.send({ method: "PATCH", path, body: { expirationTime } });
  await context.effect("bigquery.forget", () =>
    unlessRefused(404, drop).catch((error: unknown) => {
      if (error instanceof Refusal && error.status === 403) return expire();
      throw error;
    }),
  );
}

function destinationOf({ destinations }: Place, output: string): Destination {
  return destinations.get(output)!;
}
