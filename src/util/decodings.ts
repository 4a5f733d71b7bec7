/** A text as readers of URLs, JSON, HTML, SQL and a shell would read it, also of one inside the other. */

export interface Decoding {
  text: string;
  /** Where each unit of the text begins in the original; one more for its end. Undefined of the original itself. */
  starts?: Uint32Array;
}

/** JSON inside JSON that holds a URL. */
const deepest = 3;

interface Code {
  /** One character of the original. Without anything that could match in two ways: the time must not grow faster than the text. */
  pattern: RegExp;
  read: (match: string) => string;
}

const hexByte = "%[0-9a-f]{2}";
const continuation = "%[89ab][0-9a-f]";
const named: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const escaped: Record<string, string> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

const codes: Code[] = [
  {
    pattern: new RegExp(
      `%[cd][0-9a-f]${continuation}|%e[0-9a-f](?:${continuation}){2}|%f[0-7](?:${continuation}){3}|${hexByte}`,
      "gi",
    ),
    read: (match) => Buffer.from(match.replaceAll("%", ""), "hex").toString("utf8"),
  },
  {
    pattern: /\\(?:u[0-9a-f]{4}|.)/gis,
    read: (match) =>
      match.length === 6 ? String.fromCharCode(Number.parseInt(match.slice(2), 16)) : (escaped[match[1]!] ?? match[1]!),
  },
  {
    pattern: /&(?:amp|lt|gt|quot|apos|#\d{1,6}|#x[0-9a-f]{1,5});/gi,
    read: (match) => named[match.slice(1, -1).toLowerCase()] ?? String.fromCodePoint(codePointOf(match)),
  },
  { pattern: /''|""/g, read: (match) => match[0]! },
  // A shell's way of writing an apostrophe between two.
  { pattern: /'"'"'|'\\''/g, read: () => "'" },
];

function codePointOf(reference: string): number {
  const number = reference.slice(2, -1);
  return /^x/i.test(number) ? Number.parseInt(number.slice(1), 16) : Number(number);
}

/** The text itself, and each other text that comes of reading it. */
export function decodings(text: string): Decoding[] {
  const all = new Map<string, Decoding>([[text, { text }]]);
  let last = [...all.values()];
  for (let depth = 0; depth < deepest; depth++) {
    const next = last.flatMap((decoding) => codes.flatMap((code) => decode(decoding, code) ?? []));
    last = next.filter((decoding) => !all.has(decoding.text));
    for (const decoding of last) all.set(decoding.text, decoding);
  }
  return [...all.values()];
}

/** Undefined where there is nothing to decode. */
function decode({ text, starts }: Decoding, { pattern, read }: Code): Decoding | undefined {
  const matches = [...text.matchAll(pattern)];
  if (matches.length === 0) return undefined;
  const startOf = (i: number) => starts?.[i] ?? i;
  const parts: string[] = [];
  const places = new Uint32Array(text.length + 1);
  let length = 0;
  let end = 0;
  const copyTo = (to: number) => {
    parts.push(text.slice(end, to));
    for (; end < to; end++) places[length++] = startOf(end);
  };
  for (const { index, 0: whole } of matches) {
    copyTo(index);
    const character = read(whole);
    parts.push(character);
    for (let i = 0; i < character.length; i++) places[length++] = startOf(index);
    end = index + whole.length;
  }
  copyTo(text.length);
  places[length] = startOf(text.length);
  return { text: parts.join(""), starts: places };
}
