/** The pods of a run, one after the other: `nais-etl run` in what the image holds, with the environment of a pod. */
import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Json } from "../deploy/cluster.ts";
import type { ApiJob, ApiRun, NaisApiServer } from "../nais-api/server.ts";

const bin = fileURLToPath(new URL("../../../bin/nais-etl.js", import.meta.url));

/** A node's bounds: the command that keeps to them, and what undoes them. */
export type Confine = (spec: Json, command: string[]) => { command: string[]; release?: () => void };

export interface RunPods {
  job: ApiJob;
  run: ApiRun;
  /** The Naisjob's. */
  spec: Json;
  api: NaisApiServer;
  /** The team's own. */
  project: string;
  /** What the image holds. */
  folder: string;
  /** What a pod has besides its manifest: mounted secrets, a temporary folder. */
  env: Record<string, string>;
  confine: Confine;
  /** Told of each pod's process. */
  onStart: (child: ChildProcess) => void;
  /** Whether the run was deleted: no pod follows then. */
  isDeleted: () => boolean;
}

const letters = "bcdfghjklmnpqrst";

/** Tries again as often as the manifest says. @returns when the run is over */
export async function runPods(order: RunPods): Promise<void> {
  const { job, run, spec } = order;
  Object.assign(run, { image: job.image, pods: [], startTime: new Date().toISOString(), states: ["RUNNING"] });
  const most = 1 + Number(spec["backoffLimit"] ?? 6);
  let code: number | null = null;
  for (let attempt = 0; attempt < most && code !== 0 && !order.isDeleted(); attempt++) {
    const pod = `${run.name}-${`${letters[attempt % letters.length]}`.repeat(5)}`;
    run.pods!.push(pod);
    code = await runPod(pod, order);
  }
  Object.assign(run, {
    completionTime: new Date().toISOString(),
    states: [order.isDeleted() ? "gone" : code === 0 ? "SUCCEEDED" : "FAILED"],
    ...(code !== 0 && { message: "Job has reached the specified backoff limit" }),
  });
}

/** Its log is nais' log. @returns its exit code */
async function runPod(pod: string, { job, spec, api, project, folder, env, confine, onStart }: RunPods) {
  const { command, release } = confine(spec, [process.execPath, bin, "run"]);
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    cwd: folder,
    env: { ...podEnvironment({ job, spec, pod, project }), ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onStart(child);
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  for await (const message of createInterface({ input: child.stdout }))
    api.lines.push({ time: new Date().toISOString(), message, pod });
  const code = await ended;
  release?.();
  return code;
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
