/** A text in lines of a width, as a terminal shows them. */

/** Breaks at spaces alone: a longer word stands in a line of its own. Lines that are there stay. */
export function wrap(text: string, width: number): string[] {
  return text.split("\n").flatMap((line) => wrapLine(line, width));
}

function wrapLine(line: string, width: number): string[] {
  const lines: string[] = [];
  let rest = "";
  for (const word of line.split(" ")) {
    if (rest !== "" && rest.length + 1 + word.length > width) {
      lines.push(rest);
      rest = word;
    } else rest = rest === "" ? word : `${rest} ${word}`;
  }
  return [...lines, rest];
}
