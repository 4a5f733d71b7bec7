/**
 * Searches of a byte sequence, four bytes at a time: the numbers and texts of a CSV file are most of its bytes.
 * The trick is in "Hacker's Delight", 2nd edition, section 6-1: a byte of a word is 0 where subtracting 1 borrows from its top bit.
 * A borrow or carry only goes to bytes further on, so the first byte that is found is always right.
 */

/** What has to stand behind the bytes, so that the last four can be read. */
export const padding = 8;

/** The same byte four times. */
export function repeated(byte: number): number {
  return Math.imul(byte, 0x01010101);
}

const zeros = repeated(0x30);
const lineFeeds = repeated(0x0a);
const carriageReturns = repeated(0x0d);

/** The index behind the digits. */
export function skipDigits(view: DataView, start: number): number {
  let at = start;
  for (;;) {
    const word = view.getInt32(at, true) ^ zeros;
    // A digit's byte is now 0 to 9: below 16, and still so when 6 is added.
    const others = (word | (word + 0x06060606)) & 0xf0f0f0f0;
    if (others !== 0) return at + firstByte(others);
    at += 4;
  }
}

/** The index of the first delimiter, line feed or carriage return. @param delimiters the delimiter, {@link repeated} */
export function skipToEnd(view: DataView, start: number, delimiters: number): number {
  let at = start;
  for (;;) {
    const word = view.getInt32(at, true);
    const ends = zeroBytes(word ^ delimiters) | zeroBytes(word ^ lineFeeds) | zeroBytes(word ^ carriageReturns);
    if (ends !== 0) return at + firstByte(ends);
    at += 4;
  }
}

/** The top bit of each byte that is 0; and perhaps of bytes behind it. */
function zeroBytes(word: number): number {
  return (word - 0x01010101) & ~word & 0x80808080;
}

/** Which byte has the lowest bit that is set. */
function firstByte(bits: number): number {
  return (31 - Math.clz32(bits & -bits)) >> 3;
}
