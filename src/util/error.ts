/**
 * The one error class of the program, and the problems it carries.
 *
 * A problem says what is wrong (`message`), where (`where`), and why and what to do (`hint`).
 * One error may carry many: a file with five mistakes is reported once, with all five.
 */

/** What kind of failure this is; each has one exit code (see {@link exitCodes}). */
export type ErrorCode = "usage" | "invalid" | "failed" | "check" | "deploy" | "locked" | "interrupted" | "terminated";

/** Exit codes as documented for users; 0 is done. SIGINT interrupts, SIGTERM terminates. */
export const exitCodes: Record<ErrorCode, number> = {
  failed: 1,
  usage: 2,
  invalid: 2,
  check: 3,
  deploy: 4,
  locked: 5,
  interrupted: 130,
  terminated: 143,
};

/** A place in a file. `line` and `column` count from 1; `column` counts UTF-16 units. */
export interface Where {
  file: string;
  line?: number;
  column?: number;
}

/** One thing that is wrong, as it is shown to a person and to a program. */
export interface Problem {
  severity: "error" | "warning";
  /** What is wrong, naming the offending key or value. */
  message: string;
  /** Likely cause, and what to do. */
  hint?: string;
  where?: Where;
  /** A stable name for this kind of problem, such as `unknown-key`. */
  rule?: string;
}

export interface EtlErrorOptions {
  code: ErrorCode;
  message: string;
  hint?: string | undefined;
  where?: Where | undefined;
  /** The part that failed, put in front of the message: `[bigquery] …`. */
  part?: string | undefined;
  cause?: unknown;
  /** When given, these are the problems, and `message` is their summary. */
  problems?: Problem[];
}

export class EtlError extends Error {
  override name = "EtlError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly where: Where | undefined;
  readonly problems: Problem[];

  constructor({ code, message, hint, where, part, cause, problems }: EtlErrorOptions) {
    const text = part === undefined ? message : `[${part}] ${message}`;
    super(text, cause === undefined ? undefined : { cause });
    this.code = code;
    this.hint = hint;
    this.where = where;
    this.problems = problems ?? [{ severity: "error", message: text, ...(hint && { hint }), ...(where && { where }) }];
  }

  get exitCode(): number {
    return exitCodes[this.code];
  }
}

/** Throws one `invalid` error that carries every problem of severity error, or returns if there is none. */
export function throwProblems(problems: Problem[], summary = "is not valid"): void {
  const errors = problems.filter((problem) => problem.severity === "error");
  if (errors.length === 0) return;
  const [first] = errors;
  const what = first?.where ? `${first.where.file} ${summary}` : summary;
  throw new EtlError({ code: "invalid", message: `${what}: ${count(errors.length, "problem")}`, problems });
}

/** One error for several: with the problems of all. Where one is no EtlError, it is the first that counts. */
function joinErrors(errors: unknown[]): unknown {
  const [first] = errors;
  if (errors.length === 1 || !errors.every((error) => error instanceof EtlError)) return first;
  return new EtlError({
    code: errors[0]!.code,
    message: errors.map((error) => error.message).join("; "),
    problems: errors.flatMap((error) => error.problems),
    cause: first,
  });
}

/**
 * As `Promise.all`, but all are waited for, and every error is told.
 * @param undo for what succeeded, where another failed
 */
export async function allOrErrors<T>(acts: Promise<T>[], undo: (done: T) => void = () => undefined): Promise<T[]> {
  const settled = await Promise.allSettled(acts);
  const errors = settled.flatMap((one) => (one.status === "rejected" ? [one.reason as unknown] : []));
  const done = settled.flatMap((one) => (one.status === "fulfilled" ? [one.value] : []));
  if (errors.length === 0) return done;
  done.forEach((one) => undo(one));
  throw joinErrors(errors);
}

/** `file:line:column`, with as much as is known. */
export function formatWhere({ file, line, column }: Where): string {
  return [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(":");
}

/** A problem as it stands on a terminal: place and message on the first line, the hint below. */
export function formatProblem({ severity, message, hint, where, rule }: Problem): string {
  const place = where ? `${formatWhere(where)} ` : "";
  const name = rule ? ` (${rule})` : "";
  const lines = [`${place}${severity}: ${message}${name}`];
  if (hint) lines.push(...hint.split("\n").map((line) => `    ${line}`));
  return lines.join("\n");
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What to do about an error that nobody foresaw. */
export const faultHint = "This is a fault in nais-etl. Run it again with --debug, and report what it prints.";

/** What an engine or a server says may hold values of the data: of their errors only the places are shown. */
export function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const isOurs = error instanceof EtlError || isSystemError(error);
  const places = error.stack?.slice(error.stack.search(/\n\s+at /)) ?? "";
  return isOurs ? `${error.stack}` : `${error.name}${places}`;
}

/** `ENOENT: no such file …` */
function isSystemError({ code, syscall }: NodeJS.ErrnoException): boolean {
  return typeof code === "string" && typeof syscall === "string";
}

/** `1 problem`, `1,708 rows`. */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${formatNumber(n)} ${n === 1 ? noun : plural}`;
}

/** `1,708`. Not by toLocaleString, whose first call costs a command 10 ms. */
export function formatNumber(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ",");
}
