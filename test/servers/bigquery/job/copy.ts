/** https://cloud.google.com/bigquery/docs/reference/rest/v2/Job#jobconfigurationtablecopy */
import { duplicate, invalid } from "../api-error.ts";
import { addTable, findTable, getDataset, getTable, touch, type Table, type TableKind } from "../catalog/catalog.ts";
import { dropPhysical } from "../catalog/physical.ts";
import { showTable, type TableName } from "../catalog/name.ts";
import { demand, demandData } from "../grants.ts";
import type { State } from "../state.ts";
import { quote } from "../value/type.ts";
import type { Job } from "./job.ts";

type Json = Record<string, any>;

const nameOf = ({ projectId, datasetId, tableId }: Json): TableName => ({
  project: projectId,
  dataset: datasetId,
  table: tableId,
});

export function prepareCopy(state: State, job: Job): () => Promise<void> {
  const options = job.configuration["copy"] as Json;
  const source = nameOf((options["sourceTable"] ?? options["sourceTables"]?.[0] ?? {}) as Json);
  if ((options["sourceTables"]?.length ?? 1) > 1) throw invalid("one source table at a time");
  const target = nameOf((options["destinationTable"] ?? {}) as Json);
  demandData(state, job.principal, source);
  demand(state, { principal: job.principal, permission: "bigquery.tables.create", on: target });
  getDataset(state.catalog, target.project, target.dataset, job.location);
  const from = getTable(state.catalog, source, job.location);
  return () => copy(state, { from, target, options });
}

interface Copy {
  from: Table;
  target: TableName;
  options: Json;
}

async function copy(state: State, { from, target, options }: Copy): Promise<void> {
  const known = findTable(state.catalog, target);
  const disposition = options["writeDisposition"] ?? "WRITE_EMPTY";
  if (!known) return void (await makeCopy(state, { from, target, options }));
  if (disposition === "WRITE_EMPTY") throw duplicate(`Table ${showTable(target)}`);
  if (disposition === "WRITE_TRUNCATE") return state.locks.alone(known, () => replace(state, from, known));
  const names = from.fields.map(({ name }) => quote(name)).join(", ");
  const sql = `INSERT INTO ${known.physical} (${names}) SELECT ${names} FROM ${from.physical}`;
  await state.locks.append(known, () => state.database.with((session) => session.run(sql)));
  touch(known);
}

const kinds: Record<string, TableKind> = { SNAPSHOT: "SNAPSHOT" };

async function makeCopy(state: State, { from, target, options }: Copy): Promise<Table> {
  const kind = kinds[(options["operationType"] as string | undefined) ?? "COPY"] ?? "TABLE";
  const expires = options["destinationExpirationTime"] as string | undefined;
  const { expirationTime: _, ...resource } = from.resource;
  const physical = await duplicateRows(state, from);
  const snapshot = kind === "SNAPSHOT" && {
    snapshotDefinition: {
      baseTableReference: { projectId: from.project, datasetId: from.dataset, tableId: from.table },
      snapshotTime: new Date().toISOString(),
    },
  };
  const more = { ...(expires !== undefined && { expirationTime: String(Date.parse(expires)) }), ...snapshot };
  return addTable(state.catalog, {
    name: target,
    fields: from.fields,
    kind,
    physical,
    resource: { ...resource, ...more },
  });
}

async function duplicateRows({ catalog, database }: State, from: Table): Promise<string> {
  const physical = catalog.nextPhysical();
  await database.with((session) => session.run(`CREATE TABLE ${physical} AS SELECT * FROM ${from.physical}`));
  return physical;
}

async function replace(state: State, from: Table, known: Table): Promise<void> {
  const before = known.physical;
  known.physical = await duplicateRows(state, from);
  known.fields = from.fields;
  touch(known);
  await dropPhysical(state.catalog, before);
}
