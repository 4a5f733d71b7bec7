/** From what a model threw to an error with its file and line, and how to mend it. */
import { basename, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { LoadedPipeline } from "../../../spec/load.ts";
import { EtlError, messageOf, type ErrorCode, type Where } from "../../../util/error.ts";
import type { ShownValues } from "../../privacy.ts";
import type { ModelFile } from "../model-file.ts";
import { positionAt } from "../sql-text.ts";
import { hideValues } from "../program/hide-values.ts";
import { ThreadEnded } from "./pool.ts";
import type { Refused, Thrown } from "./protocol.ts";

export interface ExplainThrown {
  thrown: Thrown;
  file: ModelFile;
  pipeline: LoadedPipeline;
  shown: ShownValues;
  code: ErrorCode;
  /** Of the model's function. */
  where?: Where | undefined;
}

export function explainThrown(options: ExplainThrown): EtlError {
  const { thrown, file, code } = options;
  const part = `model ${file.name}`;
  if (thrown.refused) return new EtlError({ code, part, ...refusedParts(thrown.refused, options) });
  const loading = loadingError(thrown, options);
  if (loading) return new EtlError({ code: "invalid", part, cause: causeOf(thrown), ...loading });
  const message = thrownMessage(thrown, options);
  const where = placeIn(thrown.stack, options) ?? options.where ?? { file: file.shown };
  return new EtlError({ code, part, message, hint: thrownHint(thrown), where, cause: causeOf(thrown) });
}

interface Parts {
  message: string;
  hint: string | undefined;
  where: Where;
}

function refusedParts(refused: Refused, { shown, file, where }: ExplainThrown): Parts {
  const { hint, column, row, named } = refused;
  const isOwn = named === undefined || file.text.includes(named) || mayShowAll(shown);
  const message = isOwn ? refused.message : refused.message.replace(named, "…");
  const isShown =
    shown.showValues &&
    refused.shown !== undefined &&
    (column === undefined ? mayShowAll(shown) : !shown.except.has(column));
  const value = isShown ? `: ${refused.shown}` : "";
  const at = row === undefined ? "" : ` (row ${row} of the result)`;
  return { message: `${message}${value}${at}`, hint, where: where ?? { file: file.shown } };
}

/** For tests that expect an error with a text of its message. */
function causeOf({ name, message, stack }: Thrown): Error {
  const cause = new Error(message);
  cause.name = name;
  if (stack !== undefined) cause.stack = stack;
  return cause;
}

function thrownMessage({ name, message, stack }: Thrown, { shown, file, pipeline }: ExplainThrown): string {
  if (stack === undefined) return "something was thrown that is no Error";
  const text = mayShowAll(shown) ? message : hideValues(message, { texts: [file.text, ...columnNames(pipeline)] });
  const kind = errorName(name, file);
  return kind === "Error" ? text : `${kind}: ${text}`;
}

function mayShowAll({ showValues, except }: ShownValues): boolean {
  return showValues && except.size === 0;
}

const ownNames = new Set(["TypeError", "RangeError", "SyntaxError", "ReferenceError", "URIError", "AggregateError"]);

/** An error's name can be anything that a model says: one that stands in its text, or JavaScript's own, holds no value. */
export function errorName(name: string, { text }: ModelFile): string {
  return ownNames.has(name) || text.includes(name) ? name : "Error";
}

function columnNames({ spec }: LoadedPipeline): string[] {
  const tables = [...Object.values(spec.sources ?? {}), ...Object.values(spec.models ?? {})];
  return tables.flatMap(({ columns = {} }) => Object.keys(columns));
}

function thrownHint({ message, name }: Thrown): string | undefined {
  if (message.startsWith("Cannot read properties of null"))
    return 'The value is NULL in the data: write value?.name, value ?? "", or leave such rows out.';
  if (message.startsWith("Cannot mix BigInt"))
    return "An INT64 beyond 2^53 comes as a bigint, so that no digit is lost: BigInt(value) makes one of any integer.";
  if (/object is not extensible|read only property|Cannot add property|Cannot delete property/.test(message))
    return "Columns of an input cannot be changed: copy first, with values.slice() or values.toSorted().";
  if (name === "RangeError" && /call stack/.test(message)) return "A function calls itself without end.";
  return undefined;
}

/** The first place in the team's own code. */
function placeIn(stack: string | undefined, { pipeline }: ExplainThrown): Where | undefined {
  for (const [, url = "", line, column] of (stack ?? "").matchAll(
    /(file:\/\/[^\s)]+?)(?:\?[^\s:)]*)?:(\d+):(\d+)\)?$/gm,
  )) {
    const path = fileURLToPath(url);
    const below = relative(pipeline.folder, path);
    if (below.startsWith("..") || below.split(sep).includes("node_modules")) continue;
    return { file: pipeline.show(below), line: Number(line), column: Number(column) };
  }
  return undefined;
}

function loadingError(thrown: Thrown, { file, pipeline }: ExplainThrown): Parts | undefined {
  const { code, message, name } = thrown;
  const where = caretIn(thrown.stack, pipeline) ?? { file: file.shown };
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX") {
    const what = /TypeScript (.+?) is not supported/.exec(message)?.[1] ?? "this";
    return {
      message: `${what}: Node takes types out of TypeScript, and this would have to be compiled`,
      hint: unsupportedHint(what),
      where,
    };
  }
  if (code === "ERR_INVALID_TYPESCRIPT_SYNTAX") return { message: `syntax error: ${message}`, hint: undefined, where };
  if (code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND") return notFound(message, file);
  const missing = /does not provide an export named '(.+)'/.exec(message)?.[1];
  if (missing !== undefined) {
    const isType = /types\.d\.ts/.test(message);
    const hint = isType
      ? "It is a type: write `import type { … }`."
      : `Is \`${missing}\` exported there? A type needs \`import type\`.`;
    return { message: `there is no \`${missing}\` in what is imported`, hint, where };
  }
  // One of a text that the model has parsed itself begins with its message, which quotes the text.
  if (name !== "SyntaxError" || !caretIn(thrown.stack, pipeline)) return undefined;
  const isCommonJs = /Unexpected token 'export'|Cannot use import statement/.test(message);
  return {
    message: `syntax error: ${message}`,
    hint: isCommonJs ? 'package.json says "type": "commonjs": write "module" there.' : undefined,
    where,
  };
}

function unsupportedHint(what: string): string {
  if (/enum/.test(what)) return 'Write a union of texts, type Env = "prod" | "dev", or an object with `as const`.';
  if (/parameter property/.test(what)) return "Declare the field, and set it in the constructor.";
  if (/namespace/.test(what)) return "Put it into a file of its own, and import that.";
  return "Write it in JavaScript's own syntax.";
}

function notFound(message: string, file: ModelFile): Parts {
  const missing = /Cannot find package '([^']+)'/.exec(message)?.[1];
  const module = /Cannot find module '([^']+)'/.exec(message)?.[1] ?? "";
  const written = importOf(missing ?? basename(module), file);
  const where = { file: file.shown, ...written?.place };
  if (missing !== undefined)
    return {
      message: `there is no package \`${missing}\``,
      hint: `Install it where the pipeline lies: npm install ${missing}.`,
      where,
    };
  return {
    message: `there is no file \`${written?.text ?? basename(module)}\``,
    hint: 'An import names the whole file: import { median } from "./lib/statistics.ts".',
    where,
  };
}

/** What an import names, as it is written, and where. */
function importOf(name: string, { text }: ModelFile): { text: string; place: Omit<Where, "file"> } | undefined {
  for (const match of text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*["']([^"'\n]+)["']/g)) {
    const found = match[1]!;
    if (found !== name && !found.startsWith(`${name}/`) && basename(found) !== name) continue;
    return { text: found, place: positionAt(text, match.index + match[0].indexOf(found)) };
  }
  return undefined;
}

/** A syntax error begins with its place: `file:3`, the lines, and a caret below the column. */
function caretIn(stack: string | undefined, pipeline: LoadedPipeline): Where | undefined {
  const match = /^(?:file:\/\/)?(\/[^\n?]+?|[A-Za-z]:[^\n?]+?)(?:\?[^:\n]*)?:(\d+)\n([\s\S]*?)\n\n?(?=\S*Error)/.exec(
    stack ?? "",
  );
  if (!match) return undefined;
  const [, path = "", line, excerpt = ""] = match;
  const caret = excerpt.split("\n").find((one) => /^\s*\^+/.test(one));
  const column = caret === undefined ? undefined : caret.indexOf("^") + 1;
  const file = pipeline.show(relative(pipeline.folder, decodeURI(path)));
  return { file, line: Number(line), ...(column !== undefined && { column }) };
}

/** The thread is gone. */
export function explainEnd(error: unknown, file: ModelFile): EtlError {
  if (error instanceof EtlError) return error;
  const part = `model ${file.name}`;
  const where = { file: file.shown };
  if (error instanceof ThreadEnded) {
    const message = "the model ended its own thread";
    return new EtlError({
      code: "failed",
      part,
      message,
      hint: "Take process.exit() out of it; throw an Error instead.",
      where,
    });
  }
  if ((error as NodeJS.ErrnoException).code === "ERR_WORKER_OUT_OF_MEMORY") {
    const message = "the model ran out of memory";
    const hint =
      "Keep less of what it reads: `row`, and `for (const app of apps)` in `table`, hold a few rows at a time; `columns` holds them all. Or reduce in SQL first.";
    return new EtlError({ code: "failed", part, message, hint, where, cause: error });
  }
  return new EtlError({
    code: "failed",
    part,
    message: `the model's thread ended: ${messageOf(error)}`,
    where,
    cause: error,
  });
}
