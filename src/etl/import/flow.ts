/** The way of the rows through a script: what it reads, what it does with them, what it writes. */
import type { SyntaxNode } from "./syntax-node.ts";
import type { Problem } from "../../util/error.ts";
import { isEarlyEnd } from "./early-end.ts";
import { readsIn, writesIn, type WriteEnd } from "./ends.ts";
import { note, type ReadEnd, type Reading } from "./reading.ts";
import { isOfPaging } from "./paging.ts";
import {
  assignmentOf,
  bodyOf,
  callsIn,
  functionsOf,
  lineAt,
  statementsOf,
  textOf,
  type PythonFunction,
} from "./python.ts";
import { environmentIn, textValue } from "./value.ts";

/** A statement that is neither reading nor writing, as it stands there but for its indentation. */
export interface Kept {
  text: string;
  node: SyntaxNode;
}

export interface Written extends WriteEnd {
  /** What was done before it, from the beginning on. */
  kept: Kept[];
  /** The expression that is written. */
  result: string;
}

export interface Flow {
  /** By the variable that the script gives them first. */
  reads: (ReadEnd & { variable: string })[];
  writes: Written[];
  kept: Kept[];
  notes: Problem[];
}

interface Walk extends Reading, Flow {
  functions: Map<string, PythonFunction>;
  /** Answers of an API, and parts of them: variable → path in the answer. */
  answers: Map<string, { read: ReadEnd; path: string[] }>;
  /** Functions that are being walked through: one that calls itself is not walked again. */
  inside: Set<string>;
}

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

function addRead(read: ReadEnd, variable: string, walk: Walk): void {
  walk.reads.push({ ...read, variable });
  walk.notes.push(...read.notes);
}

/** `response = requests.get(…)`, perhaps with `.json()` and what is in it, at once. */
function takeResponse(
  read: ReadEnd,
  assigned: { name: string; value: SyntaxNode } | undefined,
  node: SyntaxNode,
  walk: Walk,
): void {
  if (!assigned) {
    walk.notes.push(note(node, walk, "nobody keeps what it gives", "It is not carried over."));
    return;
  }
  const frame = frameOfAnswer(assigned.value, walk, read);
  if (frame) return addRead(frame, assigned.name, walk);
  walk.answers.set(assigned.name, { read, path: pathIn(assigned.value, walk) });
}

/** Statements about an answer: `raise_for_status()`, `data = response.json()["data"]`, `df = pd.DataFrame(data)`. */
function takeAnswer(node: SyntaxNode, walk: Walk): boolean {
  const { script, answers } = walk;
  const assigned = assignmentOf(node, script);
  if (!assigned) {
    const [, variable = ""] = /^(\w+)\.raise_for_status\(\)$/.exec(textOf(node, script)) ?? [];
    return answers.has(variable);
  }
  const frame = frameOfAnswer(assigned.value, walk);
  if (frame) {
    addRead(frame, assigned.name, walk);
    return true;
  }
  const [, variable = ""] = /^(\w+)(?:\.json\(\)|\[)/.exec(textOf(assigned.value, script)) ?? [];
  const known = answers.get(variable);
  if (!known || !/^\w+(\.json\(\))?(\[["']\w+["']\])*$/.test(textOf(assigned.value, script))) return false;
  answers.set(assigned.name, { read: known.read, path: [...known.path, ...pathIn(assigned.value, walk)] });
  return true;
}

function pathIn(value: SyntaxNode, { script }: Walk): string[] {
  const [, behind = ""] = /((?:\[["'][^\]]+["']\])*)$/.exec(textOf(value, script)) ?? [];
  return [...behind.matchAll(/\[["']([^\]]+)["']\]/g)].map(([, key]) => key!);
}

/** `pd.DataFrame(answer)` and `pd.json_normalize(answer, "rows")`: the rows of the source, and where they are in the answer. */
function frameOfAnswer(value: SyntaxNode, walk: Walk, asked?: ReadEnd): ReadEnd | undefined {
  if (value.name !== "CallExpression") return undefined;
  const [call] = callsIn(value, walk.script);
  if (!/^(pd|pandas)\.(DataFrame|json_normalize|DataFrame\.from_records)$/.test(call!.name)) return undefined;
  const [given] = call!.positional;
  if (!given) return undefined;
  const [, variable = ""] = /^(\w+)/.exec(textOf(given, walk.script)) ?? [];
  const known = asked ? { read: asked, path: [] } : walk.answers.get(variable);
  if (!known) return undefined;
  const record = textValue(call!.keywords.get("record_path") ?? call!.positional[1], walk.script, walk.scope)?.text;
  const path = [...known.path, ...pathIn(given, walk), ...(record === undefined ? [] : [record])];
  const records = `$${path.map((key) => `.${key}`).join("")}`;
  const { read } = known;
  return {
    ...read,
    source: { ...read.source, records: `${records}[*]` },
    notes: [
      ...read.notes,
      note(
        value,
        walk,
        `the rows are taken from ${records}[*]`,
        `If that is an object of lists, one for each column, write \`records: ${records}\`.`,
      ),
    ],
  };
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

/** What a result does not come of is left out: a variable that nothing asks for again. */
export function usedBy(result: string, kept: Kept[]): Kept[] {
  const used: Kept[] = [];
  let behind = result;
  for (const one of kept.toReversed()) {
    const [, names] = /^(\w+(?:, ?\w+)*)(?:: [^=]+)? = /.exec(one.text) ?? [];
    if (names?.split(/, ?/).every((name) => !mentions(behind, name))) continue;
    used.unshift(one);
    behind += `\n${one.text}`;
  }
  return used;
}

const silent =
  /^(?:bigquery\.|storage\.|secretmanager\.)?(?:Client|SecretManagerServiceClient|LoadJobConfig|QueryJobConfig)$|load_dotenv$|basicConfig$|getLogger$|filterwarnings$|set_option$|^(?:time\.)?sleep$/;

/** What a pipeline does by itself, or has no use for. */
function isHousekeeping(node: SyntaxNode, walk: Walk): boolean {
  const { script } = walk;
  const value =
    assignmentOf(node, script)?.value ?? (node.name === "ExpressionStatement" ? node.firstChild! : undefined);
  if (!value) return false;
  if (
    environmentIn({ ...script, root: node }).length > 0 &&
    callsIn(node, script).every(({ name }) => /environ|getenv|int|str/.test(name))
  )
    return true;
  if (value.name !== "CallExpression") return false;
  const [{ name } = { name: "" }] = callsIn(value, script);
  if (silent.test(name) || /(?:^|\.)(?:Client|SchemaField)$/.test(name)) return true;
  if (/^(print|logging\.\w+|logger\.\w+|log\.\w+)$/.test(name)) {
    walk.notes.push(
      note(
        node,
        walk,
        "models write no log",
        "Rows, seconds and checks of each step are told by the run; values of rows are never logged in a pod.",
      ),
    );
    return true;
  }
  if (/\.(result|query|close)$/.test(name) || ["result", "close"].includes(name)) {
    if (name.endsWith(".query") && !isRead(node, walk))
      walk.notes.push(
        note(
          node,
          walk,
          "a statement for BigQuery, whose rows nobody takes",
          "Outputs publish by themselves. If it prepares a table, do it once, in the console.",
        ),
      );
    return true;
  }
  return false;
}

/** A constant of the script, which goes with the functions that use it: nothing of it comes of rows. */
function isConstant(node: SyntaxNode, walk: Walk): boolean {
  const assigned = assignmentOf(node, walk.script);
  if (!assigned || node.parent?.name !== "Script") return false;
  const text = textOf(assigned.value, walk.script);
  const made = walk.kept.flatMap((kept) => /^(\w+)/.exec(kept.text)?.[1] ?? []);
  return ![...walk.reads.map(({ variable }) => variable), ...made, ...walk.answers.keys()].some((name) =>
    mentions(text, name),
  );
}

/** Whether somebody asks for the job's rows later: `job = client.query(…)`, `job.to_dataframe()`. */
function isRead(node: SyntaxNode, { script }: Walk): boolean {
  const name = assignmentOf(node, script)?.name;
  return name !== undefined && new RegExp(`\\b${name}\\.(result\\(\\)\\.)?to_(dataframe|pandas)`).test(script.text);
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

export function mentions(text: string, name: string): boolean {
  return new RegExp(`(?<![\\w.])${name}(?!\\w)`).test(text);
}

/** `lines 12–20`, of what is kept. */
export function linesOf(kept: Kept[], { script }: Reading): string {
  const lines = kept.flatMap(({ node }) => [lineAt(node.from, script), lineAt(node.to, script)]);
  const [first, last] = [Math.min(...lines), Math.max(...lines)];
  return first === last ? `line ${first}` : `lines ${first} to ${last}`;
}
