/** Pieces of a job summary and of a comment: Markdown with HTML in it, in which nothing that others wrote is taken for either. */

/** All that Markdown, or whoever shows it, may take for the end of a line: behind two of them an HTML block ends. */
const lineEnd = /\r\n?|[\n\v\f\u0085\u2028\u2029]/g;

export function escapeHtml(text: string): string {
  return unmention(text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`).replace(lineEnd, "<br>"));
}

/** In a comment, `@name` sends a message to whoever is called so: `@interval_start`, too. */
function unmention(html: string): string {
  return html.replace(/(^|\W)@(?=\w)/g, "$1@&#8203;");
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)} …` : text;
}

export function heading(text: string, level: number): string {
  return `<h${level}>${escapeHtml(text)}</h${level}>\n\n`;
}

/** @param html a piece of it; after the blank line Markdown begins again */
export function paragraph(html: string): string {
  return `<p>${html}</p>\n\n`;
}

/** Only to where it can be told by its start that a browser stays in the web. */
export function link(text: string, url: string): string {
  return /^https?:\/\//.test(url) ? `<a href="${escapeHtml(url)}">${escapeHtml(text)}</a>` : escapeHtml(text);
}

export function code(text: string): string {
  return `<code>${escapeHtml(text)}</code>`;
}

export interface Details {
  label: string;
  code: string;
  language: string;
  /** Longer code is cut. */
  most: number;
}

/** A block of code that opens on a click. Blank lines around the fence: only there Markdown begins again. */
export function details({ label, code: all, language, most }: Details): string {
  const text = cut(all, most);
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `<details><summary>${escapeHtml(label)}</summary>\n\n${fence}${language}\n${text.trimEnd()}\n${fence}\n\n</details>\n\n`;
}

/** How many backticks stand together: a fence is longer. */
function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/** What a cell of a table holds; the log has the rest. */
const widestCell = 500;

/** A cell: a text, or HTML that was made here. */
export type Cell = string | { html: string };

/** @param heads none where the rows speak for themselves */
export function table(heads: string[], rows: Cell[][]): string {
  const head = heads.length === 0 ? [] : [line(heads.map(escapeHtml), "th")];
  const lines = [...head, ...rows.map((row) => line(row.map(cellHtml), "td"))];
  return `<table>${lines.join("")}</table>\n\n`;
}

function line(cells: string[], tag: "th" | "td"): string {
  return `<tr>${cells.map((cell) => `<${tag}>${cell}</${tag}>`).join("")}</tr>`;
}

export function cellHtml(cell: Cell): string {
  if (typeof cell !== "string") return cell.html;
  return escapeHtml(cut(cell, widestCell)) || "&nbsp;";
}
