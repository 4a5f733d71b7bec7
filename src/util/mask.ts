/**
 * Finds secrets in texts, and takes them out: as they are, a line at a time, and as URLs, JSON, HTML, SQL, base64 and
 * hexadecimal write them, wholly or in part.
 */
import { decodings } from "./decodings.ts";

export interface Mask {
  /** From now on this text is found. */
  add: (secret: string) => void;
  /** The text with `***` for every secret. JSON stays JSON. */
  scrub: (text: string) => string;
}

/** Shorter ones are not looked for: masking `1` would make every text unreadable, and hide nothing. */
const shortestSecret = 3;

/** From this length on, a word that differs by its letters' case alone is no chance: hosts are written in small letters. */
const shortestAnyCase = 8;

/** What base64 and hexadecimal make of less is a few letters that stand in words, too. */
const shortestCode = 6;

const hidden = "***";

export function createMask(): Mask {
  const [exact, anyCase] = [new Set<string>(), new Set<string>()];
  const replace = (text: string) => cutOut(text, spansOf(text, { exact, anyCase }));
  return {
    add(secret) {
      for (const form of formsOf(secret)) {
        if (form.length < shortestAnyCase) exact.add(form);
        else anyCase.add(form.toLowerCase());
      }
    },
    scrub(text) {
      if (exact.size + anyCase.size === 0) return text;
      const scrubbed = replace(text);
      return scrubbed === text ? text : (scrubJson(text, replace) ?? scrubbed);
    },
  };
}

/** A secret may be shown a line at a time, in a query with `+` for each space, and encoded. */
function formsOf(secret: string): string[] {
  const lines = secret.split(/\r?\n/).map((line) => line.trim());
  const plain = [...new Set([secret, secret.trim(), ...lines])].filter((text) => text.length >= shortestSecret);
  return plain.flatMap((text) => [text, text.replaceAll(" ", "+"), ...codesOf(Buffer.from(text, "utf8"))]);
}

/**
 * What base64 makes of the bytes depends on where they begin in what is encoded (`Basic user:password`): three codes,
 * without the letters at either end that also hold bits of a neighbour.
 */
function codesOf(bytes: Buffer): string[] {
  const base64 = [0, 1, 2].map((before) => {
    const code = Buffer.concat([Buffer.alloc(before), bytes]).toString("base64");
    return code.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  const forUrls = base64.map((code) => code.replaceAll("+", "-").replaceAll("/", "_"));
  return [...base64, ...forUrls, bytes.toString("hex")].filter((code) => code.length >= shortestCode);
}

interface Span {
  start: number;
  end: number;
}

interface Forms {
  exact: ReadonlySet<string>;
  /** In small letters. */
  anyCase: ReadonlySet<string>;
}

/** Where secrets stand, in order. Of one that overlaps another, both are found. */
function spansOf(text: string, { exact, anyCase }: Forms): Span[] {
  const found: Span[] = [];
  for (const { text: decoded, starts } of decodings(text)) {
    const small = decoded.toLowerCase();
    // A few letters have more units when they are small: then the places would not be the text's.
    const searched = small.length === decoded.length ? small : decoded;
    const places = [...placesOf(decoded, exact), ...placesOf(searched, anyCase)];
    for (const { start, end } of places)
      found.push(starts ? { start: starts[start]!, end: starts[end]! } : { start, end });
  }
  return merge(found);
}

function* placesOf(text: string, forms: Iterable<string>): Generator<Span> {
  for (const form of forms)
    for (let start = text.indexOf(form); start >= 0; start = text.indexOf(form, start + form.length))
      yield { start, end: start + form.length };
}

function merge(found: Span[]): Span[] {
  const spans: Span[] = [];
  for (const span of found.toSorted((a, b) => a.start - b.start)) {
    const last = spans.at(-1);
    if (last && span.start < last.end) last.end = Math.max(last.end, span.end);
    else spans.push({ ...span });
  }
  return spans;
}

function cutOut(text: string, spans: Span[]): string {
  let rest = "";
  let end = 0;
  for (const span of spans) {
    rest += text.slice(end, span.start) + hidden;
    ({ end } = span);
  }
  return rest + text.slice(end);
}

/** A secret that is a number, or a piece of JSON, must not break the JSON that it is taken out of. */
function scrubJson(text: string, replace: (text: string) => string): string | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    const indent = /^\s*[{[]\n( *)/.exec(text)?.[1]?.length ?? 0;
    const end = /\s*$/.exec(text)![0];
    return JSON.stringify(scrubValue(JSON.parse(text), replace), undefined, indent) + end;
  } catch {
    return undefined;
  }
}

function scrubValue(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === "string") return replace(value);
  // Only a number that is a secret and nothing else: digits of one stand in many.
  if (typeof value === "number") return replace(String(value)) === hidden ? hidden : value;
  if (Array.isArray(value)) return value.map((item) => scrubValue(item, replace));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [replace(key), scrubValue(item, replace)]));
}
