/** Tables of which batches are made once and sent again and again: a server that is faster than any reader of it. */
import type { DuckDBValue } from "@duckdb/node-api";
import { addTable, dropTable, findTable, type Table } from "../catalog/catalog.ts";
import { parseName } from "../catalog/name.ts";
import { notHere } from "../api-error.ts";
import type { ReplayTable } from "../options.ts";
import type { State } from "../state.ts";
import { makeContext } from "../sql/context.ts";
import { parseScript } from "../sql/parse-statement.ts";
import { planStatement } from "../sql/plan-statement.ts";
import type { Field } from "../value/field.ts";
import { arrowSchema } from "./arrow-schema.ts";
import { makeBatch, serializeBatch } from "./arrow.ts";
import type { Batch } from "./read-rows.ts";

export interface Replay {
  batchRows: number;
  /** A batch of these columns. Every full batch of the same columns is the same bytes. */
  batch(fields: Field[], from: number, rows: number): Batch;
}

/** How many different batches there are: which of them is sent follows from the place in the table. */
const variety = 8;

export async function makeReplay(
  state: State,
  { table: text, rows, query, batchRows = 10_000 }: ReplayTable,
): Promise<void> {
  const { project } = state.options;
  const name = parseName(text, project);
  const [statement] = parseScript(query);
  if (statement!.kind !== "query") throw notHere("a replay of anything but a query");
  const context = makeContext(state, { project, principal: "", location: undefined });
  const { result } = planStatement({ ...context, isTrusted: true }, statement!);
  const { fields, sql } = result!;
  const columns = await state.database.with(async ({ connection }) =>
    (await connection.run(`SELECT * FROM (${sql}) LIMIT ${batchRows * variety}`)).getColumns(),
  );
  const known = findTable(state.catalog, name);
  if (known) await dropTable(state.catalog, known);
  const table: Table = await addTable(state.catalog, { name, fields });
  table.replay = { rows };
  state.replays.set(table, { batchRows, batch: makeBatches(fields, columns, batchRows) });
}

function makeBatches(all: Field[], columns: DuckDBValue[][], batchRows: number): Replay["batch"] {
  const made = new Map<string, Batch>();
  const count = Math.max(1, Math.floor(columns[0]!.length / batchRows));
  return (fields, from, rows) => {
    const which = Math.floor(from / batchRows) % count;
    const key = `${fields.map(({ name }) => name).join("\0")} ${which} ${rows}`;
    const known = made.get(key);
    if (known) return known;
    const start = which * batchRows;
    const part = fields.map((it) => columns[all.indexOf(it)]!.slice(start, start + rows));
    const batch = makeBatch(arrowSchema(fields), fields, part);
    const done = { bytes: serializeBatch(batch), rowCount: batch.numRows };
    made.set(key, done);
    return done;
  };
}
