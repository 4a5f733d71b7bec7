/** The way of the rows through a script: what it reads, what it does with them, what it writes. */
import type { Problem } from "../../util/error.ts";
import { frameOfAnswer, takeAnswer, takeResponse } from "./answers.ts";
import { isEarlyEnd } from "./early-end.ts";
import { readsIn, writesIn, type WriteEnd } from "./ends.ts";
import { mentions, usedBy } from "./kept.ts";
import { isConstant, isHousekeeping } from "./left-out.ts";
import { isOfPaging } from "./paging.ts";
import { assignmentOf, bodyOf, callsIn, functionsOf, statementsOf, textOf, type PythonFunction } from "./python.ts";
import { note, type ReadEnd, type Reading } from "./reading.ts";
import type { SyntaxNode } from "./syntax-node.ts";
import { addRead, type Flow, type Walk } from "./walk.ts";

export function followFlow(reading: Reading): Flow {
  const functions = new Map(functionsOf(reading.script).map((one) => [one.name, one]));
  const walk: Walk = {
    ...reading,
    functions,
    reads: [],
    writes: [],
    kept: [],
    notes: [],
    answers: new Map(),
    inside: new Set(),
  };
  walkAll(beginning(reading), walk);
  return walk;
}

/** What runs when the script is started, without definitions. */
function beginning({ script }: Reading): SyntaxNode[] {
  return statementsOf(script.root).flatMap((node) => {
    if (/^(ImportStatement|FunctionDefinition|ClassDefinition|DecoratedStatement)$/.test(node.name)) return [];
    const isMain = node.name === "IfStatement" && /^if\s+__name__\s*==/.test(textOf(node, script));
    return isMain ? statementsOf(bodyOf(node)) : [node];
  });
}

function walkAll(statements: SyntaxNode[], walk: Walk): void {
  for (const node of statements) walkOne(node, walk);
}

function walkOne(node: SyntaxNode, walk: Walk): void {
  if (node.name === "ImportStatement" || node.name === "PassStatement") return;
  if (isText(node)) return;
  if (/^(TryStatement|WithStatement)$/.test(node.name) && hasEnds(node, walk)) return openBlock(node, walk);
  if (/^(ForStatement|WhileStatement|IfStatement)$/.test(node.name) && hasEnds(node, walk))
    return refuseBlock(node, walk);
  const called = callOfOwn(node, walk);
  if (called) return walkInto(called, node, walk);
  if (takeAnswer(node, walk)) return;
  const written = writesIn(node, walk);
  if (written.length > 0) return written.forEach((write) => takeWrite(write, walk));
  const [read] = readsIn(node, walk);
  if (read) return takeRead(read, node, walk);
  if (isHousekeeping(node, walk) || isConstant(node, walk)) return;
  if (node.name === "ReturnStatement") return;
  if (isEarlyEnd(node, walk.script)) return void walk.notes.push(earlyEnd(node, walk));
  walk.kept.push({ text: blockText(node, walk), node });
}

function earlyEnd(node: SyntaxNode, walk: Walk): Problem {
  const todo =
    "If it asks for no rows: outputs are then published without any, and `replace` empties its table. To stop instead: `checks: [{ row_count: { min: 1 } }]` of the model.";
  return note(node, walk, "a model does not end early, and this is not carried over", todo);
}

/** A docstring. */
function isText(node: SyntaxNode): boolean {
  return node.name === "ExpressionStatement" && /^(String|ContinuedString)$/.test(node.firstChild?.name ?? "");
}

function hasEnds(node: SyntaxNode, walk: Walk): boolean {
  if (readsIn(node, walk).length > 0 || writesIn(node, walk).length > 0) return true;
  return callsIn(node, walk.script).some(({ name }) => {
    const own = walk.functions.get(name);
    return (
      own !== undefined &&
      !walk.inside.has(name) &&
      hasEnds(own.body, { ...walk, inside: new Set([...walk.inside, name]) })
    );
  });
}

function openBlock(node: SyntaxNode, walk: Walk): void {
  const what = node.name === "TryStatement" ? "errors are caught" : "a block";
  walk.notes.push(
    note(
      node,
      walk,
      `${what} around reading or writing`,
      "Nothing to do: a run ends what it opens, tries again what may pass, and publishes all or nothing.",
    ),
  );
  walkAll(statementsOf(bodyOf(node)), walk);
}

function refuseBlock(node: SyntaxNode, walk: Walk): void {
  const isLoop = node.name !== "IfStatement";
  const why = isLoop ? "it reads or writes again and again" : "it reads or writes under a condition";
  const todo = isLoop
    ? "Of pages of an API: `paginate:` of the source. Of days: `interval: day`, and `nais-etl run --interval`. Of several tables: a source or output each."
    : "Make two pipelines of it, or a parameter: `params:`.";
  const paging = readsIn(node, walk).find((read) => read.paging?.loop.from === node.from)?.paging;
  if (!paging) walk.notes.push(note(node, walk, why, todo));
  for (const inner of statementsOf(bodyOf(node)))
    if (!paging || !isOfPaging(inner, paging, walk.script)) takeRepeated(inner, walk);
}

/** Of a loop or a condition only reading and writing is carried over, and where the rows are gathered. */
function takeRepeated(node: SyntaxNode, walk: Walk): void {
  const { script, answers } = walk;
  const [, list, value = ""] = /^(\w+)(?:\s*\+=\s*|\.(?:extend|append)\()([^]*?)\)?$/.exec(textOf(node, script)) ?? [];
  const known = answers.get(/^(\w+)/.exec(value)?.[1] ?? "");
  if (list !== undefined && known) {
    const keys = [...value.matchAll(/\[["']([^\]]+)["']\]/g)].map(([, key]) => key!);
    answers.set(list, { read: known.read, path: [...known.path, ...keys] });
  } else if (hasEnds(node, walk)) walkOne(node, walk);
  else if (!takeAnswer(node, walk) && !isHousekeeping(node, walk))
    walk.notes.push(
      note(
        node,
        walk,
        "it stands in a loop or under a condition, and is not carried over",
        "Write it into the model, if it changes rows.",
      ),
    );
}

interface OwnCall {
  function: PythonFunction;
  /** Expressions of its positional arguments. */
  given: SyntaxNode[];
  /** The variable that takes what it gives. */
  target: string | undefined;
}

/** A statement that does nothing but call a function of the script that reads or writes. */
function callOfOwn(node: SyntaxNode, walk: Walk): OwnCall | undefined {
  const { script, functions } = walk;
  const assigned = assignmentOf(node, script);
  const value = assigned?.value ?? (node.name === "ExpressionStatement" ? node.firstChild : undefined);
  if (value?.name !== "CallExpression") return undefined;
  const [call] = callsIn(value, script);
  const own = functions.get(call!.name);
  if (
    !own ||
    call!.receiver ||
    walk.inside.has(own.name) ||
    !hasEnds(own.body, { ...walk, inside: new Set([...walk.inside, own.name]) })
  )
    return undefined;
  return { function: own, given: call!.positional, target: assigned?.name };
}

/** Its statements stand in the place of the call, behind what they are given. */
function walkInto({ function: own, given, target }: OwnCall, node: SyntaxNode, walk: Walk): void {
  const { script } = walk;
  for (const [i, value] of given.entries()) {
    const parameter = own.parameters[i];
    const text = textOf(value, script);
    if (parameter === undefined || parameter === text) continue;
    if (walk.reads.some(({ variable }) => variable === text) || !/^["'\d]/.test(text))
      walk.kept.push({ text: `${parameter} = ${text}`, node });
  }
  const inner = { ...walk, inside: new Set([...walk.inside, own.name]) };
  const statements = statementsOf(own.body);
  for (const statement of statements) {
    if (statement.name !== "ReturnStatement") walkOne(statement, inner);
    else if (target !== undefined) takeReturn(statement, target, inner);
  }
}

function takeReturn(node: SyntaxNode, target: string, walk: Walk): void {
  const { script } = walk;
  const value = node.lastChild;
  if (!value || value.name === "return") return;
  const text = textOf(value, script);
  const known = walk.reads.find(({ variable }) => variable === text);
  if (known && !walk.kept.some((kept) => mentions(kept.text, text))) return void (known.variable = target);
  const answer = frameOfAnswer(value, walk);
  if (answer) return addRead(answer, target, walk);
  const [read] = readsIn(value, walk);
  if (read) return takeReadOf(read, value, target, walk);
  if (text !== target) walk.kept.push({ text: `${target} = ${text}`, node });
}

function takeRead(read: ReadEnd, node: SyntaxNode, walk: Walk): void {
  const assigned = assignmentOf(node, walk.script);
  if (read.source["type"] === "http" && !isFrame(read)) return takeResponse(read, assigned, node, walk);
  if (assigned) return takeReadOf(read, assigned.value, assigned.name, walk);
  addRead(read, read.name, walk);
  walk.kept.push({ text: replaced(node, read.node, read.name, walk), node });
}

/** `read_csv` of an address gives a frame; an answer of requests does not. */
function isFrame({ source }: ReadEnd): boolean {
  return source["format"] !== undefined;
}

function takeReadOf(read: ReadEnd, value: SyntaxNode, target: string, walk: Walk): void {
  addRead(read, target, walk);
  if (value.from === read.node.from && value.to === read.node.to) return;
  const text = walk.script.text;
  const before = text.slice(value.from, read.node.from);
  walk.kept.push({ text: `${target} = ${before}${target}${text.slice(read.node.to, value.to)}`, node: value });
}

function takeWrite(write: WriteEnd, walk: Walk): void {
  walk.notes.push(...write.notes);
  const result = withoutReads(write.frame, walk);
  walk.writes.push({ ...write, kept: usedBy(result, walk.kept), result });
}

/** What is read and written in one breath: the source's name stands where it was read. */
function withoutReads(frame: SyntaxNode, walk: Walk): string {
  const { text } = walk.script;
  let [result, at] = ["", frame.from];
  for (const read of readsIn(frame, walk)) {
    addRead(read, read.name, walk);
    result += text.slice(at, read.node.from) + read.name;
    at = read.node.to;
  }
  return result + text.slice(at, frame.to);
}

function replaced(node: SyntaxNode, part: SyntaxNode, by: string, { script }: Walk): string {
  return script.text.slice(node.from, part.from) + by + script.text.slice(part.to, node.to);
}

/** Its lines, moved to the left as far as its first one stands in. */
function blockText(node: SyntaxNode, { script }: Walk): string {
  const start = script.text.lastIndexOf("\n", node.from - 1) + 1;
  const indent = node.from - start;
  const [first = "", ...rest] = textOf(node, script).split("\n");
  return [first, ...rest.map((line) => (line.slice(0, indent).trim() === "" ? line.slice(indent) : line))]
    .join("\n")
    .trimEnd();
}
