/** The values that are planted, and how they are found again wherever they are shown: written as they are, in part, or encoded. */

/** A secret, with what other writings change; and a part of it at either end, which no software has a reason to say. */
export const secret = `zq7XkW9m"ø' <&>\\+%zR4vT8pL`;
/** One that may stand where the other cannot: in a file's name, an address, a header. */
export const plainSecret = "qY3bN6wjH2sDf5gKx";
/** Somebody's name. No digit of it comes up by chance. */
export const person = "Kari4711Nordmann";

const halves = [...ends(secret), ...ends(plainSecret)];

/** Also a part that was cut off: eight characters at either end. */
function ends(text: string): string[] {
  return [text.slice(0, 8), text.slice(-8)];
}

/** What stands in the text that should not, by how it is written there. */
export function leaksIn(text: string): string[] {
  const small = text.toLowerCase();
  const found = halves.filter((half) => small.includes(half.toLowerCase())).map((half) => `secret: ${half}`);
  for (const mark of [secret, plainSecret, person])
    for (const [how, code] of Object.entries(codesOf(mark)))
      if (text.includes(code)) found.push(`${mark} in ${how}: ${code}`);
  return /kari4711|4711nord/i.test(text) ? [...found, "the person's name"] : found;
}

function codesOf(text: string): Record<string, string> {
  const base64 = (before: string, coding: "base64" | "base64url") =>
    Buffer.from(`${before}${text}`).toString(coding).slice(4, -4);
  return {
    base64: base64("", "base64"),
    "base64, one byte further": base64("x", "base64"),
    "base64, two bytes further": base64("xx", "base64"),
    "base64 for URLs": base64("", "base64url"),
    hexadecimal: Buffer.from(text).toString("hex"),
  };
}
