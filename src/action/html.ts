/** Pieces of a job summary: Markdown with HTML in it, in which nothing that others wrote is taken for either. */

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.codePointAt(0)};`).replaceAll("\n", "<br>");
}

export interface Details {
  label: string;
  code: string;
  language: string;
  /** Longer code is cut. */
  most: number;
}

/** A block of code that opens on a click. Blank lines around the fence: only there Markdown begins again. */
export function details({ label, code, language, most }: Details): string {
  const text = cut(code, most);
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `<details><summary>${escapeHtml(label)}</summary>\n\n${fence}${language}\n${text.trimEnd()}\n${fence}\n\n</details>\n\n`;
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most)} …` : text;
}

/** How many backticks stand together: a fence is longer. */
function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
}

/** What a cell of a table holds; the log has the rest. */
const widestCell = 500;

/** A table of plain texts. */
export function tableRows(heads: string[], rows: string[][]) {
  const header = heads.map((data) => ({ data, header: true }));
  return [header, ...rows.map((row) => row.map((text) => escapeHtml(cut(text, widestCell)) || "&nbsp;"))];
}
