/** `nais-etl report [RUN]`: the report of a run, opened, printed or written to a file. */
import { readFile } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import type { Context } from "../util/context.ts";
import { EtlError, messageOf } from "../util/error.ts";
import { trustedFolder, writeBelow } from "../util/write-below.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { localTarget } from "../spec/target.ts";
import { localFolder } from "../etl/places.ts";
import type { PastPublish } from "../etl/publish/past-publish.ts";
import { readPublishes } from "../etl/publish/read-publishes.ts";
import type { RunRecord } from "../etl/record/run-record.ts";
import type { KeptRun } from "../etl/report/history.ts";
import { reportMarkdown } from "../etl/report/markdown.ts";
import { reportPage } from "../etl/report/page.ts";
import { findRuns, nameLast, pickRun } from "../etl/report/past-runs.ts";
import type { Missing } from "../etl/report/report-run.ts";
import { reportName, reportRun } from "../etl/report/write-report.ts";
import { loadWhereItRan } from "./load-where-it-ran.ts";
import { openFile } from "./open-file.ts";
import { refuseTwoForms } from "./refuse-two-forms.ts";

export interface ReportOptions {
  dir?: string;
  pipeline?: string;
  target?: string;
  /** A run's id or execution; by default the last run. */
  run?: string;
  markdown?: boolean;
  json?: boolean;
  /** The file to write it to. */
  output?: string;
}

export async function report(options: ReportOptions, context: Context): Promise<void> {
  const { markdown = false, json = false, output } = options;
  refuseTwoForms(options);
  const pipeline = await loadWhereItRan(options, context);
  const kept = await findRuns(pipeline, context);
  const run = chooseRun({ kept, asked: options.run, pipeline });
  const text = await textOf({ run, kept, pipeline, form: json ? "json" : markdown ? "markdown" : "html" }, context);
  if (output !== undefined) return writeAs(resolve(context.cwd, output), text, context);
  if (markdown || json) return context.print(text.trimEnd());
  await show({ run, pipeline, text }, context);
}

interface Choose {
  kept: KeptRun[];
  asked: string | undefined;
  pipeline: LoadedPipeline;
}

/** @throws {EtlError} `usage`, with the runs that are known */
function chooseRun({ kept, asked, pipeline: { spec, target } }: Choose): KeptRun {
  const found = pickRun(kept, asked);
  if (found) return found;
  if (kept.length === 0)
    throw new EtlError({
      code: "usage",
      message: `no run of ${spec.name} on target ${target} is known`,
      hint: target === localTarget ? "Make one with `nais-etl run`." : "Has it run there?",
    });
  throw new EtlError({
    code: "usage",
    message: `no run \`${asked}\` of ${spec.name} on target ${target} is known`,
    hint: nameLast(kept.map(({ record }) => record.run_id)),
  });
}

interface Text {
  run: KeptRun;
  kept: KeptRun[];
  pipeline: LoadedPipeline;
  form: "html" | "markdown" | "json";
}

async function textOf({ run: { record }, kept, pipeline, form }: Text, context: Context): Promise<string> {
  if (form === "html") {
    const page = await ownPage(record.execution, pipeline);
    if (page !== undefined) return page;
  }
  const publishes = await publishesOf(pipeline, context);
  const parts = reportRun({ record, profile: record.profile ?? [], kept, publishes, pipeline, context });
  if (form === "json") return jsonOf(record, parts.missing);
  return form === "markdown" ? reportMarkdown(parts) : reportPage(parts);
}

/** Of the runs' intervals. A report can be had without: the store may be held by a run. */
async function publishesOf(pipeline: LoadedPipeline, context: Context): Promise<PastPublish[]> {
  if (!pipeline.spec.interval) return [];
  return readPublishes({ pipeline }, context).catch((error: unknown) => {
    context.log.warn(`which intervals are missing is not known: ${messageOf(error)}`);
    return [];
  });
}

function jsonOf(record: RunRecord, missing: Missing | undefined): string {
  const told = missing && { missing: { intervals: missing.intervals, command: missing.command } };
  return `${JSON.stringify({ ...record, ...told }, undefined, 2)}\n`;
}

/** What the last local run has left shows values, which stand in no record. Undefined where it is another run's. */
async function ownPage(execution: string, pipeline: LoadedPipeline): Promise<string | undefined> {
  if (pipeline.target !== localTarget) return undefined;
  const page = await readFile(join(pipeline.folder, localFolder, reportName), "utf8").catch(() => "");
  return page.includes(`<meta name="nais-etl-run" content="${execution}">`) ? page : undefined;
}

interface Show {
  run: KeptRun;
  pipeline: LoadedPipeline;
  text: string;
}

/** Beside the warehouse: where the last run has left its own, or in a file of its name. */
async function show({ run: { record }, pipeline, text }: Show, context: Context): Promise<void> {
  const folder = join(pipeline.folder, localFolder);
  const isOwn = (await ownPage(record.execution, pipeline)) !== undefined;
  const path = isOwn ? join(folder, reportName) : join(folder, "reports", `${record.target}-${record.execution}.html`);
  if (!isOwn) await writeAs(path, text, context);
  else context.print(shownPath(path, context));
  await openFile(path, context);
}

async function writeAs(path: string, text: string, context: Context): Promise<void> {
  await context
    .effect("report.save", async () => {
      await writeBelow({ folder: trustedFolder(path, context.cwd), path, data: context.log.scrub(text) });
    })
    .catch((error: unknown) => {
      throw new EtlError({
        code: "failed",
        message: `the report cannot be written to ${shownPath(path, context)}: ${messageOf(error)}`,
        hint: "Name another file with --output.",
        cause: error,
      });
    });
  context.print(shownPath(path, context));
}

function shownPath(path: string, { cwd }: Context): string {
  const short = relative(cwd, path);
  return short.startsWith("..") ? path : short;
}
