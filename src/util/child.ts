/**
 * Other programs as children: with the least environment that works, so that no secret of ours reaches them, and in a
 * process group of their own, so that whatever they have started ends with them.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { Context } from "./context.ts";

/** What programs need to find others, their packages, a language and a temporary folder. */
const kept = [
  "PATH",
  "HOME",
  "USER",
  "LOGNAME",
  "LANG",
  "LC_ALL",
  "LC_CTYPE",
  "TMPDIR",
  "VIRTUAL_ENV",
  "LD_LIBRARY_PATH",
];

/** Not for children: the inputs, the files and tokens through which a step speaks to the runner, and with which it pushes and deploys. */
const runnersOwn =
  /^(INPUT_.*|ACTIONS_.*|GITHUB_(OUTPUT|ENV|PATH|STATE|STEP_SUMMARY)|NAIS_(DEPLOY_APIKEY|API_TOKEN)|NAIS_ETL_REGISTRY_PASSWORD|COSIGN_.*)$/i;

/**
 * What another program may have of ours, for one that looks its servers, contexts and helpers up there. A pipeline's
 * tests and a Dockerfile are code of whoever wrote them: they have no use for a token that can log in to the cloud.
 */
export function childEnvironment(env: Environment): Record<string, string> {
  const kept = Object.entries(env).filter(([name, value]) => value !== undefined && !runnersOwn.test(name));
  return Object.fromEntries(kept) as Record<string, string>;
}

type Environment = Readonly<Record<string, string | undefined>>;

export interface StartChild {
  /** The program and its arguments; no shell looks at them. */
  argv: readonly string[];
  cwd: string;
  /** Besides what every program gets. */
  env: Record<string, string>;
  /** What it reads on standard input; nothing where it is not given. */
  input?: string;
  /** Further pipes, from file descriptor 3 on. */
  pipes?: number;
}

/** What a child is given of ours. */
export type ChildContext = Pick<Context, "env" | "signal" | "killGroup">;

export interface Child {
  process: ChildProcess;
  /** How it ended, once its output has ended too. Rejects where it could not be started. */
  ended: Promise<Ended>;
  /** Ends it and all that it has started, at once. */
  kill: () => void;
}

export interface Ended {
  /** Null where a signal ended it. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
}

export function startChild({ argv, cwd, env, input, pipes = 0 }: StartChild, context: ChildContext): Child {
  const [command = "", ...args] = argv;
  const child = spawn(command, args, {
    cwd,
    env: { ...leastEnvironment(context.env), ...env },
    stdio: [
      input === undefined ? "ignore" : "pipe",
      "pipe",
      "pipe",
      ...Array.from({ length: pipes }, () => "pipe" as const),
    ],
    detached: true,
  });
  // One that ends without reading it all says why it ended.
  child.stdin?.on("error", () => undefined).end(input);
  const kill = () => endGroup(child, context);
  context.signal.addEventListener("abort", kill, { once: true });
  // What it has started and left behind would keep its output open.
  child.once("exit", kill);
  const ended = endOf(child).finally(() => context.signal.removeEventListener("abort", kill));
  if (context.signal.aborted) kill();
  return { process: child, ended, kill };
}

export function leastEnvironment(env: Environment): Record<string, string> {
  const found = kept.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const]));
  return Object.fromEntries(found);
}

async function endOf(child: ChildProcess): Promise<Ended> {
  const [exitCode, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  return { exitCode, signal };
}

function endGroup({ pid }: ChildProcess, { killGroup }: ChildContext): void {
  if (pid === undefined) return;
  try {
    killGroup(pid);
  } catch {
    // It has ended already.
  }
}
