/**
 * The quick way through cells: what the most usual values of a type look like, byte by byte.
 * Each function gives the index behind the value, or -1 where the value's text has to be looked at (`cell-text.ts`).
 * They are called for each cell of files of gigabytes: hence the plain loops.
 */

import { skipDigits } from "./four-bytes.ts";

const zero = 0x30;
const nine = 0x39;
const minus = 0x2d;

/** Integers of this many digits fit into 64 bits whatever they are. */
const safeDigits = 18;

/** An integer of at most so many digits, without zeros in front. */
export function skipInteger(view: DataView, start: number, most = safeDigits): number {
  const first = view.getUint8(start) === minus ? start + 1 : start;
  const at = skipDigits(view, first);
  const digits = at - first;
  if (digits === 0 || digits > most || (digits > 1 && view.getUint8(first) === zero)) return -1;
  return at;
}

export interface DecimalShape {
  /** The byte of the decimal sign. */
  sign: number;
  /** Most digits before and after it. */
  before: number;
  after: number;
}

export function skipDecimal(view: DataView, start: number, { sign, before, after }: DecimalShape): number {
  const first = view.getUint8(start) === minus ? start + 1 : start;
  const at = skipDigits(view, first);
  if (at === first || at - first > before) return -1;
  if (view.getUint8(at) !== sign) return at;
  const fraction = at + 1;
  const end = skipDigits(view, fraction);
  return end === fraction || end - fraction > after ? -1 : end;
}

/** `2022-01-20`, a day of the calendar from year 1 on. */
export function skipDate(bytes: Uint8Array, start: number): number {
  if (bytes[start + 4] !== minus || bytes[start + 7] !== minus) return -1;
  const century = twoDigits(bytes, start);
  const year = twoDigits(bytes, start + 2);
  const month = twoDigits(bytes, start + 5);
  const day = twoDigits(bytes, start + 8);
  // What is no number is far above any of these.
  if (century + year > 198 || century + year === 0 || month > 12 || month === 0 || day === 0) return -1;
  return day <= 28 || day <= daysOf[month]! || (day === 29 && isLeap(century, year)) ? start + 10 : -1;
}

/** Days of each month of most years, from January at 1. */
const daysOf = new Uint8Array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]);

/** @param century the year's first two digits */
function isLeap(century: number, year: number): boolean {
  return year === 0 ? century % 4 === 0 : year % 4 === 0;
}

const colon = 0x3a;
const space = 0x20;
const letterT = 0x54;
const point = 0x2e;

/** `2022-01-20 13:00:00`, with T or a space, with or without microseconds. */
export function skipDateTime(bytes: Uint8Array, start: number): number {
  let at = skipDate(bytes, start);
  if (at === -1) return -1;
  if (bytes[at] !== space && bytes[at] !== letterT) return -1;
  if (!isClock(bytes, at + 1)) return -1;
  at += 9;
  if (bytes[at] !== point) return at;
  const first = ++at;
  while (bytes[at]! >= zero && bytes[at]! <= nine) at++;
  return at === first || at - first > 6 ? -1 : at;
}

function isClock(bytes: Uint8Array, at: number): boolean {
  const hour = twoDigits(bytes, at);
  const minute = twoDigits(bytes, at + 3);
  const second = twoDigits(bytes, at + 6);
  const inRange = hour < 24 && minute < 60 && second < 60;
  return inRange && bytes[at + 2] === colon && bytes[at + 5] === colon;
}

const noNumber = 1000;

/** A number of two digits, or {@link noNumber}. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! ^ zero;
  const ones = bytes[at + 1]! ^ zero;
  return tens > 9 || ones > 9 ? noNumber : tens * 10 + ones;
}
