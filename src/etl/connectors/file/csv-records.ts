/**
 * Goes through the records of a CSV file byte by byte, and tells of every cell that its column's quick test does not settle.
 * Records are those of RFC 4180 (https://www.rfc-editor.org/rfc/rfc4180), as the engine's reader takes them apart in its strict mode.
 */
import type { CsvFormat, LineEnding } from "../connector.ts";
import {
  loneReturn,
  notClosed,
  otherEnding,
  spaceAtQuote,
  textBehindQuote,
  wrongCount,
  type CsvFault,
} from "./csv-fault.ts";
import { quickKind, skipPlainRecords, type QuickPlan } from "./csv-quick.ts";

export interface CsvCell {
  column: number;
  text: string;
  quoted: boolean;
  /** Index of its first byte. */
  start: number;
}

interface Options {
  format: CsvFormat;
  lineEnding: LineEnding;
  /** What the columns of the file are tried as. May be changed while cells are told of. */
  plan: QuickPlan;
  onCell: (cell: CsvCell) => void;
  onFault: (fault: CsvFault) => void;
  /** Line of the first record. */
  firstLine?: number;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const quote = 0x22;

/** The record is not whole: more bytes are needed. */
const unfinished = -1;
/** The record is broken, and nothing after it can be read. */
const broken = -2;

export class CsvRecords {
  /** Line of the record that is being read, or comes next; from 1. */
  line: number;
  /** Index of the record that is being read. */
  recordStart = 0;
  /** Whether a line ended inside quotes. */
  hasInnerLines = false;
  readonly #options: Options;
  readonly #delimiter: Buffer;
  readonly #columns: number;
  readonly #ending: number;
  readonly #plain = { records: 0 };
  #others = 0;
  #bytes: Buffer = Buffer.alloc(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #end = 0;
  #last = false;
  #innerLines = 0;
  // Told of when the record is known to be whole: one that is cut off is read again.
  #cells: CsvCell[] = [];
  #faults: CsvFault[] = [];

  constructor(options: Options) {
    this.#options = options;
    this.#delimiter = Buffer.from(options.format.delimiter);
    this.#columns = options.plan.kinds.length;
    this.#ending = options.lineEnding === "\n" ? lineFeed : carriageReturn;
    this.line = options.firstLine ?? 1;
  }

  /** Records so far. */
  get count(): number {
    return this.#others + this.#plain.records;
  }

  /**
   * Goes through whole records.
   * @param end where the bytes end; there must be room behind them ({@link import("./four-bytes.ts").padding}), which is overwritten
   * @param last whether the file ends there
   * @returns the index of the first record that is not whole, or `end`
   */
  scan(bytes: Buffer, start: number, end: number, last: boolean): number {
    if (this.#bytes !== bytes) this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#bytes = bytes;
    this.#end = end;
    this.#last = last;
    // A line end that stops every loop; whether it is the file's own, is asked where a record ends.
    bytes[end] = lineFeed;
    let at = start;
    while (at < end) {
      at = this.#skipPlain(at);
      if (at >= end) break;
      const next = this.#anyRecord(at);
      if (next === unfinished) return at;
      if (next === broken) return end;
      at = next;
    }
    return Math.min(at, end);
  }

  #skipPlain(at: number): number {
    const { plan } = this.#options;
    if (this.#delimiter.length > 1 || plan.kinds.includes(quickKind.other)) return at;
    const before = this.#plain.records;
    const next = skipPlainRecords(this.#bytes, this.#view, at, this.#end, plan, this.#plain);
    this.line += this.#plain.records - before;
    return next;
  }

  /** An empty line is a record only where there is one column. */
  #anyRecord(at: number): number {
    const isRecord = this.#columns === 1 || !this.#isLineEnd(at);
    this.recordStart = at;
    this.#innerLines = 0;
    const next = isRecord ? this.#record(at) : this.#endRecord(at);
    if (this.#cells.length > 0 || this.#faults.length > 0) this.#tell(next !== unfinished);
    if (next < 0) return next;
    this.line += 1 + this.#innerLines;
    this.hasInnerLines ||= this.#innerLines > 0;
    if (isRecord) this.#others++;
    return next;
  }

  #tell(isWhole: boolean): void {
    const [cells, faults] = [this.#cells, this.#faults];
    this.#cells = [];
    this.#faults = [];
    if (!isWhole) return;
    cells.forEach(this.#options.onCell);
    faults.forEach(this.#options.onFault);
  }

  /** @returns the index of the next record */
  #record(start: number): number {
    let at = start;
    for (let column = 0; column < this.#columns; column++) {
      at = this.#cell(at, column);
      if (at < 0) return at;
      if (column === this.#columns - 1) break;
      if (this.#isLineEnd(at)) return this.#endWrong(at, column + 1);
      at += this.#delimiter.length;
    }
    return this.#isLineEnd(at) ? this.#endRecord(at) : this.#endTooLong(at);
  }

  /** @returns the index of the cell's end: a delimiter or a line's end */
  #cell(start: number, column: number): number {
    if (this.#isCellEnd(start)) return start;
    const isText = this.#options.plan.kinds[column] === quickKind.text;
    const first = this.#bytes[start];
    return isText && first !== quote && first !== space
      ? this.#plainText(start)
      : this.#wholeCell(start, column, !isText);
  }

  #plainText(start: number): number {
    let at = start;
    while (!this.#isCellEnd(at)) at++;
    return at;
  }

  /** A cell with quotes, or one whose text has to be looked at. */
  #wholeCell(start: number, column: number, wanted: boolean): number {
    let open = start;
    while (this.#bytes[open] === space) open++;
    const quoted = this.#bytes[open] === quote;
    if (quoted && open > start) this.#faults.push(spaceAtQuote(start));
    const at = quoted ? this.#quotedText(open) : this.#plainText(start);
    if (at < 0 || !wanted) return at;
    // What is cut off may be another value when it is whole.
    if (at >= this.#end && !this.#last) return unfinished;
    const text = quoted ? this.#unquoted(open, at) : this.#bytes.toString("utf8", start, at);
    this.#cells.push({ column, text, quoted, start });
    return at;
  }

  #unquoted(open: number, cellEnd: number): string {
    let close = cellEnd - 1;
    while (this.#bytes[close] === space) close--;
    return this.#bytes.toString("utf8", open + 1, close).replaceAll('""', '"');
  }

  #quotedText(open: number): number {
    const bytes = this.#bytes;
    let at = open + 1;
    for (; at < this.#end; at++) {
      if (bytes[at] === lineFeed) this.#innerLines++;
      if (bytes[at] !== quote) continue;
      if (bytes[at + 1] !== quote) break;
      at++;
    }
    if (at >= this.#end) return this.#last ? this.#break(notClosed(open)) : unfinished;
    return this.#behindQuote(at + 1);
  }

  #behindQuote(start: number): number {
    if (this.#bytes[start] === space) this.#faults.push(spaceAtQuote(start));
    let at = start;
    while (this.#bytes[at] === space) at++;
    return this.#isCellEnd(at) ? at : this.#break(textBehindQuote(at));
  }

  #break(fault: CsvFault): number {
    this.#faults.push(fault);
    return broken;
  }

  /** @returns the index of the next record */
  #endRecord(at: number): number {
    const isReturn = this.#bytes[at] === carriageReturn;
    const next = at + (isReturn ? 2 : 1);
    if (next > this.#end) return this.#endCut(at, isReturn);
    if (isReturn && this.#bytes[at + 1] !== lineFeed) return this.#break(loneReturn(at));
    return this.#bytes[at] === this.#ending ? next : this.#break(otherEnding(at, isReturn));
  }

  /** The last line of a file needs no end. */
  #endCut(at: number, isReturn: boolean): number {
    if (!this.#last) return unfinished;
    return isReturn ? this.#break(loneReturn(at)) : this.#end;
  }

  #endWrong(at: number, found: number): number {
    if (at >= this.#end && !this.#last) return unfinished;
    const { delimiter } = this.#options.format;
    this.#faults.push(wrongCount({ at: this.recordStart, found, columns: this.#columns, delimiter }));
    return this.#endRecord(at);
  }

  /** One empty value more is what a delimiter at the end of each line makes. */
  #endTooLong(start: number): number {
    let found = this.#columns;
    let filled = false;
    let at = start;
    while (!this.#isLineEnd(at)) {
      const from = at + this.#delimiter.length;
      at = this.#wholeCell(from, found, false);
      if (at < 0) return at;
      found++;
      filled ||= at > from;
    }
    return found > this.#columns + 1 || filled ? this.#endWrong(at, found) : this.#endRecord(at);
  }

  #isLineEnd(at: number): boolean {
    return this.#bytes[at] === lineFeed || this.#bytes[at] === carriageReturn;
  }

  #isCellEnd(at: number): boolean {
    return this.#isLineEnd(at) || this.#isDelimiter(at);
  }

  #isDelimiter(at: number): boolean {
    for (let i = 0; i < this.#delimiter.length; i++) if (this.#bytes[at + i] !== this.#delimiter[i]) return false;
    return true;
  }
}
