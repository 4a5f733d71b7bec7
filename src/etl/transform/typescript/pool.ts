/**
 * Threads that models run in: they leave the main one free for locks, signals and what comes over the wire, and can be ended
 * whatever a model does. They see nothing of the environment but what is needed.
 */
import { Worker, type Transferable } from "node:worker_threads";
import type { Context } from "../../../util/context.ts";
import type { Session } from "../program/sessions.ts";
import type { Answer, Request } from "./protocol.ts";

export interface Pool extends Session {
  /** Does something with a thread that nobody else has meanwhile. */
  use<T>(act: (thread: Thread) => Promise<T>): Promise<T>;
}

export interface Thread {
  /** @throws where the thread ends before it has answered, and when the run is told to stop */
  ask(request: Request, options: AskOptions): Promise<Answer>;
  /** Ends it, whatever it does: it is not used again. */
  end(): Promise<void>;
}

export interface AskOptions {
  /** Ends the thread when aborted. */
  signal: AbortSignal;
  transfer?: Transferable[];
  /** What the model writes to the console. */
  onOutput?: (text: string) => void;
}

export async function openPool(context: Context): Promise<Pool> {
  const [idle, all] = [new Set<OwnThread>(), new Set<OwnThread>()];
  const next = () => {
    for (const thread of idle) {
      idle.delete(thread);
      if (thread.isAlive()) return thread;
      all.delete(thread);
    }
    const thread = startThread(context);
    all.add(thread);
    return thread;
  };
  return {
    async use(act) {
      const thread = next();
      try {
        return await act(thread);
      } finally {
        if (thread.isAlive()) idle.add(thread);
      }
    },
    async close() {
      await Promise.all([...all].map((thread) => thread.end()));
      all.clear();
      idle.clear();
    },
  };
}

interface OwnThread extends Thread {
  isAlive(): boolean;
}

/** In the package the worker is a file of its own, beside the folder of the others. */
const workerFile = import.meta.url.endsWith(".ts") ? "./worker/main.ts" : "../worker/typescript.js";

function startThread({ env }: Context): OwnThread {
  const worker = new Worker(new URL(workerFile, import.meta.url), {
    env: leastEnvironment(env),
    execArgv: ["--disable-warning=ExperimentalWarning", "--disable-warning=MODULE_TYPELESS_PACKAGE_JSON"],
    stdout: true,
    stderr: true,
  });
  // What a thread still has to do, such as a timer of the model's, keeps no command from its end.
  worker.unref();
  let alive = true;
  let output: ((text: string) => void) | undefined;
  for (const stream of [worker.stdout, worker.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => output?.(text));
  const ended = new Promise<never>((_, reject) => {
    worker.once("error", (error) => reject(error));
    worker.once("exit", () => {
      alive = false;
      reject(new ThreadEnded());
    });
  });
  ended.catch(() => undefined);
  return {
    isAlive: () => alive,
    async ask(request, { signal, transfer = [], onOutput }) {
      signal.throwIfAborted();
      output = onOutput;
      const stop = () => void worker.terminate();
      signal.addEventListener("abort", stop, { once: true });
      const answered = new Promise<Answer>((resolve) => worker.once("message", resolve));
      worker.ref();
      try {
        worker.postMessage(request, transfer);
        return await Promise.race([answered, ended]);
      } catch (error) {
        signal.throwIfAborted();
        throw error;
      } finally {
        worker.unref();
        signal.removeEventListener("abort", stop);
      }
    },
    async end() {
      alive = false;
      await worker.terminate();
    },
  };
}

/** A model that says `process.exit()`, for one. */
export class ThreadEnded extends Error {}

const passedOn = ["PATH", "HOME", "LANG", "TMPDIR", "TZ"];

function leastEnvironment(env: Context["env"]): NodeJS.ProcessEnv {
  return Object.fromEntries(passedOn.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])));
}
