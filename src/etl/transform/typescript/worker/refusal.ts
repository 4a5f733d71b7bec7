/** What a model gave back that cannot be taken. */
import type { Refused, Thrown } from "../protocol.ts";

/** Thrown by this thread's own code, never by a model. */
export class Refusal extends Error {
  readonly refused: Refused;
  constructor({ message, hint, column, value, row, named }: RefusalOptions) {
    super(message);
    this.refused = { message, hint, column, row, named, shown: value === undefined ? undefined : shown(value) };
  }
}

export interface RefusalOptions {
  /** Holds no value of the data, but for `named`. */
  message: string;
  named?: string | undefined;
  hint: string;
  column?: string | undefined;
  value?: unknown;
  row?: number | undefined;
}

export function thrownOf(error: unknown): Thrown {
  const refused = error instanceof Refusal ? error.refused : undefined;
  if (!(error instanceof Error))
    return { name: typeof error, message: shown(error), code: undefined, stack: undefined, refused };
  const { name, message, stack } = error;
  const code = (error as NodeJS.ErrnoException).code;
  return { name, message, code: typeof code === "string" ? code : undefined, stack, refused };
}

const longest = 80;

function shown(value: unknown): string {
  const text = typeof value === "bigint" ? `${value}n` : (written(value) ?? String(value));
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

function written(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === "bigint" ? `${inner}n` : inner));
  } catch {
    return undefined;
  }
}

/** `a string`, `an array`, `undefined`. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "an array";
  if (value instanceof Date) return "a Date";
  if (value instanceof Uint8Array) return "a Uint8Array";
  if (typeof value === "object") return "an object";
  return `a ${typeof value}`;
}
