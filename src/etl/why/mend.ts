/** The one command that mends a run, as it is typed. */
import { shellWord } from "../../util/shell-word.ts";
import { formatCommand } from "../../spec/format-command.ts";
import { lastComplete } from "../../spec/interval.ts";
import { timeZoneOf } from "../../spec/next-scheduled.ts";
import { localTarget } from "../../spec/target.ts";
import { checkoutFirst, deployBackCommand, switchBack } from "../deploy-back.ts";
import { isOfJob } from "../identity.ts";
import type { RunRecord } from "../record/run-record.ts";
import type { Case, Cause, Mend } from "./case.ts";

interface Range {
  from: string;
  last?: string | undefined;
}

/** Undefined where there is nothing to mend. */
export function commandFor(mend: Mend, about: Case): string | undefined {
  const { pipeline } = about;
  switch (mend.by) {
    case "nothing":
      return undefined;
    case "run":
      return runAgain(mend, about);
    case "deploy":
      return deployBackCommand(mend, pipeline, "--wait run");
    case "backfill":
      return backfillOf(mend, about);
    case "rollback":
      return formatCommand(pipeline, `rollback ${mend.outputs.join(" ")}`, `--to ${mend.to}`);
    case "status":
      return formatCommand(pipeline, "status");
  }
}

/** All intervals since the first that failed; one alone, and a pipeline without intervals, is run. */
function runAgain({ allowSchemaChange, waitLock }: Extract<Mend, { by: "run" }>, about: Case): string {
  const { failing, run, pipeline } = about;
  const back = run?.record.status === "succeeded" ? undefined : run?.record.rollback;
  if (back) return rollBackAgain(back, { about, waitLock });
  const failed = failing.filter(({ rollback }) => !rollback).map(({ run_id: id }) => id);
  const labels = pipeline.spec.interval ? [...new Set(failed)].toSorted() : [];
  const [first] = labels;
  const flags = [...(waitLock ? ["--wait-lock 10m"] : []), ...(allowSchemaChange ? ["--allow-schema-change"] : [])];
  if (first !== undefined && labels.length > 1) return backfillOf({ from: first, last: labels.at(-1) }, about, flags);
  const label = pipeline.spec.interval && run ? (first ?? run.record.run_id) : undefined;
  // The pod waits for a lock by itself; only a start by hand may change columns.
  if (ranInCluster(about) && !allowSchemaChange)
    return formatCommand(pipeline, "trigger --wait", ...triggerInterval(label, about));
  const interval = label === undefined ? [] : [`--interval ${label}`];
  return formatCommand(pipeline, "run", ...interval, ...paramsOf(about), ...flags);
}

interface Again {
  about: Case;
  waitLock: true | undefined;
}

/** Said twice, it does what is still to be done. */
function rollBackAgain({ to, outputs }: NonNullable<RunRecord["rollback"]>, { about, waitLock }: Again): string {
  const names = outputs.map(({ output }) => output);
  const flags = waitLock ? ["--wait-lock 10m"] : [];
  return formatCommand(about.pipeline, `rollback ${names.join(" ")}`, `--to ${to}`, ...flags);
}

/** Of these it runs those that are missing. */
export function backfillOf({ from, last }: Range, { pipeline }: Pick<Case, "pipeline">, flags: string[] = []): string {
  const end = last === undefined ? "" : ` --to ${last}`;
  return formatCommand(pipeline, `backfill --from ${from}${end}`, ...flags);
}

/** What is to be done before the command; undefined where it is nothing. */
export function firstFor({ first, mend }: Pick<Cause, "first" | "mend">, about: Case): string | undefined {
  if (mend.by === "deploy") return sentences(first, checkoutFirst(mend));
  if (mend.by !== "run" || !mend.mayChangeCode || !ranInCluster(about)) return first;
  const how = `push where the Action deploys, or \`${formatCommand(about.pipeline, "deploy", "--image …")}\` with the image that \`nais-etl build --push\` prints`;
  if (about.run === undefined) return `Deploy it, if it is not there yet: ${how}.`;
  return sentences(first, `If you change files, deploy them before: ${how}.`);
}

/** What is left to do after it; undefined where it is nothing. */
export function afterwardsFor({ afterwards, mend }: Pick<Cause, "afterwards" | "mend">): string | undefined {
  return mend.by === "deploy" ? sentences(switchBack(mend), afterwards) : afterwards;
}

function sentences(...said: (string | undefined)[]): string | undefined {
  return said.filter(Boolean).join(" ") || undefined;
}

/** What ran there has the cluster's grants and secrets; a laptop may have neither. What never ran, belongs there. */
export function ranInCluster({ run, pipeline: { target } }: Case): boolean {
  if (target === localTarget) return false;
  return run === undefined || run.record.image !== undefined || isOfJob(run.record.execution);
}

/** A run that is triggered takes the last complete one; another has to be told to the pod, which only kubectl can. */
function triggerInterval(label: string | undefined, { pipeline: { spec }, now }: Case): string[] {
  if (label === undefined) return [];
  return lastComplete(now, spec.interval!.every, timeZoneOf(spec)).label === label
    ? []
    : [`--interval ${label}`, "--with kubectl"];
}

function paramsOf({ run, pipeline }: Case): string[] {
  const params = Object.entries(run?.record.params ?? {});
  const isUsual = ([name, value]: [string, string]) => String(pipeline.spec.params?.[name]?.default) === value;
  return params.filter((param) => !isUsual(param)).map(([name, value]) => `--param ${shellWord(`${name}=${value}`)}`);
}
