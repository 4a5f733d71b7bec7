/** Statements of a script that change rows, and which of them a result comes of. */
import { lineAt } from "./python.ts";
import type { Reading } from "./reading.ts";
import type { SyntaxNode } from "./syntax-node.ts";

/** A statement that is neither reading nor writing, as it stands there but for its indentation. */
export interface Kept {
  text: string;
  node: SyntaxNode;
}

/** What a result does not come of is left out: a variable that nothing asks for again. */
export function usedBy(result: string, kept: Kept[]): Kept[] {
  const used: Kept[] = [];
  let behind = result;
  for (const one of kept.toReversed()) {
    const [, names] = /^(\w+(?:, ?\w+)*)(?:: [^=]+)? = /.exec(one.text) ?? [];
    if (names?.split(/, ?/).every((name) => !mentions(behind, name))) continue;
    used.unshift(one);
    behind += `\n${one.text}`;
  }
  return used;
}

export function mentions(text: string, name: string): boolean {
  return new RegExp(`(?<![\\w.])${name}(?!\\w)`).test(text);
}

/** `lines 12–20`, of what is kept. */
export function linesOf(kept: Kept[], { script }: Reading): string {
  const lines = kept.flatMap(({ node }) => [lineAt(node.from, script), lineAt(node.to, script)]);
  const [first, last] = [Math.min(...lines), Math.max(...lines)];
  return first === last ? `line ${first}` : `lines ${first} to ${last}`;
}
