/** BIGNUMERIC as text: its 76 digits are more than the engine's decimals hold. */
import type { Texts } from "./text.ts";

/** Words of 32 bits in a decimal of 256. */
const wordsEach = 8;

const encoder = new TextEncoder();

/** Exact, without zeros at the end. @param values little-endian words, two's complement */
export function decimalTexts(
  values: Uint32Array,
  { at, count, scale }: { at: number; count: number; scale: number },
): Texts {
  const texts = Array.from({ length: count }, (_, i) => decimalText(values, (at + i) * wordsEach, scale));
  const valueOffsets = new Int32Array(count + 1);
  for (const [i, text] of texts.entries()) valueOffsets[i + 1] = valueOffsets[i]! + text.length;
  return { values: encoder.encode(texts.join("")), valueOffsets };
}

function decimalText(values: Uint32Array, from: number, scale: number): string {
  let whole = 0n;
  for (let i = wordsEach - 1; i >= 0; i--) whole = (whole << 32n) | BigInt(values[from + i]!);
  const number = BigInt.asIntN(32 * wordsEach, whole);
  const digits = (number < 0n ? -number : number).toString().padStart(scale + 1, "0");
  const fraction = digits.slice(digits.length - scale).replace(/0+$/, "");
  const text = digits.slice(0, digits.length - scale) + (scale > 0 && fraction !== "" ? `.${fraction}` : "");
  return number < 0n ? `-${text}` : text;
}
