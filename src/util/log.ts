/**
 * The log: text for people, one JSON object a line for machines. Secrets are masked here, at the door,
 * so that nothing after `mask()` can print one.
 */
import { styleText } from "node:util";
import { formatProblem, type Problem } from "./error.ts";

export type Level = "debug" | "info" | "warn" | "error";

export interface Logger {
  format: "text" | "json";
  debug(message: string, fields?: Fields): void;
  info(message: string, fields?: Fields): void;
  warn(message: string, fields?: Fields): void;
  error(message: string, fields?: Fields): void;
  /** A problem with its place and cure; in JSON its parts as fields. */
  problem(problem: Problem): void;
  /** From now on, this text is shown as `***` wherever it would appear. */
  mask(secret: string): void;
  /** The text with every known secret replaced. */
  scrub(text: string): string;
}

export type Fields = Record<string, unknown>;

export interface LoggerOptions {
  write: (line: string) => void;
  format: "text" | "json";
  /** Whether `debug` lines are written. */
  verbose: boolean;
  colour: boolean;
  now: () => Date;
}

/** Secrets shorter than this are not masked: masking `1` would make the log unreadable, and hide nothing. */
const shortestSecret = 3;

export function createLogger({ write, format, verbose, colour, now }: LoggerOptions): Logger {
  let secrets: string[] = [];
  const scrub = (text: string) => secrets.reduce((rest, secret) => rest.replaceAll(secret, "***"), text);
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
    scrub,
    mask(secret) {
      // Longest first, so that of a secret that holds another one no part is left over.
      secrets = [...new Set([...secrets, ...formsOf(secret)])].toSorted((a, b) => b.length - a.length);
    },
  };
}

/** A secret may be printed as it is, a line at a time, inside JSON, or inside a URL. */
function formsOf(secret: string): string[] {
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  const plain = [secret, secret.trim(), ...lines];
  const forms = plain.flatMap((text) => [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text)]);
  return forms.filter((form) => form.length >= shortestSecret);
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
