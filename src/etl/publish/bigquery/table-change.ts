/**
 * What has to change in a destination table before rows are published to it. Never is it dropped or made anew: grants,
 * policy tags and descriptions that others have set hang on it, and stay.
 */
import { bigqueryField, bigquerySchema } from "../../../spec/formats/bigquery.ts";
import { durationSeconds } from "../../../spec/duration.ts";
import { formatType } from "../../../spec/type.ts";
import { EtlError } from "../../../util/error.ts";
import { quoteIdentifier } from "../../engine/bigquery/sql.ts";
import { formatTableName, tableReference, type TableName } from "../../connectors/bigquery/table-name.ts";
import { sameName, type Fit } from "../fit-columns.ts";
import { partOf } from "../quarantine.ts";
import type { NewTable } from "../store.ts";
import { checkColumns } from "./check-columns.ts";
import { quoteTable } from "./scripts.ts";
import type { ExistingField, TableResource } from "./table-resource.ts";

export interface TableChange {
  /** Statements that were asked for with --allow-schema-change. */
  alter: string[];
  /** Parts of the table to set; undefined where all is as it should be. */
  patch: object | undefined;
}

/** The table that is made where there is none. */
export function newTable(name: TableName, table: NewTable): object {
  const { spec, description, columns } = table;
  const { partition, cluster, labels } = spec;
  return {
    tableReference: tableReference(name),
    schema: { fields: bigquerySchema({ name: name.table, columns }) },
    ...(description !== undefined && { description }),
    ...(labels && { labels }),
    ...(cluster && { clustering: { fields: cluster } }),
    ...(partition && { timePartitioning: partitioningOf(table) }),
    ...(partition?.require_filter && { requirePartitionFilter: true }),
  };
}

/** Source: https://cloud.google.com/bigquery/docs/partitioned-tables#date_timestamp_partitioned_tables */
function partitioningOf({ output, spec, plan }: NewTable) {
  const { column, by } = plan.partition!;
  const type = plan.columns.find(({ name }) => name === column)!.type;
  const sizes = { DATE: ["day", "month", "year"], DATETIME: undefined, TIMESTAMP: undefined };
  const isDate = type.kind in sizes;
  if (!isDate || sizes[type.kind as keyof typeof sizes]?.includes(by) === false)
    throw new EtlError({
      code: "invalid",
      part: partOf(output),
      message: `BigQuery cannot partition by ${isDate ? `${by} of ` : ""}\`${column}\`, which is ${formatType(type)}`,
      hint: "Partition by a column of type DATE (day, month, year), DATETIME or TIMESTAMP.",
    });
  const expire = spec.partition?.expire;
  return {
    type: by.toUpperCase(),
    field: column,
    ...(expire !== undefined && { expirationMs: String(durationSeconds(expire) * 1000) }),
  };
}

/**
 * @throws {EtlError} where the table is none, and as {@link checkColumns}
 */
export function changeOf(
  name: TableName,
  { existing, table, allowed }: { existing: TableResource; table: NewTable; allowed: boolean },
): TableChange {
  if (existing.type !== "TABLE") throw notTable(name, existing, table);
  const fields = existing.schema?.fields ?? [];
  const fit = checkColumns(name, { existing, columns: table.plan.columns, allowed });
  const patch = { ...schemaPatch(fields, fit, table), ...settingsPatch(existing, table) };
  return {
    alter: allowed ? alterStatements(quoteTable(name), { fit, fields, table }) : [],
    patch: Object.keys(patch).length > 0 ? patch : undefined,
  };
}

function notTable(name: TableName, { type }: TableResource, { output }: NewTable): EtlError {
  return new EtlError({
    code: "invalid",
    part: `output ${output}`,
    message: `${formatTableName(name)} is a ${type.toLowerCase().replaceAll("_", " ")}, not a table`,
    hint: "Publish under another name: nothing is published into a view.",
  });
}

/** New columns may be NULL: the rows that are there have no value for them. */
function schemaPatch(fields: ExistingField[], { added, removed }: Fit, { columns }: NewTable): object {
  const gone = new Set(removed.map(sameName));
  const descriptions = new Map(columns.map(({ name, description }) => [sameName(name), description]));
  const kept = fields.filter((field) => !gone.has(sameName(field.name)));
  const wanted = [
    ...kept.map((field) => ({ ...field, ...described(descriptions.get(sameName(field.name))) })),
    ...added.map(({ name, type }) => ({
      ...bigqueryField(name, type),
      ...described(descriptions.get(sameName(name))),
    })),
  ];
  const isChanged = added.length > 0 || wanted.some((field, i) => field.description !== kept[i]?.description);
  return isChanged ? { schema: { fields: wanted } } : {};
}

function described(description: string | undefined): { description?: string } {
  return description === undefined ? {} : { description };
}

/** Only what the file says, and only where it differs. */
function settingsPatch(existing: TableResource, table: NewTable): object {
  const { spec, description } = table;
  const { partition, cluster, labels = {} } = spec;
  const isPartitioned = existing.timePartitioning?.field === partition?.column;
  const partitioning = partition && isPartitioned ? partitioningOf(table) : undefined;
  const newLabels = Object.entries(labels).filter(([key, value]) => existing.labels?.[key] !== value);
  return {
    ...(description !== undefined && description !== existing.description && { description }),
    ...(newLabels.length > 0 && { labels: Object.fromEntries(newLabels) }),
    ...(cluster && cluster.join() !== existing.clustering?.fields.join() && { clustering: { fields: cluster } }),
    ...(partitioning?.expirationMs !== undefined &&
      partitioning.expirationMs !== existing.timePartitioning?.expirationMs && {
        timePartitioning: { ...existing.timePartitioning, expirationMs: partitioning.expirationMs },
      }),
    ...(partition?.require_filter !== undefined &&
      isPartitioned &&
      partition.require_filter !== (existing.requirePartitionFilter ?? false) && {
        requirePartitionFilter: partition.require_filter,
      }),
  };
}

interface Alter {
  fit: Fit;
  fields: ExistingField[];
  table: NewTable;
}

/** Source: https://cloud.google.com/bigquery/docs/managing-table-schemas */
function alterStatements(target: string, { fit, fields, table }: Alter): string[] {
  const filled = new Set(table.columns.filter(({ required }) => required).map(({ name }) => sameName(name)));
  const gone = new Set(fit.removed);
  const relaxed = fields.filter(
    ({ name, mode }) => mode === "REQUIRED" && !gone.has(name) && !filled.has(sameName(name)),
  );
  const alter = (change: string) => `ALTER TABLE ${target} ${change}`;
  return [
    ...fit.removed.map((name) => alter(`DROP COLUMN ${quoteIdentifier(name)}`)),
    ...fit.retyped.map(({ name, type }) =>
      alter(`ALTER COLUMN ${quoteIdentifier(name)} SET DATA TYPE ${formatType(type)}`),
    ),
    ...relaxed.map(({ name }) => alter(`ALTER COLUMN ${quoteIdentifier(name)} DROP NOT NULL`)),
  ];
}
