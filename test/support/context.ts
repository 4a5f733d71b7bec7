/** A context that stands nowhere, for what touches no files. */
import { tmpdir } from "node:os";
import type { Context } from "../../src/util/context.ts";
import { createLogger } from "../../src/util/log.ts";

export interface PlainContext {
  env?: Record<string, string>;
  /** The time that it is, always. */
  now?: string;
}

export function plainContext({ env = {}, now = "2026-11-05T10:00:00Z" }: PlainContext = {}): Context {
  const clock = () => new Date(now);
  return {
    cwd: "/p",
    env,
    now: clock,
    log: createLogger({ write: () => undefined, format: "text", verbose: false, colour: false, now: clock }),
    print: () => undefined,
    signal: new AbortController().signal,
    effect: (_name, act) => act(),
    host: { name: "test", pid: 1 },
    peakMemory: () => 0,
    cpuSeconds: () => 0,
    killGroup: (leader) => void process.kill(-leader, "SIGKILL"),
    isTerminal: false,
    tmpdir: tmpdir(),
  };
}
