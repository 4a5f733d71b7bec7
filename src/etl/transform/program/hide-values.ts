/**
 * What other people's programs say of their failure may hold anything, values of rows among it. Where none may be shown,
 * only words are kept that were there before any row was: those of the program's own text, of names of columns, and
 * those that messages of errors are made of.
 */

/** Words of messages that programs, shells, Python and its data frames are known to write. */
const usual = new Set(
  `a able access already an and any are argument arguments array as at attribute axis be been between bool boolean broken bytes
  call called callable can cannot caused char code column columns command comparison compare connection convert could data dataframe
  date datetime datetimelike decode denied dependency dictionary directory disk division does dtype duplicate duplicated element
  elements empty end error exception exceptions exist exists expected exit failed false file files finite first float for format
  found frame from function given got had has have header id import in index infinity input insufficient int integer invalid invalid
  is it items iterable json keep key keys killed label length lengths like line list literal loading matching memory mismatch missing
  module must name named names nan nat no non none not number numeric object of on only open operand operation or out output
  overflow parse parser permission position positional process program range read recognized refused required returned row rows
  same schema sequence series shape should signal size str string such supported syntax system take terminated than that the this
  time timed timedelta timeout timestamp timezone to too traceback trying true truth tuple type types unable undefined unexpected
  unhashable unknown unsupported unterminated use using utf valid value values warning was were when with within without write zero
  KeyError IndexError ValueError TypeError AttributeError NameError ZeroDivisionError OverflowError MemoryError RuntimeError
  AssertionError OSError FileNotFoundError PermissionError UnicodeDecodeError UnicodeEncodeError StopIteration ImportError
  ModuleNotFoundError NotImplementedError RecursionError LookupError ArithmeticError Exception Error ReferenceError RangeError
  SyntaxError URIError ENOENT EACCES EPERM EEXIST ENOSPC ECONNREFUSED ETIMEDOUT SIGKILL SIGTERM SIGSEGV`
    .split(/\s+/)
    .map((word) => word.toLowerCase()),
);

const word = /[\p{L}\p{N}_]+/gu;

export interface HideValues {
  /** Texts that hold no rows: the program's own, names of columns. */
  texts: Iterable<string>;
}

/** The text with `…` in place of what may be a value. */
export function hideValues(text: string, { texts }: HideValues): string {
  const own = new Set<string>();
  for (const each of texts) for (const [found] of each.matchAll(word)) own.add(found);
  return text
    .replaceAll(/(?<!\p{L})(['"])(.*?)\1/gu, (quoted, _quote, inside: string) => (isMadeOf(inside, own) ? quoted : "…"))
    .replaceAll(/\S+/g, (chunk) => hideChunk(chunk, own))
    .replaceAll(/…(?:[\s,;]*…)+/g, "…");
}

/** What stands between spaces is kept as a whole, or not at all: of a name or an address no part is left. */
function hideChunk(chunk: string, own: ReadonlySet<string>): string {
  const [, before = "", inside = "", after = ""] = /^([('"[{]*)(.*?)([)'"\]}.,:;!?]*)$/su.exec(chunk) ?? [];
  const words = [...inside.matchAll(word)].map(([found]) => found);
  const isKnown = words.every((found) => own.has(found) || usual.has(found.toLowerCase()));
  return isKnown ? chunk : `${before}…${after}`;
}

/** In quotes stands what was met: there no word is a usual one. */
function isMadeOf(text: string, own: ReadonlySet<string>): boolean {
  const words = [...text.matchAll(word)].map(([found]) => found);
  return words.length > 0 && words.every((found) => own.has(found));
}
