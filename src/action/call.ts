/** Asks the command line for something, and takes its answer apart: the result, and the problems on the way to it. */
import * as core from "@actions/core";
import { childEnvironment } from "../util/child.ts";
import { count, EtlError, formatProblem, formatWhere, type Problem } from "../util/error.ts";
import { runChild } from "./child.ts";
import type { Cli } from "./cli.ts";
import { inRepository, type Places } from "./places.ts";
import type { Runner } from "./runner.ts";

export interface Answer {
  /** Undefined where a signal ended it. */
  exitCode: number | undefined;
  /** What `--json` printed; undefined where it came to nothing. */
  result: unknown;
  /** With files as the repository names them. */
  problems: Problem[];
  /** What it said that was neither: npm, Node, a stack. */
  noise: string[];
}

/** Calls `nais-etl COMMAND … --json` in the pipeline's folder. */
export type Call = (command: string, args: string[]) => Promise<Answer>;

export function createCall({ cli, places, runner }: { cli: Cli; places: Places; runner: Runner }): Call {
  const env = { ...childEnvironment(runner.env), NAIS_ETL_LOG: "json" };
  return async (command, args) => {
    const given = [command, ...args, "--json", ...(core.isDebug() ? ["--debug"] : [])];
    const problems: Problem[] = [];
    const noise: string[] = [];
    const onErrorLine = (line: string) => {
      const entry = readLogLine(line);
      if (entry?.problem) problems.push(inRepository(entry.problem, places));
      if (!entry && line.trim() !== "") noise.push(line);
      core.info(entry?.text ?? line);
    };
    core.info(`nais-etl ${given.join(" ")}`);
    const child = { program: runner.node, args: [cli.file, ...given], cwd: places.folder, env, onErrorLine };
    const { exitCode, stdout } = await runChild(child, runner);
    return { exitCode, result: parseResult(stdout), problems, noise };
  };
}

interface LogEntry {
  text: string;
  problem?: Problem;
}

/** A line of the log in its form for machines (src/util/log.ts). */
function readLogLine(line: string): LogEntry | undefined {
  const entry = parseJson(line) as (Partial<Problem> & { level?: string }) | undefined;
  if (typeof entry?.level !== "string" || typeof entry.message !== "string") return undefined;
  const { level, message, hint, where, rule } = entry;
  if (level !== "warn" && level !== "error") return { text: message };
  const severity = level === "warn" ? "warning" : "error";
  const problem: Problem = { severity, message, ...(hint && { hint }), ...(where && { where }), ...(rule && { rule }) };
  return { text: formatProblem(problem), problem };
}

function parseResult(stdout: string): unknown {
  return stdout.trim() === "" ? undefined : parseJson(stdout);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The result, if it is one: an object with that list. What a command that failed left out is no error of its own.
 * @throws {EtlError} `failed` where a command that succeeded says something else.
 */
export function readResult<T>({ exitCode, result }: Answer, { command, list }: { command: string; list: keyof T }) {
  if (Array.isArray((result as T | undefined)?.[list])) return result as T;
  if (exitCode !== 0) return undefined;
  throw new EtlError({
    code: "failed",
    message: `nais-etl ${command} --json answered something that this Action cannot read`,
    hint: "The Action and nais-etl must fit each other: use the same release of both.",
  });
}

/** Why a command failed, in a sentence. */
export function reasonOf({ exitCode, noise }: Answer, problems: Problem[]): string {
  const errors = problems.filter(({ severity }) => severity === "error");
  const [first] = errors;
  if (first) {
    const more = errors.length > 1 ? ` (and ${count(errors.length - 1, "more problem")})` : "";
    return `${first.where ? `${formatWhere(first.where)} ` : ""}${first.message}${more}`;
  }
  if (exitCode === undefined) return "it was killed, perhaps for want of memory";
  return noise[0] ?? `it ended with exit code ${exitCode}`;
}
