/** What a run and its worker say to each other. A worker runs models; all that it knows of the engine comes in messages. */
import type { MessagePort } from "node:worker_threads";
import type { Type } from "../../../spec/type.ts";
import type { PackedBatch } from "../../engine/packed.ts";

export interface ColumnType {
  name: string;
  type: Type;
}

/** `row` is called for each row, `table` once. */
export type Form = "row" | "table";

export type Request = InspectRequest | RunRequest;

/** Load a model and say what it exports. */
export interface InspectRequest {
  kind: "inspect";
  url: string;
}

export interface Inspected {
  exports: string[];
  form: Form | undefined;
  /** The function's text, types taken out. */
  source: string;
}

export interface RunRequest {
  kind: "run";
  url: string;
  form: Form;
  /** What each parameter stands for: an input, by its index, or the run's values. */
  parameters: (number | "run")[];
  inputs: { name: string; columns: ColumnType[] }[];
  /** Those that the model makes. */
  columns: ColumnType[];
  values: RunValue;
  /** What the clock shows, in milliseconds; undefined where it goes on. */
  now: number | undefined;
  port: MessagePort;
  /** Raised whenever something is sent to the worker, which may be waiting. */
  turn: SharedArrayBuffer;
}

/** What a model sees as its last argument. */
export interface RunValue {
  interval: { start: string; end: string; label: string } | undefined;
  params: Record<string, string | number | bigint | boolean>;
}

/** From the worker, while it runs. A stream is one reading of an input, from its beginning. */
export type FromWorker =
  | { kind: "open"; stream: number; input: number }
  | { kind: "more"; stream: number }
  | { kind: "close"; stream: number }
  | { kind: "rows"; batch: PackedBatch };

/** To the worker: a stream's next batch, or its end; and that rows were taken. */
export type ToWorker = { kind: "batch"; stream: number; batch: PackedBatch | undefined } | { kind: "taken" };

export type Answer = { ok: true; value: Inspected | undefined } | { ok: false; thrown: Thrown };

/** What went wrong in a model. */
export interface Thrown {
  name: string;
  message: string;
  code: string | undefined;
  /** With the places; undefined where something else than an error was thrown. */
  stack: string | undefined;
  /** What the model gave back cannot be taken. */
  refused: Refused | undefined;
}

export interface Refused {
  /** Without any value of the data, but for `named`. */
  message: string;
  /** A name that the model wrote, or made of what it read: it stands in the message as `name`. */
  named: string | undefined;
  hint: string;
  column: string | undefined;
  /** The value, to be shown where values may be. */
  shown: string | undefined;
  /** The result's row, from 1; undefined where it is not about one. */
  row: number | undefined;
}

/** Batches that are sent ahead of their being asked for, and those of rows that need not be taken yet. */
export const ahead = 4;
