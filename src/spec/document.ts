/** A YAML file with the places of its values, so that every problem can name its line. */
import {
  isCollection,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from "yaml";
import { messageOf, type Problem, type Where } from "../util/error.ts";

export type Path = readonly PropertyKey[];

export interface SourceDocument {
  file: string;
  value: unknown;
  /** Syntax errors, all of them. The value is undefined where there are any. */
  problems: Problem[];
  /** Place of the value at a path, or of the nearest thing around it that exists. With `key`, the place of that key. */
  where(path: Path, key?: string): Where;
  has(path: Path): boolean;
  /** Whether a key stands alone between commas, as `b` in `{ text: a, b }`. */
  isAlone(path: Path, key: string): boolean;
  /** An unquoted value as it is written: `007` and `1.10`, of which only the numbers 7 and 1.1 are left otherwise. */
  plain(path: Path): string | undefined;
}

/** @param file the name to show, as the user would write it */
export function parseYaml(text: string, file: string): SourceDocument {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const at = (offset: number): Where => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  return toSourceDocument({ document, file, at });
}

/** The same from a document of several, or of a text that was made from another. `at` gives the place of an offset. */
export function toSourceDocument({ document, file, at }: ParsedDocument): SourceDocument {
  const found = firstOfEachLine([...document.errors.map(asMistake), ...keyMistakes(document)], at);
  const value = found.length === 0 ? readValue(document, found) : undefined;
  const problems = found.map((mistake) => syntaxProblem(mistake, at(mistake.offset)));
  return {
    file,
    problems,
    value,
    where: (path, key) => at(offsetOf(document, path, key)),
    has: (path) => document.hasIn(path as unknown[]),
    isAlone: (path, key) => {
      const map = path.length === 0 ? document.contents : document.getIn(path as unknown[], true);
      return isMap(map) && map.flow === true && pairOf(map, key)?.value === null;
    },
    plain: (path) => plainText(document.getIn(path as unknown[], true)),
  };
}

/** What follows on the same line is a consequence, and misleads. */
function firstOfEachLine(mistakes: Mistake[], at: (offset: number) => Where): Mistake[] {
  const seen = new Set<number | undefined>();
  return mistakes.filter(({ offset }) => {
    const { line } = at(offset);
    return !seen.has(line) && seen.add(line);
  });
}

interface ParsedDocument {
  document: Document.Parsed;
  file: string;
  at: (offset: number) => Where;
}

function plainText(node: unknown): string | undefined {
  return isScalar(node) && node.type === "PLAIN" ? node.source : undefined;
}

function offsetOf(document: Document.Parsed, path: Path, key?: string): number {
  for (let length = path.length; length >= 0; length--) {
    const node =
      length === 0 ? document.contents : (document.getIn(path.slice(0, length) as unknown[], true) as Node | undefined);
    if (!node?.range) continue;
    // The whole path exists, or the key looked for stands in what does.
    if (key !== undefined && length === path.length) {
      const pair = isMap(node) ? pairOf(node, key) : undefined;
      const range = pair && isScalar(pair.key) ? pair.key.range : undefined;
      if (range) return range[0];
    }
    return (length < path.length && isCollection(node)) || (key !== undefined && isMap(node))
      ? keyOffset(document, path.slice(0, length), node)
      : node.range[0];
  }
  return 0;
}

function pairOf(map: YAMLMap, key: string): Pair | undefined {
  return map.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
}

/** A map's problems (a missing key, say) are shown at the key that holds the map, where the eye looks for them. */
function keyOffset(document: Document.Parsed, path: Path, node: Node): number {
  const parent = path.length === 0 ? undefined : document.getIn(path.slice(0, -1) as unknown[], true);
  const holder = path.length === 1 ? document.contents : parent;
  if (isMap(holder)) {
    const pair = pairOf(holder, String(path.at(-1)));
    if (pair && isScalar(pair.key) && pair.key.range) return pair.key.range[0];
  }
  return node.range?.[0] ?? 0;
}

interface Mistake {
  message: string;
  /** The parser's name for it, or one of ours. */
  code: string;
  offset: number;
}

function asMistake({ message, code, pos }: { message: string; code: string; pos: [number, number] }): Mistake {
  if (code === "MULTIPLE_DOCS") return { message: "a second document begins here", code, offset: pos[0] };
  // `*/15 * * * *` without quotes.
  const isCron = message.startsWith("Unexpected alias");
  if (isCron) return { message: "a value that begins with * needs quotes", code: "UNQUOTED_STAR", offset: pos[0] };
  const isStray = message.startsWith("A block sequence may not be used");
  if (isStray) return { message: "this line is indented as no line above it", code: "STRAY_ITEM", offset: pos[0] };
  return { message, code, offset: pos[0] };
}

/** YAML lets lists and maps be keys; JavaScript's objects do not. */
function keyMistakes(document: Document.Parsed): Mistake[] {
  const found: Mistake[] = [];
  visit(document, {
    Pair: (_, { key }) => {
      if (!isNode(key) || isScalar(key)) return;
      found.push({ message: "a key must be a text", code: "KEY_NOT_TEXT", offset: key.range?.[0] ?? 0 });
    },
  });
  return found;
}

/** Where an alias stands that names no anchor. */
function looseAlias(document: Document.Parsed): number | undefined {
  let offset: number | undefined;
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document)) return undefined;
      offset = alias.range?.[0];
      return visit.BREAK;
    },
  });
  return offset;
}

/** The document's value; what is wrong with its aliases, which only show when they are followed, is added to `found`. */
function readValue(document: Document.Parsed, found: Mistake[]): unknown {
  try {
    keepDigits(document);
    const value: unknown = document.toJS();
    if (!holdsItself(value)) return value;
    found.push({ message: "an alias stands inside of what it names", code: "BAD_ALIAS", offset: 0 });
  } catch (error) {
    const loose = looseAlias(document);
    // Its name is not repeated: it may be a password that begins with *.
    const message = loose === undefined ? messageOf(error) : "an alias (*name) names nothing that stands above it";
    found.push({ message, code: "BAD_ALIAS", offset: loose ?? 0 });
  }
  return undefined;
}

/** An integer that JavaScript would round stays the text that it is written as: what takes an INT64 takes its text, too. */
function keepDigits(document: Document.Parsed): void {
  visit(document, {
    Scalar(_key, node) {
      const isRounded = Number.isInteger(node.value) && !Number.isSafeInteger(node.value);
      if (isRounded && /^[+-]?\d+$/.test(node.source ?? "")) node.value = node.source;
    },
  });
}

function holdsItself(value: unknown, around: readonly unknown[] = []): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (around.includes(value)) return true;
  return Object.values(value).some((inner) => holdsItself(inner, [...around, value]));
}

function syntaxProblem({ message, code }: Mistake, where: Where): Problem {
  const hints: Record<string, string> = {
    TAB_AS_INDENT: "Indent with spaces: YAML does not allow tabs.",
    DUPLICATE_KEY: "Keep one of the two.",
    BAD_INDENT: "Compare the indentation with the line above.",
    MULTILINE_IMPLICIT_KEY: "Is a colon missing, or a quote not closed?",
    BLOCK_AS_IMPLICIT_KEY: "Compare the indentation with the line above, or put the value in quotes.",
    STRAY_ITEM: "Indent it as the other items of its list. Where it is a text, put it in quotes.",
    UNEXPECTED_TOKEN: "Values with : { } [ ] , # or a leading @ need quotes.",
    BAD_SCALAR_START: "Put a value that begins with @ or ` in quotes.",
    MISSING_CHAR: "A quote or a bracket is not closed.",
    MULTIPLE_DOCS: "Remove the line ---, or put each document into a file of its own.",
    KEY_NOT_TEXT: "Put a key that begins with { or [ in quotes.",
    UNQUOTED_STAR: 'Without them it is an alias, of what &name marks. Write "*/15 * * * *".',
    BAD_ALIAS: "A value that begins with * is an alias, of what &name marks. Put it in quotes where a text is meant.",
  };
  const hint = hints[code] ?? "Check indentation, colons and quotes around this line.";
  return { severity: "error", rule: "yaml-syntax", message: `not valid YAML: ${message}`, hint, where };
}
