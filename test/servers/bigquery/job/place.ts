/** Rows that a job made, on their way into its destination table: write and create dispositions, and the schema's changes. */
import { ApiError, invalid, invalidQuery, notFound, notHere } from "../api-error.ts";
import { addTable, findTable, touch, type Table } from "../catalog/catalog.ts";
import { dropPhysical } from "../catalog/physical.ts";
import { showTable, type TableName } from "../catalog/name.ts";
import { addColumns, addedFields } from "../catalog/evolve.ts";
import { checkPartitioning } from "../methods/tables.ts";
import type { State } from "../state.ts";
import { quote } from "../value/type.ts";
import type { Field } from "../value/field.ts";
import type { Job } from "./job.ts";

type Json = Record<string, any>;

export interface Placement extends Staged {
  state: State;
  job: Job;
  name: TableName;
  /** The job's configuration: writeDisposition and the like. */
  options: Json;
  /** Where the options say none. */
  standard?: "WRITE_APPEND" | "WRITE_EMPTY";
}

/** Rows in a table of DuckDB's, and their columns. */
interface Staged {
  staged: string;
  fields: Field[];
}

export async function place(parts: Placement): Promise<void> {
  const { state, job, name, options, standard = "WRITE_APPEND" } = parts;
  const known = findTable(state.catalog, name);
  if (job.cancel.signal.aborted) return;
  if (!known) {
    if (options["createDisposition"] === "CREATE_NEVER") throw notFound(`Table ${showTable(name)}`);
    return createTable(parts);
  }
  if (known.kind !== "TABLE") throw invalid(`Cannot load into ${showTable(name)}: it is a ${known.kind}.`);
  const disposition = options["writeDisposition"] ?? standard;
  if (disposition === "WRITE_TRUNCATE") return state.locks.alone(known, () => replaceRows(state, known, parts));
  if (disposition === "WRITE_EMPTY") await demandEmpty(state, known);
  await evolve(state, known, parts.fields, options["schemaUpdateOptions"] as string[] | undefined);
  return state.locks.append(known, () => appendRows(state, known, parts));
}

/** The table is there with its rows, or not at all. */
async function createTable({ state, name, options, staged, fields }: Placement): Promise<void> {
  const { timePartitioning, clustering, destinationTableProperties, destinationEncryptionConfiguration } = options;
  if (destinationEncryptionConfiguration) throw notHere("encryption keys");
  const resource = {
    ...destinationTableProperties,
    ...(timePartitioning && { timePartitioning }),
    ...(clustering && { clustering }),
  };
  checkPartitioning(resource, fields);
  const physical = state.catalog.nextPhysical();
  await state.database.with((session) => session.run(`CREATE TABLE ${physical} AS SELECT * FROM ${staged}`));
  await addTable(state.catalog, { name, fields, resource, physical });
}

async function demandEmpty(state: State, table: Table): Promise<void> {
  const rows = await state.database.with((session) => session.value(`SELECT count(*) FROM ${table.physical}`));
  if (Number(rows) > 0)
    throw new ApiError({ reason: "duplicate", message: `Already Exists: Table ${showTable(table)}` });
}

/** New columns come only where the job allows them. */
async function evolve(state: State, table: Table, fields: Field[], allowed: string[] = []): Promise<void> {
  const isNew = (it: Field) => !table.fields.some(({ name }) => name.toLowerCase() === it.name.toLowerCase());
  const added = fields.filter(isNew);
  const mismatch = `Provided Schema does not match Table ${showTable(table)}.`;
  if (added.length > 0 && !allowed.includes("ALLOW_FIELD_ADDITION")) {
    throw invalid(`${mismatch} Cannot add fields (field: ${added[0]!.name})`);
  }
  const whole = [...table.fields.map((it) => fields.find((now) => sameName(now, it)) ?? it), ...added];
  const relaxed = table.fields.find(
    (it) => it.mode === "REQUIRED" && whole.find((now) => sameName(now, it))!.mode === "NULLABLE",
  );
  if (relaxed && !allowed.includes("ALLOW_FIELD_RELAXATION")) {
    throw invalid(`${mismatch} Field ${relaxed.name} has changed mode from REQUIRED to NULLABLE`);
  }
  addedFields(table, whole);
  if (added.length > 0 || relaxed)
    await addColumns(
      state,
      table,
      whole.map((it) => described(table, it)),
    );
}

const sameName = (a: Field, b: Field) => a.name.toLowerCase() === b.name.toLowerCase();

/** A load that appends does not take descriptions away. */
const described = (table: Table, field: Field) => ({ ...table.fields.find((it) => sameName(it, field)), ...field });

async function appendRows({ database }: State, table: Table, { staged, fields }: Staged): Promise<void> {
  const names = fields.map(({ name }) => quote(name)).join(", ");
  const missing = table.fields.filter((it) => !fields.some((given) => sameName(given, it)));
  const required = missing.find(({ mode }) => mode === "REQUIRED");
  if (required) throw invalidQuery(`Missing required field: ${required.name}.`);
  const empty = missing.filter(({ mode }) => mode === "REPEATED");
  const columns = [names, ...empty.map(({ name }) => quote(name))].join(", ");
  const values = [names, ...empty.map(() => "[]")].join(", ");
  await database.with((session) =>
    session.run(`INSERT INTO ${table.physical} (${columns}) SELECT ${values} FROM ${staged}`),
  );
  touch(table);
}

/** WRITE_TRUNCATE takes rows and schema of the load, and keeps the table's own description, labels and grants. */
async function replaceRows(state: State, table: Table, { staged, fields }: Staged): Promise<void> {
  const physical = state.catalog.nextPhysical();
  await state.database.with((session) => session.run(`CREATE TABLE ${physical} AS SELECT * FROM ${staged}`));
  const before = table.physical;
  table.physical = physical;
  table.fields = fields;
  touch(table);
  await dropPhysical(state.catalog, before);
}
