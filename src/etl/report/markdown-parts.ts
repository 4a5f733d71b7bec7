/** Pieces of Markdown, in GitHub's form of it. */
import { formatNumber } from "./format.ts";

export function folded(title: string, body: string): string {
  return `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
}

export function more(all: unknown[], shown: number): string | undefined {
  return all.length > shown ? `… and ${formatNumber(all.length - shown)} more.` : undefined;
}

/** @param numbers the columns from this one on stand to the right */
export function table(heads: string[], rows: string[][], numbers = heads.length): string {
  const rule = heads.map((_, i) => (i < numbers ? "---" : "---:"));
  return [heads, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** What Markdown, or GitHub's form of it, would take for more than a text; a `_` inside of a name is none of that. */
const special = /[&<>"*`~|\\[\]@$]|\b_\B|\B_\b|(?<=^|\s)[#+:-]|:(?=[\w+-]+:)/g;

/** A text as it is, in its line. */
export function plain(text: string): string {
  return text
    .replaceAll(special, (found) => `&#${found.charCodeAt(0)};`)
    .replaceAll(/\r\n|[\r\n\u2028\u2029]/g, "<br>");
}
