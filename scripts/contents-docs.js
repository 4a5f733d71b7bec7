// Writes the list of chapters at the top of the long pages in docs/. A test holds that they are what this makes.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";

const folder = new URL("../docs/", import.meta.url);

/** These have lists of their own. */
const others = ["commands.md", "conformance.md", "troubleshooting.md"];
const isLong = { lines: 100, chapters: 4 };

export const pages = readdirSync(folder).filter((name) => name.endsWith(".md") && !others.includes(name));

/**
 * @param {string} name of a page in docs/
 * @returns {string}
 */
export function readPage(name) {
  return readFileSync(new URL(name, folder), "utf8");
}

/**
 * The page with its list made anew: below its title, where it is long.
 *
 * @param {string} text
 */
export function withContents(text) {
  const plain = text.replace(/<!-- contents -->\n[\s\S]*?<!-- \/contents -->\n\n/, "");
  const chapters = headingsOf(plain).filter(({ level }) => level === 2);
  if (plain.split("\n").length <= isLong.lines || chapters.length < isLong.chapters) return plain;
  // A number stays with its title where the line is broken.
  const list = chapters
    .map(({ title, anchor }) => `[${title.replace(/^(\d+\.) /, "$1\u00A0")}](#${anchor})`)
    .join(" · ");
  return plain.replace(/^(# .+\n\n)/, `$1<!-- contents -->\n\n${list}\n\n<!-- /contents -->\n\n`);
}

/**
 * Headings outside of code, with their anchors as GitHub names them.
 *
 * @param {string} text
 * @returns {{ level: number, title: string, anchor: string }[]}
 */
export function headingsOf(text) {
  const found = [...text.replaceAll(/^```[\s\S]*?^```/gm, "").matchAll(/^(#+) (.*)$/gm)];
  /** @type {Map<string, number>} */
  const times = new Map();
  return found.map(([, marks = "", title = ""]) => {
    const name = title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-");
    const before = times.get(name) ?? 0;
    times.set(name, before + 1);
    return { level: marks.length, title, anchor: before === 0 ? name : `${name}-${before}` };
  });
}

if (import.meta.main) {
  for (const name of pages) writeFileSync(new URL(name, folder), withContents(readPage(name)));
  console.log("wrote the lists of chapters in docs/");
}
