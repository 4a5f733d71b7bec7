/** What `why` asks of the cluster where records say too little: by nais' API or kubectl, whichever is there. */
import type { Context } from "../util/context.ts";
import { EtlError } from "../util/error.ts";
import type { AskCluster, ClusterSeen } from "../etl/why/cluster-seen.ts";
import { NoJob, type JobState } from "../ship/follow/platform.ts";
import { deployedJob, type DeployedJobOptions } from "./deployed-job.ts";

/** Somebody waits for an answer, and most of it is known without. */
const patience = 10_000;

/** Who may ask neither, gets what the records say. */
export function clusterOf(options: DeployedJobOptions, context: Context): AskCluster {
  return async () => {
    const signal = AbortSignal.any([context.signal, AbortSignal.timeout(patience)]);
    try {
      const { platform, name } = await deployedJob(options, { ...context, signal });
      return seenOf(await platform.job(name));
    } catch (error) {
      context.signal.throwIfAborted();
      if (error instanceof NoJob) return { isThere: false, isScheduled: false, problems: [], runs: [] };
      if (!(error instanceof EtlError) && !signal.aborted) throw error;
      context.log.debug(`the cluster is not asked: ${String(error)}`);
      return undefined;
    }
  };
}

function seenOf({ isSuspended, problems, runs }: JobState): ClusterSeen {
  return {
    isThere: true,
    isScheduled: !isSuspended,
    problems,
    runs: runs.map(({ name, phase, created, image, message, troubles }) => ({
      name,
      phase,
      created,
      image,
      message,
      troubles,
    })),
  };
}
