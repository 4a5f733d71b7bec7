/** What is known of a run that somebody asks about, and of those around it. */
import type { LoadedPipeline } from "../../spec/load.ts";
import type { DeployBack } from "../deploy-back.ts";
import type { RunRecord } from "../record/run-record.ts";
import type { Change } from "./changes.ts";
import type { ClusterSeen } from "./cluster-seen.ts";
import type { MissingDataset } from "./missing-dataset.ts";
import type { Execution, LockSeen } from "./past-starts.ts";
import type { ReadersSee } from "./readers.ts";
import type { Unusual } from "./unusual.ts";

export interface Case {
  pipeline: LoadedPipeline;
  /** Undefined where nothing has run. */
  run: Execution | undefined;
  /** The last good run before it. */
  good: RunRecord | undefined;
  /** The good runs before it, the newest of them; oldest first. */
  goodRuns: RunRecord[];
  /** Whether it is the first good run after some that were not. */
  isFirstGood: boolean;
  /** Runs after the last good one, up to this one: those that were not good. Oldest first. */
  failing: RunRecord[];
  changes: Change[];
  /** What came after it. Oldest first. */
  later: Execution[];
  /** Of a rollback, or of a run whose rows one has taken back: the last run that had loaded before. */
  bad: RunRecord | undefined;
  /** Where it is good, and its rows are many more than usual, or far fewer: `good` is the last that was as usual. */
  unusual: Unusual | undefined;
  readers: ReadersSee[];
  /** A dataset without which no run can begin. Looked for where nobody asks about a certain run. */
  missing: MissingDataset | undefined;
  lock: LockSeen;
  /** Scheduled times since the newest run that nobody has run at. */
  missed: Date[];
  /** Labels of intervals that readers lack, oldest first: runs have begun them, or they lie between others that are there. */
  gaps: string[];
  /** Of all runs that are known. */
  executions: ReadonlySet<string>;
  /** Asked only where records say too little. */
  cluster: ClusterSeen | undefined;
  now: Date;
}

/** @returns undefined where the rule does not fit */
export type Rule = (about: Case, record: RunRecord) => Cause | undefined;

export interface Cause {
  /** Stable, for programs. */
  kind: CauseKind;
  /** One sentence, without values of the data. */
  what: string;
  /** What somebody has to do before the command helps. */
  first?: string;
  /** On which condition the command is the right one, which nobody but people can know: `these numbers are wrong`. */
  onlyIf?: string;
  /** What is left to do when the command has helped. */
  afterwards?: string;
  /** What helps as well, where it is the last deploy that is wrong. */
  instead?: Pick<Cause, "afterwards"> & { mend: BackMend };
  /** What mends it; see {@link import("./mend.ts").commandFor}. None where there is nothing to mend. */
  mend: Mend;
}

/** Put the image back that made the last good run. */
export type BackMend = { by: "deploy" } & DeployBack;

export type Mend =
  | { by: "nothing" }
  /** Run what is missing once more; in a cluster with what is deployed, so what has to change here is deployed before. */
  | { by: "run"; mayChangeCode?: true; allowSchemaChange?: true; waitLock?: true }
  | BackMend
  /** Load what was taken back, or is missing: from the first interval up to the last, or up to now. */
  | { by: "backfill"; from: string; last?: string }
  /** Take back what was published. */
  | { by: "rollback"; outputs: string[]; to: string }
  /** Look at what the platform says. */
  | { by: "status" };

export const nothing = { by: "nothing" } as const;
export const again = { by: "run" } as const;
export const changedAgain = { by: "run", mayChangeCode: true } as const;

export type CauseKind =
  | "good"
  | "unusual"
  | "taken-back"
  | "rolled-back"
  | "never-ran"
  | "running"
  | "stuck"
  | "overdue"
  | "gap"
  | "late"
  | "doubled"
  | "check"
  | "source-changed"
  | "secret"
  | "grant"
  | "credentials"
  | "quota"
  | "budget"
  | "memory"
  | "disk"
  | "destination-schema"
  | "dataset"
  | "empty"
  | "network"
  | "killed"
  | "stopped"
  | "image"
  | "deploy"
  | "failed";
