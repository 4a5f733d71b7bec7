/**
 * Goes through the records of a CSV file byte by byte, and tells of every cell that its column's quick test does not settle.
 * Records are those of RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180), as the engine's reader takes them apart in its strict mode.
 */
import type { CsvFormat, LineEnding } from "../connector.ts";
import { quickKind, skipPlainRecords, type QuickPlan } from "./csv-quick.ts";

export interface CsvCell {
  column: number;
  text: string;
  quoted: boolean;
  /** Index of its first byte. */
  start: number;
}

export interface CsvFault {
  message: string;
  hint: string;
  /** Index in the bytes. */
  at: number;
  /** Whether what follows can be read. */
  fatal: boolean;
}

export interface CsvRecords {
  /**
   * Goes through whole records.
   * @param end where the bytes end; there must be room for one more, which is overwritten
   * @param last whether the file ends there
   * @returns the index of the first record that is not whole, or `end`
   */
  scan(bytes: Buffer, start: number, end: number, last: boolean): number;
  /** Line of the record that is being read, or comes next; from 1. */
  line(): number;
  /** Index of the record that is being read. */
  recordStart(): number;
  /** Records so far. */
  count(): number;
}

interface Options {
  format: CsvFormat;
  /** What the columns of the file are tried as. May be changed while cells are told of. */
  plan: QuickPlan;
  onCell: (cell: CsvCell) => void;
  onFault: (fault: CsvFault) => void;
  lineEnding: LineEnding;
  /** Line of the first record. */
  firstLine?: number;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const quote = 0x22;

/** The record is not whole: more bytes are needed. */
const unfinished = -1;
/** The record is broken, and was told of. */
const broken = -2;

export function createCsvRecords({ format, plan, lineEnding, onCell, onFault, firstLine = 1 }: Options): CsvRecords {
  const delimiter = Buffer.from(format.delimiter);
  const first = delimiter[0]!;
  const width = delimiter.length;
  const columns = plan.kinds.length;
  const plain = { records: 0 };
  let bytes: Buffer = Buffer.alloc(0);
  let end = 0;
  let last = false;
  let line = firstLine;
  let innerLines = 0;
  let recordStart = 0;
  let count = 0;
  const ending = lineEnding === "\n" ? lineFeed : carriageReturn;
  // Told of when the record is known to be whole: one that is cut off is read again.
  let cells: CsvCell[] = [];
  let faults: CsvFault[] = [];

  const isDelimiter = (at: number) => {
    for (let i = 1; i < width; i++) if (bytes[at + i] !== delimiter[i]) return false;
    return bytes[at] === first;
  };
  const isCellEnd = (at: number) => {
    const byte = bytes[at];
    return (byte === first && (width === 1 || isDelimiter(at))) || byte === lineFeed || byte === carriageReturn;
  };

  function scan(buffer: Buffer, start: number, stop: number, isLast: boolean): number {
    bytes = buffer;
    end = stop;
    last = isLast;
    // A line end that stops every loop; whether it is the file's own, is asked where a record ends.
    bytes[end] = lineFeed;
    let at = start;
    while (at < end) {
      const isQuick = width === 1 && !plan.kinds.includes(quickKind.other);
      if (isQuick) {
        const before = plain.records;
        at = skipPlainRecords(bytes, at, end, plan, plain);
        line += plain.records - before;
        if (at >= end) break;
      }
      recordStart = at;
      innerLines = 0;
      const isRecord = columns === 1 || !isLineEnd(at);
      const next = isRecord ? record(at) : endRecord(at);
      if (cells.length > 0 || faults.length > 0) tell(next !== unfinished);
      if (next === unfinished) return recordStart;
      if (next === broken) return end;
      at = next;
      line += 1 + innerLines;
      if (isRecord) count++;
    }
    return Math.min(at, end);
  }

  function tell(isWhole: boolean): void {
    if (isWhole) {
      cells.forEach(onCell);
      faults.forEach(onFault);
    }
    cells = [];
    faults = [];
  }

  const isLineEnd = (at: number) => bytes[at] === lineFeed || bytes[at] === carriageReturn;

  /** @returns the index of the next record */
  function record(start: number): number {
    let at = start;
    for (let column = 0; column < columns; column++) {
      at = cell(at, column);
      if (at < 0) return at;
      if (column === columns - 1) break;
      if (isLineEnd(at)) return wrongCount(at, column + 1);
      at += width;
    }
    if (!isLineEnd(at)) return tooMany(at);
    return endRecord(at);
  }

  /** @returns the index of the cell's end: a delimiter or a line's end */
  function cell(start: number, column: number): number {
    const isText = plan.kinds[column] === quickKind.text;
    if (isCellEnd(start)) return start;
    return isText && bytes[start] !== quote && bytes[start] !== space
      ? plainText(start)
      : wholeCell(start, column, !isText);
  }

  function plainText(start: number): number {
    let at = start;
    while (!isCellEnd(at)) at++;
    return at;
  }

  /** A cell with quotes, or one whose text has to be looked at. */
  function wholeCell(start: number, column: number, wanted: boolean): number {
    let open = start;
    while (bytes[open] === space) open++;
    const quoted = bytes[open] === quote;
    if (quoted && open > start) spaceAtQuote(start);
    const at = quoted ? quotedText(open) : plainText(start);
    if (at < 0 || !wanted) return at;
    // What is cut off may be another value when it is whole.
    if (at >= end && !last) return unfinished;
    cells.push({ column, text: quoted ? unquoted(open, at) : bytes.toString("utf8", start, at), quoted, start });
    return at;
  }

  function unquoted(open: number, cellEnd: number): string {
    let close = cellEnd - 1;
    while (bytes[close] === space) close--;
    return bytes.toString("utf8", open + 1, close).replaceAll('""', '"');
  }

  function quotedText(open: number): number {
    let at = open + 1;
    for (; at < end; at++) {
      if (bytes[at] === lineFeed) innerLines++;
      if (bytes[at] !== quote) continue;
      if (bytes[at + 1] !== quote) break;
      at++;
    }
    if (at >= end) return last ? notClosed(open) : unfinished;
    at++;
    if (bytes[at] === space) spaceAtQuote(at);
    while (bytes[at] === space) at++;
    return isCellEnd(at) ? at : afterQuote(at);
  }

  /** Whether it belongs to the value, programs do not agree. */
  function spaceAtQuote(at: number): void {
    faults.push({
      at,
      fatal: false,
      message: "a space stands between a quote and the delimiter",
      hint: "Remove it, or put it into the quotes.",
    });
  }

  function notClosed(open: number): number {
    faults.push({
      at: open,
      fatal: true,
      message: "a quote is opened here and never closed",
      hint: 'Close it; a quote inside a quoted value is written twice: "".',
    });
    return broken;
  }

  function afterQuote(at: number): number {
    faults.push({
      at,
      fatal: true,
      message: "text stands after a closing quote",
      hint: 'A quote inside a quoted value is written twice: "".',
    });
    return broken;
  }

  /** @returns the index of the next record, as `record` does */
  function endRecord(at: number): number {
    const isReturn = bytes[at] === carriageReturn;
    const next = at + (isReturn ? 2 : 1);
    if (next > end) return last && !isReturn ? end : isReturn && last ? loneReturn(at) : unfinished;
    if (isReturn && bytes[at + 1] !== lineFeed) return loneReturn(at);
    if (bytes[at] !== ending) return otherEnding(at);
    return next;
  }

  function loneReturn(at: number): number {
    faults.push({
      at,
      fatal: true,
      message: "a carriage return stands outside quotes without a line feed",
      hint: "End lines with LF or CRLF, and put values that hold a carriage return in quotes.",
    });
    return broken;
  }

  function otherEnding(at: number): number {
    const [before, here] = ending === lineFeed ? ["LF", "CRLF"] : ["CRLF", "LF"];
    faults.push({
      at,
      fatal: true,
      message: `this line ends with ${here}, those before with ${before}`,
      hint: "Save the file with one kind of line ending.",
    });
    return broken;
  }

  function wrongCount(at: number, found: number): number {
    if (at >= end && !last) return unfinished;
    faults.push({
      at: recordStart,
      fatal: false,
      message: `this line has ${values(found)}, where ${columns} are expected`,
      hint: `Values that hold the delimiter ${shownDelimiter(format.delimiter)} or a line's end need quotes. Is the delimiter another one? Say \`delimiter:\`.`,
    });
    return endRecord(at);
  }

  /** One empty value more is what a delimiter at the end of each line makes. */
  function tooMany(start: number): number {
    let found = columns;
    let at = start;
    let filled = false;
    while (!isLineEnd(at)) {
      const from = at + width;
      at = wholeCell(from, found, false);
      if (at < 0) return at;
      found++;
      filled ||= at > from;
    }
    if (found > columns + 1 || filled) return wrongCount(at, found);
    if (at >= end && !last) return unfinished;
    return endRecord(at);
  }

  return { scan, line: () => line, recordStart: () => recordStart, count: () => count + plain.records };
}

function values(n: number): string {
  return n === 1 ? "1 value" : `${n} values`;
}

function shownDelimiter(delimiter: string): string {
  return delimiter === "\t" ? "(tab)" : `\`${delimiter}\``;
}
