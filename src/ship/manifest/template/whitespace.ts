/**
 * Whitespace around tags: `~` takes all of it; a block's tag or a comment alone on its line takes the line with it.
 * The rules, and the order in which they are applied, are those of Handlebars.
 */
import type { Block, Content, Program, Statement, Strip } from "./syntax.ts";

interface Standing extends Strip {
  openStandalone?: boolean;
  closeStandalone?: boolean;
  inlineStandalone?: boolean;
}

export function controlWhitespace(program: Program): void {
  visitProgram(program, true);
}

function visitProgram({ body }: Program, isRoot: boolean): void {
  for (const [i, statement] of body.entries()) {
    const strip = stripOf(statement);
    if (!strip) continue;
    const before = isLineStart(body, i, isRoot);
    const after = isLineEnd(body, i, isRoot);
    if (strip.close) trimStart(body[i + 1], true);
    if (strip.open) trimEnd(body[i - 1], true);
    if (strip.inlineStandalone && before && after) {
      trimStart(body[i + 1], false);
      trimEnd(body[i - 1], false);
    }
    if (statement.kind !== "block") continue;
    if (strip.openStandalone && before) {
      trimStart((statement.program ?? statement.inverse)?.body[0], false);
      trimEnd(body[i - 1], false);
    }
    if (strip.closeStandalone && after) {
      trimStart(body[i + 1], false);
      trimEnd((statement.inverse ?? statement.program)?.body.at(-1), false);
    }
  }
}

function stripOf(statement: Statement): Standing | undefined {
  if (statement.kind === "content") return undefined;
  if (statement.kind === "mustache") return statement.strip;
  if (statement.kind === "comment") return { ...statement.strip, inlineStandalone: true };
  return visitBlock(statement);
}

function visitBlock(block: Block): Standing {
  for (const program of [block.program, block.inverse]) if (program) visitProgram(program, false);
  const program = (block.program ?? block.inverse)!;
  const inverse = block.program ? block.inverse : undefined;
  const { firstInverse, lastInverse } = chainOf(inverse);
  const strip: Standing = {
    open: block.openStrip.open,
    close: block.closeStrip?.close ?? false,
    openStandalone: isLineEnd(program.body, -1, false),
    closeStandalone: isLineStart((firstInverse ?? program).body, (firstInverse ?? program).body.length, false),
  };
  if (block.openStrip.close) trimStart(program.body[0], true);
  if (firstInverse && lastInverse) divide({ block, program, firstInverse, lastInverse });
  else if (block.closeStrip?.open) trimEnd(program.body.at(-1), true);
  return strip;
}

interface Division {
  block: Block;
  program: Program;
  firstInverse: Program;
  lastInverse: Program;
}

function divide({ block, program, firstInverse, lastInverse }: Division): void {
  if (block.inverseStrip?.open) trimEnd(program.body.at(-1), true);
  if (block.inverseStrip?.close) trimStart(firstInverse.body[0], true);
  if (block.closeStrip?.open) trimEnd(lastInverse.body.at(-1), true);
  const isAlone = isLineStart(program.body, program.body.length, false) && isLineEnd(firstInverse.body, -1, false);
  if (!isAlone) return;
  trimEnd(program.body.at(-1), false);
  trimStart(firstInverse.body[0], false);
}

/** Through `{{else if}}` to the programs that stand beside the first and the last of the tags. */
function chainOf(inverse: Program | undefined): { firstInverse?: Program; lastInverse?: Program } {
  if (!inverse) return {};
  if (!inverse.chained) return { firstInverse: inverse, lastInverse: inverse };
  const firstInverse = blockIn(inverse, 0)?.program ?? inverse;
  let lastInverse = inverse;
  while (lastInverse.chained) {
    const next = blockIn(lastInverse, -1)?.program;
    if (!next) break;
    lastInverse = next;
  }
  return { firstInverse, lastInverse };
}

function blockIn({ body }: Program, i: number): Block | undefined {
  const statement = body.at(i);
  return statement?.kind === "block" ? statement : undefined;
}

/** Whether only whitespace stands between the line's beginning and statement `i`. */
function isLineStart(body: Statement[], i: number, isRoot: boolean): boolean {
  if (i < 1) return isRoot;
  const previous = body[i - 1]!;
  if (previous.kind !== "content") return false;
  if (previous.value === "" && previous.rightStripped) return true;
  return (i > 1 || !isRoot ? /\r?\n\s*?$/ : /(^|\r?\n)\s*?$/).test(previous.value);
}

/** Whether only whitespace stands between statement `i` and the line's end. */
function isLineEnd(body: Statement[], i: number, isRoot: boolean): boolean {
  if (i + 1 >= body.length) return isRoot;
  const next = body[i + 1]!;
  if (next.kind !== "content") return false;
  if (next.value === "" && next.leftStripped) return true;
  return (isRoot ? /^\s*?(\r?\n|$)/ : /^\s*?\r?\n/).test(next.value);
}

function trimStart(statement: Statement | undefined, isWhole: boolean): void {
  if (statement?.kind !== "content" || (!isWhole && statement.rightStripped)) return;
  const taken = (isWhole ? /^\s+/ : /^[ \t]*\r?\n?/).exec(statement.value)?.[0].length ?? 0;
  statement.value = statement.value.slice(taken);
  statement.start += taken;
  statement.rightStripped = taken > 0;
}

function trimEnd(statement: Statement | undefined, isWhole: boolean): void {
  if (statement?.kind !== "content" || (!isWhole && statement.leftStripped)) return;
  const kept = withoutEnd(statement, isWhole);
  statement.leftStripped = kept !== statement.value;
  statement.value = kept;
}

function withoutEnd({ value }: Content, isWhole: boolean): string {
  return value.replace(isWhole ? /\s+$/ : /[ \t]+$/, "");
}
