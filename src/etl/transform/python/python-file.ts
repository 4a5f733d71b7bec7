/** What a Python file defines at its top level, and what it imports. */
import { logicalLines, type LogicalLine, type PythonToken } from "./source-text.ts";

export interface PythonFile {
  functions: PythonFunction[];
  imports: PythonImport[];
}

export interface PythonFunction {
  name: string;
  offset: number;
  isAsync: boolean;
  parameters: PythonParameter[];
  /** Of what it returns. */
  annotation: string | undefined;
}

export interface PythonParameter {
  name: string;
  offset: number;
  annotation: string | undefined;
  hasDefault: boolean;
  /** It stands behind `*`, and is given by its name. */
  isKeywordOnly: boolean;
}

export interface PythonImport {
  /** `pandas.api.types` */
  module: string;
  /** What is taken from it, for `from … import`. */
  member: string | undefined;
  /** What the file calls it. */
  as: string;
  /** Whether it is done whenever the file is loaded: not in a function, nor in a `try`. */
  isPlain: boolean;
  offset: number;
}

export function readPython(text: string): PythonFile {
  const lines = logicalLines(text);
  return {
    functions: lines.flatMap((line) => functionIn(line) ?? []),
    imports: lines.flatMap(importsIn),
  };
}

function functionIn({ indent, tokens }: LogicalLine): PythonFunction | undefined {
  const isAsync = tokens[0]!.text === "async";
  const [def, name, open] = tokens.slice(isAsync ? 1 : 0);
  if (indent > 0 || def?.text !== "def" || name?.kind !== "word") return undefined;
  // Types of its own stand in brackets before the parameters: def f[T](df).
  const start = open?.text === "(" ? tokens.indexOf(open) : tokens.findIndex(({ text }) => text === "(");
  if (start < 0) return undefined;
  const end = closingOf(tokens, start);
  const arrow = tokens.slice(end + 1);
  const annotation = arrow[0]?.text === "->" ? textOf(arrow.slice(1).filter(({ text }) => text !== ":")) : undefined;
  const parameters = parametersIn(tokens.slice(start + 1, end));
  return { name: name.text, offset: name.offset, isAsync, parameters, annotation };
}

function closingOf(tokens: PythonToken[], start: number): number {
  let depth = 0;
  for (const [i, { kind, text }] of tokens.entries()) {
    if (i < start || kind !== "symbol") continue;
    if ("([{".includes(text)) depth++;
    if (")]}".includes(text) && --depth === 0) return i;
  }
  return tokens.length;
}

function parametersIn(tokens: PythonToken[]): PythonParameter[] {
  let isKeywordOnly = false;
  return split(tokens).flatMap((part) => {
    const [first] = part;
    if (!first || first.text === "/") return [];
    if (first.text === "**") return [];
    if (first.text === "*") {
      isKeywordOnly = true;
      return [];
    }
    if (first.kind !== "word") return [];
    const at = part.findIndex(({ text }) => text === "=");
    const declared = at < 0 ? part : part.slice(0, at);
    const annotation = declared[1]?.text === ":" ? textOf(declared.slice(2)) : undefined;
    return [{ name: first.text, offset: first.offset, annotation, hasDefault: at >= 0, isKeywordOnly }];
  });
}

/** At the commas that stand in no brackets. */
function split(tokens: PythonToken[]): PythonToken[][] {
  const parts: PythonToken[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === "symbol" && "([{".includes(token.text)) depth++;
    if (token.kind === "symbol" && ")]}".includes(token.text)) depth--;
    if (depth === 0 && token.kind === "symbol" && token.text === ",") parts.push([]);
    else parts.at(-1)!.push(token);
  }
  return parts;
}

/** An annotation may be quoted. */
function textOf(tokens: PythonToken[]): string {
  return tokens.map(({ text }) => text).join("");
}

function importsIn({ indent, tokens }: LogicalLine): PythonImport[] {
  const [first, ...rest] = tokens;
  const isPlain = indent === 0;
  if (first!.text === "import") {
    return split(rest).flatMap((part) => {
      const { name, as, offset } = named(part);
      return name ? [{ module: name, member: undefined, as: as ?? name.split(".")[0]!, isPlain, offset }] : [];
    });
  }
  const at = rest.findIndex(({ text }) => text === "import");
  if (first!.text !== "from" || at < 0) return [];
  const module = textOf(rest.slice(0, at));
  // A relative one is the team's own.
  if (module.startsWith(".")) return [];
  const members = rest.slice(at + 1).filter(({ text }) => text !== "(" && text !== ")");
  return split(members).flatMap((part) => {
    const { name, as } = named(part);
    return name ? [{ module, member: name, as: as ?? name, isPlain, offset: rest[0]!.offset }] : [];
  });
}

/** `pandas.api as api` */
function named(tokens: PythonToken[]): { name: string; as: string | undefined; offset: number } {
  const at = tokens.findIndex(({ text }) => text === "as");
  const name = textOf(at < 0 ? tokens : tokens.slice(0, at));
  return { name, as: at < 0 ? undefined : tokens[at + 1]?.text, offset: tokens[0]?.offset ?? 0 };
}
