/** The SQL that people write into checks: what is wrong with it can be told before any work. */
import type { DeclaredCheck } from "../../spec/check.ts";
import type { Column } from "../../spec/column.ts";
import type { Path } from "../../spec/document.ts";
import type { LoadedPipeline } from "../../spec/load.ts";
import type { Problem } from "../../util/error.ts";
import { parameterNames } from "../transform/graph.ts";
import { textProblems } from "../transform/sql.ts";

/** Habits of GoogleSQL and unknown parameters in `sql` and `where` of every check. */
export function checkTextProblems(pipeline: LoadedPipeline): Problem[] {
  const known = { parameters: parameterNames(pipeline), hasInterval: pipeline.spec.interval !== undefined };
  return [...checksOf(pipeline)].flatMap(({ check, path }) =>
    (["sql", "where"] as const).flatMap((key) =>
      textProblems({ text: check[key] ?? "", locate: () => pipeline.where([...path, key]) }, known).map(inCheck),
    ),
  );
}

function inCheck({ hint, ...problem }: Problem): Problem {
  return { ...problem, ...(hint && { hint: hint.replace("In a model", "In a check") }) };
}

function* checksOf({ spec }: LoadedPipeline): Generator<{ check: DeclaredCheck; path: Path }> {
  for (const group of ["sources", "models"] as const) {
    for (const [name, table] of Object.entries(spec[group] ?? {})) {
      for (const [i, check] of (table.checks ?? []).entries()) yield { check, path: [group, name, "checks", i] };
      for (const [column, { checks }] of Object.entries<Column>(table.columns ?? {}))
        for (const [i, check] of (checks ?? []).entries())
          yield { check, path: [group, name, "columns", column, "checks", i] };
    }
  }
}
