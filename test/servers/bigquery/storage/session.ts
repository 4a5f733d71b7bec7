/** Read sessions: a table's rows as they were when the session was made, in streams. */
import { randomUUID } from "node:crypto";
import { getTable, type Table } from "../catalog/catalog.ts";
import type { TableName } from "../catalog/name.ts";
import { dropPhysical } from "../catalog/physical.ts";
import { sizeOf } from "../catalog/size.ts";
import { isAllowed } from "../grants.ts";
import type { State } from "../state.ts";
import { asQueryError } from "../sql/engine-error.ts";
import { makeContext } from "../sql/context.ts";
import { demandBool } from "../sql/operator.ts";
import { parseExpression } from "../sql/parse-expression.ts";
import { makeReader } from "../sql/reader.ts";
import { demandPartitionFilters, notePartitions } from "../sql/partition.ts";
import { emptyScope, refer } from "../sql/scope.ts";
import { tokenise } from "../sql/token.ts";
import { translateExpression } from "../sql/translate-expression.ts";
import { tableColumns } from "../sql/translate-from.ts";
import { quote } from "../value/type.ts";
import type { Field } from "../value/field.ts";
import { arrowSchema } from "./arrow-schema.ts";
import { serializeSchema } from "./arrow.ts";
import { RpcError } from "./rpc-error.ts";

export interface Session {
  name: string;
  table: Table;
  fields: Field[];
  /** The table of DuckDB that holds its rows; a replayed table has none. */
  physical?: string;
  rows: number;
  bytes: number;
  schema: Uint8Array;
  streams: Stream[];
}

export interface Stream {
  name: string;
  session: Session;
  /** Which of the session's rows it gives. */
  from: number;
  to: number;
}

export interface SessionRequest {
  parent: string;
  principal: string;
  /** `projects/p/datasets/d/tables/t` */
  table: string;
  selectedFields: string[];
  rowRestriction: string;
  maxStreams: number;
}

/** As many as a test may have open; the oldest goes, as sessions do after some hours. */
const kept = 64;
/** A stream has at least so many rows, that small tables can be read in several. */
const rowsPerStream = 1000;
const standardStreams = 8;

export async function createSession(state: State, request: SessionRequest): Promise<Session> {
  const { parent, principal, maxStreams } = request;
  const project = /^projects\/([^/]+)$/.exec(parent)?.[1];
  if (project === undefined) throw new RpcError("INVALID_ARGUMENT", `request failed: invalid parent '${parent}'`);
  if (!isAllowed(state, { principal, permission: "bigquery.readsessions.create", on: { project } })) {
    throw denied("bigquery.readsessions.create", parent);
  }
  const table = openTable(state, request);
  const fields = selectFields(table, request.selectedFields);
  const content = await snapshot(state, table, fields, request.rowRestriction);
  const name = `${parent}/locations/${table.location.toLowerCase()}/sessions/${randomUUID()}`;
  const session: Session = {
    name,
    table,
    fields,
    ...content,
    schema: serializeSchema(arrowSchema(fields)),
    streams: [],
  };
  const count = Math.min(Math.ceil(session.rows / rowsPerStream), maxStreams || standardStreams);
  session.streams = Array.from({ length: count }, (_, i) => ({
    name: `${name}/streams/${randomUUID()}`,
    session,
    from: Math.floor((session.rows * i) / count),
    to: Math.floor((session.rows * (i + 1)) / count),
  }));
  await keep(state, session);
  return session;
}

const denied = (permission: string, on: string) =>
  new RpcError("PERMISSION_DENIED", `request failed: the user does not have '${permission}' permission for '${on}'`);

function openTable(state: State, { principal, table: path }: SessionRequest): Table {
  const [, project, dataset, table] = /^projects\/([^/]+)\/datasets\/([^/]+)\/tables\/([^/]+)$/.exec(path) ?? [];
  if (!project || !dataset || !table) throw new RpcError("INVALID_ARGUMENT", `request failed: invalid table '${path}'`);
  const name: TableName = { project, dataset, table };
  if (!isAllowed(state, { principal, permission: "bigquery.tables.getData", on: name })) {
    throw denied("bigquery.tables.getData", path);
  }
  const found = getTable(state.catalog, name);
  if (found.kind === "TABLE" || found.kind === "SNAPSHOT") return found;
  throw new RpcError("INVALID_ARGUMENT", "request failed: non-table entities cannot be read with the storage API");
}

/** In the order of the table, whatever the order in which they were asked for. */
function selectFields({ fields }: Table, names: string[]): Field[] {
  if (names.length === 0) return fields;
  const nested = names.find((name) => name.includes(".") && !fields.some((it) => it.name === name));
  if (nested !== undefined) throw new RpcError("UNIMPLEMENTED", `the test server selects no nested fields: ${nested}`);
  const missing = names.find((name) => !fields.some((it) => it.name.toLowerCase() === name.toLowerCase()));
  if (missing !== undefined) {
    throw new RpcError(
      "INVALID_ARGUMENT",
      `request failed: The following selected fields do not exist in the table schema: ${missing}`,
    );
  }
  return fields.filter((it) => names.some((name) => name.toLowerCase() === it.name.toLowerCase()));
}

async function snapshot(state: State, table: Table, fields: Field[], restriction: string) {
  if (table.replay) return { rows: table.replay.rows, bytes: Number((await sizeOf(state.catalog, table)).bytes) };
  const physical = state.catalog.nextPhysical();
  const columns = fields.map(({ name }) => `r.${quote(name)}`).join(", ");
  const where = ` WHERE ${translateRestriction(state, table, restriction.trim() || "TRUE")}`;
  return state.database.with(async (session) => {
    await session
      .run(`CREATE TABLE ${physical} AS SELECT ${columns} FROM ${table.physical} AS r${where}`)
      .catch(asRpcError);
    const rows = Number(await session.value(`SELECT count(*) FROM ${physical}`));
    return { physical, rows, bytes: Number((await sizeOf(state.catalog, table)).bytes) };
  });
}

/** No parameters and no sub-queries. */
function translateRestriction(state: State, table: Table, text: string): string {
  const context = makeContext(state, { project: table.project, principal: "", location: undefined });
  const reference = refer(context, table);
  const scope = { ...emptyScope(), relations: [{ alias: table.table, columns: tableColumns(reference, "r") }] };
  try {
    const reader = makeReader(text, tokenise(text));
    const expression = parseExpression(reader);
    if (reader.peek().kind !== "end") reader.fail();
    if (/"(query|body)":/.test(JSON.stringify(expression))) throw new Error("subqueries are not allowed");
    notePartitions(context, scope, expression);
    demandPartitionFilters(context);
    return demandBool(translateExpression(context, scope, expression), "row restriction", expression.at);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new RpcError("INVALID_ARGUMENT", `request failed: Query error: ${why}`);
  }
}

function asRpcError(error: unknown): never {
  throw new RpcError("INVALID_ARGUMENT", `request failed: Query error: ${asQueryError(error).message}`);
}

async function keep(state: State, session: Session): Promise<void> {
  state.sessions.push(session);
  const old = state.sessions.length > kept ? state.sessions.shift() : undefined;
  if (old?.physical !== undefined) await dropPhysical(state.catalog, old.physical);
}

export function findStream({ sessions }: State, name: string): Stream {
  const found = sessions.flatMap(({ streams }) => streams).find((it) => it.name === name);
  if (found) return found;
  throw new RpcError("NOT_FOUND", `request failed: session or stream not found: ${name}`);
}
