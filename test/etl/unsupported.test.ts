import { describe, expect, test } from "vitest";
import { unsupported } from "../../src/etl/unsupported.ts";
import { formatWhere } from "../../src/util/error.ts";
import { pipelineOf } from "../support/pipeline.ts";

/** `line:column what`, without what all of them say. */
const parts = (text: string, target?: string) =>
  unsupported(pipelineOf(text, target)).map(
    ({ where, message }) =>
      `${formatWhere(where!).replace("pipeline.yaml:", "")} ${message.replace(" is not supported yet", "")}`,
  );

describe("on target local", () => {
  test("every source that has a sample is read from it, and bigquery outputs go to the warehouse", () => {
    const sources = ["bigquery", "postgres", "oracle"].map(
      (type) => `  ${type}_: { type: ${type}, table: a.b.c, sample: data/a.csv }`,
    );
    expect(
      parts(
        `sources:\n${sources.join("\n")}\n  f: { type: file, path: a.csv }\noutputs: { o: { type: bigquery, table: d.o } }`,
      ),
    ).toEqual([]);
  });

  test("a source without one is refused, with the cure", () => {
    const pipeline = pipelineOf("sources: { a: { type: bigquery, table: a.b.c } }");
    expect(unsupported(pipeline)).toEqual([
      {
        severity: "error",
        rule: "no-sample",
        message: "the source `a` has no `sample`: target local reads that, and asks no BigQuery",
        hint: "Let one be written from the real thing: nais-etl sample a. Or write it: sample: data/a.csv.",
        where: { file: "pipeline.yaml", line: 1, column: 23 },
      },
    ]);
  });

  test("secrets, notifications and waiting are of no use, and do no harm", () => {
    const text = `
sources: { a: { type: bigquery, table: a.b.c, sample: a.csv, columns: { d: DATE }, checks: [{ freshness: { column: d, within: 36h, wait: 2h } }] } }
secrets: { KEY: { from: nais, secret: s } }
notify: { slack: { webhook: "\${secret:KEY}" } }
`;
    expect(parts(text)).toEqual([]);
  });
});

describe("on another target", () => {
  test("files and BigQuery are read and written, and nothing else yet", () => {
    const text = `
sources:
  a: { type: bigquery, table: a.b.c, sample: data/a.csv }
  c: { type: postgres, url: "postgres://h/d", table: c }
  b: { type: file, path: b.csv }
outputs:
  a: { type: bigquery, table: d.o }
  b: { type: file, path: b.parquet }
  c: { type: postgres, url: "postgres://h/d", table: o }
`;
    expect(parts(text, "dev-gcp")).toEqual([
      "4:14 reading from a source of type `postgres`",
      "9:14 writing to an output of type `postgres` on target dev-gcp",
    ]);
  });

  test("what a run would need at its end or in between is refused, and not left out in silence", () => {
    const text = `
sources:
  a:
    type: file
    path: a.csv
    columns: { d: DATE }
    checks:
      - freshness: { column: d, within: 36h, wait: 2h }
      - freshness: { column: d, within: 36h }
secrets: { KEY: { from: nais, secret: s } }
notify: { slack: { webhook: "https://example.com" } }
`;
    expect(parts(text, "dev-gcp")).toEqual(["8:52 `wait` of a freshness check", "11:9 `notify`"]);
  });
});

test("parts of models, checks, outputs and the engine are refused wherever they stand, all at once", () => {
  const text = `
engine: bigquery
sources:
  a: { type: file, path: a.csv, cursor: { column: d }, columns: { d: { type: DATE, checks: [{ relationships: { to: m, column: x } }] } } }
models:
  m: { timeout: 5m, retries: 2, checks: [{ completeness: { column: d, every: day } }] }
  n: { command: [./make], inputs: [a], python: { requirements: r.txt } }
  o: { dbt: { project: d }, columns: { x: { type: INT64, checks: [unique, not_null] } } }
outputs:
  m: { type: bigquery, table: d.m, keep: 3 }
  f: { type: file, path: f.csv, model: m, keep: 3 }
  k: { type: postgres, table: t, model: m }
`;
  expect(parts(text)).toEqual([
    "2:9 `engine: bigquery`",
    "4:41 `cursor`",
    "8:13 `dbt` of a model",
    "11:49 `keep` of an output of type `file`",
    "12:14 writing to an output of type `postgres`",
  ]);
});
