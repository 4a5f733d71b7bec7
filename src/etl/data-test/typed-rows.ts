/** Rows of a test file, each value checked against its column's type. */
import { canonicalText } from "../../spec/literal.ts";
import type { DeclaredTest } from "../../spec/load-tests.ts";
import type { Path } from "../../spec/document.ts";
import type { GivenRow } from "../../spec/test-file.ts";
import { formatType, type Type } from "../../spec/type.ts";
import type { Problem } from "../../util/error.ts";
import { didYouMean } from "../../util/suggest.ts";
import { writtenValue } from "./written-value.ts";

export interface TypedRowsOptions {
  test: DeclaredTest;
  /** Where the rows stand in the test. */
  path: Path;
  rows: GivenRow[];
  columns: readonly { name: string; type: Type }[];
  /** What the columns belong to, for messages: `apps`. */
  relation: string;
  /** Columns whose values are not shown. */
  hidden: ReadonlySet<string>;
}

/** The canonical texts that each row names, by column, and every problem with its line and column. */
export function typedRows({ test, path, rows, columns, relation, hidden }: TypedRowsOptions) {
  const types = new Map(columns.map(({ name, type }) => [name, type]));
  const problems: Problem[] = [];
  const add = (rule: string, message: string, hint: string, where: Problem["where"]) =>
    problems.push({ severity: "error", rule, message, hint, ...(where && { where }) });
  const texts = rows.map((row, i) => {
    const named = new Map<string, string | null>();
    for (const [column, value] of Object.entries(row)) {
      const type = types.get(column);
      if (!type) {
        const hint = didYouMean(column, [...types.keys()]);
        add("unknown-column", `\`${relation}\` has no column \`${column}\``, hint, test.where([...path, i], column));
        continue;
      }
      const place = [...path, i, column];
      const result = canonicalText(writtenValue({ value, type, path: place, plain: test.plain }), type);
      if ("text" in result) named.set(column, result.text);
      else
        add(
          "wrong-value",
          hidden.has(column) ? `the value is no ${formatType(type)}` : result.problem,
          `It stands in the column \`${column}\` of \`${relation}\`.`,
          test.where(place),
        );
    }
    return named;
  });
  return { texts, problems };
}
