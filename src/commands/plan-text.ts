/** A plan for a terminal. */
import { formatProblem } from "../util/error.ts";
import type { Logger } from "../util/log.ts";
import { formatTable } from "../util/table.ts";
import type { Plan } from "./plan-form.ts";
import {
  againstWords,
  comparedWords,
  manifestWords,
  modelWords,
  monthWords,
  ownWords,
  queryWords,
  rowsWords,
  schemaWords,
  targetWords,
  valuesWords,
} from "./plan-words.ts";

export function planText(plan: Plan, paint: Logger["paint"]): string {
  const against = againstWords(plan);
  const head = `${plan.pipeline}${targetWords(plan)}${against ? `, compared with ${against}` : ""}`;
  const compared = comparedWords(plan);
  const sections: [string, string[]][] = [
    ["Columns", rows(plan.schema.map((one) => [one.output, one.destination, schemaWords(one)]))],
    ["Reads", [...rows(plan.queries.map((one) => [one.name, queryWords(one)])), ...monthWords(plan)]],
    ["Manifests", manifestLines(plan.manifest)],
    ...ownSection(plan),
    [
      "Data",
      [
        ...rows(plan.data.map((one) => [modelWords(one), rowsWords(one), valuesWords(one)])),
        ...dataNote(plan, compared),
      ],
    ],
    ["Not known", plan.notes],
  ];
  const parts = sections.flatMap(([title, lines]) =>
    lines.length === 0 ? [] : [[paint("bold", title), ...lines.map((line) => `  ${line}`)].join("\n")],
  );
  return [head, ...parts, ...plan.problems.map(formatProblem)].join("\n\n");
}

function rows(cells: string[][]): string[] {
  if (cells.length === 0) return [];
  const columns = cells[0]!.map(() => ({ head: [], align: "left" as const }));
  return formatTable({ columns, rows: cells.map((row) => row.map((text) => ({ text }))) });
}

const mostChanges = 40;

function ownSection({ own_manifest: own }: Plan): [string, string[]][] {
  return own ? [[`In place of ${own.file}`, [...manifestLines(own.changes), ownWords(own)]]] : [];
}

function manifestLines(manifest: Plan["manifest"]): string[] {
  const shown = manifest.slice(0, mostChanges).map((one) => [one.resource, one.path, manifestWords(one)]);
  const left = manifest.length - shown.length;
  return [...rows(shown), ...(left > 0 ? [`… and ${left} more`] : [])];
}

function dataNote({ data }: Plan, compared: string | undefined): string[] {
  if (compared === undefined) return [];
  return [data.length === 0 ? `no row and no column changes: ${compared}` : compared];
}
