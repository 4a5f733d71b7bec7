/**
 * The log: text for people, one JSON object a line for machines. Secrets are masked here, at the door,
 * so that nothing after `mask()` can print one.
 */
import { styleText } from "node:util";
import { formatProblem, type Problem } from "./error.ts";
import { createMask } from "./mask.ts";

export type Level = "debug" | "info" | "warn" | "error";

export interface Logger {
  format: "text" | "json";
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  /** A problem with its place and cure; in JSON its parts as fields. */
  problem(problem: Problem): void;
  /** From now on, this text is shown as `***` wherever it would appear, in whatever way it is written. */
  mask: (secret: string) => void;
  /** The text with every known secret replaced; JSON stays JSON. Before a text is cut, so that no part of one is left. */
  scrub: (text: string) => string;
  /** The text in a colour where a person sees colours, else as it is. */
  paint: (style: Paint, text: string) => string;
}

export type Paint = "green" | "yellow" | "red" | "dim" | "bold";

export type Fields = Record<string, unknown>;

export interface LoggerOptions {
  write: (line: string) => void;
  format: "text" | "json";
  /** Whether `debug` lines are written. */
  verbose: boolean;
  colour: boolean;
  now: () => Date;
}

export function createLogger({ write, format, verbose, colour, now }: LoggerOptions): Logger {
  const { add: mask, scrub } = createMask();
  const emit =
    (level: Level) =>
    (message: string, fields: Fields = {}) => {
      if (level === "debug" && !verbose) return;
      const line =
        format === "json"
          ? JSON.stringify({ time: now().toISOString(), level, message: message.trim(), ...fields }, jsonValue)
          : formatText({ level, message: `${prefixes[level]}${message}`, colour });
      write(`${scrub(line)}\n`);
    };
  const problem = ({ severity, message, ...rest }: Problem) => {
    const level = severity === "warning" ? "warn" : "error";
    if (format === "json") emit(level)(message, rest);
    else write(`${scrub(formatText({ level, message: formatProblem({ severity, message, ...rest }), colour }))}\n`);
  };
  return {
    format,
    debug: emit("debug"),
    info: emit("info"),
    warn: emit("warn"),
    error: emit("error"),
    problem,
    mask,
    scrub,
    paint: (style, text) => (colour && format === "text" ? styleText(style, text, { validateStream: false }) : text),
  };
}

const prefixes = { debug: "", info: "", warn: "warning: ", error: "error: " } as const;
const colours = { debug: "dim", info: undefined, warn: "yellow", error: "red" } as const;

function formatText({ level, message, colour }: { level: Level; message: string; colour: boolean }): string {
  const style = colours[level];
  return colour && style ? styleText(style, message, { validateStream: false }) : message;
}

function jsonValue(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}
