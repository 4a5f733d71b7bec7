/** A builder, or another program of the trade, run to its end: its lines go to the log, and its last ones into its error. */
import { createInterface } from "node:readline";
import { startChild } from "../../util/child.ts";
import type { Context } from "../../util/context.ts";
import { EtlError, messageOf } from "../../util/error.ts";
import { programEnvironment } from "./program-environment.ts";

export interface RunProgram {
  argv: readonly string[];
  cwd: string;
  /** Besides what all of them get of the command's environment: what this one needs. */
  env?: Readonly<Record<string, string>>;
  /** Standard input: a password. */
  input?: string;
  /** Its lines are an answer, and nothing for the log. */
  isQuery?: boolean;
  /** What it is doing, for the error: `building the image`. */
  what: string;
  hint?: (output: string) => string | undefined;
}

/** Lines of the end of what it said that its error shows. */
const lastLines = 20;

export interface ProgramEnd {
  /** Null where a signal ended it. */
  exitCode: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  /** The last lines of both outputs. */
  said: string;
}

/**
 * @returns what it wrote to standard output
 * @throws {EtlError} `failed`, with the end of what it said
 */
export async function runProgram(options: RunProgram, context: Context): Promise<string> {
  const { exitCode, signal, stdout, said } = await runToEnd(options, context);
  if (exitCode === 0) return stdout;
  throw new EtlError({
    code: "failed",
    part: options.argv[0]!,
    message: `${options.what} failed (${exitCode === null ? `ended by ${signal}` : `exit code ${exitCode}`}):\n${context.log.scrub(said)}`,
    hint: options.hint?.(said),
  });
}

/** However it ends. @throws {EtlError} `failed` where it cannot be started */
export async function runToEnd(options: RunProgram, context: Context): Promise<ProgramEnd> {
  const { argv, cwd, env, input, isQuery, what } = options;
  const child = startChild(
    { argv, cwd, env: { ...programEnvironment(context.env), ...env }, ...(input !== undefined && { input }) },
    context,
  );
  const stdout: string[] = [];
  const said: string[] = [];
  const note = (line: string) => {
    said.push(line);
    if (said.length > lastLines) said.shift();
    if (!isQuery) context.log.debug(line);
  };
  createInterface({ input: child.process.stdout! }).on("line", (line) => (stdout.push(line), note(line)));
  createInterface({ input: child.process.stderr! }).on("line", note);
  const { exitCode, signal } = await child.ended.catch((cause: unknown) => {
    throw new EtlError({
      code: "failed",
      part: argv[0]!,
      message: `${what}: it cannot be started: ${messageOf(cause)}`,
      cause,
    });
  });
  context.signal.throwIfAborted();
  return { exitCode, signal, stdout: stdout.join("\n"), said: said.join("\n") };
}
