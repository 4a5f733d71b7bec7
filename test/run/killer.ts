/**
 * A run in a process of its own, that dies on the way: `node killer.ts ORDER`, ORDER being {@link Order} as JSON.
 * It ends by itself, with the run's exit code, where the effect named in the order does not come.
 */
import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { reportError } from "../../src/cli/report-error.ts";
import { backfill, type BackfillCommandOptions } from "../../src/commands/backfill.ts";
import { rollback, type RollbackCommandOptions } from "../../src/commands/rollback.ts";
import { run, type RunCommandOptions } from "../../src/commands/run.ts";
import type { Effect } from "../../src/util/context.ts";
import { abortOnSignals } from "../../src/util/stop-signals.ts";
import { realContext } from "./context.ts";
import { haveOneCore } from "./one-core.ts";

haveOneCore();

export interface Order {
  folder: string;
  tmpdir: string;
  options: RunCommandOptions;
  /** Another command than a run, with the same options. */
  backfill?: Pick<BackfillCommandOptions, "from" | "to" | "parallel">;
  rollback?: Pick<RollbackCommandOptions, "outputs" | "to">;
  env?: Record<string, string>;
  /** Undefined: the process is killed from outside, or not at all. */
  kill?: Kill;
  /** A signal that it hears, before that. */
  stop?: Kill;
  hold?: Hold;
}

/** Waits at the beginning of an effect: makes `here`, and goes on when `goOn` is there. */
export interface Hold {
  effect: string;
  here: string;
  goOn: string;
}

export interface Kill {
  signal: "SIGKILL" | "SIGTERM" | "SIGINT";
  /** The effect's name, and which of those of that name, from 0. */
  effect: string;
  nth: number;
  when: "before" | "during" | "after";
  /** Milliseconds from the beginning of the effect, for `during`. */
  delay: number;
}

const order = JSON.parse(process.argv[2]!) as Order;

/** Kills from another thread, so that it also strikes while this one is busy. */
function prepareShot({ signal, delay }: Kill): () => void {
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const code = `
    const { flag, delay, signal } = require("node:worker_threads").workerData;
    Atomics.wait(flag, 0, 0);
    Atomics.wait(flag, 0, 1, delay);
    process.kill(process.pid, signal);`;
  new Worker(code, { eval: true, workerData: { flag, delay, signal } }).unref();
  return () => {
    Atomics.store(flag, 0, 1);
    Atomics.notify(flag, 0);
  };
}

function deadlyEffect(kill: Kill | undefined): Effect {
  if (!kill) return (_name, act) => act();
  let seen = 0;
  const shoot = kill.when === "during" ? prepareShot(kill) : () => process.kill(process.pid, kill.signal);
  return async (name, act) => {
    if (name !== kill.effect || seen++ !== kill.nth) return act();
    if (kill.when !== "after") shoot();
    try {
      return await act();
    } finally {
      if (kill.when === "after") shoot();
    }
  };
}

function bothEffects(outer: Effect, inner: Effect): Effect {
  return (name, act) => outer(name, () => inner(name, act));
}

function holdingEffect({ effect, here, goOn }: Hold): Effect {
  return async (name, act) => {
    if (name === effect && !existsSync(goOn)) {
      writeFileSync(here, "");
      while (!existsSync(goOn)) await sleep(20);
    }
    return act();
  };
}

function carryOut({ options, ...other }: Order): Promise<number> {
  if (other.backfill) return backfill({ ...options, ...other.backfill }, context);
  if (other.rollback) return rollback({ ...options, ...other.rollback, yes: true }, context);
  return run(options, context);
}

const signal = abortOnSignals(process);
const logged: string[] = [];
const context = realContext({
  folder: order.folder,
  tmpdir: order.tmpdir,
  env: order.env ?? {},
  signal,
  effect: order.hold ? holdingEffect(order.hold) : bothEffects(deadlyEffect(order.stop), deadlyEffect(order.kill)),
  write: (line) => logged.push(line),
});
try {
  process.exitCode = await carryOut(order);
} catch (error) {
  const write = (text: string) => void logged.push(text);
  process.exitCode = reportError(error, { context, format: "text", debug: true, write });
}
process.stdout.write(logged.join(""));
