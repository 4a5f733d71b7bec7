/**
 * A platform on loopback, of the parts that stand beside this: what is deployed to the deploy service is a job of nais'
 * API, and a run that is triggered there runs `nais-etl run` with the environment of its pod. See README.md.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { startBigQueryServer, type BigQueryServer } from "../bigquery/start.ts";
import { startDeployServer, type DeployServer } from "../deploy/start.ts";
import type { Json } from "../deploy/cluster.ts";
import { startNaisApi, type ApiJob, type ApiRun, type NaisApiServer } from "../nais-api/server.ts";

const bin = fileURLToPath(new URL("../../../bin/nais-etl.js", import.meta.url));

export interface StartPlatform {
  team: string;
  /** The pipeline's folder: what an image would hold. */
  folder: string;
  /** Of BigQuery, with their projects. */
  datasets?: { name: string; location: string }[];
}

export interface Platform {
  bigquery: BigQueryServer;
  deploys: DeployServer;
  api: NaisApiServer;
  /** What whoever deploys and triggers has in the environment. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

/** Made up, and of no use anywhere else. */
const apiKey = "0123456789abcdef".repeat(2);
const apiToken = "token-of-a-service-account";
const environment = "prod-gcp";

export async function startPlatform({ team, folder, datasets = [] }: StartPlatform): Promise<Platform> {
  const bigquery = await startBigQueryServer({ project: "team-project", datasets });
  const deploys = await startDeployServer({ world: { apiKeys: { [team]: apiKey } } });
  const api = await startNaisApi();
  api.accounts.set(apiToken, { team, mayUpdate: true });
  api.triggered = { states: ["PENDING"] };
  const started = new Set<ApiRun>();
  const looking = setInterval(() => {
    for (const resources of deploys.deployed()) for (const resource of resources) addJob(api, resource, team);
    for (const job of api.jobs)
      for (const run of job.runs.filter((one) => !started.has(one))) {
        started.add(run);
        void carryOut({ job, run, api, bigquery, folder });
      }
  }, 50);
  return {
    bigquery,
    deploys,
    api,
    env: {
      DEPLOY_SERVER: deploys.address,
      NAIS_DEPLOY_APIKEY: apiKey,
      GITHUB_REPOSITORY: `${team}/pipelines`,
      NAIS_ETL_API: api.url,
      NAIS_API_TOKEN: apiToken,
    },
    async stop() {
      clearInterval(looking);
      deploys.stop();
      await Promise.all([api.stop(), bigquery.stop()]);
    },
  };
}

function addJob({ jobs }: NaisApiServer, { kind, metadata, spec }: Json, team: string): void {
  const { name } = metadata as { name: string };
  if (kind !== "Naisjob" || jobs.some((job) => job.name === name)) return;
  const { schedule: expression, timeZone = "UTC" } = spec as { schedule?: string; timeZone?: string };
  const schedule = expression === undefined ? {} : { schedule: { expression, timeZone } };
  jobs.push({ team, environment, name, runs: [], ...schedule });
}

interface CarryOut {
  job: ApiJob;
  run: ApiRun;
  api: NaisApiServer;
  bigquery: BigQueryServer;
  folder: string;
}

/** The run's pod: its log is nais' log, its exit code the run's state. */
async function carryOut({ job, run, api, bigquery, folder }: CarryOut): Promise<void> {
  const pod = `${run.name}-abcde`;
  Object.assign(run, { pods: [pod], startTime: new Date().toISOString(), states: ["RUNNING"] });
  const child = spawn(process.execPath, [bin, "run"], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"]!,
      NAIS_APP_NAME: job.name,
      NAIS_CLUSTER_NAME: job.environment,
      NAIS_POD_NAME: pod,
      GCP_TEAM_PROJECT_ID: bigquery.project,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  for await (const message of createInterface({ input: child.stdout }))
    api.lines.push({ time: new Date().toISOString(), message, pod });
  const code = await ended;
  Object.assign(run, {
    completionTime: new Date().toISOString(),
    states: [code === 0 ? "SUCCEEDED" : "FAILED"],
    ...(code !== 0 && { message: "Job has reached the specified backoff limit" }),
  });
}
