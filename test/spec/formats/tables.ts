/** Tables that the tests of all formats are about. */
import { parseYaml } from "../../../src/spec/document.ts";
import { loadDocument } from "../../../src/spec/load.ts";
import { tablesOf, type Table } from "../../../src/spec/table.ts";

/** One column of each type, nested ones among them, and names that need quotes. */
export const everyType = `
name: apps
team: nais-analyse
description: What the tests are about
models:
  everything:
    description: "One row: it's | all"
    columns:
      text: { type: STRING, description: "The teams' names", checks: [not_null] }
      short: STRING(10)
      bytes: BYTES
      few_bytes: BYTES(4)
      whole: { type: INT64, checks: [{ range: { min: 1, max: 7 } }] }
      float: FLOAT64
      numeric: NUMERIC
      money: NUMERIC(12, 2)
      big: BIGNUMERIC
      flag: BOOL
      day: { type: DATE, checks: [{ not_null: true, severity: warn }] }
      wall: DATETIME
      clock: TIME
      instant: TIMESTAMP
      json: JSON
      tags: ARRAY<STRING>
      place: STRUCT<by STRING, \`post nr\` INT64>
      "sanger øl": ARRAY<STRUCT<tittel STRING, takter ARRAY<STRUCT<slag INT64>>>>
    checks:
      - not_null: [short]
      - { not_null: [clock], tolerate: 0.07 }
      - unique: [text, short]
outputs:
  everything: { type: bigquery, table: my-project.d.everything, write: merge, key: [text, short], partition: day }
`;

export function tableOf(yaml: string, name = "everything"): Table {
  const document = parseYaml(yaml, "pipeline.yaml");
  const { spec } = loadDocument({ document, file: "/p/pipeline.yaml", cwd: "/p", target: "local" });
  return tablesOf(spec).find((table) => table.name === name)!;
}

/** A model `a` with these columns; outputs and more below. */
export function tableWith(columns: string, more = ""): Table {
  return tableOf(`name: apps\nmodels: { a: { columns: { ${columns} } } }\n${more}`, "a");
}
