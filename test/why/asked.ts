/** What `why` is asked of where only the cluster knows more. */
import type { Case } from "../../src/etl/why/case.ts";
import type { ClusterRun, ClusterSeen } from "../../src/etl/why/cluster-seen.ts";

export const image = "europe/team/towns:1";
export const revision = "aaaaaaa";

export interface Asked {
  status: "succeeded" | "running";
  missed?: Date[];
  runs?: Partial<ClusterRun>[];
  seen?: Partial<ClusterSeen>;
}

export function asked({ status, missed = [], runs = [], seen = {} }: Asked): Case {
  const record = {
    started_at: "2026-01-19T06:00:00Z",
    run_id: "towns-1",
    execution: "towns-1",
    image,
    revision,
    params: {},
    outputs: [],
    sources: [],
  };
  const run = { record, status };
  const whole = { phase: "pending", image, message: undefined, troubles: [] };
  return {
    pipeline: {
      target: "prod-gcp",
      shownFile: "pipeline.yaml",
      spec: { name: "towns", schedule: { cron: "0 6 * * *" } },
    },
    run: { ...run, starts: [run] },
    good: status === "succeeded" ? undefined : { image, revision },
    goodRuns: [],
    failing: [],
    later: [],
    readers: [],
    changes: [],
    missed,
    gaps: [],
    executions: new Set(["towns-1"]),
    lock: { holder: undefined, peakOf: () => undefined },
    now: new Date("2026-01-20T09:00:00Z"),
    cluster: {
      isThere: true,
      isScheduled: true,
      problems: [],
      runs: runs.map((one) => ({ name: "towns-2", ...whole, ...one })),
      ...seen,
    },
  } as unknown as Case;
}

/** A run that has held the lock for hours. */
export function stuck(execution: string, team: string): Case {
  const about = asked({ status: "running" });
  const holder = { shown: `${execution} on node`, execution, until: about.now, isOf: () => true };
  Object.assign(about.run!.record, { started_at: "2026-01-20T00:00:00Z" });
  Object.assign(about.pipeline.spec, { team });
  return { ...about, lock: { ...about.lock, holder } };
}
