/** https://cloud.google.com/bigquery/docs/reference/rest/v2/Job#jobconfigurationquery */
import { randomUUID } from "node:crypto";
import { ApiError, invalid, notHere } from "../api-error.ts";
import { findDataset } from "../catalog/catalog.ts";
import { demand } from "../grants.ts";
import type { NewJob } from "./begin.ts";
import { bill } from "../sql/bytes.ts";
import { makeContext } from "../sql/context.ts";
import { readParameters, type QueryParameter } from "../sql/parameter.ts";
import { parseScript, type ParsedStatement } from "../sql/parse-statement.ts";
import type { Plan } from "../sql/plan.ts";
import { planStatement, type Control } from "../sql/plan-statement.ts";
import type { Context } from "../sql/scope.ts";
import { tableName } from "../sql/table.ts";
import type { State } from "../state.ts";
import { runScript } from "./script.ts";
import { runSingle } from "./statement.ts";
import { queryStatistics } from "./statistics.ts";
import type { Job } from "./job.ts";

type Json = Record<string, any>;

/** Keys of a query's configuration that the server does not know what to do with. */
const unknown = ["tableDefinitions", "userDefinedFunctionResources", "createSession", "continuous", "scriptOptions"];

/** Makes contexts for the statements of one job. */
export type MakeContext = () => Context;

function contextMaker(
  state: State,
  options: Json,
  asked: { project: string; principal: string; location: string },
): MakeContext {
  const parameters = readParameters(options["queryParameters"] as QueryParameter[] | undefined);
  const { datasetId, projectId } = (options["defaultDataset"] ?? {}) as Json;
  const defaultDataset = datasetId && { defaultDataset: { project: projectId ?? asked.project, dataset: datasetId } };
  return () => makeContext(state, { ...asked, parameters, ...defaultDataset });
}

function checkOptions(options: Json): string {
  const found = unknown.find((key) => options[key] !== undefined && options[key] !== false);
  if (found) throw notHere(`the option ${found}`);
  const text = options["query"] as string | undefined;
  if (!text) throw invalid("Required parameter is missing: query");
  const isStandard = options["useLegacySql"] === false || /^\s*#standardSQL\b/i.test(text);
  if (!isStandard) throw notHere("legacy SQL, which useLegacySql asks for unless it is false");
  return text;
}

/** The location of the first dataset that the query names, as BigQuery finds it. */
export function queryLocation(state: State, options: Json, project: string): string {
  const names = datasetsIn(String(options["query"] ?? ""), project, options["defaultDataset"] as Json | undefined);
  const found = names.map((it) => findDataset(state.catalog, it.project, it.dataset)).find((it) => it !== undefined);
  return found?.location ?? state.options.location;
}

function datasetsIn(text: string, project: string, standard: Json | undefined) {
  const given = standard && {
    defaultDataset: { project: standard["projectId"] ?? project, dataset: standard["datasetId"] },
  };
  try {
    return tablePaths(parseScript(text)).map((path) => tableName({ project, ...given }, path, { line: 1, column: 1 }));
  } catch {
    // What is wrong with the query is said when it is planned.
    return [];
  }
}

/** Every table that a statement names, wherever it stands in it. */
function tablePaths(node: unknown): string[][] {
  if (Array.isArray(node)) return node.flatMap(tablePaths);
  if (typeof node !== "object" || node === null) return [];
  const { kind, path, target } = node as { kind?: string; path?: string[]; target?: string[] };
  const own = kind === "table" ? [path!] : target ? [target] : [];
  return [...own.filter((it) => it.length > 1 || it[0]!.includes(".")), ...Object.values(node).flatMap(tablePaths)];
}

/** Understands the query. @returns the work that follows @throws ApiError what is wrong with it */
export async function prepareQuery(state: State, job: Job): Promise<() => Promise<void>> {
  const options = job.configuration["query"] as Json;
  const statements = parseScript(checkOptions(options));
  const make = contextMaker(state, options, job);
  const [only] = statements as [ParsedStatement];
  if (statements.length > 1) return () => runScript({ state, job, statements, make });
  const plan = planOne(make(), only);
  return () => runSingle({ state, job, plan });
}

function planOne(context: Context, statement: ParsedStatement): Plan {
  if (/^(begin|commit|rollback)$/.test(statement.kind)) {
    throw invalid("Transaction control statements are supported only in scripts or sessions");
  }
  return planStatement(context, statement as Exclude<ParsedStatement, Control>);
}

/** A dry run makes no job: it tells what the query would read, and its columns. */
export async function dryRun({ state, project, principal, job }: NewJob, configuration: Json): Promise<Json> {
  const options = configuration["query"] as Json | undefined;
  if (!options) throw notHere("dry runs of anything but queries");
  demand(state, { principal, permission: "bigquery.jobs.create", on: { project } });
  const location = job["jobReference"]?.location ?? queryLocation(state, options, project);
  const statements = parseScript(checkOptions(options));
  const make = contextMaker(state, options, { project, principal, location });
  const statistics =
    statements.length > 1 ? scriptStatistics() : await estimate(state, planOne(make(), statements[0]!));
  return {
    kind: "bigquery#job",
    jobReference: { projectId: project, jobId: `dry_${randomUUID()}`, location },
    configuration,
    status: { state: "DONE" },
    statistics: { creationTime: String(Date.now()), ...statistics },
    user_email: principal,
  };
}

/** What a script reads follows from what it does. */
const scriptStatistics = () => ({
  totalBytesProcessed: "0",
  query: { statementType: "SCRIPT", totalBytesProcessed: "0", totalBytesProcessedAccuracy: "UNKNOWN" },
});

async function estimate(state: State, plan: Plan): Promise<Json> {
  const { processed } = await state.database.with((session) => bill(state, session, plan.reads));
  const statistics = queryStatistics(plan, { processed, billed: 0n });
  return {
    totalBytesProcessed: String(processed),
    query: {
      ...statistics,
      totalBytesBilled: "0",
      totalBytesProcessedAccuracy: "PRECISE",
      ...(plan.result && { schema: { fields: plan.result.fields } }),
    },
  };
}

/** @throws ApiError where the query would cost more than it may */
export function demandBudget(options: Json, billed: bigint): void {
  const limit = options["maximumBytesBilled"] as string | number | undefined;
  if (limit === undefined || billed <= BigInt(limit)) return;
  const message = `Query exceeded limit for bytes billed: ${limit}. ${billed} or higher required.`;
  throw new ApiError({ reason: "bytesBilledLimitExceeded", message });
}
