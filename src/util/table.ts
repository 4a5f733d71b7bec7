/** Tables for people: columns aligned, numbers to the right, wide texts cut. */

export interface TableColumn {
  /** Lines above the rows: a name, a type. */
  head: string[];
  align: "left" | "right";
}

export interface TableCell {
  text: string;
  /** Puts colour around the text, which may not change how wide it is shown. */
  style?: ((text: string) => string) | undefined;
}

export interface TableOptions {
  columns: TableColumn[];
  rows: TableCell[][];
  /** Wider texts are cut, with … at their end; by default nothing is. */
  widest?: number;
  /** Colour of the head. */
  headStyle?: ((text: string) => string) | undefined;
}

const gap = "  ";

/** @returns a line for each line of the head and for each row, without spaces at their ends */
export function formatTable({ columns, rows, widest = Number.POSITIVE_INFINITY, headStyle }: TableOptions): string[] {
  const depth = Math.max(0, ...columns.map(({ head }) => head.length));
  const heads = Array.from({ length: depth }, (_, line) =>
    columns.map(({ head }): TableCell => ({ text: head[line] ?? "", style: headStyle })),
  );
  const cells = [...heads, ...rows].map((row) => row.map(({ text, style }) => ({ text: cut(text, widest), style })));
  const widths = columns.map((_, i) => cells.reduce((width, row) => Math.max(width, widthOf(row[i]!.text)), 0));
  return cells.map((row) => formatRow(row, columns, widths));
}

function formatRow(row: TableCell[], columns: TableColumn[], widths: number[]): string {
  const parts = row.map(({ text, style }, i) => {
    const padding = " ".repeat(widths[i]! - widthOf(text));
    const shown = text !== "" && style ? style(text) : text;
    return columns[i]!.align === "right" ? padding + shown : shown + padding;
  });
  return parts.join(gap).trimEnd();
}

/** A text in one line: what would break it, or move the cursor of a terminal, is shown by its escape. */
export function inOneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, escapeOf);
}

const escapes: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

function escapeOf(character: string): string {
  return escapes[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** At most so many places wide, with … at the end of what was cut. */
export function cut(text: string, widest: number): string {
  if (widthOf(text) <= widest) return text;
  let width = 0;
  let end = 0;
  for (const character of text) {
    width += widthOf(character);
    if (width > widest - 1) break;
    end += character.length;
  }
  return `${text.slice(0, end)}…`;
}

/** Marks that stand above or below a letter, and what joins others, take no place of their own. */
const narrow = /[\p{Mn}\p{Me}\p{Cf}]/u;
/** Scripts and pictures that terminals give two places. */
const wide =
  /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\uFF01-\uFF60]/u;
const plain = /^[\x20-\x7E]*$/;

/** How many places a text takes on a terminal. */
function widthOf(text: string): number {
  if (plain.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += narrow.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return width;
}
