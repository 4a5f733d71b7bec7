/** `nais-etl run`: runs a pipeline and says what came out. */
import { join, relative } from "node:path";
import type { Context } from "../util/context.ts";
import type { EtlError } from "../util/error.ts";
import { findPipeline } from "../spec/find.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { localTarget } from "../spec/target.ts";
import { localFolder } from "../etl/places.ts";
import { differsMuch, formatResources, type Resources } from "../etl/record/advise-resources.ts";
import { logEnd } from "../etl/record/console.ts";
import { reportName } from "../etl/report/write-report.ts";
import type { RunRecord } from "../etl/record/run-record.ts";
import { run as runPipeline } from "../etl/run.ts";
import { version } from "../util/version.ts";
import { loadPipeline } from "./load-pipeline.ts";
import { waitOf } from "./wait-lock.ts";

export interface RunCommandOptions {
  dir?: string;
  pipeline?: string;
  target?: string;
  interval?: string;
  param?: Record<string, string>;
  select?: string[];
  limit?: number;
  force?: boolean;
  rerun?: boolean;
  waitLock?: string;
  allowSchemaChange?: boolean;
  json?: boolean;
}

/** @returns the exit code of the run */
export async function run(options: RunCommandOptions, context: Context): Promise<number> {
  const target = options.target ?? context.env["NAIS_CLUSTER_NAME"] ?? localTarget;
  const pipeline = await loadPipeline({ file: await findPipeline(options, context), target }, context);
  const { log } = context;
  if (!options.json)
    log.info(`nais-etl ${version()} · ${pipeline.spec.name} · target ${target}\n`, {
      step: "start",
      pipeline: pipeline.spec.name,
      target,
    });
  const record = await runPipeline(
    {
      pipeline,
      params: options.param ?? {},
      interval: options.interval ?? (context.env["NAIS_ETL_INTERVAL"] || undefined),
      select: options.select ?? [],
      limit: options.limit,
      force: options.force ?? false,
      rerun: options.rerun ?? false,
      waitLock: waitOf(options.waitLock),
      allowSchemaChange: options.allowSchemaChange ?? false,
    },
    options.json ? { ...context, log: { ...log, info: () => undefined } } : context,
  );
  if (options.json) context.print(JSON.stringify(record, undefined, 2));
  else report(record, pipeline, context);
  return context.signal.aborted ? (context.signal.reason as EtlError).exitCode : record.exit_code;
}

/** Quiet where what is asked for is about what it takes. */
function logResources(resources: Resources, { log }: Context): void {
  const text = `This run would have done with \`nais: { resources: ${formatResources(resources)} }\`; look at several nights before you change it.`;
  log.info(text, { step: "resources", ...resources });
}

function report(record: RunRecord, pipeline: LoadedPipeline, context: Context): void {
  const { log } = context;
  logEnd(log, record);
  if (record.resources && differsMuch(record.resources, pipeline.spec.nais)) logResources(record.resources, context);
  if (record.exit_code !== 0) logWhy(whyCommand(pipeline, context), context);
  if (pipeline.target !== localTarget || log.format === "json") return;
  const folder = relative(context.cwd, join(pipeline.folder, localFolder)) || localFolder;
  if (context.isTerminal) log.info(`Report: ${join(folder, reportName)}`);
  log.info(`Record: ${join(folder, "runs", `${record.execution}.json`)}`);
  const table = record.outputs.find(
    (output) =>
      output.status === "published" &&
      output.destination.includes(".") &&
      pipeline.spec.outputs?.[output.name]?.type === "bigquery",
  );
  if (table) log.info(`Look:   npx nais-etl query${dirOption(pipeline, context)} "FROM ${table.destination}"`);
}

function logWhy(command: string, { log }: Context): void {
  log.info(`Why:    ${command}`, { step: "why", command });
}

/** It knows what the last good run was, and what was different then. */
function whyCommand(pipeline: LoadedPipeline, context: Context): string {
  const target = pipeline.target === localTarget ? "" : ` --target ${pipeline.target}`;
  return `npx nais-etl why${dirOption(pipeline, context)}${target}`;
}

function dirOption({ folder }: LoadedPipeline, { cwd }: Context): string {
  const dir = relative(cwd, folder);
  return dir ? ` --dir ${dir}` : "";
}
