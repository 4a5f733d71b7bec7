/** Runs a TypeScript model in a thread of its own: rows go there and come back in packed batches, a few at a time. */
import { pathToFileURL } from "node:url";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { EtlError, type Where } from "../../../util/error.ts";
import type { Database } from "../../engine/duckdb/duckdb.ts";
import type { PackedTable } from "../../engine/duckdb/packed/append.ts";
import { buffersOf, type PackedBatch } from "../../engine/packed.ts";
import { shownValues } from "../../privacy.ts";
import type { ModelFile } from "../model-file.ts";
import type { ProgramRequest, ProgramRows, ProgramValues } from "../program/program.ts";
import { errorName, explainEnd, explainThrown } from "./explain.ts";
import { openPool, type Thread } from "./pool.ts";
import {
  ahead,
  type ColumnType,
  type Form,
  type FromWorker,
  type RunValue,
  type Thrown,
  type ToWorker,
} from "./protocol.ts";

export interface RunTypescript extends ProgramRequest {
  form: Form;
  parameters: (number | "run")[];
  /** Of the model's function. */
  where: Where;
}

export async function runTypescript(request: RunTypescript): Promise<ProgramRows> {
  const { db, columns = {}, inputs, programs } = request;
  const made = Object.entries(columns).map(([name, { type }]) => ({ name, type }));
  const read = await Promise.all(inputs.map(async (name) => ({ name, columns: await columnsOf(name, request) })));
  const pool = await programs.sessions.get("typescript", () => openPool(programs.context));
  const table = await db.createPackedTable(made);
  try {
    await pool.use((thread) => runIn(thread, { request, table, inputs: read, columns: made }));
    table.end();
    return { sql: table.sql, release: () => table.drop() };
  } catch (error) {
    await table.drop();
    throw error;
  }
}

async function columnsOf(input: string, { db, file }: RunTypescript): Promise<ColumnType[]> {
  const computed = await db.describe(`FROM ${db.dialect.quoteIdentifier(input)}`);
  return computed.map(({ name, type, engineType }) => {
    if (type) return { name, type };
    throw new EtlError({
      code: "invalid",
      part: `model ${file.name}`,
      message: `the column \`${name}\` of \`${input}\` is ${engineType}, which a TypeScript model cannot read`,
      hint: "Cast it in the model before, to STRING for example.",
      where: { file: file.shown },
    });
  });
}

interface RunIn {
  request: RunTypescript;
  table: PackedTable;
  inputs: { name: string; columns: ColumnType[] }[];
  columns: ColumnType[];
}

async function runIn(thread: Thread, { request, table, inputs, columns }: RunIn): Promise<void> {
  const { file, form, parameters, values, pipeline, where, programs } = request;
  const { port1, port2 } = new MessageChannel();
  const turn = new SharedArrayBuffer(4);
  const feed = openFeed({ port: port1, turn, inputs, table, request });
  const output = createOutput(request);
  try {
    const asked = thread.ask(
      {
        kind: "run",
        url: pathToFileURL(file.path).href,
        form,
        parameters,
        inputs,
        columns,
        values: runValue(values),
        now: values.now?.getTime(),
        port: port2,
        turn,
      },
      { signal: programs.context.signal, transfer: [port2], onOutput: (text) => output.add(text) },
    );
    const answer = await Promise.race([asked, feed.failed]);
    if (answer.ok) return await feed.settled();
    const shown = shownValues(pipeline);
    programs.context.log.debug(placesIn(answer.thrown, file));
    throw explainThrown({ thrown: answer.thrown, file, pipeline, shown, code: "failed", where });
  } catch (error) {
    programs.context.signal.throwIfAborted();
    // It may wait for rows that will not come.
    if (feed.isBroken()) await thread.end();
    throw feed.isBroken() || error instanceof EtlError ? error : explainEnd(error, file);
  } finally {
    await feed.close();
    output.end();
  }
}

interface Feed {
  /** Rejects when the engine fails, and never resolves. */
  failed: Promise<never>;
  isBroken(): boolean;
  /** All rows that were sent have been taken. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

interface OpenFeed {
  port: MessagePort;
  turn: SharedArrayBuffer;
  inputs: { name: string; columns: ColumnType[] }[];
  table: PackedTable;
  request: RunTypescript;
}

interface Stream {
  batches: AsyncGenerator<PackedBatch>;
  connection: Database | undefined;
  /** How many batches may be sent yet. */
  wanted: number;
  isBusy: boolean;
}

function openFeed({ port, turn, inputs, table, request }: OpenFeed): Feed {
  const { db, isShared } = request;
  const waits = new Int32Array(turn);
  const streams = new Map<number, Stream>();
  let isBroken = false;
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => undefined);
  const fail = (error: unknown) => {
    isBroken = true;
    reject(error);
  };
  const send = (message: ToWorker, transfer: ArrayBuffer[] = []) => {
    port.postMessage(message, transfer);
    Atomics.add(waits, 0, 1);
    Atomics.notify(waits, 0);
  };
  const open = async (id: number, input: number) => {
    const connection = isShared ? await db.another() : undefined;
    const { name: relation, columns } = inputs[input]!;
    const batches = (connection ?? db).readPacked({ relation, columns, stream: isShared });
    const stream = { batches, connection, wanted: ahead, isBusy: false };
    streams.set(id, stream);
    await pump(id, stream);
  };
  const pump = async (id: number, stream: Stream) => {
    if (stream.isBusy) return;
    stream.isBusy = true;
    while (stream.wanted > 0) {
      stream.wanted--;
      const { value, done } = await stream.batches.next();
      send({ kind: "batch", stream: id, batch: done ? undefined : value }, done ? [] : buffersOf(value));
      if (done) break;
    }
    stream.isBusy = false;
  };
  const close = async (id: number) => {
    const stream = streams.get(id);
    streams.delete(id);
    await stream?.batches.return(undefined);
    stream?.connection?.close();
  };
  const act: Record<FromWorker["kind"], (message: never) => Promise<void> | void> = {
    open: ({ stream, input }: Extract<FromWorker, { kind: "open" }>) => open(stream, input),
    more({ stream: id }: Extract<FromWorker, { kind: "more" }>) {
      const stream = streams.get(id);
      if (!stream) return undefined;
      stream.wanted++;
      return pump(id, stream);
    },
    close: ({ stream }: Extract<FromWorker, { kind: "close" }>) => close(stream),
    rows({ batch }: Extract<FromWorker, { kind: "rows" }>) {
      table.append(batch);
      send({ kind: "taken" });
    },
  };
  port.on("message", (message: FromWorker) => {
    void (async () => act[message.kind](message as never))().catch(fail);
  });
  const ended = new Promise<void>((resolve) => port.once("close", () => resolve()));
  return {
    failed,
    isBroken: () => isBroken,
    // The worker has closed its end: what it sent before has come by then.
    settled: () => Promise.race([ended, failed]),
    async close() {
      port.close();
      await Promise.allSettled([...streams.keys()].map(close));
    },
  };
}

/** Where it was thrown, without the message, which may hold values. */
function placesIn({ name, stack = "" }: Thrown, file: ModelFile): string {
  const at = stack.search(/\n\s+at /);
  return `${errorName(name, file)}${at < 0 ? "" : stack.slice(at)}`;
}

function runValue({ interval, params }: ProgramValues): RunValue {
  const entries = Object.entries(params).map(([name, { value }]) => [
    name,
    typeof value === "bigint" && Number.isSafeInteger(Number(value)) ? Number(value) : value,
  ]);
  return {
    interval: interval && { start: interval.startValue, end: interval.endValue, label: interval.label },
    params: Object.fromEntries(entries) as RunValue["params"],
  };
}

/** What a model writes to the console may hold anything: it is shown where values are. */
function createOutput({ model, pipeline, programs }: RunTypescript) {
  const { log } = programs.context;
  const { showValues } = shownValues(pipeline);
  let hidden = 0;
  return {
    add(text: string) {
      const lines = text.split("\n").filter((line) => line !== "");
      if (showValues) for (const line of lines) log.info(`  ${model}: ${line}`, { step: "console", model });
      else hidden += lines.length;
    },
    end() {
      if (hidden === 0) return;
      log.warn(
        `${model} wrote ${hidden} lines to the console: they may hold values of the data, and are shown on target local only`,
      );
    },
  };
}
