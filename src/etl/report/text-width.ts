/** How wide a bold text of 13 pixels is about, in the sans serifs that browsers have: nobody can be asked. */

const widths: [RegExp, number][] = [
  [/[iljI.,:;'|! ]/, 4.2],
  [/[frt()[\]/\\-]/, 5.6],
  [/_/, 6],
  [/[mwMWæÆœ@%…]/, 11.8],
  [/\p{Lu}/u, 9.4],
  [/[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}]/u, 14],
];
const usual = 8;

/** In pixels. */
export function textWidth(text: string): number {
  let width = 0;
  for (const letter of text) width += widths.find(([letters]) => letters.test(letter))?.[1] ?? usual;
  return width;
}

/** As much of a text as fits, with … at its end where that is not all. */
export function fitText(text: string, room: number): string {
  if (textWidth(text) <= room) return text;
  let fitting = "";
  for (const letter of text) {
    if (textWidth(`${fitting}${letter}…`) > room) break;
    fitting += letter;
  }
  return `${fitting}…`;
}
