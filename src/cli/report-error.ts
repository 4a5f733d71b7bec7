/** How an error ends a command: every problem with its place and cure, and the exit code. Stacks only with --debug. */
import type { Context } from "../util/context.ts";
import { EtlError, formatProblem, messageOf } from "../util/error.ts";

export interface ReportOptions {
  context: Context;
  format: "text" | "json";
  debug: boolean;
  write: (text: string) => void;
}

/** @returns the exit code */
export function reportError(error: unknown, { context, format, debug, write }: ReportOptions): number {
  const { log } = context;
  if (!(error instanceof EtlError)) {
    write(
      log.scrub(
        `error: ${messageOf(error)}\n    This is a fault in nais-etl. Run it again with --debug, and report what it prints.\n`,
      ),
    );
    if (debug && error instanceof Error) write(log.scrub(`${error.stack}\n`));
    return 1;
  }
  if (format === "json") {
    for (const problem of error.problems) log.problem(problem);
  } else {
    write(log.scrub(error.problems.map((problem) => `${formatProblem(problem)}\n`).join("")));
  }
  if (debug) write(log.scrub(`${error.stack}\n${causes(error)}`));
  return error.exitCode;
}

function causes(error: Error): string {
  const { cause } = error;
  return cause instanceof Error ? `caused by ${stackOf(cause)}\n${causes(cause)}` : "";
}

/** What an engine or a server says may hold values of the data: of their errors only the places are shown. */
function stackOf(error: Error): string {
  const isOurs = error instanceof EtlError || isSystemError(error);
  const places = error.stack?.slice(error.stack.search(/\n\s+at /)) ?? "";
  return isOurs ? `${error.stack}` : `${error.name}${places}`;
}

/** `ENOENT: no such file …` */
function isSystemError({ code, syscall }: NodeJS.ErrnoException): boolean {
  return typeof code === "string" && typeof syscall === "string";
}
