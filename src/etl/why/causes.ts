/** Why a run ended as it did: rules, the first that fits counts. They go by what runs record of themselves. */
import { count, formatNumber } from "../../util/error.ts";
import type { RunRecord } from "../record/run-record.ts";
import { formatCommand } from "../../spec/format-command.ts";
import { localTarget } from "../../spec/target.ts";
import { isOfJob } from "../identity.ts";
import type { Case, Cause, Mend, Rule } from "./case.ts";
import { growthOf } from "./changes.ts";
import { failedUnrecorded, overdue, startless } from "./cluster.ts";
import { killed } from "./killed.ts";
import { missingDataset } from "./missing-dataset.ts";
import type { Holder } from "./past-starts.ts";
import { nextRun, rolledBack, takenBack } from "./taken-back.ts";
import { errorsOf, toldRules } from "./told.ts";

const nothing = { by: "nothing" } as const;
const again = { by: "run" } as const;
const changedAgain = { by: "run", mayChangeCode: true } as const;

export function findCause(about: Case): Cause {
  const { run, missing } = about;
  if (missing) return missingDataset(about, missing);
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

/** A good run takes so long at most, beside those before: what takes longer hangs. */
const patienceTimes = 5;
const patienceSeconds = 3600;

const running: Rule = ({ lock, good, now, pipeline }, { execution, started_at: started }) => {
  if (!lock.holder?.isOf(execution)) return undefined;
  const seconds = (now.getTime() - Date.parse(started)) / 1000;
  const usual = Math.max(patienceSeconds, patienceTimes * (good?.seconds ?? 0));
  if (seconds < usual) return { kind: "running", what: "it is running now", mend: nothing };
  return {
    kind: "stuck",
    what: `it has held the pipeline for ${hours(seconds)}, and is not done: other runs wait, and end with exit code 5`,
    first: `Stop it: ${stopWords(lock.holder, pipeline)}.`,
    mend: { by: "run", waitLock: true },
  };
};

const stopped: Rule = (_about, { exit_code: code }) => ({
  kind: "stopped",
  what: `it was told to stop (exit code ${code}): a deadline, a deploy, a node that was drained, or Ctrl-C`,
  mend: again,
});

function held({ lock, pipeline }: Case): Cause {
  const { shown = "", until } = lock.holder ?? {};
  const lease = until ? ` (until ${until.toISOString().slice(0, 16).replace("T", " ")} UTC at least)` : "";
  return {
    kind: "stuck",
    what: `${shown} holds the pipeline${lease}, and has recorded no run yet: it has just begun, or hangs. Other runs wait for it, and end with exit code 5`,
    first: `Wait some minutes, and ask again. If it hangs, stop it: ${stopWords(lock.holder, pipeline)}.`,
    mend: { by: "run", waitLock: true },
  };
}

/** A Job is deleted, which tells its pod to stop: it gives the lock back. */
function stopWords(holder: Holder | undefined, { spec }: Case["pipeline"]): string {
  if (holder?.pid !== undefined) return `kill ${holder.pid}`;
  const { execution, shown = "the process" } = holder ?? {};
  if (execution === undefined || !isOfJob(execution)) return shown;
  return `kubectl delete job ${execution}${spec.team === undefined ? "" : ` --namespace ${spec.team}`}`;
}

/** Who holds the lock after the last run that is known, has not begun to record itself. */
const lockHeld: Rule = (about, { execution }) =>
  about.lock.holder && !about.lock.holder.isOf(execution) ? held(about) : undefined;

/** The local lock does not say whose it is. */
const lockHeldHere: Rule = (about) =>
  about.lock.holder && about.lock.holder.until === undefined ? held(about) : undefined;

/** A run of today that is good says nothing of the one of yesterday. */
const gap: Rule = ({ gaps, pipeline }) => {
  if (gaps.length === 0) return undefined;
  const { every } = pipeline.spec.interval!;
  const shown = gaps.length > mostGaps ? `${gaps.slice(0, mostGaps).join(", ")} …` : gaps.join(", ");
  return {
    kind: "gap",
    what: `this run came to its end, and readers have nothing of ${count(gaps.length, every)} before: ${shown}`,
    mend: { by: "backfill", from: gaps[0]!, last: gaps.at(-1)! },
  };
};

const mostGaps = 5;

/** What no check has caught: twice the rows of every good run of late. Where only new rows are read, their number says little. */
const doubledUnseen: Rule = ({ good, goodRuns, pipeline, isFirstGood }, record) => {
  // Whoever has mended something has looked at it.
  if (isFirstGood) return undefined;
  const growths = goodRuns.map((earlier) => growthOf(earlier, record));
  const growth = good && growthOf(good, record);
  const output = record.outputs.find(({ status }) => status === "published");
  const isUnusual = growths.every((one) => one && isMultiple(one));
  if (!growth || !isUnusual || !output || pipeline.spec.sources?.[growth.source]?.cursor) return undefined;
  return {
    kind: "doubled",
    what: `${grownWords(growth)}, and no check objected: it was published`,
    first: "Look whether it is right. A check on it would stop the next one: `row_count`, or `unique`.",
    onlyIf: ifWrong,
    mend: { by: "rollback", outputs: [output.name], to: good.run_id },
  };
};

/** A source that gives its rows twice, or three times; what grows more has become another one. */
function isMultiple({ before, after }: { before: number; after: number }): boolean {
  return after >= doubledTimes * before && after <= 3.3 * before;
}

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

/** That a value is missing, or is none of those that may be, says nothing about doubles. */
const seesDoubles = new Set(["unique", "row_count", "range", "completeness", "sql"]);

const doubled: Rule = ({ good }, record) => {
  const failed = failedChecks(record);
  const growth = good && growthOf(good, record);
  if (!failed.some(({ kind }) => seesDoubles.has(kind)) || !growth || !isMultiple(growth)) return undefined;
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
    what: `${checksWords(record)}${code === undefined ? "" : `. ${capital(code)}`}`,
    first: `Look at the rows: ${howToLook(about)}. Then mend the model, the data or the check.`,
    mend: changedAgain,
  };
};

/** The log of a run has a query for each check that failed; here a command shows them. */
function howToLook({ pipeline, run }: Case): string {
  if (pipeline.target === localTarget) return "`nais-etl run` names the command that shows them";
  const execution = run?.record.execution ?? "";
  const log = isOfJob(execution) ? ` (\`${formatCommand(pipeline, `logs --run ${execution}`)}\`)` : "";
  return `the log of the run${log} has the query for them, behind \`look:\``;
}

function checksWords(record: RunRecord): string {
  const failed = failedChecks(record).map((one) => `\`${one.check}\` of \`${one.table}\` failed: ${one.found}`);
  return `check ${failed.join("; ")}`;
}

/** Another image with the same revision: someone has put it there by hand, or a tag has moved. */
const image: Rule = (about, record) => {
  const { good, changes } = about;
  const changed = changes.find(({ kind }) => kind === "image");
  if (!good?.image || !changed || good.revision !== record.revision) return undefined;
  return {
    kind: "image",
    what: `the image is another one, though no other commit was deployed: ${changed.before} made the last good run, ${changed.after} this one. ${firstWords(record)}`,
    afterwards: "Find out who has put the other image there: the next deploy by hand brings it back.",
    mend: { by: "deploy", image: good.image, revision: good.revision },
  };
};

const deploy: Rule = (about, record) => {
  const code = codeChange(about);
  if (code === undefined) return undefined;
  const { good } = about;
  return {
    kind: "deploy",
    what: `${sentence(firstWords(record))} ${capital(code)}`,
    ...(good?.image === undefined && {
      first: `Go back to the last good commit${good?.revision ? ` (${good.revision})` : ""}, or mend the code.`,
    }),
    ...(good?.image !== undefined && {
      afterwards: "Mend or revert what was deployed: the next push brings it back.",
    }),
    mend: good?.image === undefined ? changedAgain : { by: "deploy", image: good.image, revision: good.revision },
  };
};

function sentence(text: string): string {
  return text.endsWith(".") ? text : `${text}.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function codeChange({ changes, good }: Case): string | undefined {
  const version = changes.find(({ kind }) => kind === "version");
  const code = changes.find(({ kind }) => kind === "code");
  const changed = code ?? version;
  return good && changed
    ? `it is so since ${changed.what === "nais-etl" ? "another version of nais-etl was deployed" : "a deploy"}: ${changed.what} ${changed.before} → ${changed.after}`
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

function firstWords(record: RunRecord): string {
  return errorsOf(record)[0]?.message ?? `exit code ${record.exit_code}`;
}

function hours(seconds: number): string {
  return seconds < 5400 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3600)} hours`;
}

/** Nothing has stopped it, and its rows are not what they always are. */
const unusual: Rule = (about, record) => {
  const { unusual: found, isFirstGood, pipeline, later } = about;
  // Whoever has mended something has looked at it.
  if (!found || isFirstGood) return undefined;
  const rows = found.outputs.map(
    ({ output, rows: now, usual }) => `\`${output}\` got ${count(now, "row")}, and usually gets ${formatNumber(usual)}`,
  );
  const tables = record.outputs.filter(({ name }) => pipeline.spec.outputs?.[name]?.type === "bigquery");
  const again: Mend = { by: "run", mayChangeCode: true };
  // What came later would be taken back, too.
  const canGoBack = tables.length > 0 && !(pipeline.spec.interval && later.length > 0);
  return {
    kind: "unusual",
    what: `nothing failed, but ${rows.join(", ")}`,
    onlyIf: ifWrong,
    ...(canGoBack
      ? { afterwards: `Mend what made them, and deploy: ${nextRun(about)} publishes the same again.` }
      : { first: "Mend what made them." }),
    mend: canGoBack ? { by: "rollback", outputs: tables.map(({ name }) => name), to: found.like.run_id } : again,
  };
};

const ifWrong = "these numbers are wrong";

const failedRules: Rule[] = [late, doubled, check, ...toldRules, image, deploy, other];
const goodRules: Rule[] = [
  lockHeld,
  lockHeldHere,
  overdue,
  failedUnrecorded,
  rolledBack,
  takenBack,
  doubledUnseen,
  unusual,
  gap,
];

const byStatus: Partial<Record<string, Rule[]>> = {
  running: [running, killed],
  killed: [killed],
  interrupted: [stopped],
  succeeded: goodRules,
  skipped: goodRules,
};
