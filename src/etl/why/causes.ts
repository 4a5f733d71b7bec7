/** Why a run ended as it did: rules, the first that fits counts. They go by what runs record of themselves. */
import { formatCommand } from "../../spec/format-command.ts";
import { again, changedAgain, nothing, type Case, type Cause, type Rule } from "./case.ts";
import { check, doubled, late } from "./checks.ts";
import { deploy, image } from "./deploy.ts";
import { doubledUnseen, gap, unusual } from "./green.ts";
import { held, lockHeld, running } from "./holder.ts";
import { failedUnrecorded, overdue, startless } from "./cluster.ts";
import { killed } from "./killed.ts";
import type { MissingDataset } from "./missing-dataset.ts";
import { rolledBack, takenBack } from "./taken-back.ts";
import { errorsOf, toldRules } from "./told.ts";

export function findCause(about: Case): Cause {
  const { run, missing } = about;
  if (missing) return noDataset(about, missing);
  if (!run) return about.lock.holder ? held(about) : neverRan(about);
  const rules = run.status === "failed" ? failedRules : (byStatus[run.status] ?? []);
  for (const rule of rules) {
    const cause = rule(about, run.record);
    if (cause) return cause;
  }
  return { kind: "good", what: "this run came to its end", mend: nothing };
}

function neverRan(about: Case): Cause {
  const seen = startless(about);
  const what = "nothing is known of any run";
  return seen ? { ...seen, what: `${what}. ${seen.what}` } : { kind: "never-ran", what, mend: changedAgain };
}

/** On nais: https://doc.nais.io/persistence/bigquery */
const usualLocation = "europe-north1";

function noDataset({ pipeline }: Case, missing: MissingDataset): Cause {
  const { project, dataset, isHome, isManaged } = missing;
  const gone = isHome ? ". No run has left a record, and readers find no table there" : "";
  const location = pipeline.spec.bigquery?.location ?? usualLocation;
  const make = `\`bq --location=${location} mk --dataset ${project}:${dataset}\``;
  return {
    kind: "dataset",
    what: `the dataset ${project}.${dataset} is not there, so that no run can begin${gone}`,
    first: isManaged
      ? `Deploy: gcp.bigQueryDatasets of the manifest makes it (\`${formatCommand(pipeline, "render")}\` shows it). Push where the Action deploys, or \`${formatCommand(pipeline, "deploy", "--image …")}\`. Deployed already? Then Nais Console, or \`kubectl describe naisjob ${pipeline.spec.name}\`, says why the platform has not made it. Outside nais: ${make}.`
      : `Ask who makes it, or make it: ${make}.`,
    mend: again,
  };
}

const stopped: Rule = (_about, { exit_code: code }) => ({
  kind: "stopped",
  what: `it was told to stop (exit code ${code}): a deadline, a deploy, a node that was drained, or Ctrl-C`,
  mend: again,
});

const other: Rule = (_about, record) => {
  const [problem] = errorsOf(record);
  return {
    kind: "failed",
    what: problem?.message ?? `it ended with exit code ${record.exit_code}`,
    ...(problem?.hint !== undefined && { first: problem.hint }),
    mend: changedAgain,
  };
};

const failedRules: Rule[] = [late, doubled, check, ...toldRules, image, deploy, other];
const goodRules: Rule[] = [lockHeld, overdue, failedUnrecorded, rolledBack, takenBack, doubledUnseen, unusual, gap];

const byStatus: Partial<Record<string, Rule[]>> = {
  running: [running, killed],
  killed: [killed],
  interrupted: [stopped],
  succeeded: goodRules,
  skipped: goodRules,
};
