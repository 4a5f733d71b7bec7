/** Whether a table that is there can have the columns that are published to it: with leave, without it, or not at all. */
import { typeOfBigquery } from "../../../spec/formats/bigquery.ts";
import { formatType } from "../../../spec/type.ts";
import { EtlError } from "../../../util/error.ts";
import { formatTableName, type TableName } from "../../connectors/bigquery/table-name.ts";
import { fitColumns, lossWords, sameName, type Fit, type WantedColumn } from "../fit-columns.ts";
import { canWiden } from "./can-widen.ts";
import { spell, type TableResource } from "./table-resource.ts";

export interface CheckColumns {
  existing: TableResource;
  columns: WantedColumn[];
  /** Whether columns may go and be retyped, as far as BigQuery can do it. */
  allowed: boolean;
}

/** @throws {EtlError} naming the columns that BigQuery cannot change so, or else those that nobody has allowed to change */
export function checkColumns(name: TableName, { existing, columns, allowed }: CheckColumns): Fit {
  const place = formatTableName(name);
  const fields = (existing.schema?.fields ?? []).map((field) => ({ name: field.name, engineType: spell(field) }));
  const asked = { place, existing: fields, wanted: columns, spell: formatType };
  const fit = fitColumns({ ...asked, allowed: true });
  const refused = [...refusedDrops(fit, existing), ...refusedTypes(fit, existing)];
  if (refused.length === 0) return allowed ? fit : fitColumns({ ...asked, allowed });
  const names = new Set(refused.map((one) => one.name));
  const others = lossWords({
    removed: fit.removed.filter((one) => !names.has(one)),
    retyped: fit.retyped.filter((one) => !names.has(one.name)),
  });
  throw new EtlError({
    code: "invalid",
    part: "publish",
    message: `the columns of ${place} cannot change so: ${[...refused.map(({ what }) => what), ...others].join("; ")}`,
    hint: hintFor(refused),
  });
}

function hintFor(refused: Refused[]): string {
  const cures = refused.flatMap(({ cure }) => cure ?? []);
  const other =
    cures.length === 0 ? "Publish under another name." : `${cures.join(" ")} Or publish under another name.`;
  return `${other} --allow-schema-change does not help here.`;
}

interface Refused {
  /** The column. */
  name: string;
  what: string;
  cure?: string;
}

/** Source: https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language#alter_table_drop_column_statement */
function refusedDrops({ removed }: Fit, { schema, timePartitioning, rangePartitioning, clustering }: TableResource) {
  const uses = new Map<string, string>([
    ...(clustering?.fields ?? []).map((name) => [sameName(name), "clustered"] as const),
    ...[timePartitioning?.field, rangePartitioning?.field].flatMap((name) =>
      name === undefined ? [] : [[sameName(name), "partitioned"] as const],
    ),
  ]);
  if (removed.length > 0 && removed.length === schema?.fields?.length)
    return [{ name: removed[0]!, what: "BigQuery cannot drop all that a table has", cure: `Keep \`${removed[0]!}\`.` }];
  return removed.flatMap((name): Refused[] => {
    const use = uses.get(sameName(name));
    if (use === undefined) return [];
    return [
      {
        name,
        what: `BigQuery cannot drop \`${name}\`, by which the table is ${use}`,
        cure: `Keep \`${name}\` in the rows.`,
      },
    ];
  });
}

function refusedTypes({ retyped }: Fit, { schema }: TableResource): Refused[] {
  const fields = new Map(schema?.fields?.map((field) => [field.name, typeOfBigquery(field)]));
  return retyped.flatMap(({ name, was, type }): Refused[] => {
    const from = fields.get(name);
    if (from && canWiden(from, type)) return [];
    return [
      {
        name,
        what: `BigQuery cannot turn \`${name}\` from ${was} into ${formatType(type)}`,
        ...(from && { cure: `Declare \`${name}\` as \`${was}\`, and cast it in the model.` }),
      },
    ];
  });
}
