/** The objects of a JSON file, one after the other: on a line each, in an array, or just so. */
import type { Problem, Where } from "../../../util/error.ts";
import type { Findings } from "./findings.ts";
import { checkObject, type JsonJudge } from "./json-judge.ts";
import { JsonFault, sourceOf } from "./json-source.ts";
import { skipSpace } from "./json-value.ts";
import type { RecordScanner } from "./scan-text.ts";

/** The engine's reader takes objects of this many bytes. */
export const longestJsonRecord = 16_777_216;

export interface JsonScanner extends RecordScanner {
  rows(): number;
}

interface ScanJson {
  layout: "lines" | "array" | "objects";
  shown: string;
  findings: Findings;
  judge: JsonJudge;
}

export function createJsonScanner({ layout, ...options }: ScanJson): JsonScanner {
  return layout === "lines"
    ? createLineScanner(options)
    : createStreamScanner({ ...options, isArray: layout === "array" });
}

type Options = Omit<ScanJson, "layout">;

function createLineScanner({ shown, findings, judge }: Options): JsonScanner {
  let line = 1;
  let rows = 0;
  const add = (bytes: Uint8Array, at: number, problem: Omit<Problem, "severity" | "where">, like: string) =>
    findings.add(
      () => ({
        severity: "error",
        ...problem,
        where: { file: shown, line, column: sourceOf(bytes, 0, at).length + 1 },
      }),
      like,
    );

  function record(bytes: Uint8Array): void {
    const start = skipSpace(bytes, 0);
    if (start === bytes.length) return;
    rows++;
    try {
      const { end, misfits } = checkObject(judge, bytes, start);
      for (const { message, hint, key, at } of misfits)
        add(bytes, at, { rule: "value", message, hint }, `${key} ${hint}`);
      const rest = skipSpace(bytes, end);
      if (rest < bytes.length) throw new JsonFault("something stands behind the object", rest);
    } catch (error) {
      if (!(error instanceof JsonFault)) throw error;
      const message = `this line is not valid JSON: ${error.message}`;
      add(bytes, error.at, { rule: "json", message, hint: "NDJSON has one object on each line." }, message);
    }
  }

  return {
    scan(buffer, start, end, last) {
      let at = start;
      while (at < end && !findings.isFull()) {
        const found = buffer.indexOf(0x0a, at);
        const isCut = found === -1 || found >= end;
        if (isCut && !last) return at;
        const stop = isCut ? end : found;
        record(buffer.subarray(at, stop));
        line++;
        at = stop + 1;
      }
      return Math.min(at, end);
    },
    tooLong: () => findings.add(() => tooLong({ file: shown, line })),
    isDone: () => findings.isFull(),
    rows: () => rows,
  };
}

function tooLong(where: Where): Problem {
  return {
    severity: "error",
    rule: "json",
    message: `the object that begins here is longer than ${longestJsonRecord.toLocaleString("en")} bytes`,
    hint: "Rows of a table are far smaller: is the whole file one object, or a quote not closed?",
    where,
  };
}

/** What comes next. */
type State = "opening" | "object or end" | "object" | "comma or end" | "nothing";

function createStreamScanner({ shown, findings, judge, isArray }: Options & { isArray: boolean }): JsonScanner {
  let bytes: Uint8Array = new Uint8Array();
  let line = 1;
  /** What stands before this index is counted: whole lines in `line`, of the last line so many UTF-16 units. */
  let counted = 0;
  let units = 0;
  let rows = 0;
  let isBroken = false;
  let state: State = isArray ? "opening" : "object";

  function add(at: number, problem: Omit<Problem, "severity" | "where">, like?: string): void {
    findings.add(() => ({ severity: "error", ...problem, where: placeOf(at) }), like);
  }

  function placeOf(at: number): Where {
    return { file: shown, line: line + linesIn(bytes, counted, at), column: unitsBefore(at) + 1 };
  }

  /** How many UTF-16 units stand on the line before an index. */
  function unitsBefore(at: number): number {
    const lineStart = at === 0 ? 0 : bytes.lastIndexOf(0x0a, at - 1) + 1;
    return lineStart > counted ? sourceOf(bytes, lineStart, at).length : units + sourceOf(bytes, counted, at).length;
  }

  function object(start: number): number {
    const { end, misfits } = checkObject(judge, bytes, start);
    rows++;
    for (const { message, hint, key, at } of misfits) add(at, { rule: "value", message, hint }, `${key} ${hint}`);
    if (isArray) state = "comma or end";
    return end;
  }

  function sign(start: number, byte: number, next: State, what: string): number {
    if (bytes[start] !== byte) throw new JsonFault(`${what} is missing`, start);
    state = next;
    return start + 1;
  }

  /** Takes one sign or object. @returns the index behind it */
  function step(start: number): number {
    const isEnd = bytes[start] === 0x5d;
    switch (state) {
      case "opening":
        return sign(start, 0x5b, "object or end", "[");
      case "object or end":
        return isEnd ? sign(start, 0x5d, "nothing", "]") : object(start);
      case "comma or end":
        return isEnd ? sign(start, 0x5d, "nothing", "]") : sign(start, 0x2c, "object", "a comma or ]");
      case "nothing":
        throw new JsonFault("something stands behind the array", start);
      default:
        return object(start);
    }
  }

  function steps(from: number, last: boolean): number {
    let at = from;
    try {
      for (let start = skipSpace(bytes, at); start < bytes.length && !findings.isFull(); start = skipSpace(bytes, at))
        at = step(start);
      if (last && isArray && state !== "nothing") throw new JsonFault("the array is not closed", bytes.length);
    } catch (error) {
      if (!(error instanceof JsonFault)) throw error;
      if (last || isWholeObject(bytes, skipSpace(bytes, at))) fault(error);
    }
    return at;
  }

  function fault({ message, at }: JsonFault): void {
    isBroken = true;
    const hint = "Up to here it is JSON: compare what follows with what was meant.";
    add(at, { rule: "json", message: `object ${rows + 1} is not valid JSON: ${message}`, hint });
  }

  return {
    scan(buffer, start, end, last) {
      bytes = buffer.subarray(0, end);
      counted = start;
      const at = steps(start, last);
      units = unitsBefore(at);
      line += linesIn(bytes, counted, at);
      return at;
    },
    tooLong: () => findings.add(() => tooLong({ file: shown, line })),
    isDone: () => isBroken || findings.isFull(),
    rows: () => rows,
  };
}

/** Whether an object, or what stands in its place, ends within the bytes, however wrong it is inside. */
function isWholeObject(bytes: Uint8Array, start: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at]!;
    if (inString) {
      if (byte === 0x5c) at++;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) depth++;
    else if (byte === 0x7d || byte === 0x5d) depth--;
    if (depth <= 0 && !inString) return true;
  }
  return false;
}

function linesIn(bytes: Uint8Array, from: number, to: number): number {
  let lines = 0;
  for (let at = bytes.indexOf(0x0a, from); at !== -1 && at < to; at = bytes.indexOf(0x0a, at + 1)) lines++;
  return lines;
}
