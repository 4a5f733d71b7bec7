/** What texts and plain values of a script are, as far as it says so itself. */
import type { SyntaxNode } from "./syntax-node.ts";
import type { Where } from "../../util/error.ts";
import {
  argument,
  assignmentOf,
  callsIn,
  children,
  descendants,
  readCall,
  textOf,
  whereIs,
  type Script,
} from "./python.ts";

/** Values by the name of the variable, where it is given one once. */
export type Scope = Map<string, SyntaxNode>;

export function scopeOf(script: Script): Scope {
  const all = descendants(script.root, ({ name }) => name === "AssignStatement").flatMap(
    (node) => assignmentOf(node, script) ?? [],
  );
  const names = all.map(({ name }) => name);
  const changed = new Set(
    [...script.text.matchAll(/^\s*(?:for\s+)?(\w+)\s*(?:[-+*/|&]=|in\s)/gm)].map(([, name]) => name),
  );
  const isOnce = (name: string) => names.indexOf(name) === names.lastIndexOf(name) && !changed.has(name);
  return new Map(all.filter(({ name }) => isOnce(name)).map(({ name, value }) => [name, value]));
}

export interface Text {
  text: string;
  /** What the script computes: the expressions in the braces of an f-string, left there as they are. */
  holes: string[];
}

/** A text: literals, f-strings, sums of them, variables that stand for one; `os.environ["X"]` is `${env:X}`. */
export function textValue(node: SyntaxNode | undefined, script: Script, scope: Scope, depth = 0): Text | undefined {
  if (!node || depth > 10) return undefined;
  const inner = (one: SyntaxNode | undefined) => textValue(one, script, scope, depth + 1);
  const variable = environmentOf(node, script);
  if (variable !== undefined) return { text: `\${env:${variable}}`, holes: [] };
  switch (node.name) {
    case "String":
      return { text: unquote(textOf(node, script)), holes: [] };
    case "ContinuedString":
      return join(children(node).map(inner));
    case "FormatString":
      return formatted(node, script, inner);
    case "VariableName":
      return inner(scope.get(textOf(node, script)));
    case "ParenthesizedExpression":
      return inner(children(node)[1]);
    case "BinaryExpression":
      return children(node)[1]?.name === "ArithOp" && textOf(children(node)[1]!, script) === "+"
        ? join([inner(children(node)[0]), inner(children(node)[2])])
        : undefined;
    case "Number":
      return { text: textOf(node, script), holes: [] };
    default:
      return undefined;
  }
}

function join(parts: (Text | undefined)[]): Text | undefined {
  if (parts.some((part) => part === undefined)) return undefined;
  return { text: parts.map((part) => part!.text).join(""), holes: parts.flatMap((part) => part!.holes) };
}

function formatted(node: SyntaxNode, script: Script, inner: (node: SyntaxNode) => Text | undefined): Text {
  const { text } = script;
  const [, open = ""] = /^\w*("""|'''|"|')/.exec(textOf(node, script)) ?? [];
  const start = node.from + textOf(node, script).indexOf(open) + open.length;
  const holes: string[] = [];
  let at = start;
  let result = "";
  for (const part of children(node).filter(({ name }) => name === "FormatReplacement")) {
    result += text.slice(at, part.from);
    const [, value] = children(part);
    const known = value && inner(value);
    const shown = textOf(part, script).slice(1, -1);
    result += known?.text ?? `{${shown}}`;
    holes.push(...(known ? known.holes : [shown]));
    at = part.to;
  }
  return { text: unescape(result + text.slice(at, node.to - open.length)), holes };
}

/** `"X"` of `os.environ["X"]`, `os.environ.get("X")` and `os.getenv("X")`. */
function environmentOf(node: SyntaxNode, script: Script): string | undefined {
  if (node.name === "CallExpression") {
    const { name, positional } = readCall(node, script);
    if (!/^(os\.)?(getenv|environ\.get)$/.test(name) || positional[0]?.name !== "String") return undefined;
    return unquote(textOf(positional[0], script));
  }
  return /^(?:os\.)?environ\[\s*["'](\w+)["']\s*\]$/.exec(textOf(node, script))?.[1];
}

export interface EnvironmentRead {
  name: string;
  node: SyntaxNode;
  /** Its default, as far as it is a text. */
  fallback?: string;
  /** As the script has it, and where. */
  text: string;
  where: Where;
}

/** Every variable of the environment that the script reads, with the node that does. */
export function environmentIn(script: Script): EnvironmentRead[] {
  const calls = callsIn(script.root, script).map(({ node }) => node);
  const members = descendants(script.root, ({ name }) => name === "MemberExpression");
  return [...calls, ...members].flatMap((node) => {
    const name = environmentOf(node, script);
    if (name === undefined) return [];
    const fallback = fallbackOf(node, script);
    const place = { text: textOf(node, script), where: whereIs(node, script) };
    return [{ name, node, ...place, ...(fallback !== undefined && { fallback }) }];
  });
}

/** `"b"` of `os.environ.get("A", "b")`. */
function fallbackOf(node: SyntaxNode, script: Script): string | undefined {
  if (node.name !== "CallExpression") return undefined;
  const value = argument(readCall(node, script), 1, "default");
  return value?.name === "String" ? unquote(textOf(value, script)) : undefined;
}

/** Texts of a list, or the one text. */
export function textsOf(node: SyntaxNode | undefined, script: Script, scope: Scope): string[] {
  if (!node) return [];
  const items = node.name === "ArrayExpression" || node.name === "TupleExpression" ? children(node) : [node];
  return items.flatMap((item) => textValue(item, script, scope)?.text ?? []);
}

/** Keys and values of a dict literal. */
export function entriesOf(node: SyntaxNode | undefined, script: Script, scope: Scope): [string, SyntaxNode][] {
  const dict = node?.name === "VariableName" ? scope.get(textOf(node, script)) : node;
  if (dict?.name !== "DictionaryExpression") return [];
  const parts = children(dict).filter(({ name }) => !["{", "}", ",", ":", "Comment"].includes(name));
  const entries: [string, SyntaxNode][] = [];
  for (let i = 0; i + 1 < parts.length; i += 2) {
    const key = textValue(parts[i], script, scope);
    if (key) entries.push([key.text, parts[i + 1]!]);
  }
  return entries;
}

function unquote(literal: string): string {
  const [, prefix = "", open = ""] = /^(\w*)("""|'''|"|')/.exec(literal) ?? [];
  const inner = literal.slice(prefix.length + open.length, literal.length - open.length);
  return /r/i.test(prefix) ? inner : unescape(inner);
}

const escapes: Record<string, string> = { n: "\n", t: "\t", r: "\r", "\n": "" };

/** Source: https://docs.python.org/3/reference/lexical_analysis.html#escape-sequences, the ones that people write. */
function unescape(text: string): string {
  return text.replaceAll(/\\([\\'"ntr\n])/g, (_, character: string) => escapes[character] ?? character);
}
