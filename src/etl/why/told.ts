/** Causes that a run has told itself: rules that go by its own words. */
import type { Problem } from "../../util/error.ts";
import { formatCommand } from "../../spec/format-command.ts";
import type { RunRecord } from "../record/run-record.ts";
import { again, changedAgain, type Case, type Cause, type Rule } from "./case.ts";
import { ranInCluster } from "./mend.ts";
import { lessOnDisk, moreMemory } from "./killed.ts";

interface Told {
  kind: Cause["kind"];
  /** Looked for in what the run told, or held against the rule's name. */
  says: RegExp;
  rule?: string;
  first?: (problem: Problem, about: Case) => string | undefined;
  mend?: Cause["mend"];
}

const ownHint = ({ hint }: Problem) => hint;

/** What stands in the record of a pod as "this account" is another one than that of whoever reads it. */
function grantFirst({ hint }: Problem, about: Case): string | undefined {
  if (hint === undefined || !ranInCluster(about)) return hint;
  return `${hint.replace("for this account.", "for the job's account.")} \`${formatCommand(about.pipeline, "doctor")}\` names that account, and prints the GRANT with all that it needs.`;
}

/** What runs say of themselves, in their own words. Not all have told which rule they go by. */
const told: Told[] = [
  {
    kind: "source-changed",
    says: /^the source .* has no column|is not what pipeline.yaml declares/,
    rule: "source-drift",
    mend: changedAgain,
  },
  // No command helps before the file is another one.
  { kind: "destination-schema", says: /the columns of .* cannot change so/, first: ownHint },
  {
    kind: "destination-schema",
    says: /the columns of .* would change/,
    first: () =>
      "Make sure that nobody who reads it counts on the columns as they are. The command runs from here, with your own access.",
    mend: { by: "run", allowSchemaChange: true },
  },
  {
    kind: "disk",
    says: /disk is full|ENOSPC|No space left|EDQUOT/,
    first: (_, about) => lessOnDisk(about),
    mend: changedAgain,
  },
  { kind: "memory", says: /ran out of memory|ENOMEM/, first: (_, about) => moreMemory(about), mend: changedAgain },
  { kind: "quota", says: /a quota is used up/, first: ownHint },
  { kind: "budget", says: /its budget is|limit for bytes billed/, first: ownHint, mend: changedAgain },
  { kind: "secret", says: /^the secret `/, rule: "missing-secret", first: ownHint },
  { kind: "grant", says: /cannot \w+ .* may not\b|Permission .* denied|\(it lacks /, first: grantFirst },
  { kind: "credentials", says: /access token was refused|Google credentials/, first: ownHint },
  { kind: "dataset", says: /is not provisioned yet/, first: ownHint },
  {
    kind: "empty",
    says: /would publish no rows/,
    first: () =>
      "Ask the owner of the source whether it is empty. If no rows are right, write `allow_empty: true` at the output.",
    mend: changedAgain,
  },
  {
    kind: "network",
    says: /(gives|gave) no answer|connection was (refused|cut)|no connection could be made|no way leads to|host is not known|it answers 5\d\d/,
    first: ({ hint }, { good }) =>
      [good && "Is the server up? It answered the last good run.", hint].filter(Boolean).join(" "),
    mend: changedAgain,
  },
];

export const toldRules: Rule[] = told.map(({ kind, says, rule, first, mend = again }) => (about, record) => {
  const problem = errorsOf(record).find((one) => says.test(one.message) || (rule !== undefined && one.rule === rule));
  if (!problem) return undefined;
  const before = (first ?? ownHint)(problem, about);
  return { kind, what: problem.message, ...(before !== undefined && { first: before }), mend };
});

export function errorsOf({ problems }: RunRecord): Problem[] {
  return problems.filter(({ severity }) => severity === "error");
}
