/** Of two long manifests, what differs: with the lines beside it, and the keys that it belongs to. */

export function differing(bad: string, good: string): string[] {
  const texts = [bad, good].map((text) => text.split("\n"));
  const [one = [], other = []] = texts;
  const shorter = Math.min(one.length, other.length);
  if (shorter < 13) return [bad, good];
  const before = countWhile(shorter, (i) => one[i] === other[i]);
  const after = countWhile(shorter - before, (i) => one.at(-1 - i) === other.at(-1 - i));
  const depth = Math.min(...texts.flatMap((lines) => lines.slice(before, lines.length - after).map(depthOf)));
  return texts.map((lines) => excerpt({ lines, start: before, end: lines.length - after, depth }));
}

function excerpt({ lines, start, end, depth }: { lines: string[]; start: number; end: number; depth: number }): string {
  const isBeside = (line: string | undefined) =>
    line !== undefined && depthOf(line) === depth && !line.endsWith(":") && !line.trimStart().startsWith("- ");
  const from = start - countWhile(start, (i) => isBeside(lines[start - 1 - i]));
  const to = end + countWhile(lines.length - end, (i) => isBeside(lines[end + i]));
  return [...parentsOf(lines.slice(0, from), depth), ...lines.slice(from, to)].join("\n");
}

/** The keys that a line of this depth stands below. */
function parentsOf(lines: string[], depth: number): string[] {
  const last = lines.findLastIndex((line) => depthOf(line) < depth);
  const parent = lines[last];
  return parent === undefined ? [] : [...parentsOf(lines.slice(0, last), depthOf(parent)), parent];
}

function depthOf(line: string): number {
  return line.length - line.trimStart().length;
}

function countWhile(most: number, holds: (i: number) => boolean): number {
  let count = 0;
  while (count < most && holds(count)) count++;
  return count;
}
