/** Everything a command gets from outside. Made once in an entry (`cli/`, `action/`); nothing below reads `process`. */
import type { Logger } from "./log.ts";

export interface Context {
  /** The folder the command was started in; relative paths given by the user start here. */
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  now: () => Date;
  log: Logger;
  /** Writes a command's result (not its log) to standard output. */
  print: (text: string) => void;
  /** Aborted on SIGINT and SIGTERM. Its reason is an {@link import("./error.ts").EtlError}. */
  signal: AbortSignal;
  effect: Effect;
  /** How the operating system knows this process: the host's name and the process id. */
  host: { name: string; pid: number; /** Version of Node, where the entry says it. */ node?: string };
  /** Whether a person is watching: colours, and samples of failed rows on target `local`. */
  isTerminal: boolean;
  /** Asks the person who is watching; undefined where nobody can answer. */
  confirm?: (question: string) => Promise<boolean>;
  /** Greatest resident size of the process so far, in bytes. */
  peakMemory: () => number;
  /** Processor time of the process so far, of all cores together. */
  cpuSeconds: () => number;
  /** Ends a process and all that it has started: those of its group, of which it is the first. At once, and for good. */
  killGroup: (leader: number) => void;
  /** The temporary directory; on nais the only writable place. */
  tmpdir: string;
}

/**
 * Runs one named side effect. Everything that a run changes outside its own memory goes through this,
 * so that the tests can list the effects, and kill the process before, during and after each.
 */
export type Effect = <T>(name: string, act: () => Promise<T>) => Promise<T>;

export const runEffect: Effect = (_name, act) => act();
