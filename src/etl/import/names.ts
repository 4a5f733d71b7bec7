/** Names that a part of a script takes from outside of itself. Comments and texts name nothing. */
import { children, textOf, type Script } from "./python.ts";
import type { SyntaxNode } from "./syntax-node.ts";

/** @param text Python of its own, or a part of the script */
export function namesUsed(text: string, { parse }: Script): Set<string> {
  const root = parse(text);
  return new Set(free(root, { text }));
}

type Of = Pick<Script, "text">;

/** Of a function, class or lambda: without its parameters and what it assigns. */
function free(node: SyntaxNode, of: Of): string[] {
  const inner = () => children(node).flatMap((child) => free(child, of));
  if (node.name === "VariableName") return isKeyword(node) ? [] : [of.text.slice(node.from, node.to)];
  if (node.name === "ImportStatement") return [];
  if (!/^(FunctionDefinition|LambdaExpression)$/.test(node.name)) return inner();
  const own = new Set([...parameterNames(node, of), ...assignedNames(node, of)]);
  const defaults = children(node)
    .filter(({ name }) => name === "ParamList")
    .flatMap((list) => defaultsOf(list, of));
  const [first] = children(node).filter(({ name }) => name === "VariableName");
  const rest = children(node).filter((child) => child.name !== "ParamList" && child !== first);
  return [...rest.flatMap((child) => free(child, of)).filter((name) => !own.has(name)), ...defaults];
}

/** `name` of `f(name=value)`. */
function isKeyword({ parent, nextSibling }: SyntaxNode): boolean {
  return parent?.name === "ArgList" && nextSibling?.name === "AssignOp";
}

function isParameter({ prevSibling }: SyntaxNode): boolean {
  return prevSibling === null || /^[(,*]+$|^lambda$/.test(prevSibling.name);
}

export function parameterNames(definition: SyntaxNode, { text }: Of): string[] {
  const lists = children(definition).filter(({ name }) => name === "ParamList");
  const names = lists.flatMap(children).filter((node) => node.name === "VariableName" && isParameter(node));
  return names.map(({ from, to }) => text.slice(from, to));
}

/** Types and defaults, which are looked up outside. */
function defaultsOf(list: SyntaxNode, of: Of): string[] {
  return children(list)
    .filter((node) => !(node.name === "VariableName" && isParameter(node)))
    .flatMap((node) => free(node, of));
}

function assignedNames(node: SyntaxNode, of: Of): string[] {
  return children(node).flatMap((child) => [...targetsOf(child, of), ...assignedNames(child, of)]);
}

/** Plain variables that a statement gives a value: `a, b = …`, `for a in …`, `with … as a`. */
export function targetsOf(node: SyntaxNode, { text }: Of): string[] {
  const shown = (part: SyntaxNode) => text.slice(part.from, part.to);
  const parts = children(node);
  const names = (some: SyntaxNode[]) => some.filter(({ name }) => name === "VariableName").map(shown);
  if (node.name === "AssignStatement") return names(parts.slice(0, parts.findLastIndex(isAssign)));
  if (node.name === "ForStatement" || /ComprehensionExpression$|^ComprehensionExpression$/.test(node.name))
    return parts.flatMap((part, i) => (part.name === "for" ? names(parts.slice(i + 1, indexOfIn(parts, i))) : []));
  if (node.name === "WithStatement") return names(parts.filter((_, i) => parts[i - 1]?.name === "as"));
  return [];
}

const isAssign = ({ name }: SyntaxNode) => name === "AssignOp";

function indexOfIn(parts: SyntaxNode[], from: number): number {
  return parts.findIndex(({ name }, i) => i > from && name === "in");
}

/** What a statement of the script gives a name to. */
export function namesGiven(node: SyntaxNode, script: Script): string[] {
  if (node.name === "ImportStatement") return importedNames(textOf(node, script));
  const targets = targetsOf(node, script);
  if (targets.length > 0) return targets;
  return [/(?:def|class)\s+(\w+)/.exec(textOf(node, script))?.[1] ?? ""];
}

/** `import a.b` binds `a`, `import a as b` and `from x import a as b` bind `b`. */
function importedNames(text: string): string[] {
  const [, list = ""] = /\bimport\s+\(?([^]*?)\)?\s*$/.exec(text) ?? [];
  return list.split(",").map((part) => (/\bas\s+(\w+)/.exec(part)?.[1] ?? part.trim().split(".")[0]!).trim());
}
