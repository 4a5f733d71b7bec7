/** Rows set aside: which checks can, and where they go. */
import type { Problem } from "../util/error.ts";
import { checkKinds, rowKinds, type DeclaredCheck } from "./check.ts";
import type { Column } from "./column.ts";
import type { Path } from "./document.ts";
import type { Pipeline } from "./pipeline.ts";

type Found = Omit<Problem, "severity" | "where"> & { path: Path; severity?: Problem["severity"] };

export function* quarantineProblems(spec: Pipeline): Generator<Found> {
  for (const { check, path } of quarantiningChecks(spec)) {
    yield* checkProblems(check, path);
    if (path[0] === "sources") yield* sourceProblems(spec, check, path);
    if (spec.quarantine) continue;
    yield {
      path: [...path, "on_fail"],
      rule: "quarantine",
      message: "`on_fail: quarantine` sets rows aside, and the file does not say where",
      hint: "Add `quarantine: { table: dataset.quarantine, expire: 30d }`. Rows are kept there whole: who may read it?",
    };
  }
  const table = spec.quarantine?.table;
  if (table === undefined) return;
  const path = ["quarantine", "table"];
  if (!table.includes("${") && ![2, 3].includes(table.split(".").length))
    yield {
      path,
      rule: "table-name",
      message: `\`${table}\` is not a table`,
      hint: "Write dataset.table or project.dataset.table.",
    };
  for (const [name, output] of Object.entries(spec.outputs ?? {}))
    if ("table" in output && output.table === table)
      yield {
        path,
        rule: "same-destination",
        message: `\`quarantine\` writes to ${table}, as \`outputs.${name}\` does`,
        hint: "Give the rows set aside a table of their own.",
      };
}

/** Every check that sets rows aside. */
export function* quarantiningChecks(spec: Pipeline): Generator<{ table: string; check: DeclaredCheck; path: Path }> {
  for (const group of ["sources", "models"] as const) {
    for (const [table, { checks = [], columns = {} }] of Object.entries(spec[group] ?? {})) {
      const lists: [Path, DeclaredCheck[]][] = [
        [[group, table, "checks"], checks],
        ...Object.entries<Column>(columns).map(([column, of]): [Path, DeclaredCheck[]] => [
          [group, table, "columns", column, "checks"],
          of.checks ?? [],
        ]),
      ];
      for (const [path, list] of lists)
        for (const [i, check] of list.entries())
          if (check.on_fail === "quarantine") yield { table, check, path: [...path, i] };
    }
  }
}

/** Models come later than the sources that they read. */
function* sourceProblems({ sources = {} }: Pipeline, { relationships }: DeclaredCheck, path: Path): Generator<Found> {
  if (!relationships || Object.hasOwn(sources, relationships.to)) return;
  yield {
    path: [...path, "relationships", "to"],
    rule: "check-setting",
    message: `rows of a source cannot be set aside by what is no source: \`${relationships.to}\``,
    hint: "Move the check to a model that reads the source.",
  };
}

function* checkProblems(check: DeclaredCheck, path: Path): Generator<Found> {
  const kind = checkKinds.find((candidate) => check[candidate] !== undefined);
  if (kind && !rowKinds.has(kind))
    yield {
      path: [...path, "on_fail"],
      rule: "check-setting",
      message: `\`${kind}\` has no rows of the table to set aside`,
      hint: `\`on_fail: quarantine\` goes with ${[...rowKinds].join(", ")}.`,
    };
  if (check.severity !== undefined)
    yield {
      path: [...path, "severity"],
      rule: "check-setting",
      message: "`severity` does nothing with `on_fail: quarantine`: the rows are set aside",
      hint: "Keep one of them. More than `tolerate` fails the run.",
    };
}
