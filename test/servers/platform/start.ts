/**
 * A platform on loopback, of the parts that stand beside this: what is deployed to the deploy service is a job of nais'
 * API, and a run that is triggered there runs `nais-etl run` with the environment of its pod. See README.md.
 */
import type { ChildProcess } from "node:child_process";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBigQueryServer, type BigQueryServer } from "../bigquery/start.ts";
import { startDeployServer, type DeployServer } from "../deploy/start.ts";
import type { Json } from "../deploy/cluster.ts";
import { startNaisApi, type ApiJob, type ApiRun, type NaisApiServer } from "../nais-api/server.ts";
import { runPods, type Confine } from "./pod.ts";

export interface StartPlatform {
  team: string;
  /** The pipeline's folder: what an image would hold. */
  folder: string;
  /** Of BigQuery, with their projects. */
  datasets?: { name: string; location: string }[];
  /** What a node keeps its pods to; nothing unless said. */
  confine?: Confine;
}

export interface Platform {
  bigquery: BigQueryServer;
  deploys: DeployServer;
  api: NaisApiServer;
  /** What whoever deploys and triggers has in the environment. */
  env: Record<string, string>;
  /** What pods have in the environment besides their manifest. */
  podEnv: Record<string, string>;
  /** An image of what the folder holds now. Once there is one, no other can be fetched; without any, all hold the folder. */
  push(image: string): Promise<void>;
  /** What the schedule does at its time, which is now. @returns the run, when it is over */
  night(job: string): Promise<ApiRun>;
  /** As `kubectl delete job`: its pod is told to stop, and no other follows. */
  deleteRun(name: string): Promise<void>;
  /** Kills the pod of a run without a word; `undefined` where none runs. */
  killPod(name: string): boolean | undefined;
  stop(): Promise<void>;
}

/** Made up, and of no use anywhere else. */
const apiKey = "0123456789abcdef".repeat(2);
const apiToken = "token-of-a-service-account";
const environment = "prod-gcp";

export async function startPlatform(options: StartPlatform): Promise<Platform> {
  const { team, folder, datasets = [], confine = (_spec, command) => ({ command }) } = options;
  const bigquery = await startBigQueryServer({ project: "team-project", datasets, timeTravel: true });
  const specs = new Map<string, Json>();
  const onApplied = async (resource: Json) => {
    if (resource["kind"] !== "Naisjob") return;
    for (const { name } of resource["spec"].gcp?.bigQueryDatasets ?? [])
      await bigquery.dataset(`${bigquery.project}.${name}`, "europe-north1");
    putJob({ api, resource, team, specs });
  };
  const deploys = await startDeployServer({ world: { apiKeys: { [team]: apiKey }, onApplied } });
  const api = await startNaisApi();
  api.accounts.set(apiToken, { team, mayUpdate: true });
  api.triggered = { states: ["PENDING"] };
  const images = await mkdtemp(join(tmpdir(), "nais-images-"));
  const pushed = new Map<string, string>();
  const podEnv: Record<string, string> = {};
  const begun = new Map<ApiRun, Begun>();
  const begin = (job: ApiJob, run: ApiRun): Begun => {
    const held = pushed.size === 0 ? folder : pushed.get(job.image ?? "");
    const state: Begun = { child: undefined, isDeleted: false, over: Promise.resolve() };
    begun.set(run, state);
    // Its pod waits for the image, as long as there is none.
    if (held === undefined) return state;
    const order = { job, run, spec: specs.get(job.name) ?? {}, api, project: bigquery.project, folder: held };
    const onStart = (child: ChildProcess) => void (state.child = child);
    state.over = runPods({ ...order, env: podEnv, confine, onStart, isDeleted: () => state.isDeleted });
    return state;
  };
  api.onTriggered = (job, run) => void begin(job, run);
  const find = (name: string) => [...begun].find(([run]) => run.name === name)?.[1];
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
    podEnv,
    async push(image) {
      const held = join(images, String(pushed.size));
      await cp(folder, held, { recursive: true });
      pushed.set(image, held);
    },
    async night(name) {
      const job = api.jobs.find((one) => one.name === name);
      if (!job) throw new Error(`no job ${name} is deployed`);
      const run: ApiRun = { name: nextName(job), states: ["PENDING"], trigger: "AUTOMATIC" };
      job.runs.unshift(run);
      await begin(job, run).over;
      return run;
    },
    async deleteRun(name) {
      const state = find(name);
      if (!state) throw new Error(`there is no run ${name}`);
      state.isDeleted = true;
      state.child?.kill("SIGTERM");
      await state.over;
    },
    killPod: (name) => find(name)?.child?.kill("SIGKILL"),
    async stop() {
      deploys.stop();
      for (const state of begun.values()) {
        state.isDeleted = true;
        state.child?.kill("SIGKILL");
      }
      await bigquery.clearFaults();
      await Promise.all([...begun.values()].map(({ over }) => over));
      await Promise.all([api.stop(), bigquery.stop(), rm(images, { recursive: true, force: true })]);
    },
  };
}

interface Begun {
  child: ChildProcess | undefined;
  isDeleted: boolean;
  over: Promise<void>;
}

/** Kubernetes names a scheduled Job by its minute; here nights are minutes apart. */
function nextName({ name, runs }: ApiJob): string {
  const minutes = runs.flatMap((run) => Number(/-(\d{8})$/.exec(run.name)?.[1] ?? []));
  const now = Math.floor(Date.now() / 60_000);
  return `${name}-${Math.max(now, ...minutes.map((minute) => minute + 1))}`;
}

interface PutJob {
  api: NaisApiServer;
  resource: Json;
  team: string;
  /** Of the jobs that are deployed, by name. */
  specs: Map<string, Json>;
}

/** A later deploy changes what there is; the runs stay. */
function putJob({ api: { jobs }, resource: { metadata, spec }, team, specs }: PutJob): void {
  const { name } = metadata as { name: string };
  const { schedule: expression, timeZone = "UTC", image } = spec as Partial<Record<string, string>>;
  const schedule = expression === undefined ? undefined : { expression, timeZone };
  specs.set(name, spec as Json);
  const there = jobs.find((job) => job.name === name);
  const changed = { schedule, image } as Partial<ApiJob>;
  if (there) Object.assign(there, changed);
  else jobs.push({ team, environment, name, runs: [], ...changed });
}
