/** `while True: requests.get(url, params={"page": page, "size": 100}) … page += 1`: pages that a script counts itself. */
import { targetsOf } from "./names.ts";
import { bodyOf, children, descendants, readCall, statementsOf, textOf, type Script } from "./python.ts";
import type { SyntaxNode } from "./syntax-node.ts";
import { textValue } from "./value.ts";

export interface Paging {
  /** Keys of `paginate:`. */
  paginate: { by: "page" | "offset"; parameter: string; start?: number; size?: number; size_parameter?: string };
  /** Where its first page is. */
  start: number;
  /** The query parameters that it stands for. */
  keys: string[];
  loop: SyntaxNode;
  /** What the script counts. */
  variable: string;
}

/** @param entries query parameters with their values, as far as the script says them one by one */
export function pagingOf(node: SyntaxNode, entries: [string, SyntaxNode][], script: Script): Paging | undefined {
  const loop = loopOf(node);
  if (!loop) return undefined;
  for (const [parameter, value] of entries) {
    const [, variable] = /^(?:str\()?(\w+)\)?$/.exec(textOf(value, script)) ?? [];
    const counted = variable === undefined ? undefined : countedIn(loop, variable, script);
    if (!counted) continue;
    const size = entries.find(([key, one]) => sizeKey.test(key) && sizeOf(one, script) !== undefined);
    const usual = counted.by === "page" ? 1 : 0;
    return {
      paginate: {
        by: counted.by,
        parameter,
        ...(counted.start !== usual && { start: counted.start }),
        ...(size && { size: sizeOf(size[1], script)!, size_parameter: size[0] }),
      },
      start: counted.start,
      keys: [parameter, ...(size ? [size[0]] : [])],
      loop,
      variable: variable!,
    };
  }
  return undefined;
}

const sizeKey = /^\$?(?:size|limit|count|rows|top|take|per_?page|page_?size|max_?results)$/i;

function sizeOf(node: SyntaxNode, script: Script): number | undefined {
  const text = textValue(node, script, new Map())?.text ?? "";
  return node.name === "Number" && /^[1-9]\d*$/.test(text) ? Number(text) : undefined;
}

function loopOf(node: SyntaxNode): SyntaxNode | undefined {
  for (let one = node.parent; one && one.name !== "FunctionDefinition"; one = one.parent)
    if (/^(?:While|For)Statement$/.test(one.name)) return one;
  return undefined;
}

/** A page that goes up by one, or an offset by more. */
function countedIn(
  loop: SyntaxNode,
  variable: string,
  script: Script,
): { by: "page" | "offset"; start: number } | undefined {
  if (loop.name === "ForStatement") return countedBy(loop, variable, script);
  const step = descendants(loop, ({ name }) => /^(?:Update|Assign)Statement$/.test(name))
    .map((node) => stepOf(node, variable, script))
    .find((one) => one !== undefined);
  if (step === undefined) return undefined;
  const by = step === "1" ? "page" : "offset";
  return { by, start: startOf(loop, variable, script) ?? (by === "page" ? 1 : 0) };
}

/** `1` of `page += 1` and `page = page + 1`. */
function stepOf(node: SyntaxNode, variable: string, script: Script): string | undefined {
  const [, name, step] = /^(\w+)\s*(?:\+=|=\s*\1\s*\+)\s*([^]+)$/.exec(textOf(node, script)) ?? [];
  return name === variable ? step!.trim() : undefined;
}

/** `for page in range(1, 100)` and `for page in itertools.count(1)`. */
function countedBy(
  loop: SyntaxNode,
  variable: string,
  script: Script,
): { by: "page" | "offset"; start: number } | undefined {
  const call = children(loop).find(({ name }) => name === "CallExpression");
  if (!call || !targetsOf(loop, script).includes(variable)) return undefined;
  const { name, positional } = readCall(call, script);
  const given = positional.map((one) => textOf(one, script));
  const isCount = /^(?:itertools\.)?count$/.test(name);
  if (!isCount && name !== "range") return undefined;
  const step = given[isCount ? 1 : 2] ?? "1";
  const first = isCount || given.length > 1 ? (given[0] ?? "0") : "0";
  return /^\d+$/.test(first) ? { by: step === "1" ? "page" : "offset", start: Number(first) } : undefined;
}

/** `page = 1` before the loop, or `rows, page = [], 1`. */
function startOf(loop: SyntaxNode, variable: string, script: Script): number | undefined {
  for (let node = loop.prevSibling; node; node = node.prevSibling) {
    const at = targetsOf(node, script).indexOf(variable);
    if (node.name !== "AssignStatement" || at < 0) continue;
    const parts = children(node);
    const values = parts.slice(parts.findLastIndex(({ name }) => name === "AssignOp") + 1);
    const value = values.filter(({ name }) => name !== ",")[at];
    return value?.name === "Number" ? Number(textOf(value, script)) : undefined;
  }
  return undefined;
}

/** What of its loop a source does by itself: counting, and ending. */
export function isOfPaging(node: SyntaxNode, { variable }: Paging, script: Script): boolean {
  if (node.name === "IfStatement")
    return (
      statementsOf(bodyOf(node)).every(({ name }) => name === "BreakStatement") &&
      !/\belse\b|\belif\b/.test(textOf(node, script))
    );
  return stepOf(node, variable, script) !== undefined;
}
