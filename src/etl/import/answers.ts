/** Answers of an API, from the request to the frame that is made of them. */
import { assignmentOf, callsIn, textOf } from "./python.ts";
import { note, type ReadEnd } from "./reading.ts";
import type { SyntaxNode } from "./syntax-node.ts";
import { textValue } from "./value.ts";
import { addRead, type Walk } from "./walk.ts";

/** `response = requests.get(…)`, perhaps with `.json()` and what is in it, at once. */
export function takeResponse(
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
export function takeAnswer(node: SyntaxNode, walk: Walk): boolean {
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
export function frameOfAnswer(value: SyntaxNode, walk: Walk, asked?: ReadEnd): ReadEnd | undefined {
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
