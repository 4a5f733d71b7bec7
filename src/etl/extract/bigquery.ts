/** Sources of BigQuery: all looked at before any is read, then read one after the other into the engine. */
import { allOrErrors } from "../../util/error.ts";
import { parseBytes } from "../../util/bytes.ts";
import type { BigQueryClient } from "../connectors/bigquery/client.ts";
import type { ReadPlan, Reading } from "../connectors/bigquery/plan.ts";
import { Refusal } from "../connectors/bigquery/refusal.ts";
import type { StorageReader } from "../connectors/bigquery/storage.ts";
import type { BatchScan } from "../connectors/connector.ts";
import { recordSource } from "../record/record-source.ts";
import { stateDataset } from "../state-dataset.ts";
import { appendSource } from "./append-source.ts";
import { noteMark, readMarks } from "./cursor.ts";
import { readSource } from "./read-source.ts";
import { waitUntilFresh } from "./wait-fresh.ts";
import { warnOfCrossing } from "./crossing.ts";
import { keepWithinBudget, shareOfBudget } from "./budget.ts";
import type { Extract, ExtractedSource } from "./extracted.ts";

/** How to read a source, once all that a run reads is known to be there and within its budget. */
export interface PlannedRead {
  name: string;
  extract(): Promise<ExtractedSource>;
}

export interface Planned {
  reads: PlannedRead[];
  close(): Promise<void>;
}

/**
 * Asks BigQuery about each source: whether it is still what is declared, how it will come, what it costs.
 * @throws {EtlError} with the problems of all of them
 */
export async function planBigQuery(names: string[], options: Extract): Promise<Planned> {
  if (names.length === 0) return { reads: [], close: async () => undefined };
  const { planRead } = await import("../connectors/bigquery/plan.ts");
  const client = await options.bigquery();
  const storage = lazyStorage(client);
  const reading = { client, storage: storage.open };
  try {
    const marks = await readMarks(names, options);
    const plan = async (name: string) => {
      const source = readSource({ ...options, name, mark: marks[name], limit: options.options.limit });
      await waitUntilFresh(source, client, options);
      return planRead(source, reading);
    };
    const plans = await allOrErrors(names.map(plan));
    for (const one of plans) {
      logUndeclared(one, options);
      await warnOfCrossing(one, one.crossing, options);
    }
    return { reads: plannedReads(plans, reading, options), close: storage.close };
  } catch (error) {
    await storage.close();
    throw error;
  }
}

/** Opened when the first source needs it: a small table comes without. Undefined where it cannot be used. */
export function lazyStorage(client: BigQueryClient) {
  let opened: Promise<StorageReader | undefined> | undefined;
  const open = async () => {
    const { openStorageReader } = await import("../connectors/bigquery/storage.ts");
    return openStorageReader(client).catch((error: unknown) => {
      if (!(error instanceof Refusal) || error.status !== 404) throw error;
      client.context.log.debug(error.message);
      return undefined;
    });
  };
  return {
    open: () => (opened ??= open()),
    close: async () => (await opened?.catch(() => undefined))?.close(),
  };
}

const mostNamed = 10;

function logUndeclared({ source, undeclared }: ReadPlan, { context }: Extract): void {
  if (undeclared.length === 0) return;
  const names = undeclared.map(({ name }) => name);
  const shown = names.slice(0, mostNamed).join(", ") + (names.length > mostNamed ? " …" : "");
  context.log.info(`source ${source.name}: not declared, and not read: ${shown}`, {
    step: "undeclared",
    source: source.name,
    columns: names,
  });
}

function plannedReads(plans: ReadPlan[], reading: Reading, options: Extract): PlannedRead[] {
  const { pipeline } = options;
  const budget = pipeline.spec.budget?.run === undefined ? undefined : parseBytes(pipeline.spec.budget.run);
  const expected = plans.map(({ source, billed }) => ({ name: source.name, billed }));
  if (budget !== undefined) keepWithinBudget(expected, { budget, where: () => pipeline.where(["budget", "run"]) });
  const inTurn = takeTurns();
  return plans.map((plan) => {
    const { name } = plan.source;
    const mostBilled = budget === undefined ? undefined : shareOfBudget(name, expected, budget);
    return { name, extract: () => extractPlanned({ plan, mostBilled, reading, inTurn }, options) };
  });
}

interface PlannedSource {
  plan: ReadPlan;
  mostBilled: number | undefined;
  reading: Reading;
  inTurn: <T>(act: () => Promise<T>) => Promise<T>;
}

/** Queries run beside each other; rows come of one source at a time: one thread takes them, and memory is for one. */
async function extractPlanned({ plan, mostBilled, reading, inTurn }: PlannedSource, options: Extract) {
  const { name } = plan.source;
  return recordSource({ name, ...options }, async () => {
    const scan = await openPlanned(plan, { ...reading, mostBilled }, options);
    // Of a view it is known only now.
    if (plan.route.kind === "query") await warnOfCrossing(plan, scan.size, options);
    const table = await inTurn(() => appendSource({ plan, scan }, options));
    await noteMark(name, options);
    const amount = { rows: table.rows, bytes: scan.received(), bytes_billed: scan.billed };
    return { amount, result: extracted(table) };
  });
}

async function openPlanned(
  plan: ReadPlan,
  reading: Reading & { mostBilled: number | undefined },
  options: Extract,
): Promise<BatchScan> {
  const { pipeline, identity, record, context } = options;
  const { openRead } = await import("../connectors/bigquery/read.ts");
  const { id: runId, execution } = identity;
  const purpose = { pipeline: pipeline.spec.name, runId, execution, generation: record.generation };
  const mayBeAdopted = context.env["NAIS_POD_NAME"] !== undefined;
  return openRead(plan, {
    ...reading,
    purpose,
    mayBeAdopted,
    ahead: options.options.ahead !== undefined,
    staging: () => stateDataset(options, reading.client.project),
  });
}

function extracted(table: Awaited<ReturnType<typeof appendSource>>): ExtractedSource {
  return {
    ...table,
    files: [],
    explain: async () => undefined,
    verified: Promise.resolve({ rows: undefined }),
    stop: () => undefined,
  };
}

/** @returns a function whose acts run one after the other */
function takeTurns(): PlannedSource["inTurn"] {
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const turn = last.then(act, act);
    last = turn.catch(() => undefined);
    return turn;
  };
}
