/** A script's transformation as a model: its own function where there is one, else its statements in a function of their own. */
import type { SyntaxNode } from "./syntax-node.ts";
import { linesOf, mentions } from "./kept.ts";
import type { Reading } from "./reading.ts";
import { namesGiven, namesUsed } from "./names.ts";
import { assignmentOf, callsIn, functionsOf, readCall, statementsOf, textOf, type PythonFunction } from "./python.ts";
import type { Flow, Written } from "./walk.ts";

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
  const names = namesUsed(start, script);
  for (let before = -1; before !== needed.size;) {
    before = needed.size;
    for (const node of statements) {
      if (needed.has(node) || !namesGiven(node, script).some((name) => names.has(name))) continue;
      needed.add(node);
      for (const name of namesUsed(textOf(node, script), script)) names.add(name);
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
    callsIn(assigned.value, script).every(
      ({ name }) => !/Client$|query$|^(?:requests|httpx|session)\.|read_/.test(name),
    )
  );
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
