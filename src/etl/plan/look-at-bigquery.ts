/** What BigQuery says of a run that is still to come: what its sources would cost, and what its tables look like. Nothing is read or changed. */
import { parseBytes } from "../../util/bytes.ts";
import type { Context } from "../../util/context.ts";
import { EtlError, type Problem } from "../../util/error.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import { typeOfBigquery, type BigqueryField } from "../../spec/formats/bigquery.ts";
import type { Type } from "../../spec/type.ts";
import { openSecrets } from "../../secrets/secrets.ts";
import { connectBigQuery } from "../connect-bigquery.ts";
import type { BigQueryClient } from "../connectors/bigquery/client.ts";
import { explainRefusal } from "../connectors/bigquery/errors.ts";
import { planRead, type ReadPlan } from "../connectors/bigquery/plan.ts";
import { unlessRefused } from "../connectors/bigquery/refusal.ts";
import { formatTableName, tablePath, type TableName } from "../connectors/bigquery/table-name.ts";
import { keepWithinBudget } from "../extract/budget.ts";
import { lazyStorage } from "../extract/bigquery.ts";
import { findCrossing } from "../extract/crossing.ts";
import { readSource } from "../extract/read-source.ts";
import { livesInBigQuery } from "../find-home.ts";
import { identifyRun, type RunIdentity } from "../identity.ts";
import { readPastMarks } from "../publish/bigquery/past-runs.ts";
import type { TableResource } from "../publish/bigquery/table-resource.ts";
import { readSecrets } from "../read-secrets.ts";
import { outputTables } from "../state-dataset.ts";
import { buildGraph } from "../transform/graph.ts";
import { isReadFromBigQuery, resolveParams, type RunValues } from "../values.ts";
import { openWork } from "../work.ts";

export interface LookAtBigQuery {
  pipeline: LoadedPipeline;
  interval: string | undefined;
  params: Record<string, string>;
}

export interface SeenInBigQuery {
  reads: { name: string; rows: number | undefined; bytes: number }[];
  /** By output. `new`: there is no such table. Those that may not be looked at are left out. */
  tables: Map<string, SeenTable | "new">;
  notes: string[];
  problems: Problem[];
}

export interface SeenTable {
  name: TableName;
  existing: TableResource;
  columns: { name: string; type: Type }[];
}

interface Looking {
  pipeline: LoadedPipeline;
  values: RunValues;
  identity: RunIdentity;
  context: Context;
  client: BigQueryClient;
}

/** @throws {EtlError} where there are no credentials, or no project */
export async function lookAtBigQuery(asked: LookAtBigQuery, context: Context): Promise<SeenInBigQuery> {
  const { pipeline } = asked;
  const params = resolveParams({ pipeline, given: asked.params, context });
  const identity = identifyRun({ pipeline, label: asked.interval, context });
  const values = { params, interval: identity.interval, secrets: openSecrets({ pipeline, context }) };
  const client = await connectBigQuery({ pipeline, values, identity, context })();
  if (!client.api.isLoopback) await client.account.headers();
  const looking = { pipeline, values, identity, context, client };
  const [reads, tables] = [await lookAtReads(looking), await lookAtTables(looking)];
  return {
    reads: reads.reads,
    tables: tables.tables,
    notes: tables.notes,
    problems: [...reads.problems, ...budgetProblems(reads.reads, pipeline)],
  };
}

async function lookAtReads(looking: Looking): Promise<Pick<SeenInBigQuery, "reads" | "problems">> {
  const { pipeline, context, client } = looking;
  const names = Object.keys(pipeline.spec.sources ?? {}).filter((name) => isReadFromBigQuery(name, pipeline));
  if (names.length === 0) return { reads: [], problems: [] };
  const marks = await marksOf(looking, names);
  const storage = lazyStorage(client);
  const work = await openWork(context);
  try {
    await readSecrets(looking, { sources: names });
    const graph = await buildGraph(pipeline, work.db, { sessions: work.sessions, context });
    const found = { reads: [], problems: [] } as Pick<SeenInBigQuery, "reads" | "problems">;
    for (const name of names) {
      const plan = await tryPlan(() =>
        planRead(readSource({ ...looking, name, mark: marks[name], limit: undefined }), {
          client,
          storage: storage.open,
        }),
      );
      if (Array.isArray(plan)) {
        found.problems.push(...plan);
        continue;
      }
      found.reads.push({ name, rows: plan.crossing.rows, bytes: plan.billed });
      const crossing = await findCrossing(plan, crossingOf(plan), { graph, work, pipeline });
      if (crossing) found.problems.push(crossing);
    }
    return found;
  } finally {
    await storage.close();
    await work.close();
  }
}

/** Of a view, and of a condition that only queries understand, what is billed is the nearest that is known. */
function crossingOf({ crossing, billed, route }: ReadPlan): ReadPlan["crossing"] {
  return route.kind === "query" ? { rows: undefined, bytes: billed } : crossing;
}

/** @returns what is wrong, where it cannot be read */
async function tryPlan(act: () => Promise<ReadPlan>): Promise<ReadPlan | Problem[]> {
  return act().catch((error: unknown) => {
    if (error instanceof EtlError && error.code !== "interrupted" && error.code !== "terminated") return error.problems;
    throw error;
  });
}

async function marksOf(looking: Looking, names: string[]): Promise<Record<string, string>> {
  const { pipeline, values, context, client } = looking;
  const isNeeded = names.some((name) => pipeline.spec.sources![name]!.cursor);
  if (!isNeeded || !livesInBigQuery(pipeline)) return {};
  // Before the first deploy there is no dataset to ask.
  return readPastMarks({ pipeline, values, context, bigquery: async () => client }).catch((error: unknown) => {
    if (error instanceof EtlError && !context.signal.aborted) return {};
    throw error;
  });
}

function budgetProblems(reads: SeenInBigQuery["reads"], { spec, where }: LoadedPipeline): Problem[] {
  const budget = spec.budget?.run === undefined ? undefined : parseBytes(spec.budget.run);
  if (budget === undefined) return [];
  try {
    const expected = reads.map(({ name, bytes }) => ({ name, billed: bytes }));
    keepWithinBudget(expected, { budget, where: () => where(["budget", "run"]) });
    return [];
  } catch (error) {
    if (error instanceof EtlError) return error.problems;
    throw error;
  }
}

async function lookAtTables(looking: Looking): Promise<Pick<SeenInBigQuery, "tables" | "notes">> {
  const { client, pipeline } = looking;
  const tables: SeenInBigQuery["tables"] = new Map();
  const notes: string[] = [];
  if (!livesInBigQuery(pipeline)) return { tables, notes };
  for (const [output, name] of outputTables(looking, client.project)) {
    const table = await lookAtTable(name, client);
    if (table instanceof EtlError) notes.push(`output ${output}: ${table.message}`);
    else tables.set(output, table);
  }
  return { tables, notes };
}

async function lookAtTable(name: TableName, client: BigQueryClient): Promise<SeenTable | "new" | EtlError> {
  try {
    const path = tablePath(name);
    const existing = await unlessRefused(404, () => client.request<TableResource>({ path }));
    if (!existing) return "new";
    const columns = (existing.schema?.fields ?? []).map((field) => ({ name: field.name, type: typeOf(field) }));
    return { name, existing, columns };
  } catch (error) {
    const told = await explainRefusal(error, { action: "read", name: formatTableName(name), part: "plan" }, client);
    if (told instanceof EtlError && !client.context.signal.aborted) return told;
    throw told;
  }
}

/** A type that the product has no name for stays as BigQuery spells it: it is only shown, and compared. */
function typeOf(field: BigqueryField): Type {
  return typeOfBigquery(field) ?? ({ kind: field.type } as unknown as Type);
}
