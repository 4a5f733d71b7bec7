/** What is measured: the same SQL, as a pipeline and bare. */

export interface Job {
  name: string;
  sql: string;
  /** Columns of the result, as declared in the pipeline. */
  columns: string;
  checks: string;
  output: "parquet" | "warehouse";
  /** Greatest ratio of our median to bare DuckDB's. */
  bound: number;
}

const join = "SELECT a.id, a.v, a.s, a.d, b.g FROM big a JOIN dim b USING (k) WHERE a.v < 800";
const aggregate = `SELECT b.g, a.d, count(*) AS n, CAST(sum(a.v) AS DOUBLE) AS total, avg(a.v) AS mean, min(a.v) AS low, max(a.v) AS high,
  count(DISTINCT a.s) AS names FROM big a JOIN dim b USING (k) WHERE a.v < 800 GROUP BY b.g, a.d ORDER BY b.g, a.d`;

const joinColumns = "{ id: INT64, v: FLOAT64, s: STRING, d: DATE, g: STRING }";
const aggregateColumns =
  "{ g: STRING, d: DATE, n: INT64, total: FLOAT64, mean: FLOAT64, low: FLOAT64, high: FLOAT64, names: INT64 }";
const joinChecks =
  "[{ not_null: [id] }, { not_null: [s] }, { not_null: [g] }, { unique: [id] }, { row_count: { min: 1 } }]";
const aggregateChecks =
  "[{ not_null: [g] }, { not_null: [d] }, { not_null: [n] }, { unique: [g, d] }, { row_count: { min: 1 } }]";

export const jobs: Job[] = [
  { name: "join to Parquet", sql: join, columns: joinColumns, checks: "[]", output: "parquet", bound: 1.15 },
  {
    name: "join to Parquet, 5 checks",
    sql: join,
    columns: joinColumns,
    checks: joinChecks,
    output: "parquet",
    bound: 2.2,
  },
  { name: "aggregate", sql: aggregate, columns: aggregateColumns, checks: "[]", output: "parquet", bound: 1.15 },
  {
    name: "aggregate, 5 checks",
    sql: aggregate,
    columns: aggregateColumns,
    checks: aggregateChecks,
    output: "parquet",
    bound: 1.3,
  },
  { name: "join into the warehouse", sql: join, columns: joinColumns, checks: "[]", output: "warehouse", bound: 1.3 },
];

export const sourceFormats = ["parquet", "csv"] as const;
export type SourceFormat = (typeof sourceFormats)[number];

/** pipeline.yaml of a job; the model stands in models/result.sql. */
export function pipelineYaml({ columns, checks, output }: Job, format: SourceFormat): string {
  const to =
    output === "parquet" ? "{ type: file, path: out/result.parquet }" : "{ type: bigquery, table: bench.result }";
  return `name: bench
sources:
  big:
    type: file
    path: data/big.${format}
    columns: { id: INT64, k: INT64, v: FLOAT64, s: STRING, d: DATE }
  dim: { type: file, path: data/dim.parquet, columns: { k: INT64, g: STRING } }
models:
  result:
    columns: ${columns}
    checks: ${checks}
outputs:
  result: ${to}
`;
}

/** The same job for bare DuckDB: statements to run in a folder. */
export function bareStatements({ sql, output }: Job, format: SourceFormat): string[] {
  const big =
    format === "parquet"
      ? "read_parquet('data/big.parquet')"
      : "read_csv('data/big.csv', header = true, columns = {id: 'BIGINT', k: 'BIGINT', v: 'DOUBLE', s: 'VARCHAR', d: 'DATE'})";
  const views = [`CREATE VIEW big AS FROM ${big}`, "CREATE VIEW dim AS FROM read_parquet('data/dim.parquet')"];
  if (output === "parquet") return [...views, `COPY (${sql}) TO 'bare.parquet' (FORMAT parquet)`];
  return [...views, "ATTACH 'bare.duckdb' AS w", `CREATE OR REPLACE TABLE w.result AS ${sql}`, "DETACH w"];
}
