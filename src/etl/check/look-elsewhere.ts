/** How to see, from a laptop, the rows that a check found in a cluster: the tables that it looked at are gone with the pod. */
import type { Source } from "../../spec/source.ts";
import { shellWord } from "../../util/shell-word.ts";
import { boundValues } from "../extract/bound-values.ts";
import { withLiterals } from "../connectors/bigquery/parameters.ts";
import { formatTableName, parseTableName } from "../connectors/bigquery/table-name.ts";
import { googlesqlDialect } from "../engine/bigquery/dialect.ts";
import { fromDuckdb } from "../engine/bigquery/from-duckdb.ts";
import { oneLine, showCommand } from "../record/look.ts";
import type { RunState } from "../run-state.ts";
import type { Table } from "../table.ts";
import { queryTree } from "../transform/sql.ts";
import { bindValues, resolveReferences } from "../values.ts";
import type { Check, CheckResult } from "./check.ts";
import { compileChecks } from "./compile.ts";

export interface LookElsewhere {
  check: Check;
  result: CheckResult;
  table: Table;
  state: RunState;
}

/** GoogleSQL over the table itself, where a source stands in BigQuery; else the commands that make the rows again from a sample. */
export async function lookElsewhere(options: LookElsewhere): Promise<string> {
  // It is said besides what failed, and must not fail for itself.
  return (await googlesqlOf(options).catch(() => undefined)) ?? commandOf(options);
}

type BigQuerySource = Extract<Source, { type: "bigquery" }>;

async function googlesqlOf({ check, table, state }: LookElsewhere): Promise<string | undefined> {
  const { pipeline, values, context } = state;
  const path = ["sources", table.name];
  const declared = pipeline.spec.sources?.[table.name];
  if (declared?.type !== "bigquery") return undefined;
  const source = resolveReferences(declared, { values, pipeline, context, path });
  const relation = await relationOf(source, table.name, state);
  if (relation === undefined) return undefined;
  if (check.kind === "sql") return translated(check, { table, state, relation });
  if (!isSimple(check)) return undefined;
  const { columns, checks } = source;
  const types = new Map(table.columns.map((column) => [column.name, column.type]));
  const compiled = compileChecks(
    { group: "sources", name: table.name, types, columns, checks, relation },
    googlesqlDialect,
  );
  const same = compiled.find(({ name, path: place }) => name === check.name && String(place) === String(check.path));
  return same && oneLine(bindValues(values, googlesqlDialect)(same.query));
}

interface Translate {
  table: Table;
  state: RunState;
  /** What stands for the table in GoogleSQL. */
  relation: string;
}

async function translated({ query }: Check, { table, state, relation }: Translate): Promise<string | undefined> {
  const columns = new Set(table.columns.filter(({ type }) => !unlike.has(type.kind)).map(({ name }) => name));
  const tree = await queryTree(query, state.work.db);
  const same = fromDuckdb(tree, { name: table.name, as: relation, columns, shown: true });
  if (!same) return undefined;
  const where = () => state.pipeline.where(["sources", table.name]);
  return oneLine(withLiterals(same.sql, { values: boundValues(state.values), where }));
}

/** Types whose values the two do not compare alike, or one of them not at all. */
const unlike = new Set<string>(["FLOAT64", "JSON", "ARRAY", "STRUCT"]);

/** Of what the team has written in the engine's SQL, only what both read alike: in GoogleSQL, double quotes hold a text. */
function isSimple({ kind, where = "" }: Check): boolean {
  return kind !== "relationships" && !/["`]|::|--|\/\*/.test(where);
}

/** What the run read of it. Undefined where that is a part that a cursor chose, or cannot stand on one line. */
async function relationOf(source: BigQuerySource, name: string, state: RunState): Promise<string | undefined> {
  const { pipeline } = state;
  if (source.cursor !== undefined || /--|#/.test(`${source.query} ${source.where}`)) return undefined;
  const fill = (key: "query" | "where") =>
    withLiterals(source[key]!, {
      values: boundValues(state.values),
      where: () => pipeline.where(["sources", name, key]),
    });
  if (source.table === undefined) return source.query === undefined ? undefined : `(${fill("query")})`;
  const { project } = await state.bigquery();
  const where = () => pipeline.where(["sources", name, "table"]);
  const table = `\`${formatTableName(parseTableName(source.table, { project, where }))}\``;
  return source.where === undefined ? table : `(SELECT * FROM ${table} WHERE ${fill("where")})`;
}

/** Of a hundred rows, as samples have by default, few would be among those that a check found. */
const lookRows = 10_000;

function commandOf({ result, table, state }: LookElsewhere): string {
  const { pipeline, identity, options } = state;
  const { label } = identity.interval ?? {};
  const params = Object.entries(options.params).map(([name, value]) => ` --param ${shellWord(`${name}=${value}`)}`);
  const values = [...(label === undefined ? [] : [` --interval ${label}`]), ...params].join("");
  const sources = Object.values(pipeline.spec.sources ?? {});
  const isSampled = sources.some(({ type }) => type === "bigquery" || type === "http");
  const sample = isSampled ? `nais-etl sample --target ${pipeline.target}${values} --rows ${lookRows} --force && ` : "";
  // Somebody's own query is no condition on rows of the table: a run makes it again, and shows what it finds.
  const look = result.kind === "sql" ? "nais-etl run" : showCommand(table.name, result.condition);
  return `${sample}${look}${values}`;
}
