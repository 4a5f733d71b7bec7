/** CREATE: tables, views, snapshots, datasets. https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language */
import { duplicate, invalidQuery, notHere } from "../api-error.ts";
import {
  addDataset,
  addTable,
  dropTable,
  findDataset,
  findTable,
  type Table,
  type TableKind,
} from "../catalog/catalog.ts";
import { showTable, type TableName } from "../catalog/name.ts";
import { demand } from "../grants.ts";
import { checkPartitioning } from "../methods/tables.ts";
import { assign } from "../value/assign.ts";
import { duckType, quote } from "../value/type.ts";
import { fieldOfType, normaliseFields, typeOfField, type Field } from "../value/field.ts";
import { readOptions } from "./ddl-options.ts";
import type { Done, Execution, Plan } from "./plan.ts";
import type { Context } from "./scope.ts";
import type { Place, Statement } from "./syntax.ts";
import { openTable, targetName } from "./table.ts";
import { translateQuery } from "./translate-query.ts";
import { viewFields } from "./view.ts";
import { fieldOf } from "./plan-ddl.ts";

type Of<Kind extends Statement["kind"]> = Extract<Statement, { kind: Kind }>;
type Json = Record<string, unknown>;

/** @throws ApiError 403, 404 for the dataset */
function newTable(context: Context, target: string[], at: Place): TableName {
  const name = targetName(context, target, at);
  const on = { project: name.project, dataset: name.dataset };
  demand(context.state, { principal: context.principal, permission: "bigquery.tables.create", on });
  return name;
}

/** What to do where the name is taken. */
interface Taken {
  orReplace: boolean;
  ifNotExists: boolean;
}

async function create(context: Context, name: TableName, taken: Taken, make: () => Promise<unknown>): Promise<Done> {
  const known = findTable(context.state.catalog, name);
  if (known && taken.ifNotExists) return { operation: "SKIP" };
  if (known && !taken.orReplace) throw duplicate(`Table ${showTable(name)}`);
  if (known) await dropTable(context.state.catalog, known);
  await make();
  return { operation: known ? "REPLACE" : "CREATE" };
}

export function planCreateTable(context: Context, statement: Of<"createTable">): Plan {
  const { target, query, columns, from, at } = statement;
  const name = newTable(context, target, at);
  if (from) return planCopy(context, statement, name);
  const result = query && translateQuery(context, query);
  const declared = columns && normaliseFields(columns.map(fieldOf));
  const fields = declared ?? result?.columns.map((it) => fieldOfType(it.name, it.type));
  if (!fields) throw invalidQuery("CREATE TABLE needs columns or a query");
  if (declared && result) throw notHere("CREATE TABLE with both columns and a query");
  const type = result ? "CREATE_TABLE_AS_SELECT" : "CREATE_TABLE";
  const run = async ({ session }: Execution) => {
    const resource = await resourceOf(context, session, statement);
    checkPartitioning(resource, fields);
    return create(context, name, statement, async () => {
      const physical = result && (await fill(context, session, fields, result.sql));
      await addTable(context.state.catalog, { name, fields, resource, ...(physical !== undefined && { physical }) });
    });
  };
  return { type, context, reads: context.reads, ddl: { target: name }, run };
}

async function fill({ state }: Context, session: Execution["session"], fields: Field[], sql: string): Promise<string> {
  const physical = state.catalog.nextPhysical();
  const columns = fields.map(
    (field, i) => `CAST(${assign(field, `q.c${i + 1}`)} AS ${duckType(typeOfField(field))}) AS ${quote(field.name)}`,
  );
  await session.run(`CREATE TABLE ${physical} AS SELECT ${columns.join(", ")} FROM (${sql}) AS q`);
  return physical;
}

async function resourceOf(
  context: Context,
  session: Execution["session"],
  statement: Of<"createTable">,
): Promise<Json> {
  const { partitionBy, clusterBy, options } = statement;
  const { partitionExpirationMs, ...resource } = await readOptions(context, session, options);
  const partitioning = partitionBy && {
    timePartitioning: {
      type: partitionBy.by,
      field: partitionBy.column,
      ...(partitionExpirationMs !== undefined && { expirationMs: partitionExpirationMs }),
    },
  };
  return { ...resource, ...partitioning, ...(clusterBy.length > 0 && { clustering: { fields: clusterBy } }) };
}

/** LIKE takes the description of another table, CLONE and COPY its rows, too. */
function planCopy(context: Context, statement: Of<"createTable">, name: TableName): Plan {
  const { how, table: path, asOf } = statement.from!;
  const { table: source } = openTable(context, path, statement.at, asOf);
  // It is described, and not read: no partitions need be named.
  context.reads.delete(source);
  const run = async ({ session }: Execution) => {
    const { partitionExpirationMs: _, ...options } = await readOptions(context, session, statement.options);
    return create(context, name, statement, () =>
      copyOf(context, source, { name, resource: options, withRows: how !== "LIKE" }),
    );
  };
  return {
    type: how === "LIKE" ? "CREATE_TABLE" : `CREATE_TABLE_${how}`,
    context,
    reads: new Map(),
    ddl: { target: name },
    run,
  };
}

interface Copy {
  name: TableName;
  resource: Json;
  withRows: boolean;
  kind?: TableKind;
}

async function copyOf(
  { state }: Context,
  source: Table,
  { name, resource, withRows, kind = "TABLE" }: Copy,
): Promise<void> {
  const physical = state.catalog.nextPhysical();
  const rows = withRows ? "" : " LIMIT 0";
  await state.database.with((session) =>
    session.run(`CREATE TABLE ${physical} AS SELECT * FROM ${source.physical}${rows}`),
  );
  const { expirationTime: _, ...own } = source.resource;
  await addTable(state.catalog, { name, fields: source.fields, kind, physical, resource: { ...own, ...resource } });
}

export function planCreateSnapshot(context: Context, statement: Of<"createSnapshot">): Plan {
  const { target, from, asOf, ifNotExists, options, at } = statement;
  const name = newTable(context, target, at);
  const { table: source } = openTable(context, from, at, asOf);
  context.reads.delete(source);
  const { state, principal } = context;
  demand(state, { principal, permission: "bigquery.tables.createSnapshot", on: source });
  // An end is a deletion later on: https://cloud.google.com/bigquery/docs/table-snapshots-create
  if (options.some(({ name: option }) => option === "expiration_timestamp"))
    demand(state, { principal, permission: "bigquery.tables.deleteSnapshot", on: source });
  const snapshotDefinition = {
    baseTableReference: { projectId: source.project, datasetId: source.dataset, tableId: source.table },
    snapshotTime: context.now.toISOString(),
  };
  const run = async ({ session }: Execution) => {
    const { partitionExpirationMs: _, ...given } = await readOptions(context, session, options);
    const resource = { ...given, snapshotDefinition, ...withoutExpiry(source) };
    const copy: Copy = { name, resource, withRows: true, kind: "SNAPSHOT" };
    return create(context, name, { orReplace: false, ifNotExists }, () => copyOf(context, source, copy));
  };
  return { type: "CREATE_SNAPSHOT_TABLE", context, reads: new Map(), ddl: { target: name }, run };
}

/** Partitions of a snapshot do not expire as its table's do. */
function withoutExpiry({ resource }: Table): Json {
  const partitioning = resource["timePartitioning"] as Json | undefined;
  if (!partitioning) return {};
  const { expirationMs: _, ...timePartitioning } = partitioning;
  return { timePartitioning };
}

export function planCreateView(context: Context, statement: Of<"createView">): Plan {
  const { target, view, options, at } = statement;
  const name = newTable(context, target, at);
  const { state, project, principal } = context;
  const run = async ({ session }: Execution) => {
    const fields = await viewFields(state, { query: view, project, principal });
    const resource = { ...(await readOptions(context, session, options)), view: { query: view, useLegacySql: false } };
    return create(context, name, statement, () =>
      addTable(state.catalog, { name, fields, kind: "VIEW", query: view, resource }),
    );
  };
  return { type: "CREATE_VIEW", context, reads: new Map(), ddl: { target: name }, run };
}

export function planCreateSchema(context: Context, { target, ifNotExists, options }: Of<"createSchema">): Plan {
  const [project, id] = target.length === 2 ? (target as [string, string]) : [context.project, target[0]!];
  const { state, principal } = context;
  demand(state, { principal, permission: "bigquery.datasets.create", on: { project } });
  const run = async ({ session }: Execution): Promise<Done> => {
    if (ifNotExists && findDataset(state.catalog, project, id)) return { operation: "SKIP" };
    const { location, ...resource } = await readOptions(context, session, options);
    const where = (location as string | undefined) ?? context.location ?? state.options.location;
    addDataset(state.catalog, { project, id, location: where, resource, isHidden: false });
    return { operation: "CREATE" };
  };
  return { type: "CREATE_SCHEMA", context, reads: new Map(), run };
}
