/**
 * What the engine says of an error. Its words hold values of the data wherever a value was the reason
 * (`Could not convert string '…'`), in quotes that the value itself may close: where no value may be shown,
 * only what is known to hold none is kept, and the rest is said in words of our own.
 */
import { messageOf } from "../../../util/error.ts";

/** Kinds of errors that come before any row is read. What they quote stands in the query. */
const beforeRows = new Set(["Parser", "Syntax", "Binder", "Catalog", "Not implemented", "Permission"]);

export interface MessageOptions {
  showValues: boolean;
  /** Columns whose values are not shown all the same; where there are some, a value must be known to be another column's. */
  except?: ReadonlySet<string>;
}

/** In one line, without the engine's name for the kind of error. */
export function engineMessage(error: unknown, { showValues, except }: MessageOptions): string {
  const { kind, text } = parts(error);
  const line = headline(text);
  if (kind === undefined) return line;
  if (beforeRows.has(kind)) return showValues ? line : hideLiterals(line);
  if (showValues && (!except?.size || isOfOtherColumn(text, except))) return line;
  return sayWithoutValues(kind, text);
}

function isOfOtherColumn(text: string, except: ReadonlySet<string>): boolean {
  const { column } = castParts(text);
  return column !== undefined && !except.has(column);
}

export function isEngineError(error: unknown): boolean {
  return parts(error).kind !== undefined;
}

/** Whether the query itself is wrong, whatever the rows: its words may then be quoted in a hint. */
export function isBeforeRows(error: unknown): boolean {
  return beforeRows.has(parts(error).kind ?? "");
}

/** `Conversion Error: Could not …`; no kind where the error is not the engine's. */
function parts(error: unknown): { kind: string | undefined; text: string } {
  const raw = messageOf(error);
  const [prefix, kind] = /^([A-Z][A-Za-z]*(?: [A-Za-z]+)*) Error: /.exec(raw) ?? [];
  return { kind, text: prefix === undefined ? raw : raw.slice(prefix.length) };
}

function headline(text: string): string {
  const [first = text] = text.split("\n\n");
  return first.replace(/\nCandidate bindings:.*|\nDid you mean.*|\n\tCandidate functions:[\s\S]*/, "").split("\n")[0]!;
}

function hideLiterals(line: string): string {
  return line
    .replaceAll(/'(?:[^']|'')*'/g, "'…'")
    .replaceAll(/"(?:[^"]|"")*"(?! (?:not found|was not found|could not|must))/g, '"…"')
    .replaceAll(/\b\d[\d.,:-]*\b/g, "…");
}

function sayWithoutValues(kind: string, text: string): string {
  switch (kind) {
    case "Conversion":
      return conversion(text);
    case "Out of Range":
      return "a number does not fit its type";
    case "Invalid Input":
      return text.startsWith("More than one row returned by a subquery")
        ? "a sub-query that stands for one value gave more than one row"
        : "a function was given a value that it does not take";
    case "Constraint":
      return "a row breaks a constraint";
    default:
      return `the engine failed (${kind} Error)`;
  }
}

const typePattern =
  /(?:['"] to (?:type )?'?| destination type | to type )([A-Z][A-Z0-9_]*(?:\(\d+,\s?\d+\))?)'?(?: failed: value is out of range!)?$/;

function conversion(text: string): string {
  const { said, column } = castParts(text);
  const type = typePattern.exec(said)?.[1];
  const of = column === undefined ? "" : ` of column \`${column}\``;
  return `a value${of} cannot be converted${type ? ` to ${type}` : typeByWords(said)}`;
}

/** Behind the value stands its new type, then the column: read from the end, a value cannot pass for them. */
function castParts(text: string): { said: string; column: string | undefined } {
  const place = text.lastIndexOf("\n\nLINE ");
  const [said, column] = splitLast(place < 0 ? text : text.slice(0, place), " when casting from source column ");
  return { said, column: /^[\p{L}_][\p{L}\p{N}_]*$/u.test(column ?? "") ? column : undefined };
}

function typeByWords(said: string): string {
  if (said.startsWith("invalid date field format")) return " to DATE";
  if (said.startsWith("invalid timestamp field format")) return " to TIMESTAMP";
  return said.startsWith("Malformed JSON") ? " to JSON" : "";
}

function splitLast(text: string, mark: string): [string, string?] {
  const at = text.lastIndexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + mark.length)];
}
