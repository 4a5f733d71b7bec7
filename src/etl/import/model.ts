/** A script's transformation as a model: its own function where there is one, else its statements in a function of their own. */
import type { SyntaxNode } from "./syntax-node.ts";
import { linesOf, mentions, type Flow, type Written } from "./flow.ts";
import type { Reading } from "./ends.ts";
import { assignmentOf, callsIn, functionsOf, readCall, statementsOf, textOf, type PythonFunction } from "./python.ts";

export interface ImportedModel {
  name: string;
  text: string;
  /** Sources by name, in the order of its parameters. */
  inputs: string[];
  parameters: string[];
  /** Whether it is a function of the script, as it stood there. */
  isUnchanged: boolean;
}

interface Making extends Reading {
  flow: Flow;
  /** Names of sources, by the script's variable. */
  sources: Map<string, string>;
  taken: Set<string>;
}

export function makeModel(written: Written, making: Making): ImportedModel {
  return ownFunction(written, making) ?? wrapped(written, making);
}

/** `df = f(df)`, and nothing else, between reading and writing. */
function ownFunction(written: Written, making: Making): ImportedModel | undefined {
  const { script, sources, taken } = making;
  const call = onlyCall(written, making);
  const own = call && functionsOf(script).find(({ name }) => name === call.name);
  if (!own || call.keywords.size > 0 || call.positional.length !== own.parameters.length || taken.has(own.name))
    return undefined;
  const inputs = call.positional.map((node) => sources.get(textOf(node, script)));
  if (inputs.length === 0 || inputs.some((name) => name === undefined)) return undefined;
  return {
    name: own.name,
    text: fileText({ start: textOf(own.node, script), own, making, model: undefined }),
    inputs: inputs as string[],
    parameters: own.parameters,
    isUnchanged: true,
  };
}

function onlyCall({ kept, frame, result }: Written, { script }: Making) {
  if (kept.length === 0 && frame.name === "CallExpression") return readCall(frame, script);
  const [only] = kept;
  if (kept.length !== 1 || !only) return undefined;
  const assigned = assignmentOf(only.node, script);
  return assigned?.name === result && assigned.value.name === "CallExpression"
    ? readCall(assigned.value, script)
    : undefined;
}

function wrapped(written: Written, making: Making): ImportedModel {
  const { sources, taken, script } = making;
  const name = freeName(written.name, new Set([...taken, ...functionsOf(script).map((one) => one.name)]));
  const body = [...written.kept.map(({ text }) => text), `return ${written.result}`].join("\n");
  const used = [...sources].filter(([variable]) => mentions(body, variable));
  const inputs = used.map(([, source]) => source);
  const lines = [
    ...(written.kept.length > 0 ? [`# From ${script.file}, ${linesOf(written.kept, making)}.`] : []),
    ...used.flatMap(([variable, source]) => (variable === source ? [] : [`${variable} = ${source}`])),
    body,
  ];
  const model = `def ${name}(${inputs.join(", ")}):\n${lines.join("\n").replaceAll(/^(?=.)/gm, "    ")}`;
  return {
    name,
    text: fileText({ start: model, own: undefined, making, model }),
    inputs,
    parameters: inputs,
    isUnchanged: false,
  };
}

export function freeName(name: string, taken: ReadonlySet<string>): string {
  for (const one of [name, `${name}_model`]) if (!taken.has(one)) return one;
  for (let i = 2; ; i++) if (!taken.has(`${name}_${i}`)) return `${name}_${i}`;
}

interface FileText {
  /** What has to be there. */
  start: string;
  own: PythonFunction | undefined;
  making: Making;
  /** A function that stands behind all that it uses. */
  model: string | undefined;
}

/** The imports, constants and functions that it uses, and those that these use, as they stood there and in their order. */
function fileText({ start, own, making, model }: FileText): string {
  const { script } = making;
  const moved = new Set(making.flow.kept.map(({ node }) => node.from));
  const statements = statementsOf(script.root).filter((node) => !moved.has(node.from) && isCarried(node, making));
  const needed = new Set<SyntaxNode>(statements.filter((node) => own?.node === node));
  let text = start;
  for (let before = -1; before !== needed.size;) {
    before = needed.size;
    for (const node of statements) {
      if (needed.has(node) || !namesIn(node, making).some((name) => mentions(text, name))) continue;
      needed.add(node);
      text += `\n${textOf(node, script)}`;
    }
  }
  const carried = statements.filter((node) => needed.has(node));
  const imports = carried.filter(({ name }) => name === "ImportStatement").map((node) => textOf(node, script));
  const constants = carried.filter(({ name }) => name === "AssignStatement").map((node) => textOf(node, script));
  const others = carried
    .filter(({ name }) => name !== "ImportStatement" && name !== "AssignStatement")
    .map((node) => withComments(node, making));
  const parts = [imports.join("\n"), constants.join("\n"), ...others, ...(model === undefined ? [] : [model])];
  return `${parts
    .filter((part) => part !== "")
    .join("\n\n\n")
    .replace(/^((?:import|from)[^]*?)\n\n\n(?=[A-Z_]+ ?=)/, "$1\n\n")}\n`;
}

/** What reads, writes or runs is no part of a model. */
function isCarried(node: SyntaxNode, { script }: Making): boolean {
  if (/^(ImportStatement|FunctionDefinition|ClassDefinition|DecoratedStatement)$/.test(node.name)) return true;
  const assigned = assignmentOf(node, script);
  return (
    assigned !== undefined &&
    callsIn(assigned.value, script).every(({ name }) => !/Client$|query$|get$|getenv$|read_/.test(name))
  );
}

function namesIn(node: SyntaxNode, { script }: Making): string[] {
  if (node.name === "ImportStatement") return importedNames(textOf(node, script));
  const assigned = assignmentOf(node, script);
  if (assigned) return [assigned.name];
  return [/(?:def|class)\s+(\w+)/.exec(textOf(node, script))?.[1] ?? ""];
}

/** `import a.b` binds `a`, `import a as b` and `from x import a as b` bind `b`. */
function importedNames(text: string): string[] {
  const [, list = ""] = /\bimport\s+\(?([^]*?)\)?\s*$/.exec(text) ?? [];
  return list.split(",").map((part) => (/\bas\s+(\w+)/.exec(part)?.[1] ?? part.trim().split(".")[0]!).trim());
}

/** With the comments right above it. */
function withComments(node: SyntaxNode, { script }: Making): string {
  let start = node.from;
  for (let before = node.prevSibling; before?.name === "Comment"; before = before.prevSibling) {
    if (script.text.slice(before.to, start).trim() !== "" || /\n\s*\n/.test(script.text.slice(before.to, start))) break;
    start = before.from;
  }
  return script.text.slice(start, node.to).trimEnd();
}

/** Columns of its input that a model names before it makes them itself: `df["a"]`, `df[["a", "b"]]`, `groupby(["a"])`, `on="a"`. */
export function columnsUsed(text: string): string[] {
  const made = new Set<string>();
  const used = new Set<string>();
  for (const line of text.split("\n")) {
    const [, target] = /^\s*\w+(?:\.loc\[[^\]]*,\s*|\[)["']([^"']+)["']\]\s*=(?!=)/.exec(line) ?? [];
    const rest = target === undefined ? line : line.slice(line.indexOf("=") + 1);
    for (const column of namedIn(rest)) if (!made.has(column)) used.add(column);
    if (target !== undefined && !used.has(target)) made.add(target);
    for (const [, name] of line.matchAll(/\b(?:name|value_name|var_name)\s*=\s*["'](\w+)["']/g)) made.add(name!);
    for (const [, name] of line.matchAll(/[{,]\s*["']\w+["']\s*:\s*["'](\w+)["']/g))
      if (/rename/.test(line)) made.add(name!);
  }
  return [...used];
}

function namedIn(line: string): string[] {
  const lists = [
    ...line.matchAll(/\w\[\s*\[?\s*((?:["'][^"']+["']\s*,?\s*)+)\]?\s*\]/g),
    ...line.matchAll(
      /\b(?:groupby|sort_values|drop_duplicates|dropna|set_index)\(\s*\[?\s*((?:["'][^"']+["']\s*,?\s*)+)/g,
    ),
    ...line.matchAll(/=\s*\(\s*(["']\w+["'])\s*,\s*["']\w+["']\s*\)/g),
    ...line.matchAll(/\b(?:on|by|subset|columns|index|left_on|right_on)\s*=\s*\[?\s*((?:["'][^"']+["']\s*,?\s*)+)/g),
  ];
  return lists.flatMap(([, list]) => [...list!.matchAll(/["']([^"']+)["']/g)].map(([, name]) => name!));
}
