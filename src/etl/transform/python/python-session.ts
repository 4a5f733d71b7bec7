/** The worker of a command's Python models: opened when the first is asked for, and again where one has died. */
import { dirname } from "node:path";
import type { Context } from "../../../util/context.ts";
import type { LoadedPipeline } from "../../../spec/load.ts";
import { readLimits } from "../../engine/limits.ts";
import type { Programs } from "../program/program.ts";
import type { Session } from "../program/sessions.ts";
import { findInterpreter } from "./interpreter.ts";
import { openWorker, WorkerDeath, type Listen, type PythonWorker } from "./worker.ts";

export interface PythonSession extends Session {
  python: string;
  /** As {@link PythonWorker.ask}, one at a time: so that what is printed is known to be whose, and memory is that of one model. */
  ask<T>(request: object, options?: AskOptions): Promise<T>;
  /** Has it load packages, each set once; it answers before they are. */
  load(packages: string[]): Promise<void>;
}

export interface AskOptions {
  listen?: Listen;
  /** Where it is aborted, the process is ended. */
  signal?: AbortSignal;
}

/** @throws {EtlError} where there is no Python */
export function pythonSession(pipeline: LoadedPipeline, { sessions, context }: Programs): Promise<PythonSession> {
  return sessions.get(`python ${pipeline.folder}`, () => openSession(pipeline, context));
}

async function openSession({ folder }: LoadedPipeline, context: Context): Promise<PythonSession> {
  const [python, { threads }] = await Promise.all([findInterpreter({ folder, context }), readLimits(context.tmpdir)]);
  const open = () => openWorker({ python, folder, threads, context });
  let worker: PythonWorker | undefined = open();
  let last: Promise<unknown> = Promise.resolve();
  const ask = async <T>(request: object, { listen, signal = context.signal }: AskOptions): Promise<T> => {
    signal.throwIfAborted();
    const asked = (worker ??= open());
    const end = () => void asked.close();
    signal.addEventListener("abort", end, { once: true });
    try {
      return await asked.ask<T>(request, listen);
    } catch (error) {
      if (error instanceof WorkerDeath && worker === asked) worker = undefined;
      signal.throwIfAborted();
      throw error;
    } finally {
      signal.removeEventListener("abort", end);
    }
  };
  const loads = new Map<string, Promise<void>>();
  const inTurn = <T>(request: object, options: AskOptions = {}): Promise<T> => {
    const answer = last.then(() => ask<T>(request, options));
    last = answer.catch(() => undefined);
    return answer;
  };
  return {
    python,
    ask: inTurn,
    load(packages) {
      const key = packages.join(" ");
      const known = loads.get(key) ?? inTurn<void>({ do: "look", load: packages });
      loads.set(key, known);
      return known;
    },
    close: async () => worker?.close(),
  };
}

/** Where Python looks for what a model imports: beside it, and in the pipeline's folder. */
export function pathsOf(file: string, { folder }: LoadedPipeline): string[] {
  return [dirname(file), folder];
}
