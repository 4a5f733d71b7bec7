/** The job in the cluster that a pipeline was deployed as. */
import { findPipeline } from "../spec/find.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { baseTarget, localTarget } from "../spec/target.ts";
import { durationPattern, durationSeconds } from "../spec/duration.ts";
import { assertClusterNames } from "../ship/cluster-name.ts";
import { choosePlatform } from "../ship/follow/choose-platform.ts";
import type { JobPlatform } from "../ship/follow/platform.ts";
import type { Context } from "../util/context.ts";
import { EtlError } from "../util/error.ts";
import { loadPipeline } from "./load-pipeline.ts";

export interface DeployedJobOptions {
  dir?: string | undefined;
  pipeline?: string | undefined;
  /** The cluster. */
  target?: string | undefined;
  /** `kubectl` or `nais`. */
  with?: string | undefined;
  /** Of kubeconfig. */
  context?: string | undefined;
  /** With `team`: of a job that no pipeline.yaml describes. */
  job?: string | undefined;
  team?: string | undefined;
}

export interface NamedJob {
  name: string;
  team: string;
  /** Empty where it is not said. */
  target: string;
  /** Undefined where it was named by its job and team. */
  pipeline: LoadedPipeline | undefined;
}

export interface DeployedJob extends NamedJob {
  platform: JobPlatform;
}

/** @throws {EtlError} as {@link nameJob}, and `usage` where it is not clear which cluster is meant */
export async function deployedJob(options: DeployedJobOptions, context: Context): Promise<DeployedJob> {
  const named = await nameJob(options, context);
  const { team, target } = named;
  const asked = { dir: options.dir, pipeline: options.pipeline, job: options.job, team: options.team };
  const platform = await choosePlatform(
    { with: options.with, team, target, kubeContext: options.context, asked },
    context,
  );
  if (target !== "" || options.context !== undefined) return { ...named, platform };
  const job = (name: string) => platform.job(name).catch((error: unknown) => throwUnsaid(error, named));
  return { ...named, platform: { ...platform, job } };
}

/** Without a target, kubectl asks its current cluster: where it has none, it is the target that is missing. */
function throwUnsaid(error: unknown, { pipeline }: NamedJob): never {
  const hasNoCluster = error instanceof EtlError && noCluster.test(error.message);
  const targets = pipeline?.targets.filter((name) => name !== localTarget) ?? [];
  if (!hasNoCluster || pipeline === undefined) throw error;
  throw new EtlError({
    code: "usage",
    message: "it is not said in which cluster the job is, and kubectl reaches none by itself",
    hint: `Give --target: ${(targets.length > 0 ? targets : ["prod-gcp", "dev-gcp"]).join(", ")}.`,
    cause: error,
  });
}

/** Sources: messages of kubectl 1.34. */
const noCluster =
  /localhost:8080|no configuration has been provided|current-context|connection refused|Unable to connect|cannot be started/;

/** @throws {EtlError} `invalid` with what is wrong with pipeline.yaml, `usage` where it has no team, or an option is no name */
export async function nameJob(options: DeployedJobOptions, context: Context): Promise<NamedJob> {
  const { target = baseTarget, job, team } = options;
  assertClusterNames({ "--job": job, "--team": team });
  if (job !== undefined && team !== undefined) return { name: job, team, target, pipeline: undefined };
  const pipeline = await loadPipeline({ file: await findPipeline(options, context), target }, context);
  const { spec, where } = pipeline;
  const namespace = team ?? spec.team;
  if (namespace !== undefined) return { name: job ?? spec.name, team: namespace, target, pipeline };
  throw new EtlError({
    code: "usage",
    message: "`team` is missing: it is the namespace that the job runs in",
    hint: "Add `team: your-team` to pipeline.yaml, or give --team.",
    where: where([]),
  });
}

/** @returns milliseconds. @throws {EtlError} `usage` */
export function durationOption(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (durationPattern.test(text)) return durationSeconds(text) * 1000;
  throw new EtlError({ code: "usage", message: `${name} ${text} is not a duration`, hint: "Write 90s, 10m or 1h." });
}
