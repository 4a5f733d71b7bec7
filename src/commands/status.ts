/** `nais-etl status`: the deployed job, its schedule, and what came of its last runs. */
import { cronProblem, timeZoneProblem } from "../spec/schedule.ts";
import { describeSchedule, scheduleLines, type ScheduleReport } from "../ship/schedule.ts";
import type { JobState, RunState } from "../ship/follow/platform.ts";
import { durationInWords } from "../ship/follow/tell-outcome.ts";
import type { Context } from "../util/context.ts";
import type { Paint } from "../util/log.ts";
import { formatTable } from "../util/table.ts";
import { deployedJob, type DeployedJob, type DeployedJobOptions } from "./deployed-job.ts";

export interface StatusOptions extends DeployedJobOptions {
  /** Runs that are shown, newest first; 10 by default. */
  limit?: number | undefined;
  json?: boolean | undefined;
}

const usualLimit = 10;

export async function status(options: StatusOptions, context: Context): Promise<void> {
  const job = await deployedJob(options, context);
  const state = await job.platform.job(job.name);
  const runs = state.runs.slice(0, options.limit ?? usualLimit);
  const schedule = scheduleOf(state, context.now());
  if (options.json) {
    const { team, target } = job;
    context.print(JSON.stringify({ job: state.name, team, target, ...state, runs, schedule }, undefined, 2));
    return;
  }
  const lines = [head(job, state), ...scheduleText(state, schedule), "", ...runsTable(runs, context)];
  context.print(lines.join("\n"));
  for (const problem of state.problems) context.log.problem({ severity: "warning", message: problem });
  for (const { what, cure } of runs[0]?.troubles ?? [])
    context.log.problem({ severity: "warning", message: what, hint: cure });
}

function head({ team, target }: DeployedJob, { name, image }: JobState): string {
  const place = target === "" ? team : `${team}, ${target}`;
  return `${name} (${place})${image === undefined ? "" : `\nimage ${image}`}`;
}

function scheduleOf({ schedule }: JobState, now: Date): ScheduleReport | undefined {
  if (schedule === undefined || cronProblem(schedule.cron) || timeZoneProblem(schedule.timeZone)) return undefined;
  return describeSchedule({ ...schedule, now });
}

function scheduleText({ isSuspended, schedule }: JobState, report: ScheduleReport | undefined): string[] {
  if (report) return scheduleLines(report);
  if (schedule) return [`schedule ${schedule.cron} (${schedule.timeZone})`];
  return [isSuspended ? "no schedule, or a suspended one: it runs when it is triggered, or deployed" : "no schedule"];
}

const paints: Partial<Record<RunState["phase"], Paint>> = { succeeded: "green", failed: "red", running: "yellow" };

function runsTable(runs: readonly RunState[], { log, now }: Context): string[] {
  if (runs.length === 0) return ["no run is known: nothing has run, or the cluster has deleted what ended"];
  const heads = ["run", "state", "started (UTC)", "took", "attempts", "by"];
  return formatTable({
    columns: heads.map((name, i) => ({ head: [name], align: i === 4 ? ("right" as const) : ("left" as const) })),
    rows: runs.map((run) => [
      { text: run.name },
      { text: run.phase, style: styleOf(paints[run.phase], log.paint) },
      { text: (run.started ?? run.created ?? "").slice(0, 19).replace("T", " ") },
      { text: tookOf(run, now()) },
      { text: run.attempts.length === 0 ? "" : String(run.attempts.length) },
      { text: run.trigger ?? "" },
    ]),
  });
}

function styleOf(paint: Paint | undefined, apply: Context["log"]["paint"]) {
  return paint === undefined ? undefined : (text: string) => apply(paint, text);
}

function tookOf({ started, ended, phase }: RunState, now: Date): string {
  if (started === undefined) return "";
  const end = ended === undefined ? (phase === "running" ? now.getTime() : undefined) : Date.parse(ended);
  return end === undefined ? "" : durationInWords(Math.max(0, end - Date.parse(started)) / 1000);
}
