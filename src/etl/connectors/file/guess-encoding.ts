/** Which encoding bytes that are not UTF-8 are probably in. */

/** Letters and signs of western European text; in another encoding than their own, bytes seldom look like these. */
const usual = /[æøåÆØÅäöÄÖéèêëàâîïôûçñüßáíóúÉÜÇ€°§«»–—‘’“”…·½²³]/u;

/** Encodings of the web (https://encoding.spec.whatwg.org) that western European files are found in, most usual first. */
const candidates = ["windows-1252", "macintosh"];

/** How DOS wrote the Norwegian letters, in code page 850 and 865. No decoder is at hand, so it is only named. */
const dos = new Set([0x91, 0x92, 0x9b, 0x9d, 0x86, 0x8f]);

const shareOfUsual = 0.9;

export interface Guess {
  name: string;
  /** Whether `encoding:` can say it. */
  readable: boolean;
}

/** @param bytes those that are not ASCII are looked at */
export function guessEncoding(bytes: Uint8Array): Guess | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return { name: "utf-16le", readable: true };
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return { name: "utf-16be", readable: true };
  const high = bytes.filter((byte) => byte >= 0x80);
  if (high.length === 0) return undefined;
  const [best] = candidates.map((name) => ({ name, share: shareOf(name, high) })).toSorted((a, b) => b.share - a.share);
  const dosShare = high.filter((byte) => dos.has(byte)).length / high.length;
  if (dosShare > best!.share) return { name: "cp865", readable: false };
  return best!.share >= shareOfUsual ? { name: best!.name, readable: true } : undefined;
}

function shareOf(name: string, high: Uint8Array): number {
  const text = new TextDecoder(name).decode(high);
  return Array.from(text).filter((letter) => usual.test(letter)).length / text.length;
}

/** How text whose every second byte is 0 is stored. */
export function guessUtf16(bytes: Uint8Array, nul: number): Guess {
  return { name: nul % 2 === 0 && bytes[nul + 1] !== 0 ? "utf-16be" : "utf-16le", readable: true };
}
