/** kubectl, as a child: its answers, its lines, and what its refusals mean. */
import { createInterface } from "node:readline";
import { text as readAll } from "node:stream/consumers";
import { childEnvironment, startChild } from "../util/child.ts";
import type { Context } from "../util/context.ts";
import { EtlError, messageOf } from "../util/error.ts";

export interface Kubectl {
  namespace: string;
  /** The command as one would type it. */
  inWords(args: readonly string[]): string;
  /** @returns what it wrote. @throws {EtlError} `failed` */
  run(args: readonly string[], input?: string): Promise<string>;
  /** The answer's JSON; undefined where there is no such thing. */
  find(args: readonly string[]): Promise<unknown>;
  /** Its lines as they come, until it ends or the signal is aborted. @throws {EtlError} `failed` */
  lines(args: readonly string[], signal: AbortSignal): AsyncGenerator<string>;
}

export interface KubectlOptions {
  /** The program, with arguments that stand before all others; by default the first `kubectl` of PATH. */
  program?: readonly string[] | undefined;
  /** Which cluster, by the name in kubeconfig; by default the current one. */
  kubeContext?: string | undefined;
  namespace: string;
}

const usualProgram = ["kubectl"];
/** A server that says nothing for so long is away. */
const patience = "30s";

/** A login of the cluster's own may need much of ours, but nothing of the repository. */
function withoutGithubs(env: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(GITHUB|GH)_TOKEN$/.test(name)));
}

export function createKubectl(
  { program = usualProgram, kubeContext, namespace }: KubectlOptions,
  context: Context,
): Kubectl {
  const where = [...(kubeContext === undefined ? [] : [`--context=${kubeContext}`]), `--namespace=${namespace}`];
  const argvOf = (args: readonly string[]) => [...program, ...where, ...args];
  const start = (args: readonly string[], input?: string) =>
    startChild(
      {
        argv: argvOf(args),
        cwd: context.cwd,
        env: withoutGithubs(childEnvironment(context.env)),
        ...(input !== undefined && { input }),
      },
      context,
    );
  const run: Kubectl["run"] = async (args, input) => {
    const child = start(args, input);
    const [stdout, stderr, { exitCode }] = await Promise.all([
      readAll(child.process.stdout!),
      readAll(child.process.stderr!),
      child.ended.catch(notStarted),
    ]);
    context.signal.throwIfAborted();
    if (exitCode !== 0) throw refusal({ args, stderr, namespace, context });
    return stdout;
  };
  return {
    namespace,
    inWords: (args) => argvOf(args).map(quoted).join(" "),
    run,
    async find(args) {
      const text = await run([...args, "--ignore-not-found", "-o", "json", `--request-timeout=${patience}`]);
      return text.trim() === "" ? undefined : JSON.parse(text);
    },
    async *lines(args, signal) {
      const child = start(args);
      const stop = () => child.kill();
      signal.addEventListener("abort", stop, { once: true });
      const stderr = readAll(child.process.stderr!);
      // Until lines are asked for, nobody waits for it.
      const ended = child.ended.catch(notStarted);
      ended.catch(() => undefined);
      try {
        if (signal.aborted) return;
        yield* createInterface({ input: child.process.stdout!, crlfDelay: Number.POSITIVE_INFINITY });
        const { exitCode } = await ended;
        if (exitCode !== 0 && !signal.aborted) throw refusal({ args, stderr: await stderr, namespace, context });
      } finally {
        signal.removeEventListener("abort", stop);
        if (child.process.exitCode === null) child.kill();
      }
    },
  };
}

/** As a shell would take it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function notStarted(cause: unknown): never {
  throw new EtlError({
    code: "failed",
    part: "kubectl",
    message: `it cannot be started: ${messageOf(cause)}`,
    hint: "Install it: https://kubernetes.io/docs/tasks/tools/. With a token of Nais Console, `--with nais` needs no kubectl.",
    cause,
  });
}

interface Refusal {
  args: readonly string[];
  stderr: string;
  namespace: string;
  context: Context;
}

function refusal({ args, stderr, namespace, context }: Refusal): EtlError {
  const said = context.log.scrub(withoutLog(stderr)) || "it says nothing";
  return new EtlError({
    code: "failed",
    part: "kubectl",
    message: `kubectl ${args[0]}: ${said}`,
    hint: hints.find(({ when }) => when.test(stderr))?.say(namespace),
  });
}

/** Its client's own log, which tells the same several times over: `E1122 00:14:21.123456  71 memcache.go:265] …`. */
function withoutLog(stderr: string): string {
  const lines = stderr.trim().split("\n");
  const own = lines.filter((line) => !/^[EWI]\d{4} \S+ +\d+ \S+\.go:\d+\] /.test(line));
  return (own.length > 0 ? own : lines).join("\n");
}

/** Sources: messages of kubectl and of the API server, as they come from Kubernetes 1.34. */
const hints: { when: RegExp; say: (namespace: string) => string }[] = [
  {
    when: /\(?Forbidden\)?: |is forbidden: User/,
    say: (namespace) =>
      `The account that kubectl uses here may not do that in namespace ${namespace}. On nais: be a member of the team \`${namespace}\` in Nais Console, and log in again (\`nais login\`, \`nais kubeconfig\`). Elsewhere: a Role with what the message names.`,
  },
  {
    when: /Unauthorized|must be logged in|credentials|gke-gcloud-auth-plugin|executable .* not found/,
    say: () => "Log in again: on nais with `nais login`, then `nais kubeconfig`.",
  },
  {
    when: /context .* does not exist|no context exists/,
    say: () => "Name one of `kubectl config get-contexts -o name` with --context.",
  },
  {
    when: /localhost:8080|no configuration has been provided/,
    say: () => "There is no kubeconfig: on nais, `nais kubeconfig` writes it; elsewhere, set KUBECONFIG.",
  },
  {
    when: /Unable to connect|connection refused|timeout|timed out|no such host/,
    say: () => "Is the cluster reached from here? On nais, naisdevice must be connected.",
  },
];

const passing =
  /Unable to connect|connection refused|connection reset|i\/o timeout|deadline exceeded|Client\.Timeout|timed out|TLS handshake|ServiceUnavailable|InternalError|TooManyRequests|etcdserver|unexpected EOF|: EOF|http2: client connection lost/;

/** Whether the server is only away for a while. */
export function mayPass(error: unknown): boolean {
  return error instanceof EtlError && error.code === "failed" && passing.test(error.message);
}
