/** A builder, or another program of the trade, run to its end: its lines go to the log, and its last ones into its error. */
import { createInterface } from "node:readline";
import { startChild } from "../../util/child.ts";
import type { Context } from "../../util/context.ts";
import { EtlError, messageOf } from "../../util/error.ts";

export interface RunProgram {
  argv: readonly string[];
  cwd: string;
  /** Besides the environment that the command has itself: builders look up their servers, contexts and helpers in it. */
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

/**
 * @returns what it wrote to standard output
 * @throws {EtlError} `failed`, with the end of what it said
 */
export async function runProgram(options: RunProgram, context: Context): Promise<string> {
  const { argv, cwd, env, input, isQuery, what, hint } = options;
  const child = startChild(
    { argv, cwd, env: { ...definedIn(context.env), ...env }, ...(input !== undefined && { input }) },
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
  const program = argv[0]!;
  const { exitCode, signal } = await child.ended.catch((cause: unknown) => {
    throw new EtlError({
      code: "failed",
      part: program,
      message: `${what}: it cannot be started: ${messageOf(cause)}`,
      cause,
    });
  });
  context.signal.throwIfAborted();
  if (exitCode === 0) return stdout.join("\n");
  const end = said.join("\n");
  throw new EtlError({
    code: "failed",
    part: program,
    message: `${what} failed (${exitCode === null ? `ended by ${signal}` : `exit code ${exitCode}`}):\n${context.log.scrub(end)}`,
    hint: hint?.(end),
  });
}

function definedIn(env: Context["env"]): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined)) as Record<string, string>;
}
