/** Tables that a query names. */
import { invalidQuery, notFound, notHere } from "../api-error.ts";
import { tableAt } from "../catalog/time-travel.ts";
import { findDataset, getDataset, getTable, type Table } from "../catalog/catalog.ts";
import type { TableName } from "../catalog/name.ts";
import { demandData } from "../grants.ts";
import { refer, type Context, type Reference } from "./scope.ts";
import type { Expression, Place } from "./syntax.ts";

/** `project.dataset.table`, `dataset.table`, and `table` where there is a default dataset. */
export function tableName(
  { project, defaultDataset }: Pick<Context, "project" | "defaultDataset">,
  path: string[],
  at: Place,
): TableName {
  if (path.some((it) => /^INFORMATION_SCHEMA$/i.test(it))) throw notHere("INFORMATION_SCHEMA");
  if (path.at(-1)!.includes("*")) throw notHere("wildcard tables");
  const parts = path.length > 3 ? [path.slice(0, -2).join("."), ...path.slice(-2)] : path;
  if (parts.length === 3) return { project: parts[0]!, dataset: parts[1]!, table: parts[2]! };
  if (parts.length === 2) return { project, dataset: parts[0]!, table: parts[1]! };
  if (defaultDataset) return { ...defaultDataset, table: parts[0]! };
  throw invalidQuery(
    `Table "${parts[0]!}" must be qualified with a dataset (e.g. dataset.table). at [${at.line}:${at.column}]`,
    "query",
  );
}

/** A table to read from, by default as it stands. @throws ApiError 403, 404 */
export function openTable(context: Context, path: string[], at: Place, asOf?: Expression): Reference {
  const name = tableName(context, path, at);
  const { state, principal, location } = context;
  if (!context.isTrusted) demandData(state, principal, name);
  const table = getTable(state.catalog, name, location);
  return refer(context, asOf ? tableAt(table, momentOf(asOf, at)) : table);
}

/** A literal alone: no clock is asked. */
function momentOf(asOf: Expression, at: Place): Date {
  const text = asOf.kind === "literal" && asOf.type.kind === "TIMESTAMP" ? asOf.text : undefined;
  const moment = new Date(text?.replace(/([+-]\d\d)$/, "$1:00") ?? Number.NaN);
  if (Number.isNaN(moment.getTime()))
    throw notHere(`FOR SYSTEM_TIME AS OF anything but a literal of seconds at ${at.line}`);
  return moment;
}

/** A table to write to. @throws ApiError 403 (by whom asks), 404 */
export function targetTable(context: Context, path: string[], at: Place): Table {
  const name = tableName(context, path, at);
  const table = getTable(context.state.catalog, name, context.location);
  if (table.kind !== "TABLE")
    throw invalidQuery(`Cannot modify ${name.project}:${name.dataset}.${name.table}: it is a ${table.kind}`);
  if (findDataset(context.state.catalog, name.project, name.dataset)?.isHidden) throw notFound(`Table ${name.table}`);
  return table;
}

/** The dataset into which a table is to come. @throws ApiError 404 */
export function targetName(context: Context, path: string[], at: Place): TableName {
  const name = tableName(context, path, at);
  getDataset(context.state.catalog, name.project, name.dataset, context.location);
  return name;
}
