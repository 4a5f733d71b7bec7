/** How an error ends a command: every problem with its place and cure, and the exit code. Stacks only with --debug. */
import type { Context } from "../util/context.ts";
import { EtlError, faultHint, formatProblem, messageOf, stackOf } from "../util/error.ts";

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
    write(log.scrub(`error: ${messageOf(error)}\n    ${faultHint}\n`));
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
