/**
 * The process that runs a pipeline's Python models and tests: one for all, started when the first is known, ended with
 * the command. Requests and answers are lines of JSON on pipes of their own; what models print goes to the log.
 */
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import type { Context } from "../../../util/context.ts";
import { packageFolder } from "../../../util/package-folder.ts";
import { startChild, type Child, type Ended } from "../../../util/child.ts";
import type { Session } from "../program/sessions.ts";

export interface PythonWorker extends Session {
  /** The interpreter that it is. */
  python: string;
  /**
   * One question at a time.
   * @throws {WorkerFailure} what went wrong in it, {@link WorkerDeath} where it ended before its answer
   */
  ask<T>(request: object, listen?: Listen): Promise<T>;
}

/** Takes a line that a model printed. */
export type Listen = (line: string) => void;

/** What a worker says instead of an answer; its parts are put into words by explain.ts. */
export class WorkerFailure extends Error {
  readonly details: Record<string, unknown>;
  constructor(details: Record<string, unknown>) {
    super("a Python model failed");
    this.details = details;
  }
}

export class WorkerDeath extends Error {
  readonly how: Ended;
  /** The end of what it wrote, where Python says which line crashed. */
  readonly said: string;
  readonly python: string;
  constructor(how: Ended, said: string, python: string) {
    super("the Python process ended");
    this.how = how;
    this.said = said;
    this.python = python;
  }
}

export interface OpenWorker {
  python: string;
  /** Where it runs: the pipeline's folder. */
  folder: string;
  /** For its libraries. */
  threads: number;
  context: Context;
}

/** Of what a process wrote, enough for Python's words about a crash. */
const keptOutput = 20_000;

export function openWorker({ python, folder, threads, context }: OpenWorker): PythonWorker {
  const child = startChild(
    {
      argv: [python, "-u", "-B", join(packageFolder, "python")],
      cwd: folder,
      env: environment(threads, context),
      pipes: 2,
    },
    context,
  );
  const conversation = converse(child, python);
  return {
    python,
    ask: conversation.ask,
    async close() {
      child.kill();
      await child.ended.catch(() => undefined);
    },
  };
}

/** Warnings of its libraries are for those who run Python themselves; hashes, and so the order of sets, are always the same. */
function environment(threads: number, { env }: Context): Record<string, string> {
  const count = String(threads);
  return {
    PYTHONHASHSEED: "0",
    PYTHONUTF8: "1",
    TZ: "UTC",
    ...(env["PYTHONPATH"] !== undefined && { PYTHONPATH: env["PYTHONPATH"] }),
    ARROW_IO_THREADS: count,
    OMP_NUM_THREADS: count,
    OPENBLAS_NUM_THREADS: count,
    POLARS_MAX_THREADS: count,
  };
}

interface Waiting {
  id: number;
  resolve: (value: never) => void;
  reject: (error: Error) => void;
  listen: Listen | undefined;
}

interface Message {
  printed?: string;
  id?: number;
  done?: never;
  failed?: Record<string, unknown>;
}

function converse({ process: { stdio }, ended }: Child, python: string) {
  const [, stdout, stderr, requests, answers] = stdio as [null, Readable, Readable, Writable, Readable];
  let waiting: Waiting | undefined;
  let said = "";
  let dead: WorkerDeath | undefined;
  let ids = 0;
  // A process that has ended reads no more.
  requests.on("error", () => undefined);
  for (const output of [stdout, stderr]) {
    createInterface({ input: output }).on("line", (line) => {
      said = `${said}${line}\n`.slice(-keptOutput);
      // From there on Python itself says where it crashed.
      if (!said.includes("Fatal Python error: ")) waiting?.listen?.(line);
    });
  }
  createInterface({ input: answers }).on("line", (line) => {
    const message = JSON.parse(line) as Message;
    if (message.printed !== undefined) waiting?.listen?.(message.printed);
    else if (message.id === waiting?.id) settle(message);
  });
  const settle = (message: Message) => {
    const { resolve, reject } = waiting!;
    waiting = undefined;
    if (message.failed) reject(new WorkerFailure(message.failed));
    else resolve(message.done!);
  };
  const end = (how: Ended) => {
    dead = new WorkerDeath(how, said, python);
    waiting?.reject(dead);
  };
  ended.then(end, () => end({ exitCode: null, signal: null }));
  return {
    ask: <T>(request: object, listen?: Listen) =>
      new Promise<T>((resolve, reject) => {
        if (dead) return reject(dead);
        waiting = { id: ++ids, resolve, reject, listen };
        requests.write(`${JSON.stringify({ id: waiting.id, ...request })}\n`);
      }),
  };
}
