/** A dataset of one's own in a real project, for the time of the tests: Google's clients in front of it, and runs of pipelines. */
import { randomBytes } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { BigQuery } from "@google-cloud/bigquery";
import { v1 } from "@google-cloud/bigquery-storage";
import { stringify } from "yaml";
import { rollback } from "../../src/commands/rollback.ts";
import type { RunCommandOptions } from "../../src/commands/run.ts";
import { defaultAccount } from "../../src/util/google-account.ts";
import { query, rest, type World } from "../contract/bigquery/world.ts";
import { runIn } from "../run/bigquery/lab.ts";
import { buildKiller, type Ended, type Killer } from "../run/children.ts";
import { realContext } from "../run/context.ts";
import type { Order } from "../run/killer.ts";
import type { Ran, Spec } from "../run/lab.ts";
import type { BigQueryServer } from "../servers/bigquery/start.ts";
import { connectBigQuery, connectStorage } from "../support/bigquery.ts";
import { makeFolder, type Folder } from "../support/folder.ts";
import type { Settings } from "./settings.ts";

export interface Ground {
  settings: Settings;
  world: World;
  /** A dataset in another location. */
  elsewhere: { dataset: string; location: string };
  /** A pipeline of this name, in a folder of its own. */
  pipeline: (name: string) => Promise<Pipeline>;
  /** Takes away all that was made. */
  remove(): Promise<void>;
}

export interface Pipeline {
  /** Of its table; with hyphens, its own. */
  name: string;
  folder: Folder;
  /** Writes it: its model `t` is a query, published to the table of the pipeline's name, or as `output` says. */
  write(sql: string, output?: Spec, more?: Spec): Promise<void>;
  run(options?: RunCommandOptions, around?: { env?: Record<string, string>; host?: string }): Promise<Ran>;
  /** Brings its table back to how a run left it. */
  rollback(to: string): Promise<Ran>;
  /** In a process of its own, that is killed. */
  kill(kill: Order["kill"], env: Record<string, string>): Promise<Ended>;
  /** Rows of its table, as the API's texts, in their order. */
  rows(table?: string): Promise<string[]>;
}

/** What a killed test leaves behind, goes by itself. */
const expiration = 3 * 3_600_000;

export async function openGround(settings: Settings): Promise<Ground> {
  const { project, location, prefix } = settings;
  const suffix = `_${randomBytes(4).toString("hex")}`;
  const other = location === "EU" ? "europe-north1" : "EU";
  const [folder, killer] = [await makeFolder(), await buildKiller()];
  const clients = await connect(settings);
  const dataset = `${prefix}${suffix}`;
  const elsewhere = { dataset: `${dataset}_elsewhere`, location: other };
  const world: World = { ...clients, project, dataset, location, folder: folder.path, suffix };
  const folders = [folder];
  const remove = async () => {
    for (const id of [dataset, elsewhere.dataset])
      await world.bigquery
        .dataset(id)
        .delete({ force: true })
        .catch(() => undefined);
    await world.storage.close();
    await killer.remove();
    for (const one of folders) await one.remove();
  };
  try {
    for (const one of [{ dataset, location }, elsewhere]) await createDataset(world, one);
  } catch (error) {
    await remove();
    throw error;
  }
  const pipeline = async (name: string) => {
    const made = await makePipeline(name, { settings, world, killer });
    folders.push(made.folder);
    return made;
  };
  return { settings, world, elsewhere, pipeline, remove };
}

async function connect({ project, location, endpoints }: Settings) {
  if (endpoints) {
    const port = Number(endpoints.storage.split(":").at(-1));
    const server = { project, endpoint: endpoints.api, storagePort: port } as BigQueryServer;
    return {
      bigquery: connectBigQuery(server, { location }),
      storage: connectStorage(server),
      endpoint: endpoints.api,
    };
  }
  const account = await defaultAccount({
    scope: "https://www.googleapis.com/auth/bigquery",
    part: "test:gcp",
    hint: "",
  });
  return {
    bigquery: new BigQuery({ projectId: project, location }),
    storage: new v1.BigQueryReadClient({ projectId: project }),
    endpoint: "https://bigquery.googleapis.com",
    headers: () => account.headers(),
  };
}

async function createDataset(world: World, { dataset, location }: { dataset: string; location: string }) {
  const body = {
    datasetReference: { projectId: world.project, datasetId: dataset },
    location,
    defaultTableExpirationMs: String(expiration),
    labels: { made_by: "nais-etl-test" },
  };
  const { status, body: answer } = await rest(world, "POST", "/datasets", { body });
  if (status !== 200) throw new Error(`the dataset cannot be made: ${answer["error"]?.message}`);
}

interface Making {
  settings: Settings;
  world: World;
  killer: Killer;
}

async function makePipeline(name: string, { settings, world, killer }: Making): Promise<Pipeline> {
  const folder = await makeFolder();
  const tmpdir = join(folder.path, "tmp");
  await mkdir(tmpdir);
  const { endpoints, project } = settings;
  const bigquery = {
    project,
    ...(endpoints && { api_endpoint: endpoints.api, storage_endpoint: endpoints.storage }),
  };
  const options = { target: "prod" };
  return {
    name,
    folder,
    async write(sql, output = {}, more = {}) {
      await folder.write("models/t.sql", sql);
      const outputs = { t: { type: "bigquery", table: `${world.dataset}.${name}`, ...output } };
      await folder.write(
        "pipeline.yaml",
        stringify({ name: name.replaceAll("_", "-"), team: "nais-etl", bigquery, outputs, ...more }),
      );
    },
    run: (more = {}, around = {}) =>
      runIn({ folder: folder.path, tmpdir, options: { ...options, ...more }, ...around }),
    rollback: (to) => rollBack({ folder: folder.path, tmpdir, to }),
    kill: (kill, env) => killer.start({ folder: folder.path, tmpdir, options, env, ...(kill && { kill }) }).ended,
    rows: (table = name) => rowsOf(world, table),
  };
}

async function rollBack({ folder, tmpdir, to }: { folder: string; tmpdir: string; to: string }): Promise<Ran> {
  const lines: string[] = [];
  const context = realContext({ folder, tmpdir, write: (line) => void lines.push(line) });
  const code = await rollback({ outputs: ["t"], to, target: "prod", yes: true }, context);
  return { code, text: lines.join(""), effects: [] };
}

/** By the REST API: nothing is made of the values on the way. */
async function rowsOf(world: World, table: string): Promise<string[]> {
  const { status, body } = await rest(world, "GET", `/datasets/${world.dataset}/tables/${table}/data?maxResults=1000`);
  if (status !== 200) throw new Error(`${table}: ${status}`);
  return ((body["rows"] ?? []) as { f: { v: unknown }[] }[])
    .map(({ f }) => f.map(({ v }) => (typeof v === "string" ? v : JSON.stringify(v))).join(" "))
    .toSorted();
}

/** Statements, one after the other. `$d` stands for the dataset. */
export async function execute(world: World, ...statements: string[]): Promise<void> {
  for (const statement of statements) await query(world, statement);
}
