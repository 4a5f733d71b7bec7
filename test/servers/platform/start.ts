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
  const specs = new Map<string, Json>();
  let seen = 0;
  const looking = setInterval(() => {
    const deployed = deploys.deployed();
    for (const resource of deployed.slice(seen).flat()) putJob({ api, resource, team, specs });
    seen = deployed.length;
    for (const job of api.jobs)
      for (const run of job.runs.filter((one) => !started.has(one))) {
        started.add(run);
        void carryOut({ job, run, spec: specs.get(job.name) ?? {}, api, bigquery, folder });
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

interface PutJob {
  api: NaisApiServer;
  resource: Json;
  team: string;
  /** Of the jobs that are deployed, by name. */
  specs: Map<string, Json>;
}

/** A later deploy changes what there is; the runs stay. */
function putJob({ api: { jobs }, resource: { kind, metadata, spec }, team, specs }: PutJob): void {
  const { name } = metadata as { name: string };
  if (kind !== "Naisjob") return;
  const { schedule: expression, timeZone = "UTC", image } = spec as Partial<Record<string, string>>;
  const schedule = expression === undefined ? undefined : { expression, timeZone };
  specs.set(name, spec as Json);
  const there = jobs.find((job) => job.name === name);
  const changed = { schedule, image } as Partial<ApiJob>;
  if (there) Object.assign(there, changed);
  else jobs.push({ team, environment, name, runs: [], ...changed });
}

/** What the manifest says, and what nais adds to it. */
function podEnvironment({ job, spec, pod, project }: { job: ApiJob; spec: Json; pod: string; project: string }) {
  const own = (spec["env"] ?? []) as { name: string; value?: string }[];
  return {
    PATH: process.env["PATH"]!,
    ...Object.fromEntries(own.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value]]))),
    NAIS_APP_NAME: job.name,
    ...(job.image !== undefined && { NAIS_APP_IMAGE: job.image }),
    NAIS_CLUSTER_NAME: job.environment,
    NAIS_POD_NAME: pod,
    GCP_TEAM_PROJECT_ID: project,
  };
}

interface CarryOut {
  job: ApiJob;
  run: ApiRun;
  /** The Naisjob's. */
  spec: Json;
  api: NaisApiServer;
  bigquery: BigQueryServer;
  folder: string;
}

/** The run's pod: its log is nais' log, its exit code the run's state. */
async function carryOut({ job, run, spec, api, bigquery, folder }: CarryOut): Promise<void> {
  const pod = `${run.name}-abcde`;
  Object.assign(run, { image: job.image, pods: [pod], startTime: new Date().toISOString(), states: ["RUNNING"] });
  const child = spawn(process.execPath, [bin, "run"], {
    cwd: folder,
    env: podEnvironment({ job, spec, pod, project: bigquery.project }),
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
