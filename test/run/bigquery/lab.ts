/** A pipeline of one model that publishes to the in-repo BigQuery, run in this process. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { run, type RunCommandOptions } from "../../../src/commands/run.ts";
import { EtlError } from "../../../src/util/error.ts";
import type { Effect } from "../../../src/util/context.ts";
import type { SeenRequest, ServerOptions } from "../../servers/bigquery/options.ts";
import { startBigQueryServer, type BigQueryServer } from "../../servers/bigquery/start.ts";
import { makeFolder, type Folder } from "../../support/folder.ts";
import { realContext } from "../context.ts";
import type { Ran, Spec } from "../lab.ts";
import { location, tablesOf } from "./world.ts";
import { haveOneCore } from "../one-core.ts";

haveOneCore();

export interface BigQueryLab {
  server: BigQueryServer;
  folder: Folder;
  /** Of the runs at hand. */
  dataset: string;
  env: Record<string, string>;
  /** A dataset of its own for what comes. */
  next(): Promise<void>;
  /** Writes a pipeline whose model `t` is a query, published to the table `t` of the dataset, or as `output` says. */
  write(sql: string, output?: Spec, more?: Spec): Promise<void>;
  run(options?: RunCommandOptions, around?: Around): Promise<Ran>;
  /** The rows of a query, the values of each as one text. `DATASET` stands for the dataset. */
  values(sql: string): Promise<string[]>;
  tables(): Promise<string[]>;
  table(name: string): Promise<Record<string, unknown>>;
  /** Requests that changed something, in order. */
  writes(): Promise<SeenRequest[]>;
  remove(): Promise<void>;
}

interface Around {
  env?: Record<string, string>;
  effect?: Effect;
  signal?: AbortSignal;
}

export async function makeBigQueryLab(options: ServerOptions = {}): Promise<BigQueryLab> {
  const folder = await makeFolder();
  const temporary = join(folder.path, "tmp");
  await mkdir(temporary);
  const server = await startBigQueryServer(options);
  let made = 0;
  const lab: BigQueryLab = {
    server,
    folder,
    dataset: "",
    env: { BIGQUERY: server.endpoint },
    async next() {
      lab.dataset = `lab${made++}`;
      await server.dataset(lab.dataset, location);
      await server.clearRequests();
    },
    async write(sql, output = {}, more = {}) {
      await folder.write("models/t.sql", sql);
      const outputs = { t: { type: "bigquery", table: `${lab.dataset}.t`, ...output } };
      const bigquery = { project: server.project, api_endpoint: "${env:BIGQUERY}" };
      const spec = { name: "lab", team: "nais-analyse", bigquery, outputs, ...more };
      await folder.write("pipeline.yaml", stringify(spec));
    },
    run: (options = {}, around = {}) =>
      runIn({ folder: folder.path, tmpdir: temporary, options, ...around, env: { ...lab.env, ...around.env } }),
    async values(sql) {
      const rows = await server.sql(sql.replaceAll("DATASET", lab.dataset));
      return rows.map((row) => Object.values(row).join(" "));
    },
    tables: () => tablesOf(server, lab.dataset),
    async table(name) {
      const path = `projects/${server.project}/datasets/${lab.dataset}/tables/${name}`;
      const response = await fetch(`${server.endpoint}/bigquery/v2/${path}`);
      return (await response.json()) as Record<string, unknown>;
    },
    writes: () => server.requests({ writes: true }),
    async remove() {
      await server.stop();
      await folder.remove();
    },
  };
  await lab.next();
  return lab;
}

interface RunIn extends Around {
  host?: string | undefined;
  folder: string;
  tmpdir: string;
  options: RunCommandOptions;
}

/** Runs the pipeline of a folder in this process. */
export async function runIn({ folder, tmpdir, options, env = {}, effect, signal, host }: RunIn): Promise<Ran> {
  const [lines, effects]: [string[], string[]] = [[], []];
  const context = realContext({
    folder,
    tmpdir,
    env,
    host,
    ...(signal && { signal }),
    write: (line) => void lines.push(line),
    effect: (name, act) => (effects.push(name), effect ? effect(name, act) : act()),
  });
  try {
    const code = await run({ target: "prod", ...options }, context);
    return { code, text: lines.join(""), effects };
  } catch (error) {
    if (!(error instanceof EtlError)) throw error;
    const text = error.problems.map(({ message, hint }) => `${message}\n${hint ?? ""}`).join("\n");
    return { code: error.exitCode, text: lines.join("") + text, effects };
  }
}
