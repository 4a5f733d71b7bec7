/** A home in BigQuery: everything in the dataset of the state, and nothing on disk. */
import { randomUUID } from "node:crypto";
import type { Context } from "../../../util/context.ts";
import { EtlError, type Where } from "../../../util/error.ts";
import type { Path } from "../../../spec/document.ts";
import type { LoadedPipeline } from "../../../spec/load.ts";
import type { BigQueryClient } from "../../connectors/bigquery/client.ts";
import type { Home } from "../../home.ts";
import { declaredState, outputTables, type DatasetName } from "../../state-dataset.ts";
import type { RunValues } from "../../values.ts";
import type { Work } from "../../work.ts";
import { partOf, quarantineName, quarantineOutput } from "../quarantine.ts";
import type { Store } from "../store.ts";
import { findDataset, type Dataset } from "./dataset.ts";
import { takeLock } from "./lock.ts";
import type { Destination } from "./place.ts";
import { explainStoreError } from "./refused.ts";
import { openBigQueryStore } from "./store.ts";
import { stateTables } from "./state-tables.ts";

export interface BigQueryHome {
  pipeline: LoadedPipeline;
  values: RunValues;
  work: Work;
  context: Context;
  bigquery: () => Promise<BigQueryClient>;
}

/** Milliseconds to wait for a dataset that is missing. In a pod, the deploy that has started it also makes the dataset. */
const patienceInPod = 5 * 60_000;

export function bigqueryHome(options: BigQueryHome): Home {
  const { pipeline, work } = options;
  const { name } = pipeline.spec;
  const session = randomUUID().slice(0, 13);
  let found: Promise<Found> | undefined;
  const find = () => (found ??= findPlace(options));
  let store: Store | undefined;
  return {
    records: undefined,
    async lock({ identity, wait, onLost }) {
      const execution = identity.holder ?? identity.execution;
      const { client, home } = await find();
      const lock = { ...home, table: `_nais_etl_lock_${name}` };
      const request = { client, name: lock, pipeline: name, execution, session, wait, onLost };
      return takeLock(request).catch(async (error: unknown) => {
        const shown = `${home.project}.${home.dataset}`;
        throw await explainStoreError(error, { client, pipeline: name, name: shown });
      });
    },
    async open() {
      const { client, home, destinations } = await find();
      const tables = stateTables(home, name, hasFiles(pipeline));
      const parts = { client, pipeline: name, folder: pipeline.folder, session, home, tables, destinations, work };
      return (store ??= await openBigQueryStore(parts));
    },
  };
}

function hasFiles({ spec }: LoadedPipeline): boolean {
  return Object.values(spec.outputs ?? {}).some(({ type }) => type === "file");
}

interface Found {
  client: BigQueryClient;
  home: Dataset;
  /** By output. */
  destinations: Map<string, Destination>;
}

/** @throws {EtlError} where a dataset is missing, or they lie in different locations: no transaction spans two */
export async function findPlace(options: Omit<BigQueryHome, "work">): Promise<Found> {
  const { pipeline, context } = options;
  const client = await options.bigquery();
  const patience = context.env["NAIS_POD_NAME"] === undefined ? 0 : patienceInPod;
  const known = new Map<string, Promise<Dataset>>();
  const find = (name: DatasetName, where: Where): Promise<Dataset> => {
    const key = `${name.project}.${name.dataset}`;
    const found = known.get(key) ?? findDataset({ client, name, patience, where });
    known.set(key, found);
    return found;
  };
  const destinations = new Map<string, Destination>();
  const aside = quarantineName(options, client.project);
  const written = [...outputTables(options, client.project), ...(aside ? [[quarantineOutput, aside] as const] : [])];
  for (const [output, name] of written) {
    const where = pipeline.where(pathOf(output));
    destinations.set(output, { name, dataset: await find(name, where), where });
  }
  const state = declaredState(options, client.project);
  const [first] = destinations.values();
  const home = state ? await find(state, pipeline.where(["bigquery", "state"])) : first!.dataset;
  demandOneLocation(home, destinations);
  return { client, home, destinations };
}

/** For who looks into it, and publishes nothing: other datasets may be missing. */
export async function findHomeOnly(options: Omit<BigQueryHome, "work">): Promise<Pick<Found, "client" | "home">> {
  const { pipeline } = options;
  const client = await options.bigquery();
  const state = declaredState(options, client.project);
  const [output, table] = outputTables(options, client.project)[0] ?? [];
  if (state === undefined && table === undefined) return findPlace(options);
  const where = pipeline.where(state ? ["bigquery", "state"] : pathOf(output!));
  return { client, home: await findDataset({ client, name: state ?? table!, patience: 0, where }) };
}

function demandOneLocation(home: Dataset, destinations: Found["destinations"]): void {
  for (const [output, { dataset, where }] of destinations)
    if (dataset.location !== home.location)
      throw new EtlError({
        code: "invalid",
        part: partOf(output),
        message: `${dataset.project}.${dataset.dataset} lies in ${dataset.location}, and ${home.project}.${home.dataset} in ${home.location}`,
        hint: "All outputs of a run are published in one transaction, which has one location: make two pipelines of it.",
        where,
      });
}

function pathOf(output: string): Path {
  return output === quarantineOutput ? ["quarantine", "table"] : ["outputs", output, "table"];
}
