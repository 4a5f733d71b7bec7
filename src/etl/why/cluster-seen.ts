/** What the cluster knows of runs that have left no record, or no last word: it is asked where records say too little. */

export interface ClusterSeen {
  /** Whether the job is deployed there. */
  isThere: boolean;
  /** Whether its schedule starts runs. */
  isScheduled: boolean;
  /** What the platform says is wrong with it. */
  problems: string[];
  /** Newest first. */
  runs: ClusterRun[];
}

export interface ClusterRun {
  name: string;
  phase: string;
  /** ISO; undefined where the cluster does not say it yet. */
  created: string | undefined;
  image: string | undefined;
  message: string | undefined;
  troubles: { what: string; cure: string }[];
}

/** @returns undefined where nobody may ask, or the cluster does not answer */
export type AskCluster = () => Promise<ClusterSeen | undefined>;
