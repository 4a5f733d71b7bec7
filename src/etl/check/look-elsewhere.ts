/** How to see, from a laptop, the rows that a check found in a cluster: the tables that it looked at are gone with the pod. */
import type { Source } from "../../spec/source.ts";
import { boundValues } from "../extract/bound-values.ts";
import { withLiterals } from "../connectors/bigquery/parameters.ts";
import { formatTableName, parseTableName } from "../connectors/bigquery/table-name.ts";
import { googlesqlDialect } from "../engine/bigquery/dialect.ts";
import { oneLine, showCommand } from "../record/look.ts";
import type { RunState } from "../run-state.ts";
import type { Table } from "../table.ts";
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
  if (declared?.type !== "bigquery" || !isSimple(check)) return undefined;
  const source = resolveReferences(declared, { values, pipeline, context, path });
  const relation = await relationOf(source, table.name, state);
  if (relation === undefined) return undefined;
  const { columns, checks } = source;
  const types = new Map(table.columns.map((column) => [column.name, column.type]));
  const compiled = compileChecks(
    { group: "sources", name: table.name, types, columns, checks, relation },
    googlesqlDialect,
  );
  const same = compiled.find(({ name, path: place }) => name === check.name && String(place) === String(check.path));
  return same && oneLine(bindValues(values, googlesqlDialect)(same.query));
}

/** Of what the team has written in the engine's SQL, only what both read alike: in GoogleSQL, double quotes hold a text. */
function isSimple({ kind, where = "" }: Check): boolean {
  return kind !== "sql" && kind !== "relationships" && !/["`]|::|--|\/\*/.test(where);
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

function commandOf({ result, table, state }: LookElsewhere): string {
  const { pipeline, identity, options } = state;
  const { label } = identity.interval ?? {};
  const params = Object.entries(options.params).map(([name, value]) => ` --param ${quoted(`${name}=${value}`)}`);
  const values = [...(label === undefined ? [] : [` --interval ${label}`]), ...params].join("");
  const sources = Object.values(pipeline.spec.sources ?? {});
  const isSampled = sources.some(({ type }) => type === "bigquery" || type === "http");
  const sample = isSampled ? `nais-etl sample --target ${pipeline.target}${values} --force && ` : "";
  return `${sample}${showCommand(table.name, result.condition)}${values}`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'"'"'`)}'`;
}
