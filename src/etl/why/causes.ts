/** Why a run ended as it did: rules, the first that fits counts. They go by what runs record of themselves. */
import { formatBytes } from "../../util/bytes.ts";
import { count, formatNumber, type Problem } from "../../util/error.ts";
import { bytesOf, effectiveResource } from "../../spec/resources.ts";
import type { RunRecord } from "../record/run-record.ts";
import type { Case, Cause } from "./case.ts";
import { growthOf } from "./changes.ts";

/** @returns undefined where the rule does not fit */
type Rule = (about: Case, record: RunRecord) => Cause | undefined;

const nothing = { by: "nothing" } as const;
const again = { by: "run" } as const;
const changedAgain = { by: "run", mayChangeCode: true } as const;

export function findCause(about: Case): Cause {
  const { run } = about;
  if (!run) return about.lock.holder ? held(about) : { kind: "never-ran", what: "no run is known", mend: changedAgain };
  const rules = run.status === "failed" ? failedRules : (byStatus[run.status] ?? []);
  for (const rule of rules) {
    const cause = rule(about, run.record);
    if (cause) return cause;
  }
  return { kind: "good", what: "this run came to its end", mend: nothing };
}

/** A good run takes so long at most, beside those before: what takes longer hangs. */
const patienceTimes = 5;
const patienceSeconds = 3600;

const running: Rule = ({ lock, good, now }, { execution, started_at: started }) => {
  if (!lock.holder?.isOf(execution)) return undefined;
  const seconds = (now.getTime() - Date.parse(started)) / 1000;
  const usual = Math.max(patienceSeconds, patienceTimes * (good?.seconds ?? 0));
  if (seconds < usual) return { kind: "running", what: "it is running now", mend: nothing };
  return {
    kind: "stuck",
    what: `it has held the pipeline for ${hours(seconds)}, and is not done: other runs wait, and end with exit code 5`,
    first: `Stop it: ${lock.holder.shown}.`,
    mend: { by: "run", waitLock: true },
  };
};

/** Nobody could say what happened to it: the most probable is told, with what speaks for it. */
const killed: Rule = (about, record) => {
  const { good, lock } = about;
  const limit = record.memory_limit_bytes ?? manifestLimit(about);
  const peak = lock.peakOf(record.execution) ?? good?.peak_memory_bytes ?? 0;
  const whose = lock.peakOf(record.execution) === undefined ? "the last good run" : "it";
  if (limit !== undefined && peak >= nearLimit * limit)
    return {
      kind: "memory",
      what: `it was killed without a word, most probably for its memory: ${whose} came to ${formatBytes(peak)} of ${formatBytes(limit)}`,
      first: moreMemory,
      mend: changedAgain,
    };
  return {
    kind: "killed",
    what: "it was killed without a word: its pod was evicted or deleted, or the machine went away. Nothing is half-published",
    mend: again,
  };
};

const nearLimit = 0.85;
const moreMemory =
  "Give it more memory (nais: { resources: { limits: { memory: 1Gi } } }) and deploy it, or reduce earlier: in `query:`, or in the first model.";

function manifestLimit({ pipeline: { spec, target } }: Case): number | undefined {
  return target === "local" ? undefined : bytesOf(effectiveResource(spec.nais, "limits", "memory"));
}

const stopped: Rule = (_about, { exit_code: code }) => ({
  kind: "stopped",
  what: `it was told to stop (exit code ${code}): a deadline, a deploy, a node that was drained, or Ctrl-C`,
  mend: again,
});

function held({ lock }: Case): Cause {
  const { shown = "", until } = lock.holder ?? {};
  const lease = until ? `, until ${until.toISOString()} at least` : "";
  return {
    kind: "stuck",
    what: `${shown} holds the pipeline${lease}, and has recorded no run: it has just begun, or hangs. Other runs wait, and end with exit code 5`,
    first: "Let it end, or stop it.",
    mend: { by: "run", waitLock: true },
  };
}

/** Who holds the lock after the last run that is known, has not begun to record itself. */
const lockHeld: Rule = (about, { execution }) =>
  about.lock.holder && !about.lock.holder.isOf(execution) ? held(about) : undefined;

/** The local lock does not say whose it is. */
const lockHeldHere: Rule = (about) =>
  about.lock.holder && about.lock.holder.until === undefined ? held(about) : undefined;

const overdue: Rule = ({ missed, pipeline }) => {
  const [first] = missed;
  if (!first) return undefined;
  return {
    kind: "overdue",
    what: `${count(missed.length, "scheduled run")} left no record since: ${first.toISOString()} was the first. It did not start, or could not begin: its image cannot be fetched, the job is gone or suspended, or pipeline.yaml is refused`,
    first: "See what the cluster says of it.",
    mend: pipeline.target === "local" ? again : { by: "status" },
  };
};

/** What no check has caught: twice the rows of every good run of late. Where only new rows are read, their number says little. */
const doubledUnseen: Rule = ({ good, goodRuns, pipeline }, record) => {
  const growths = goodRuns.map((earlier) => growthOf(earlier, record));
  const growth = good && growthOf(good, record);
  const output = record.outputs.find(({ status }) => status === "published");
  const isUnusual = growths.every((one) => one && one.after >= doubledTimes * one.before);
  if (!growth || !isUnusual || !output || pipeline.spec.sources?.[growth.source]?.cursor) return undefined;
  return {
    kind: "doubled",
    what: `${grownWords(growth)}, and no check objected: it was published`,
    first: "Look whether it is right. A check on it would stop the next one: `row_count`, or `unique`.",
    mend: { by: "rollback", output: output.name, to: good.run_id },
  };
};

const doubledTimes = 1.8;

function grownWords({ source, before, after }: NonNullable<ReturnType<typeof growthOf>>): string {
  return `the source \`${source}\` gave ${count(after, "row")}, and ${formatNumber(before)} to the last good run`;
}

const failedChecks = ({ checks }: RunRecord) => checks.filter(({ status }) => status === "fail");

const late: Rule = (_about, record) => {
  const failed = failedChecks(record);
  if (failed.length === 0 || !failed.every(({ kind }) => kind === "freshness")) return undefined;
  const tables = failed.map(({ table, found }) => `\`${table}\` (${found})`).join(", ");
  return {
    kind: "late",
    what: `data came late: ${tables}`,
    first: "Ask its owner when it comes. With `freshness: { wait: 2h }` a run waits for it.",
    mend: again,
  };
};

const doubled: Rule = ({ good }, record) => {
  const failed = failedChecks(record);
  const growth = good && growthOf(good, record);
  if (failed.length === 0 || !growth || growth.after < doubledTimes * growth.before) return undefined;
  return {
    kind: "doubled",
    what: `${grownWords(growth)}; ${checksWords(record)}`,
    first: "Ask its owner: rows may be there twice. Or take doubles away in the first model.",
    mend: changedAgain,
  };
};

const check: Rule = (about, record) => {
  if (failedChecks(record).length === 0) return undefined;
  const code = codeChange(about);
  return {
    kind: "check",
    what: `${checksWords(record)}${code === undefined ? "" : `; ${code}`}`,
    first: "Look at the rows: `show` with the condition of the check. Then mend the model, the data or the check.",
    mend: changedAgain,
  };
};

function checksWords(record: RunRecord): string {
  const failed = failedChecks(record).map((one) => `\`${one.check}\` of \`${one.table}\` failed: ${one.found}`);
  return `check ${failed.join("; ")}`;
}

interface Told {
  kind: Cause["kind"];
  /** Looked for in what the run told, or held against the rule's name. */
  says: RegExp;
  rule?: string;
  first?: (problem: Problem) => string | undefined;
  mend?: Cause["mend"];
}

const ownHint = ({ hint }: Problem) => hint;

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
    first: () => "Make sure that nobody who reads it counts on the columns as they are.",
    mend: { by: "run", allowSchemaChange: true },
  },
  { kind: "disk", says: /disk is full|ENOSPC|No space left|EDQUOT/, first: ownHint, mend: changedAgain },
  { kind: "memory", says: /ran out of memory|ENOMEM/, first: () => moreMemory, mend: changedAgain },
  { kind: "quota", says: /a quota is used up/, first: ownHint },
  { kind: "budget", says: /its budget is|limit for bytes billed/, first: ownHint, mend: changedAgain },
  { kind: "secret", says: /^the secret `/, rule: "missing-secret", first: ownHint },
  { kind: "grant", says: /cannot \w+ .* may not\b|Permission .* denied|\(it lacks /, first: ownHint },
  { kind: "credentials", says: /access token was refused|Google credentials/, first: ownHint },
  { kind: "dataset", says: /is not provisioned yet/, first: ownHint },
  { kind: "network", says: /gives no answer/, first: ownHint },
];

const toldRules: Rule[] = told.map(({ kind, says, rule, first, mend = again }) => (_about, record) => {
  const problem = errorsOf(record).find((one) => says.test(one.message) || (rule !== undefined && one.rule === rule));
  if (!problem) return undefined;
  const before = (first ?? ownHint)(problem);
  return { kind, what: problem.message, ...(before !== undefined && { first: before }), mend };
});

/** Another image with the same revision: someone has put it there by hand, or a tag has moved. */
const image: Rule = (about, record) => {
  const { good, changes } = about;
  const changed = changes.find(({ kind }) => kind === "image");
  if (!good?.image || !changed || good.revision !== record.revision) return undefined;
  return {
    kind: "image",
    what: `the image is another one, though no other commit was deployed: ${changed.before} made the last good run, ${changed.after} this one. ${firstWords(record)}`,
    mend: { by: "deploy", image: good.image },
  };
};

const deploy: Rule = (about, record) => {
  const code = codeChange(about);
  if (code === undefined) return undefined;
  const { good } = about;
  return {
    kind: "deploy",
    what: `${code}: ${firstWords(record)}`,
    ...(good?.image === undefined && {
      first: `Go back to the last good commit${good?.revision ? ` (${good.revision})` : ""}, or mend the code.`,
    }),
    mend: good?.image === undefined ? changedAgain : { by: "deploy", image: good.image },
  };
};

function codeChange({ changes, good }: Case): string | undefined {
  const version = changes.find(({ kind }) => kind === "version");
  const code = changes.find(({ kind }) => kind === "code");
  const changed = code ?? version;
  return good && changed
    ? `it failed first with another ${changed.what}: ${changed.before} → ${changed.after}`
    : undefined;
}

const other: Rule = (_about, record) => {
  const [problem] = errorsOf(record);
  return {
    kind: "failed",
    what: problem?.message ?? `it ended with exit code ${record.exit_code}`,
    ...(problem?.hint !== undefined && { first: problem.hint }),
    mend: changedAgain,
  };
};

function errorsOf({ problems }: RunRecord): Problem[] {
  return problems.filter(({ severity }) => severity === "error");
}

function firstWords(record: RunRecord): string {
  return errorsOf(record)[0]?.message ?? `exit code ${record.exit_code}`;
}

function hours(seconds: number): string {
  return seconds < 5400 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3600)} hours`;
}

const failedRules: Rule[] = [late, doubled, check, ...toldRules, image, deploy, other];
const goodRules: Rule[] = [lockHeld, lockHeldHere, overdue, doubledUnseen];

const byStatus: Partial<Record<string, Rule[]>> = {
  running: [running, killed],
  killed: [killed],
  interrupted: [stopped],
  succeeded: goodRules,
  skipped: goodRules,
};
