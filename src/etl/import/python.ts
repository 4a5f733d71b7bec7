/** A Python script as a tree of statements and calls, read by a parser of the whole language, without Python. */
import type { SyntaxNode } from "./syntax-node.ts";
import type { Where } from "../../util/error.ts";

export interface Script {
  /** As the user would write its path. */
  file: string;
  text: string;
  root: SyntaxNode;
  /** Offset of the first thing that is no Python; undefined where all of it is. */
  broken: number | undefined;
  /** The tree of another text. */
  parse: (text: string) => SyntaxNode;
}

export async function parseScript(text: string, file: string): Promise<Script> {
  const { parser } = await loadParser();
  const parse = (some: string) => parser.parse(some).topNode;
  const root = parse(text);
  const [error] = descendants(root, (node) => node.type.isError);
  return { file, text, root, broken: error?.from, parse };
}

interface PythonParser {
  parser: { parse(text: string): { topNode: SyntaxNode } };
}

/** Typed here, by what is used of it: whoever compiles this program need not have it. */
function loadParser(): Promise<PythonParser> {
  const name: string = "@lezer/python";
  return import(name) as Promise<PythonParser>;
}

export function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
}

/** Those that fit, in their order; what lies inside of one that fits, too. */
export function descendants(node: SyntaxNode, fits: (node: SyntaxNode) => boolean): SyntaxNode[] {
  return children(node).flatMap((child) => [...(fits(child) ? [child] : []), ...descendants(child, fits)]);
}

export function textOf(node: SyntaxNode, { text }: Script): string {
  return text.slice(node.from, node.to);
}

export function lineAt(offset: number, { text }: Script): number {
  return text.slice(0, offset).split("\n").length;
}

export function whereIs(node: SyntaxNode, script: Script): Where {
  const line = lineAt(node.from, script);
  return { file: script.file, line, column: node.from - script.text.lastIndexOf("\n", node.from - 1) };
}

/** Statements of a script, or of a block, which a broken script lacks: what is no comment and no punctuation. */
export function statementsOf(block: SyntaxNode | undefined): SyntaxNode[] {
  return (block ? children(block) : []).filter(({ name, type }) => name !== ":" && name !== "Comment" && !type.isError);
}

/** Of a function, class or `if`. */
export function bodyOf(node: SyntaxNode): SyntaxNode | undefined {
  return children(node).find(({ name }) => name === "Body");
}

export interface Call {
  node: SyntaxNode;
  /** `pd.read_gbq`; of a call on what another call gives, only the last: `to_dataframe`. */
  name: string;
  /** What it is called on: `client`, or the call before. */
  receiver: SyntaxNode | undefined;
  positional: SyntaxNode[];
  keywords: Map<string, SyntaxNode>;
}

const isCall = ({ name }: SyntaxNode) => name === "CallExpression";

export function callsIn(node: SyntaxNode, script: Script): Call[] {
  return [...(isCall(node) ? [node] : []), ...descendants(node, isCall)].map((call) => readCall(call, script));
}

export function readCall(node: SyntaxNode, script: Script): Call {
  const [callee, list] = children(node) as [SyntaxNode, SyntaxNode];
  const receiver = callee.name === "MemberExpression" ? (callee.firstChild ?? undefined) : undefined;
  const isPlain = /^[\w.]+$/.test(textOf(callee, script));
  const name = isPlain ? textOf(callee, script) : textOf(callee.lastChild ?? callee, script);
  return { node, name, receiver, ...argumentsOf(list, script) };
}

/** By its place, or by one of its names. */
export function argument({ positional, keywords }: Call, at: number, ...names: string[]): SyntaxNode | undefined {
  return positional[at] ?? names.map((name) => keywords.get(name)).find((node) => node !== undefined);
}

function argumentsOf(list: SyntaxNode, script: Script): Pick<Call, "positional" | "keywords"> {
  const positional: SyntaxNode[] = [];
  const keywords = new Map<string, SyntaxNode>();
  let part: SyntaxNode[] = [];
  const end = () => {
    const [first, operator, value] = part;
    if (operator?.name === "AssignOp" && value) keywords.set(textOf(first!, script), value);
    else if (first) positional.push(first);
    part = [];
  };
  for (const child of children(list)) {
    if (child.name === "," || child.name === ")") end();
    else if (child.name !== "(" && child.name !== "Comment") part.push(child);
  }
  return { positional, keywords };
}

export interface Assignment {
  /** A plain variable. */
  name: string;
  value: SyntaxNode;
}

/** `name = value`; undefined for all that is more. */
export function assignmentOf(node: SyntaxNode, script: Script): Assignment | undefined {
  if (node.name !== "AssignStatement") return undefined;
  const parts = children(node).filter(({ name }) => name !== "TypeDef" && name !== "Comment");
  const [target, operator, value] = parts;
  if (parts.length !== 3 || target!.name !== "VariableName" || operator!.name !== "AssignOp") return undefined;
  return { name: textOf(target!, script), value: value! };
}

export interface PythonFunction {
  name: string;
  node: SyntaxNode;
  body: SyntaxNode;
  parameters: string[];
}

/** Of the script itself, not those inside of others. */
export function functionsOf(script: Script): PythonFunction[] {
  return statementsOf(script.root).flatMap((node) => {
    const definition = node.name === "DecoratedStatement" ? children(node).at(-1)! : node;
    if (definition.name !== "FunctionDefinition") return [];
    const parts = children(definition);
    const name = parts.find((part) => part.name === "VariableName");
    const body = bodyOf(definition);
    if (!name || !body) return [];
    const list = parts.find((part) => part.name === "ParamList");
    return [{ name: textOf(name, script), node, body, parameters: list ? parametersOf(list, script) : [] }];
  });
}

/** Those without a default. */
function parametersOf(list: SyntaxNode, script: Script): string[] {
  const all = children(list);
  return all.flatMap((part, i) => {
    const isFirst = ["(", ","].includes(all[i - 1]?.name ?? "");
    const next = all[i + 1]?.name === "TypeDef" ? all[i + 2] : all[i + 1];
    return part.name === "VariableName" && isFirst && next?.name !== "AssignOp" ? [textOf(part, script)] : [];
  });
}
