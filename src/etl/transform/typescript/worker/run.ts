/** Runs one model in this thread. */
import type { Form, RunRequest } from "../protocol.ts";
import { openChannel, type Channel } from "./channel.ts";
import { setClock } from "./clock.ts";
import { functionOf, loadModel } from "./inspect.ts";
import { createReader, rowBuilder } from "./read-columns.ts";
import { describeValue, Refusal } from "./refusal.ts";
import { createRowsOut, type RowsOut } from "./rows-out.ts";
import { createTable, load } from "./table.ts";

type Model = (...args: unknown[]) => unknown;

export async function runModel(request: RunRequest): Promise<void> {
  const { url, form, port, turn, columns, now } = request;
  setClock(now);
  try {
    const model = functionOf(await loadModel(url));
    const channel = openChannel(port, turn);
    const out = createRowsOut(columns, (batch) => channel.write(batch));
    forms[form](model, { request, channel, out });
    out.end();
  } finally {
    setClock(undefined);
    port.close();
  }
}

interface Running {
  request: RunRequest;
  channel: Channel;
  out: RowsOut;
}

const forms: Record<Form, (model: Model, running: Running) => void> = { row: runRows, table: runTable };

function runRows(model: Model, { request, channel, out }: Running): void {
  const { columns } = request.inputs[0]!;
  const readers = columns.map(({ type }) => createReader(type));
  const build = rowBuilder(columns)(readers);
  const { values } = request;
  const runFirst = request.parameters[0] === "run";
  for (const batch of channel.read(0)) {
    load(readers, batch);
    for (let i = 0; i < batch.rows; i++) addResult(runFirst ? model(values, build(i)) : model(build(i), values), out);
  }
}

/** A row, several, or null for none. */
function addResult(result: unknown, out: RowsOut): void {
  if (result === null) return;
  if (typeof result !== "object") throw notARow(result);
  if (isIterable(result)) {
    for (const row of result) out.addRow(row);
  } else {
    refusePromise(result);
    out.addRow(result);
  }
}

function notARow(result: unknown): Refusal {
  if (result === undefined)
    return new Refusal({
      message: "`row` returned undefined",
      hint: "Is a `return` missing? Return null for a row that is to be left out.",
    });
  return new Refusal({
    message: `\`row\` returned ${describeValue(result)}`,
    hint: 'Return a row, such as { dato: app.dato, env: "prod" }, a list of rows, or null for none.',
    value: result,
  });
}

function runTable(model: Model, { request, channel, out }: Running): void {
  const tables = request.inputs.map(({ columns }, i) => createTable(columns, () => channel.read(i)));
  const args = request.parameters.map((parameter) => (parameter === "run" ? request.values : tables[parameter]));
  const result = model(...args);
  if (typeof result !== "object" || result === null) throw notATable(result);
  if (isIterable(result)) {
    for (const item of result) out.add(item);
  } else {
    refusePromise(result);
    out.addColumns(result as Record<string, unknown>);
  }
}

function notATable(result: unknown): Refusal {
  return new Refusal({
    message: `\`table\` returned ${describeValue(result)}`,
    hint: `${result === undefined ? "Is a `return` missing? " : ""}Return a list of rows, or an object with a list of values for each column.`,
    value: result === undefined ? undefined : result,
  });
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value;
}

function refusePromise(result: object): void {
  if (!("then" in result) && !(Symbol.asyncIterator in result)) return;
  throw new Refusal({
    message: "the model is async, and gives a Promise instead of rows",
    hint: "Take `async` and `await` away: all that a model reads is there. What has to be fetched is a source.",
  });
}
