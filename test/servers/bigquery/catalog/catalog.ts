/** The datasets and tables that are there, and what the API says of them. Rows lie in DuckDB, under names of our own. */
import { createHash } from "node:crypto";
import { duplicate, invalid, notFound } from "../api-error.ts";
import type { Database } from "../database.ts";
import type { State } from "../state.ts";
import type { Field } from "../value/field.ts";
import { showTable, type TableName } from "./name.ts";
import { createPhysical, dropPhysical } from "./physical.ts";
import { startPast, type Past } from "./time-travel.ts";

export interface Dataset {
  project: string;
  id: string;
  location: string;
  /** As `datasets.get` gives it, without what is reckoned for each reply. */
  resource: Record<string, unknown>;
  tables: Map<string, Table>;
  /** Made for results of queries: not listed, and nobody may write to it. */
  isHidden: boolean;
  version: number;
}

export type TableKind = "TABLE" | "VIEW" | "MATERIALIZED_VIEW" | "EXTERNAL" | "SNAPSHOT";

export interface Table extends TableName {
  kind: TableKind;
  location: string;
  fields: Field[];
  /** The table of DuckDB that holds the rows; none for a view. */
  physical: string;
  /** GoogleSQL of a view. */
  query?: string;
  /** As `tables.get` gives it, without what is reckoned for each reply. */
  resource: Record<string, unknown>;
  created: number;
  modified: number;
  /** Counts changes of data and of metadata; the etag follows from it. */
  version: number;
  /** Size of the rows, kept until they change. */
  size?: { version: number; rows: bigint; bytes: bigint };
  /** Prebuilt batches: see storage/replay.ts. */
  replay?: { rows: number };
  /** How it was: see time-travel.ts. */
  past?: Past;
}

export interface Catalog {
  readonly database: Database;
  /** Hidden datasets, too. */
  datasets: Map<string, Dataset>;
  nextPhysical(): string;
  /** Whether tables are kept as they were, for time travel. */
  travels: boolean;
  /** Copies of tables that are still to be made for that: before anything else is done to them. */
  remembering: (() => Promise<void>)[];
  /** Settled when those under way are made. */
  remembered: Promise<void>;
}

export function makeCatalog(database: Database, travels = false): Catalog {
  let count = 0;
  const nextPhysical = () => `t${(count += 1)}`;
  return { database, datasets: new Map(), nextPhysical, travels, remembering: [], remembered: Promise.resolve() };
}

const datasetKey = (project: string, dataset: string) => `${project}:${dataset}`;

export function findDataset(catalog: Catalog, project: string, dataset: string): Dataset | undefined {
  return catalog.datasets.get(datasetKey(project, dataset));
}

/** @throws ApiError 404. With a location, as a job has one, the dataset must lie there. */
export function getDataset(catalog: Catalog, project: string, dataset: string, location?: string): Dataset {
  const found = findDataset(catalog, project, dataset);
  const name = `Dataset ${project}:${dataset}`;
  if (!found) throw notFound(location ? `${name} was not found in location ${location}` : name);
  if (location && !sameLocation(found.location, location)) {
    throw notFound(`${name} was not found in location ${location}`);
  }
  return found;
}

const sameLocation = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

export function findTable(catalog: Catalog, name: TableName): Table | undefined {
  return findDataset(catalog, name.project, name.dataset)?.tables.get(name.table);
}

/** @throws ApiError 404 */
export function getTable(catalog: Catalog, name: TableName, location?: string): Table {
  const dataset = getDataset(catalog, name.project, name.dataset, location);
  const table = dataset.tables.get(name.table);
  if (table && !isExpired(table)) return table;
  const where = location ? ` was not found in location ${location}` : "";
  throw notFound(`Table ${showTable(name)}${where}`);
}

function isExpired({ resource }: Table): boolean {
  const at = resource["expirationTime"];
  return at !== undefined && Number(at) <= Date.now();
}

export function addDataset(catalog: Catalog, parts: Omit<Dataset, "tables" | "version">): Dataset {
  const { project, id } = parts;
  if (!/^\w{1,1024}$/.test(id))
    throw invalid(
      `Invalid dataset ID "${id}". Dataset IDs must be alphanumeric (plus underscores) and must be at most 1024 characters long.`,
    );
  if (findDataset(catalog, project, id)) throw duplicate(`Dataset ${project}:${id}`);
  const dataset: Dataset = { ...parts, tables: new Map(), version: 1 };
  catalog.datasets.set(datasetKey(project, id), dataset);
  return dataset;
}

export async function dropDataset(catalog: Catalog, dataset: Dataset): Promise<void> {
  catalog.datasets.delete(datasetKey(dataset.project, dataset.id));
  for (const table of dataset.tables.values()) await dropPhysical(catalog, table.physical);
}

interface NewTable {
  name: TableName;
  fields: Field[];
  kind?: TableKind;
  query?: string;
  resource?: Record<string, unknown>;
  /** Rows that are in DuckDB already; otherwise an empty table is made. */
  physical?: string;
}

/** @throws ApiError 409 where the name is taken. */
export async function addTable(catalog: Catalog, parts: NewTable): Promise<Table> {
  const { name, fields, kind = "TABLE", query, resource = {} } = parts;
  const dataset = getDataset(catalog, name.project, name.dataset);
  checkTableName(name.table);
  const known = dataset.tables.get(name.table);
  if (known && !isExpired(known)) throw duplicate(`Table ${showTable(name)}`);
  const now = Date.now();
  const table: Table = {
    ...name,
    kind,
    location: dataset.location,
    fields,
    physical: parts.physical ?? catalog.nextPhysical(),
    ...(query !== undefined && { query }),
    resource: withExpiration(dataset, resource, now),
    created: now,
    modified: now,
    version: 1,
  };
  // The name is taken before the first await: of two requests for the same table, one gets 409.
  dataset.tables.set(name.table, table);
  if (parts.physical === undefined && query === undefined) await createPhysical(catalog, table.physical, fields);
  if (catalog.travels && kind === "TABLE") table.past = startPast(catalog, table);
  return table;
}

function withExpiration(dataset: Dataset, resource: Record<string, unknown>, now: number) {
  const standard = dataset.resource["defaultTableExpirationMs"];
  if (standard === undefined || resource["expirationTime"] !== undefined) return resource;
  return { ...resource, expirationTime: String(now + Number(standard)) };
}

function checkTableName(table: string): void {
  if (/\$/.test(table)) throw invalid(`Invalid table ID "${table}": a partition is no table.`);
  if (/^[\p{L}\p{M}\p{N}\p{Pc}\p{Pd}\p{Zs}]{1,1024}$/u.test(table)) return;
  throw invalid(
    `Invalid table ID "${table}". Table IDs must be alphanumeric (plus underscores) and must be at most 1024 characters long.`,
  );
}

export async function dropTable(catalog: Catalog, table: Table): Promise<void> {
  getDataset(catalog, table.project, table.dataset).tables.delete(table.table);
  await dropPhysical(catalog, table.physical);
}

/** Says that the table's rows or its description changed. */
export function touch(table: Table): void {
  table.version += 1;
  table.modified = Math.max(Date.now(), table.modified);
  table.past?.remember();
}

export function etagOf(...parts: (string | number)[]): string {
  return createHash("sha1").update(parts.join("\0")).digest("base64").slice(0, 24);
}

/** Makes the dataset unless it is there. @param name `dataset` or `project.dataset` */
export function ensureDataset(
  { catalog, options }: Pick<State, "catalog" | "options">,
  name: string,
  location?: string,
): Dataset {
  const [project, id] = name.includes(".") ? (name.split(".") as [string, string]) : [options.project, name];
  const known = findDataset(catalog, project, id);
  if (known) return known;
  const resource = { creationTime: String(Date.now()) };
  return addDataset(catalog, { project, id, location: location ?? options.location, resource, isHidden: false });
}
