/** `nais-etl logs`: what a run said, or says: the last one, unless another is named. */
import { assertClusterNames } from "../ship/cluster-name.ts";
import { createRunLog } from "../ship/follow/run-log.ts";
import type { JobState } from "../ship/follow/platform.ts";
import type { Context } from "../util/context.ts";
import { EtlError } from "../util/error.ts";
import { deployedJob, type DeployedJobOptions } from "./deployed-job.ts";

export interface LogsOptions extends DeployedJobOptions {
  /** By default the newest. */
  run?: string | undefined;
  follow?: boolean | undefined;
  /** From 1; by default all. */
  attempt?: number | undefined;
  /** One JSON object a line: time, pod, text as it was written. */
  json?: boolean | undefined;
}

export async function logs(options: LogsOptions, context: Context): Promise<void> {
  const { follow = false, attempt, json = false } = options;
  if (attempt === 0) throw new EtlError({ code: "usage", message: "--attempt counts from 1" });
  assertClusterNames({ "--run": options.run });
  const job = await deployedJob(options, context);
  const run = { job: job.name, name: options.run ?? newest(await job.platform.job(job.name)) };
  if (options.run === undefined && !json) context.log.info(context.log.paint("dim", run.name));
  const log = createRunLog(context);
  const { signal } = context;
  let lines = 0;
  for await (const line of job.platform.log(run, { signal, follow, attempt })) {
    lines += 1;
    context.print(json ? JSON.stringify(line) : log.read(line));
  }
  signal.throwIfAborted();
  if (lines === 0) await tellNothing({ run: run.name, attempt }, async () => (await job.platform.runState(run)).phase);
}

function newest({ name, runs }: JobState): string {
  const [run] = runs;
  if (run) return run.name;
  throw new EtlError({
    code: "failed",
    message: `no run of ${name} is known`,
    hint: "Finished runs are deleted after some: older logs are in Loki (Grafana). Start one with `nais-etl trigger`.",
  });
}

interface Nothing {
  run: string;
  attempt: number | undefined;
}

async function tellNothing({ run, attempt }: Nothing, phaseOf: () => Promise<string>): Promise<void> {
  const phase = await phaseOf();
  throw new EtlError({
    code: "failed",
    message:
      phase === "gone"
        ? `there is no run ${run}`
        : attempt === undefined
          ? `${run} is ${phase}, and has no log`
          : `${run} has no log of attempt ${attempt}`,
    hint:
      phase === "gone"
        ? "`nais-etl status` lists those that are kept; logs of others are in Loki (Grafana)."
        : "`nais-etl status` says what it waits for. Pods that were deleted took their logs along.",
  });
}
