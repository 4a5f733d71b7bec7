/**
 * The quick way through a CSV file: over records whose cells all look as their columns' values usually do.
 * On 10 million rows of 500 MB this is half a second; taking each cell's text would be ten.
 */
import { skipDate, skipDateTime, skipDecimal, skipInteger, type DecimalShape } from "./cell-bytes.ts";
import { repeated, skipToEnd } from "./four-bytes.ts";

/** What a column's cells are tried as. `text` is any text, `other` is never quick. */
export const quickKind = { text: 0, integer: 1, decimal: 2, date: 3, datetime: 4, other: 5 } as const;

export interface QuickPlan {
  /** A {@link quickKind} for each column. */
  kinds: Uint8Array;
  decimals: DecimalShape[];
  /** Most digits of an integer. */
  digits: number;
  /** The byte of the delimiter. */
  delimiter: number;
  /** Whether lines end with CRLF; else with LF. */
  carriageReturn: boolean;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;
const space = 0x20;

/**
 * @param view of the bytes, with room behind their end: see {@link import("./four-bytes.ts").padding}
 * @param end where the bytes end; a line feed stands there
 * @param count counts the records that were skipped
 * @returns the index of the first record that is not plain, or not whole
 */
export function skipPlainRecords(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  plan: QuickPlan,
  count: { records: number },
): number {
  const { kinds, decimals, digits, delimiter } = plan;
  const delimiters = repeated(delimiter);
  const last = kinds.length - 1;
  let record = start;
  let records = 0;
  records: while (record < end) {
    let at = record;
    for (let column = 0; column <= last; column++) {
      const cell = at;
      const quoted = bytes[at] === quote;
      if (quoted) at++;
      const kind = kinds[column]!;
      if (kind === quickKind.integer) at = skipInteger(view, at, digits);
      else if (kind === quickKind.text) at = quoted ? skipQuoted(bytes, at) : skipText(view, at, delimiters);
      else if (kind === quickKind.decimal) at = skipDecimal(view, at, decimals[column]!);
      else if (kind === quickKind.date) at = skipDate(bytes, at);
      else if (kind === quickKind.datetime) at = skipDateTime(bytes, at);
      else at = -1;
      if (quoted && (at === -1 || bytes[at++] !== quote)) break records;
      if (at === -1) {
        if (!isCellEnd(bytes[cell]!, delimiter)) break records;
        at = cell;
      }
      if (column < last) {
        if (bytes[at] !== delimiter) break records;
      } else if (plan.carriageReturn) {
        if (bytes[at++] !== carriageReturn || bytes[at] !== lineFeed) break records;
      } else if (bytes[at] !== lineFeed) break records;
      at++;
    }
    if (at > end) break;
    record = at;
    records++;
  }
  count.records += records;
  return record;
}

function isCellEnd(byte: number, delimiter: number): boolean {
  return byte === delimiter || byte === lineFeed || byte === carriageReturn;
}

/** Spaces may stand before a quote. */
function skipText(view: DataView, start: number, delimiters: number): number {
  return view.getUint8(start) === space ? -1 : skipToEnd(view, start, delimiters);
}

/** Behind the text, at a quote that does not stand for itself; lines are counted elsewhere. */
function skipQuoted(bytes: Uint8Array, start: number): number {
  let at = start;
  while (bytes[at] !== quote) {
    if (bytes[at] === lineFeed) return -1;
    at++;
  }
  return bytes[at + 1] === quote ? -1 : at;
}
