/** Causes that only the cluster knows: of runs that have left no record. */
import { count } from "../../util/error.ts";
import { formatCommand } from "../../spec/format-command.ts";
import type { RunRecord } from "../record/run-record.ts";
import { again, changedAgain, type Case, type Cause, type Rule } from "./case.ts";
import type { ClusterRun, ClusterSeen } from "./cluster-seen.ts";

/** Runs that should have been, and left no record. */
export const overdue: Rule = (about) => {
  const { missed, pipeline } = about;
  const [first] = missed;
  if (!first) return undefined;
  const what = `${missedWords(missed)}. `;
  const seen = startless(about);
  if (seen) return { ...seen, what: what + seen.what };
  return {
    kind: "overdue",
    what: `${what}Why is not known here: their pods did not start (the image cannot be fetched, a secret is missing, the job is suspended or gone), or could not begin (pipeline.yaml is refused, a host is not in accessPolicy)`,
    first: "See what the cluster says of it, and the log of the last run there.",
    mend: pipeline.target === "local" ? again : { by: "status" },
  };
};

function missedWords(missed: readonly Date[]): string {
  const since = missed[0]!.toISOString().slice(0, 16).replace("T", " ");
  return `${count(missed.length, "scheduled run")} left no record, the first at ${since} UTC`;
}

/** The last run that is known was good; a later one failed before it could record itself. */
export const failedUnrecorded: Rule = (about) => {
  const [newest] = about.cluster?.runs ?? [];
  return newest?.phase === "failed" ? unrecorded(about, about.cluster!) : undefined;
};

/** By what the cluster says: why nothing has begun. Undefined where it says nothing of use. */
export function startless(about: Case): Cause | undefined {
  const { cluster, pipeline } = about;
  if (!cluster) return undefined;
  if (!cluster.isThere)
    return { kind: "overdue", what: `The job is not in ${pipeline.target} any more`, ...deployBack(about) };
  if (!cluster.isScheduled && pipeline.spec.schedule && about.missed.length > 0)
    return {
      kind: "overdue",
      what: "What is deployed there has no schedule, or a suspended one",
      ...deployBack(about),
    };
  return unrecorded(about, cluster);
}

/** The newest run of the cluster, where it left no record here. */
function unrecorded(about: Case, { runs, problems }: ClusterSeen): Cause | undefined {
  const [newest] = runs;
  if (!newest || newest.phase === "running" || newest.phase === "succeeded") return undefined;
  if (about.executions.has(newest.name) || isBefore(newest, about)) return undefined;
  const [trouble] = newest.troubles;
  const state = newest.phase === "pending" ? "waits, and has not begun" : `${newest.phase}, and left no record`;
  const said = [trouble?.what, newest.message, ...problems].filter(Boolean);
  const words = said.length === 0 ? "" : `: ${said.join("; ")}`;
  const log = `\`${formatCommand(about.pipeline, `logs --run ${newest.name}`)}\``;
  const before = lastGood(about)?.image;
  if (before !== undefined && newest.image !== undefined && newest.image !== before)
    return {
      kind: "overdue",
      what: `The run ${newest.name} ${state}${words}. Its image is ${newest.image}; the last good run had ${before}`,
      ...deployBack(about),
    };
  return {
    kind: "overdue",
    what: `The run ${newest.name} ${state}${words}`,
    first: trouble?.cure ?? `Its log says more, where it has one: ${log}.`,
    mend: { by: "status" },
  };
}

function isBefore({ created }: ClusterRun, { run }: Case): boolean {
  return created !== undefined && run !== undefined && Date.parse(created) < Date.parse(run.record.started_at);
}

/** The run that is asked about may be good itself: those that came after it are not. */
function lastGood({ run, good }: Case): RunRecord | undefined {
  return run?.status === "succeeded" && run.record.image !== undefined ? run.record : good;
}

/** What made the last good run. */
function deployBack(about: Case): Pick<Cause, "mend"> {
  const { image, revision } = lastGood(about) ?? {};
  return { mend: image === undefined ? changedAgain : { by: "deploy", image, revision } };
}
