/** `nais-etl run`: runs a pipeline and says what came out. */
import { join, relative } from "node:path";
import type { Context } from "../util/context.ts";
import type { EtlError } from "../util/error.ts";
import type { LoadedPipeline } from "../spec/load.ts";
import { foundAt } from "../spec/find.ts";
import { formatCommand } from "../spec/format-command.ts";
import { localTarget } from "../spec/target.ts";
import { identifyRun, type RunIdentity } from "../etl/identity.ts";
import { localFolder } from "../etl/places.ts";
import { differsMuch, formatResources, type Resources } from "../etl/record/advise-resources.ts";
import { logEnd } from "../etl/record/console.ts";
import { reportName } from "../etl/report/write-report.ts";
import type { RunRecord } from "../etl/record/run-record.ts";
import { run as runPipeline } from "../etl/run.ts";
import { version } from "../util/version.ts";
import { loadOnTarget } from "./load-pipeline.ts";
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
  const pipeline = await loadOnTarget(options, context);
  const { log } = context;
  const label = options.interval ?? (context.env["NAIS_ETL_INTERVAL"] || undefined);
  const identity = identifyAloud({ pipeline, label, quiet: options.json ?? false }, context);
  const record = await runPipeline(
    {
      pipeline,
      params: options.param ?? {},
      interval: label,
      identity,
      select: options.select ?? [],
      limit: options.limit,
      force: options.force ?? false,
      rerun: options.rerun ?? false,
      waitLock: waitOf(options.waitLock),
      allowSchemaChange: options.allowSchemaChange ?? context.env["NAIS_ETL_ALLOW_SCHEMA_CHANGE"] === "true",
    },
    options.json ? { ...context, log: { ...log, info: () => undefined } } : context,
  );
  if (options.json) context.print(JSON.stringify(record, undefined, 2));
  else report(record, pipeline, context);
  return context.signal.aborted ? (context.signal.reason as EtlError).exitCode : record.exit_code;
}

interface Identify {
  pipeline: LoadedPipeline;
  label: string | undefined;
  quiet: boolean;
}

/** The first line says which run it is, so that a log tells it by itself. @throws {EtlError} `usage`, behind that line */
function identifyAloud({ pipeline, label, quiet }: Identify, context: Context): RunIdentity {
  const { target, spec } = pipeline;
  const say = (interval?: string) => {
    const parts = [
      `nais-etl ${version()}`,
      spec.name,
      `target ${target}`,
      ...(interval === undefined ? [] : [interval]),
    ];
    const { selected } = foundAt(pipeline.file);
    const fields = { step: "start", pipeline: spec.name, selected, target, interval };
    if (!quiet) context.log.info(`${parts.join(" · ")}\n`, fields);
  };
  let identity: RunIdentity | undefined;
  try {
    identity = identifyRun({ pipeline, label, context });
    return identity;
  } finally {
    say(identity?.interval?.label);
  }
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
  if (record.exit_code !== 0) logWhy(whyCommand(record, pipeline), context);
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
  if (table) log.info(`Look:   npx ${formatCommand(pipeline, "query", `"FROM ${table.destination}"`)}`);
}

function logWhy(command: string, { log }: Context): void {
  log.info(`Why:    ${command}`, { step: "why", command });
}

/** It knows what the last good run was, and what was different then. A log of the cluster is read when others have run since. */
function whyCommand({ execution }: RunRecord, pipeline: LoadedPipeline): string {
  return `npx ${formatCommand(pipeline, pipeline.target === localTarget ? "why" : `why ${execution}`)}`;
}
