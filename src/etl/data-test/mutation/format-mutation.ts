/** What a person reads of mutants: the score by model, each that survived with its line, and tests that notice nothing. */
import { styleText } from "node:util";
import type { DeclaredTest } from "../../../spec/load-tests.ts";
import { count } from "../../../util/error.ts";
import { formatTable, inOneLine, type TableCell } from "../../../util/table.ts";
import type { ModelMutants, MutantResult, MutationResult } from "./mutate-pipeline.ts";
import { scoreOf, type Score } from "./score.ts";

type Paint = (style: "red" | "green" | "yellow" | "dim" | "bold", text: string) => string;

export interface FormatMutation {
  results: MutationResult[];
  /** Lines of a model's file, by the file as it is shown. */
  lineOf: (file: string, line: number) => string | undefined;
  colour: boolean;
}

/** @returns lines */
export function formatMutation({ results, lineOf, colour }: FormatMutation): string[] {
  const paint: Paint = (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
  const models = results.flatMap((result) => result.models);
  const sections = [
    scoreTable(models, paint),
    ...models.filter(({ tests }) => tests > 0).map((model) => survivors(model, lineOf, paint)),
    results.flatMap(({ idle }) => idle.map((test) => idleTest(test, paint))),
    notes(results, paint),
  ];
  return sections.filter((lines) => lines.length > 0).flatMap((lines, i) => (i > 0 ? ["", ...lines] : lines));
}

function scoreTable(models: ModelMutants[], paint: Paint): string[] {
  const dim = (text: string) => paint("dim", text);
  const right = ["killed", "survived", "accepted", "score"];
  const columns = [
    { head: ["mutants of"], align: "left" as const },
    ...right.map((head) => ({ head: [head], align: "right" as const })),
  ];
  const made = models.filter(({ mutants }) => mutants.length > 0);
  if (made.length === 0) return [];
  const rows = made.map((model) => scoreRow(model.model, scoreOf([model]), paint));
  const total = made.length > 1 ? [scoreRow("all", scoreOf(made), paint)] : [];
  return formatTable({ columns, rows: [...rows, ...total], headStyle: dim });
}

function scoreRow(name: string, { killed, survived, accepted, score }: Score, paint: Paint): TableCell[] {
  const style = (text: string) => paint(survived === 0 ? "green" : "yellow", text);
  const numbers = [killed, survived, accepted].map((n) => ({ text: String(n) }));
  return [{ text: name }, ...numbers, { text: score === undefined ? "-" : `${score} %`, style }];
}

/** Those of a line below its text. */
function survivors({ file, mutants }: ModelMutants, lineOf: FormatMutation["lineOf"], paint: Paint): string[] {
  const lines = Object.entries(
    Object.groupBy(
      mutants.filter(({ status }) => status === "survived"),
      ({ line }) => line,
    ),
  );
  return lines.flatMap(([line, list]) => {
    const text = lineOf(file, Number(line))?.trim();
    const source = text === undefined ? [] : [`    ${paint("dim", inOneLine(text))}`];
    return [...list!.map((mutant) => survivor(mutant, paint)), ...source];
  });
}

function survivor({ file, line, column, kind, before, after }: MutantResult, paint: Paint): string {
  const change = after === "" ? before : `${before} → ${after}`;
  return `${paint("red", "✗")} ${file}:${line}:${column}  ${kind}: ${paint("yellow", inOneLine(change))}`;
}

function idleTest({ name, file, where }: DeclaredTest, paint: Paint): string {
  return `${paint("red", "✗")} ${file}:${where([]).line}  this test notices no change: ${paint("yellow", inOneLine(name))}`;
}

function notes(results: MutationResult[], paint: Paint): string[] {
  const models = results.flatMap((result) => result.models);
  const programs = results.flatMap((result) => result.programs);
  const { survived, unbindable } = scoreOf(models);
  const untested = models.filter(({ tests, mutants }) => tests === 0 && mutants.length > 0);
  const skipped = models.filter((model) => model.skipped !== undefined);
  const lines = [
    survived > 0 && "No test fails when one of these is changed: add a row that tells the difference, or write",
    survived > 0 && "`-- survives: why` on the line, where there is none.",
    ...untested.map(({ model, mutants }) => `No test computes ${model}: ${count(mutants.length, "mutant")} survived.`),
    ...models.flatMap(({ file, idleReasons }) =>
      idleReasons.map((line) => `${file}:${line} explains a survivor, and there is none: remove the comment.`),
    ),
    ...skipped.map(({ file, skipped: why }) => `${file} is left out: ${why}.`),
    programs.length > 0 && `Programs are left out: ${programs.join(", ")}.`,
    unbindable > 0 &&
      paint("dim", `${count(unbindable, "mutant")} that cannot be run ${unbindable === 1 ? "is" : "are"} not counted.`),
  ];
  return lines.filter((line) => line !== false);
}
