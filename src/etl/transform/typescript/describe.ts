/** What is known of a TypeScript model before it runs: its form and what it reads. */
import { pathToFileURL } from "node:url";
import type { Problem, Where } from "../../../util/error.ts";
import type { ModelFile } from "../model-file.ts";
import type { DescribeProgram, Description } from "../program/program.ts";
import { positionAt } from "../sql-text.ts";
import { explainEnd, explainThrown } from "./explain.ts";
import { parametersOf, type FunctionParameter } from "./parameters.ts";
import { openPool } from "./pool.ts";
import type { Form, Inspected } from "./protocol.ts";
import { runTypescript } from "./run.ts";

export const describeTypescript: DescribeProgram = async ({ file, pipeline, programs }) => {
  const { sessions, context } = programs;
  const pool = await sessions.get("typescript", () => openPool(context));
  const shown = { showValues: true, except: new Set<string>() };
  try {
    const { signal } = context;
    const url = pathToFileURL(file.path).href;
    const answer = await pool.use((thread) => thread.ask({ kind: "inspect", url }, { signal }));
    if (answer.ok) return describeModel(file, answer.value!);
    return { problems: explainThrown({ thrown: answer.thrown, file, pipeline, shown, code: "invalid" }).problems };
  } catch (error) {
    context.signal.throwIfAborted();
    return { problems: explainEnd(error, file).problems };
  }
};

function describeModel(file: ModelFile, { form, exports, source }: Inspected): ReturnTypeOf {
  if (!form) return { problems: [formProblem(file, exports)] };
  const where = placeOf(file, form);
  const all = parametersOf(source);
  // A row may be taken apart: row({ cluster, name }).
  const roles = all.map((parameter, i) => isRun(parameter) && (form === "table" || i > 0));
  const inputs = all.filter((_, i) => !roles[i]);
  if (form === "row" && inputs.length !== 1) return { problems: [rowProblem(file, inputs.length, where)] };
  let next = 0;
  const parameters = roles.map((run) => (run ? ("run" as const) : next++));
  const description: Description = {
    parameters: inputs.map(({ name, text }) => ({ name: name ?? text, where })),
    needsColumns: true,
    run: (request) => runTypescript({ ...request, form, parameters, where }),
  };
  return { description, problems: [] };
}

type ReturnTypeOf = Awaited<ReturnType<DescribeProgram>>;

/** The parameter that stands for interval and parameters, and for no table. */
function isRun({ name }: FunctionParameter): boolean {
  return name === undefined || name === "run" || name === "context" || name.startsWith("_");
}

/** Where the function is declared. */
function placeOf({ text, shown }: ModelFile, form: Form): Where {
  const names = form === "row" ? "row" : "(?:table|default)";
  const found = new RegExp(`^[ \\t]*export[^\\n]*\\b${names}\\b`, "m").exec(text);
  return found ? { file: shown, ...positionAt(text, found.index) } : { file: shown };
}

function formProblem({ shown, text }: ModelFile, exports: string[]): Problem {
  const both = ["row", "table", "default"].filter((name) => exports.includes(name));
  const message =
    both.length > 1
      ? `the model exports ${both.map((name) => `\`${name}\``).join(" and ")}: one of them is the model`
      : exports.length > 0
        ? `the model exports \`${exports.join("`, `")}\`, and neither \`row\` nor \`table\``
        : "the model exports nothing";
  const hint =
    "Write `export function row(…)`, which is called for each row, or `export function table(…)`, which is called once.";
  const place = /^[ \t]*export\b/m.exec(text);
  return {
    severity: "error",
    rule: "typescript",
    message,
    hint,
    where: { file: shown, ...(place && positionAt(text, place.index)) },
  };
}

function rowProblem({ name }: ModelFile, inputs: number, where: Where): Problem {
  const message =
    inputs === 0
      ? "`row` has no parameter for the row"
      : `\`row\` takes one row, and has ${inputs} parameters for tables`;
  const hint =
    inputs === 0
      ? `Name what ${name} reads: export function row(apps) { … }.`
      : "To read several, write `table`. Interval and parameters come as `{ interval, params }`.";
  return { severity: "error", rule: "typescript", message, hint, where };
}
