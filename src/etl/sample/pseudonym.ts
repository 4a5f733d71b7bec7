/**
 * Values of a sample that stand for others: the same for the same value, wherever it stands, so that samples still join;
 * of the same shape, so that models still work; and nothing leads back, without the secret they are made with.
 */
import { createHmac } from "node:crypto";
import type { Type } from "../../spec/type.ts";
import { holdsNationalId, isNationalId, syntheticNationalId } from "./national-id.ts";

/** Types whose values can be replaced. */
const replaceable = new Set<Type["kind"]>([
  "STRING",
  "INT64",
  "NUMERIC",
  "BIGNUMERIC",
  "FLOAT64",
  "BYTES",
  "DATE",
  "DATETIME",
  "TIMESTAMP",
]);

export function canReplace({ kind }: Type): boolean {
  return replaceable.has(kind);
}

/** @param text the value's canonical text; BYTES in base64. @returns the same for the pseudonym */
export function pseudonym(text: string, type: Type, secret: Uint8Array): string {
  const random = randomFor(text, secret);
  let made = draw(text, type, random);
  // By chance it may be what a person has.
  while (isNumberOfPerson(made, type)) made = draw(text, type, random);
  return made;
}

function isNumberOfPerson(text: string, { kind }: Type): boolean {
  return kind === "INT64" ? isNationalId(BigInt(text)) : kind === "STRING" && holdsNationalId(text);
}

interface Random {
  next: () => number;
  take: (bytes: number) => Uint8Array;
}

function draw(text: string, { kind }: Type, random: Random): string {
  switch (kind) {
    case "BYTES":
      return Buffer.from(Buffer.from(text, "base64").map(() => random.next())).toString("base64");
    case "DATE":
    case "DATETIME":
    case "TIMESTAMP":
      return movedDate(text, random);
    case "INT64":
      return isNationalId(BigInt(text)) ? syntheticNationalId(random.take(5)) : otherDigits(text, random);
    case "STRING":
      return holdsNationalId(text) ? withSynthetic(text, random) : otherCharacters(text, random);
    default:
      return otherDigits(text, random);
  }
}

/** As many bytes as are asked for, which only the value and the secret decide. */
function randomFor(text: string, secret: Uint8Array): Random {
  let block = 0;
  let bytes: number[] = [];
  const next = () => {
    if (bytes.length === 0) bytes = [...createHmac("sha256", secret).update(`${block++}\0${text}`).digest()];
    return bytes.shift()!;
  };
  return { next, take: (count) => Uint8Array.from({ length: count }, next) };
}

/** Another day within half a year to either side; the time of day stays. */
function movedDate(text: string, { take }: Random): string {
  const [high = 0, low = 0] = take(2);
  const days = ((high * 256 + low) % 361) - 180 || 1;
  const moved = new Date(Date.parse(`${text.slice(0, 10)}T00:00Z`) + days * 86_400_000);
  return moved.toISOString().slice(0, 10) + text.slice(10);
}

/** So many digits, and no type of whole numbers holds all numbers of one more. */
const mostDigits = 18;

/** Digits become others. Sign, point, exponent and length stay, and the first digit is one that a number may begin with. */
function otherDigits(text: string, { next }: Random): string {
  const [mantissa = "", exponent = ""] = text.split(/(?=e)/i);
  const isLong = mantissa.replace(/\..*/, "").replace("-", "").length > mostDigits;
  let isFirst = true;
  const other = mantissa.replaceAll(/\d/g, (digit) => {
    const made = !isFirst ? next() % 10 : isLong ? 1 : digit === "0" ? 0 : 1 + (next() % 9);
    isFirst = false;
    return String(made);
  });
  return other + exponent;
}

/** Letters become letters, digits digits, in their case; all else stays where it is. */
function otherCharacters(text: string, { next }: Random): string {
  return text.replaceAll(/[\p{L}\p{N}]/gu, (character) => {
    if (/\p{N}/u.test(character)) return String(next() % 10);
    const letter = String.fromCharCode(97 + (next() % 26));
    const isUpper = character === character.toUpperCase() && character !== character.toLowerCase();
    return isUpper ? letter.toUpperCase() : letter;
  });
}

function withSynthetic(text: string, random: Random): string {
  return text
    .split(/(?<!\d)(\d{6} ?\d{5})(?!\d)/)
    .map((part, i) => (i % 2 === 1 ? syntheticNationalId(random.take(5)) : otherCharacters(part, random)))
    .join("");
}
