/** The context of a run that is real but for what a test wants to see or to break. */
import { hostname } from "node:os";
import type { Context, Effect } from "../../src/util/context.ts";
import { createLogger } from "../../src/util/log.ts";

export interface ContextOptions {
  folder: string;
  tmpdir: string;
  env?: Record<string, string>;
  signal?: AbortSignal;
  effect?: Effect;
  write?: (line: string) => void;
  /** Another machine's name: what runs there is not known here. */
  host?: string | undefined;
}

const now = () => new Date();

export function realContext(options: ContextOptions): Context {
  const { folder, tmpdir, env = {}, signal, effect, write = () => undefined, host } = options;
  return {
    cwd: folder,
    env,
    now,
    log: createLogger({ write, format: "text", verbose: false, colour: false, now }),
    print: (text) => write(`${text}\n`),
    signal: signal ?? new AbortController().signal,
    effect: effect ?? ((_name, act) => act()),
    host: { name: host ?? hostname(), pid: process.pid },
    isTerminal: false,
    peakMemory: () => 0,
    cpuSeconds: () => 0,
    killGroup: (leader) => void process.kill(-leader, "SIGKILL"),
    tmpdir,
  };
}
