/** The first record of a CSV file: the names of its columns, or how many they are. */
import type { Columns } from "../../../spec/column.ts";
import type { Problem } from "../../../util/error.ts";
import { nearest } from "../../../util/suggest.ts";
import type { CsvFormat, LineEnding } from "../connector.ts";

export interface CsvHeader {
  /** The values of the first record. Empty for a file without any. */
  values: string[];
  /** Index of the first byte behind it. */
  end: number;
  /** Lines it spans. */
  lines: number;
  lineEnding: LineEnding;
  /** Whether a byte order mark stands before it. */
  hasMark: boolean;
}

/** @returns undefined where the record is not whole within the bytes */
export function readFirstRecord(
  text: string,
  { delimiter, quote }: Pick<CsvFormat, "delimiter" | "quote">,
  isWhole: boolean,
): CsvHeader | undefined {
  const values: string[] = [];
  const hasMark = text.startsWith("\ufeff");
  let at = hasMark ? 1 : 0;
  for (;;) {
    const open = at + /^ */.exec(text.slice(at))![0].length;
    const isQuoted = text[open] === quote;
    const close = isQuoted ? closingQuote(text, open) : at;
    const end = nextOf(text, close, [delimiter, "\n", "\r\n"]);
    if (end === -1 && !isWhole) return undefined;
    const stop = end === -1 ? text.length : end;
    values.push(
      (isQuoted
        ? text.slice(open + 1, Math.max(open + 1, close - 1)).replaceAll('""', '"')
        : text.slice(at, stop)
      ).trim(),
    );
    if (end !== -1 && text.startsWith(delimiter, end)) {
      at = end + delimiter.length;
      continue;
    }
    const behind = end === -1 ? text.length : end + (text[end] === "\r" ? 2 : 1);
    return {
      values,
      end: Buffer.byteLength(text.slice(0, behind)),
      lines: text.slice(0, behind).split("\n").length - 1,
      lineEnding: end !== -1 && text[end] === "\r" ? "\r\n" : "\n",
      hasMark,
    };
  }
}

/** Index behind the closing quote. */
function closingQuote(text: string, open: number): number {
  let at = text.indexOf('"', open + 1);
  while (at !== -1 && text[at + 1] === '"') at = text.indexOf('"', at + 2);
  return at === -1 ? text.length : at + 1;
}

function nextOf(text: string, from: number, wanted: string[]): number {
  const found = wanted.map((word) => text.indexOf(word, from)).filter((at) => at !== -1);
  return found.length === 0 ? -1 : Math.min(...found);
}

/** Names of columns where a file or a declaration gives none: counted from 1, as people do. */
export function nameColumns(values: string[], { header }: CsvFormat): string[] {
  return values.map((value, i) => (header && value !== "" ? value : `column${i + 1}`));
}

/** The place of a declared column in a file: by its exact name, else by one that differs in capitals only. */
export function columnIndex(name: string, names: readonly string[]): number {
  const exact = names.indexOf(name);
  return exact === -1 ? names.findIndex((other) => other.toLowerCase() === name.toLowerCase()) : exact;
}

interface CheckHeader {
  names: string[];
  /** Declared columns, or those of the files before. */
  columns: Columns | undefined;
  format: CsvFormat;
  /** Whether the delimiter was declared; where not, another one in the header is pointed at. */
  delimiterDeclared: boolean;
  shown: string;
}

/** What is wrong with a file's columns, before any row is read. */
export function headerProblems(options: CheckHeader): Problem[] {
  const { names, shown, format } = options;
  const where = { file: shown, line: 1 };
  const other = options.delimiterDeclared ? undefined : otherDelimiter(names, format.delimiter);
  if (other) return [{ severity: "error", rule: "delimiter", where, ...other }];
  if (!format.header) return countProblems(options);
  return [...duplicates(options), ...missing(options)].map((problem) => ({
    severity: "error",
    rule: "header",
    where,
    ...problem,
  }));
}

function otherDelimiter(names: string[], delimiter: string): Pick<Problem, "message" | "hint"> | undefined {
  const [only] = names;
  const found =
    names.length === 1 ? [";", "\t", "|", ","].find((sign) => sign !== delimiter && only!.includes(sign)) : undefined;
  if (found === undefined) return undefined;
  const shown = found === "\t" ? "tabs" : `\`${found}\``;
  return {
    message: `the first line has ${shown}, and no \`${delimiter === "\t" ? "tab" : delimiter}\` between its values`,
    hint: `Say \`delimiter: ${JSON.stringify(found)}\`. (If it is one column, say \`delimiter: ${JSON.stringify(delimiter)}\`.)`,
  };
}

function countProblems({ names, columns, shown }: CheckHeader): Problem[] {
  const declared = Object.keys(columns ?? {}).length;
  if (columns === undefined || names.length === 0 || declared === names.length) return [];
  return [
    {
      severity: "error",
      rule: "header",
      message: `a line has ${names.length} values, and ${declared} columns are declared`,
      hint: "Without a header, columns are told by their order: declare each of them.",
      where: { file: shown, line: 1 },
    },
  ];
}

function duplicates({ names, columns }: CheckHeader): Pick<Problem, "message" | "hint">[] {
  const twice = names.filter((name, i) => names.indexOf(name) !== i && (columns === undefined || name in columns));
  return [...new Set(twice)].map((name) => ({
    message: `the header names \`${name}\` twice`,
    hint: "Give each column a name of its own.",
  }));
}

function missing({ names, columns = {} }: CheckHeader): Pick<Problem, "message" | "hint">[] {
  const absent = Object.keys(columns).filter((name) => columnIndex(name, names) === -1);
  return absent.map((name) => {
    const free = names.filter((other) => !(other in columns));
    const best = nearest(name, free);
    return {
      message: `the header does not name the declared column \`${name}\``,
      hint: best === undefined ? `It names ${listed(names)}.` : `Did you mean \`${best}\`?`,
    };
  });
}

const mostNames = 30;

function listed(names: string[]): string {
  const shown = names.slice(0, mostNames).join(", ");
  return names.length > mostNames ? `${shown} and ${names.length - mostNames} more` : shown;
}
