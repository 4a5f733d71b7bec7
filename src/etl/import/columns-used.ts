/** Columns of its input that a model reads before it makes them itself. */
import { namesUsed, parameterNames, targetsOf } from "./names.ts";
import { children, functionsOf, readCall, textOf, type Call, type Script } from "./python.ts";
import type { SyntaxNode } from "./syntax-node.ts";
import { entriesOf, scopeOf, type Scope } from "./value.ts";

interface Reader {
  script: Script;
  scope: Scope;
  /** What variables of loops go through, where these are texts. */
  rounds: Map<string, string[]>;
  /** Variables that hold rows, or a part of them. */
  frames: Set<string>;
  used: Set<string>;
  made: Set<string>;
  /** Functions that are being read: one that calls itself is not read again. */
  inside: string[];
}

/** @param text the model's file; @param name its function */
export function columnsUsed(text: string, name: string, { parse, file }: Script): string[] {
  const script: Script = { file, text, parse, root: parse(text), broken: undefined };
  const own = functionsOf(script).find((one) => one.name === name);
  const scope = scopeOf(script);
  const reader: Reader = {
    script,
    scope,
    rounds: new Map(),
    frames: new Set(),
    used: new Set(),
    made: new Set(),
    inside: [],
  };
  if (own) readFunction(name, own.parameters, reader);
  return [...reader.used];
}

function readFunction(name: string, frames: string[], reader: Reader): void {
  const own = functionsOf(reader.script).find((one) => one.name === name);
  if (!own || reader.inside.includes(name)) return;
  visit(own.body, { ...reader, frames: new Set(frames), inside: [...reader.inside, name] });
}

function visit(node: SyntaxNode, reader: Reader): void {
  const { script, frames } = reader;
  if (node.name === "AssignStatement") return assign(node, reader);
  if (node.name === "LambdaExpression") for (const name of parameterNames(node, script)) frames.add(name);
  if (node.name === "ForStatement") enterLoop(node, reader);
  if (node.name === "CallExpression") return visitCall(readCall(node, script), reader);
  for (const child of children(node)) visit(child, reader);
  if (node.name === "MemberExpression") for (const column of namedBy(node, reader)) take(column, reader);
}

function enterLoop(node: SyntaxNode, reader: Reader): void {
  const over = children(node).at(-2) ?? node;
  const names = targetsOf(node, reader.script);
  const all = texts(over, reader);
  if (names.length === 1 && all.length > 0) reader.rounds.set(names[0]!, all);
  else if (holdsRows(over, reader)) for (const name of names) reader.frames.add(name);
}

/** The value is read first, then what takes it is made. */
function assign(node: SyntaxNode, reader: Reader): void {
  const { script, frames } = reader;
  const parts = children(node);
  const operator = parts.findLastIndex(({ name }) => name === "AssignOp");
  const [targets, values] = [parts.slice(0, operator), parts.slice(operator + 1)];
  for (const value of values) visit(value, reader);
  for (const target of targets)
    if (target.name === "MemberExpression") {
      for (const inner of children(target).slice(0, -1)) if (inner.name !== "String") visit(inner, reader);
      for (const column of namedBy(target, reader)) make(column, reader);
    }
  if (values.some((value) => holdsRows(value, reader))) for (const name of targetsOf(node, script)) frames.add(name);
}

function take(column: string, { used, made }: Reader): void {
  if (!made.has(column)) used.add(column);
}

function make(column: string, { used, made }: Reader): void {
  if (!used.has(column)) made.add(column);
}

function holdsRows(node: SyntaxNode, { script, frames }: Reader): boolean {
  return [...namesUsed(textOf(node, script), script)].some((name) => frames.has(name));
}

/** What a frame has besides columns. Source: https://pandas.pydata.org/docs/reference/frame.html#attributes-and-underlying-data */
const ofFrames =
  /^(?:columns|index|dtypes?|values|axes|ndim|size|shape|empty|flags|attrs|plot|style|sparse|T|at|iat|loc|iloc|str|dt|cat|name)$/;

/** `df["a"]`, `df[["a", "b"]]`, `df.loc[…, "a"]`, `df.a`. */
function namedBy(node: SyntaxNode, reader: Reader): string[] {
  const { script, frames } = reader;
  const [base, bracket, ...rest] = children(node);
  if (!base || !holdsRows(base, reader)) return [];
  if (bracket?.name === "[") return rest.flatMap((one) => texts(one, reader));
  const attribute = textOf(node.lastChild!, script);
  const isColumn = node.parent?.name !== "CallExpression" || node.nextSibling?.name !== "ArgList";
  return frames.has(textOf(base, script)) && isColumn && !ofFrames.test(attribute) ? [attribute] : [];
}

/** A text, or those of a list or tuple; of variables that stand for one, too. */
function texts(node: SyntaxNode | undefined, reader: Reader, depth = 0): string[] {
  const { script, scope, rounds } = reader;
  if (!node || depth > 10) return [];
  const inner = (one: SyntaxNode | undefined) => texts(one, reader, depth + 1);
  const text = textOf(node, script);
  if (node.name === "String") return [/^\w*(["'])(.*)\1$/s.exec(text)?.[2] ?? ""];
  if (node.name === "VariableName") return rounds.get(text) ?? inner(scope.get(text));
  const [left, operator, right] = children(node);
  if (node.name === "BinaryExpression" && operator && textOf(operator, script) === "+") {
    // Two texts make one that is not written here.
    const isList = (one: SyntaxNode | undefined) => isListed(one, reader);
    return isList(left) && isList(right) ? [...inner(left), ...inner(right)] : [];
  }
  return /^(?:Array|Tuple)Expression$/.test(node.name) ? children(node).flatMap(inner) : [];
}

function isListed(node: SyntaxNode | undefined, { script, scope }: Reader): boolean {
  const known = node?.name === "VariableName" ? scope.get(textOf(node, script)) : node;
  return known?.name === "ArrayExpression";
}

const byPosition =
  /^(?:groupby|sort_values|drop_duplicates|dropna|set_index|nunique|pivot|explode|nlargest|nsmallest)$/;
const byKeyword = /^(?:on|by|subset|columns|index|left_on|right_on|values|id_vars|value_vars|keys)$/;
const naming = /^(?:name|names|value_name|var_name)$/;

function visitCall(call: Call, reader: Reader): void {
  const { script, scope } = reader;
  const callee = call.node.firstChild!;
  const method = textOf(callee.lastChild ?? callee, script);
  visit(callee, reader);
  for (const value of call.positional) {
    visit(value, reader);
    if (byPosition.test(method) && holdsRows(callee, reader)) for (const one of texts(value, reader)) take(one, reader);
    for (const [key] of method === "agg" ? entriesOf(value, script, scope) : []) take(key, reader);
  }
  for (const [keyword, value] of call.keywords) visitKeyword({ method, keyword, value }, reader);
  const given = call.positional.map((value) => holdsRows(value, reader));
  const own = functionsOf(script).find(({ name }) => name === textOf(callee, script));
  if (own)
    readFunction(
      own.name,
      own.parameters.filter((_, i) => given[i]),
      reader,
    );
  if (/^(?:apply|pipe)$/.test(method) && call.positional[0]?.name === "VariableName") {
    const applied = functionsOf(script).find(({ name }) => name === textOf(call.positional[0]!, script));
    if (applied) readFunction(applied.name, applied.parameters, reader);
  }
}

function visitKeyword(
  { method, keyword, value }: { method: string; keyword: string; value: SyntaxNode },
  reader: Reader,
): void {
  const { script, scope } = reader;
  visit(value, reader);
  const [first] = children(value).filter(({ name }) => name === "String");
  const entries = entriesOf(value, script, scope);
  if (/^agg(?:regate)?$/.test(method) && value.name === "TupleExpression")
    for (const one of texts(first, reader)) take(one, reader);
  else if (byKeyword.test(keyword)) for (const one of texts(value, reader)) take(one, reader);
  if (method === "rename")
    for (const [key, to] of entries) {
      take(key, reader);
      for (const one of texts(to, reader)) make(one, reader);
    }
  if (/^(?:agg|aggregate|assign)$/.test(method)) make(keyword, reader);
  if (naming.test(keyword)) for (const one of texts(value, reader)) make(one, reader);
}
