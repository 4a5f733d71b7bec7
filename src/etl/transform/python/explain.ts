/** From what Python says of an error to one sentence with the place in the team's file, and what to do about it. */
import { relative } from "node:path";
import type { LoadedPipeline } from "../../../spec/load.ts";
import type { Context } from "../../../util/context.ts";
import { EtlError, type Where } from "../../../util/error.ts";
import { isPod } from "../../../util/pod.ts";
import { shownValues } from "../../privacy.ts";
import type { ModelFile } from "../model-file.ts";
import { hideValues } from "../program/hide-values.ts";
import { hintOf } from "./hints.ts";
import { packageCure, packageOf } from "./missing-package.ts";
import type { FrameLibrary } from "./model-function.ts";
import { WorkerDeath, WorkerFailure } from "./worker.ts";

export interface PythonFailure {
  kind: "exception";
  /** The exception's class. */
  type: string;
  message: string;
  /** The key or name that was not found, where Python knows it. */
  name: string | null;
  /** Whether it is the environment that has no such variable. */
  environment: boolean;
  place: PythonPlace | null;
  /** Columns of the frames that the function had at hand. */
  columns: string[];
  /** Names of their indexes. */
  levels: string[];
  trace: PythonPlace[];
  traceback: string;
}

interface PythonPlace {
  file: string;
  line: number;
  column?: number;
  function?: string;
  code?: string;
}

export interface Explain {
  model: string;
  file: ModelFile;
  /** The function's name, and where it is defined. */
  function: string;
  definedAt: Where;
  frame: FrameLibrary;
  pipeline: LoadedPipeline;
  /** The interpreter. */
  python: string;
  env: Context["env"];
}

/** @returns the error to show; any other is handed back as it is */
export function explainPython(error: unknown, asked: Explain): unknown {
  if (error instanceof WorkerDeath) return explainDeath(error, asked);
  if (!(error instanceof WorkerFailure)) return error;
  const { details } = error;
  if (details["kind"] === "exception") return explainException(details as unknown as PythonFailure, asked);
  if (details["kind"] === "import")
    return explainImport(details as unknown as { module: string; message: string }, asked);
  const { rule, message, hint, column } = details as { rule: string; message: string; hint?: string; column?: string };
  return failed(asked, { rule, message, hint: hint ?? undefined, where: placeOfResult(column, asked) });
}

interface Said {
  /** `invalid` where it is so for the next try, too. */
  code?: "failed" | "invalid";
  rule: string;
  message: string;
  hint?: string | undefined;
  where?: Where;
  cause?: Error | undefined;
}

function failed({ model, file }: Explain, { code = "failed", rule, message, hint, where, cause }: Said): EtlError {
  const text = `[model ${model}] ${message}`;
  const place = where ?? { file: file.shown };
  return new EtlError({
    code,
    message: text,
    hint,
    where: place,
    cause,
    problems: [{ severity: "error", rule, message: text, ...(hint && { hint }), where: place }],
  });
}

/** A declared column's own line, else the function's. */
function placeOfResult(column: string | undefined, { pipeline, model, definedAt }: Explain): Where {
  const declared = pipeline.spec.models?.[model]?.columns;
  if (column === undefined || !declared || !Object.hasOwn(declared, column)) return definedAt;
  return pipeline.where(["models", model, "columns"], column);
}

function explainException(failure: PythonFailure, asked: Explain): EtlError {
  const { file, pipeline, definedAt } = asked;
  const { showValues, except } = shownValues(pipeline);
  const mayShow = showValues && except.size === 0;
  const texts = [file.text, ...failure.columns, ...failure.levels];
  const scrub = (text: string) => (mayShow ? text : hideValues(text, { texts }));
  const where = failure.place ? whereOf(failure.place, pipeline) : definedAt;
  const cause = causeOf(failure, mayShow);
  if (imports.has(failure.type)) return explainMissing(failure, { where, cause, scrub }, asked);
  const { message, hint } = hintOf(failure, { ...asked, isOurs: (name) => texts.some((text) => text.includes(name)) });
  return failed(asked, {
    rule: "python",
    message: message ?? plainMessage(failure, scrub),
    hint,
    where,
    cause,
  });
}

/** What is not there, or not in this version, is not there the next time either. */
const imports = new Set(["ImportError", "ModuleNotFoundError"]);

interface Import {
  where: Where;
  cause: EtlError;
  scrub: (text: string) => string;
}

function explainMissing(failure: PythonFailure, { scrub, ...at }: Import, asked: Explain): EtlError {
  const name = packageOfError(failure, asked);
  const said = { code: "invalid" as const, rule: "python-packages", ...at };
  if (name === undefined) return failed(asked, { ...said, message: plainMessage(failure, scrub) });
  const hint = packageCure({ ...missingOf(asked), packages: [name] });
  return failed(asked, { ...said, message: `\`${name}\` is not installed for ${asked.python}`, hint });
}

/** One line, and not all of a message that prints a frame. */
const longestMessage = 300;

function plainMessage({ type, message }: PythonFailure, scrub: (text: string) => string): string {
  const [line = ""] = message.trim().split("\n");
  const cut = line.length > longestMessage ? `${line.slice(0, longestMessage)}…` : line;
  // A class may be made while the model runs, and named by anything.
  const name = /^[A-Z]\w*(Error|Exception|Exit|Interrupt|Iteration|Warning)$/.test(type) ? type : scrub(type);
  return cut === "" ? name : `${name}: ${scrub(cut)}`;
}

function whereOf({ file, line, column }: PythonPlace, { folder, show }: LoadedPipeline): Where {
  return { file: show(relative(folder, file)), line, ...(column !== undefined && { column }) };
}

/** What --debug shows: Python's own words, or, where they may hold values, only its places. */
function causeOf({ trace, traceback }: PythonFailure, mayShow: boolean): EtlError {
  const places = trace.map(({ file, line, function: name }) => `    at ${name} (${file}:${line})`).join("\n");
  const cause = new EtlError({ code: "failed", message: "a Python error" });
  cause.stack = mayShow ? traceback.trimEnd() : `a Python error\n${places}`;
  return cause;
}

function explainImport({ module }: { module: string; message: string }, asked: Explain): EtlError {
  const name = packageOf(module);
  const hint = packageCure({ ...missingOf(asked), packages: [name] });
  const message = `the package \`${name}\` cannot be loaded by ${asked.python}`;
  return failed(asked, {
    code: "invalid",
    rule: "python-packages",
    message,
    hint: isPod(asked.env) ? hint : hint.replace("pip install ", "pip install --upgrade "),
  });
}

/** What is imported only while the model runs. @returns the package, where no value of the data named it */
function packageOfError({ type, message, name, place }: PythonFailure, { file }: Explain): string | undefined {
  const optional = /^Missing optional dependency '([\w.-]+)'/.exec(message)?.[1];
  if (optional !== undefined) return optional;
  if (type !== "ModuleNotFoundError" || name === null) return undefined;
  const [module = name] = name.split(".");
  return [file.text, place?.code ?? ""].some((text) => text.includes(module)) ? packageOf(module) : undefined;
}

function missingOf({ pipeline, model, python, env }: Explain) {
  const { requirements } = pipeline.spec.models?.[model]?.python ?? {};
  return { areListed: false, model, requirements, python, env };
}

const crashes = new Set(["SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGABRT"]);

function explainDeath({ how, said }: WorkerDeath, asked: Explain): EtlError {
  const { signal, exitCode } = how;
  const where = crashPlace(said, asked);
  if (signal === "SIGKILL") {
    return failed(asked, {
      rule: "python-died",
      message: "Python was killed while it ran: the memory was used up, most likely",
      hint: "Give the job more memory (nais: { resources: { limits: { memory: 2Gi } } }), or reduce before: aggregate in an SQL model, or in `query:`.",
      where,
    });
  }
  if (signal !== null) {
    return failed(asked, {
      rule: "python-died",
      message: crashes.has(signal)
        ? `Python crashed in native code of a package (${signal})`
        : `Python was ended by ${signal}`,
      hint: crashes.has(signal) ? "Another version of that package may help. --debug tells more." : undefined,
      where,
      cause: crashCause(said),
    });
  }
  return failed(asked, {
    rule: "python-died",
    message: `Python ended while it ran${exitCode === null ? "" : `, with exit code ${exitCode}`}`,
    hint: "A model must not end the process (os._exit): return a frame, or raise an error.",
    where,
  });
}

/** What --debug shows: in these words stand places only. */
function crashCause(said: string): EtlError {
  const cause = new EtlError({ code: "failed", message: "Python crashed" });
  cause.stack = said.slice(Math.max(0, said.indexOf("Fatal Python error: "))).trimEnd();
  return cause;
}

/** Python says where it was when it crashed: `File "…", line 3 in count_apps`. */
function crashPlace(said: string, { file, pipeline, definedAt }: Explain): Where {
  for (const [, path = "", line] of said.matchAll(/^ *File "([^"]+)", line (\d+) in /gm))
    if (path === file.path) return whereOf({ file: path, line: Number(line) }, pipeline);
  return definedAt;
}
