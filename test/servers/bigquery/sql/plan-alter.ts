/**
 * Changes of columns that are there: gone, wider, or NULL from now on.
 * https://cloud.google.com/bigquery/docs/reference/standard-sql/data-definition-language#alter_column_set_data_type_statement
 */
import { invalidQuery } from "../api-error.ts";
import { touch, type Table } from "../catalog/catalog.ts";
import { demand } from "../grants.ts";
import { duckType, quote, showType, type ScalarKind } from "../value/type.ts";
import { normaliseFields, typeOfElement, typeOfField, type Field } from "../value/field.ts";
import { existing, fieldOf } from "./plan-ddl.ts";
import type { Done, Plan } from "./plan.ts";
import type { Context } from "./scope.ts";
import type { ColumnChange, Statement } from "./syntax.ts";

export function planAlterColumns(context: Context, statement: Extract<Statement, { kind: "alterColumns" }>): Plan {
  const table = existing(context, statement);
  const { state, principal } = context;
  if (table) demand(state, { principal, permission: "bigquery.tables.update", on: table });
  const run = async (): Promise<Done> => {
    if (!table) return { operation: "SKIP" };
    const statements = statement.changes.flatMap((change) => alter(table, change));
    await state.locks.alone(table, () =>
      state.database.with(async (session) => {
        for (const sql of statements) await session.run(`ALTER TABLE ${table.physical} ${sql}`);
      }),
    );
    touch(table);
    return { operation: "ALTER" };
  };
  return { type: "ALTER_TABLE", context, reads: new Map(), ...(table && { ddl: { target: table } }), run };
}

/** Changes the description of the table. @returns what is to be done to the one in DuckDB */
function alter(table: Table, { what, name, ifExists, column }: ColumnChange): string[] {
  const field = table.fields.find((it) => it.name.toLowerCase() === name.toLowerCase());
  if (!field) {
    if (ifExists) return [];
    throw invalidQuery(`Column not found: ${name}`);
  }
  if (what === "drop") return dropColumn(table, field);
  if (what === "relax") {
    if (field.mode !== "REQUIRED") throw invalidQuery(`Column ${name} does not have NOT NULL constraint`);
    field.mode = "NULLABLE";
    return [];
  }
  const [wanted] = normaliseFields([{ ...fieldOf(column!), name: field.name, mode: field.mode }]);
  const why = whyNotWider(field, wanted!);
  if (why) throw invalidQuery(`ALTER TABLE ALTER COLUMN SET DATA TYPE requires that ${why}`);
  const using = convert(field, wanted!);
  const kept = field.description === undefined ? {} : { description: field.description };
  table.fields = table.fields.map((it) => (it === field ? { ...wanted!, ...kept } : it));
  return [`ALTER COLUMN ${quote(field.name)} SET DATA TYPE ${duckType(typeOfField(wanted!))} USING ${using}`];
}

function dropColumn(table: Table, field: Field): string[] {
  const { timePartitioning, clustering } = table.resource as {
    timePartitioning?: { field?: string };
    clustering?: { fields: string[] };
  };
  if (timePartitioning?.field === field.name) throw invalidQuery(`Cannot drop partitioning column ${field.name}`);
  if (clustering?.fields.includes(field.name)) throw invalidQuery(`Cannot drop clustering column ${field.name}`);
  if (table.fields.length === 1) throw invalidQuery("Cannot drop the only column of a table");
  table.fields = table.fields.filter((it) => it !== field);
  return [`DROP COLUMN ${quote(field.name)}`];
}

const wider: Partial<Record<ScalarKind, ScalarKind[]>> = {
  INT64: ["NUMERIC", "BIGNUMERIC", "FLOAT64"],
  NUMERIC: ["BIGNUMERIC", "FLOAT64"],
};

function whyNotWider(from: Field, to: Field): string | undefined {
  const [before, after] = [typeOfElement(from), typeOfElement(to)];
  const same = showType(before) === showType(after);
  const widens = wider[before.kind as ScalarKind]?.includes(after.kind as ScalarKind) ?? false;
  if (!same && !widens)
    return `the existing column type (${showType(before)}) is assignable to the new type (${showType(after)})`;
  const limits = (["maxLength", "precision", "scale"] as const).map((key) => [from[key], to[key]] as const);
  const narrower = limits.some(
    ([old, next]) => next !== undefined && (old === undefined || Number(next) < Number(old)),
  );
  return narrower ? `the new type is not narrower than the old one` : undefined;
}

function convert(from: Field, to: Field): string {
  const value = quote(from.name);
  if (typeOfElement(to).kind === "BIGNUMERIC" && typeOfElement(from).kind !== "BIGNUMERIC")
    return `bignumeric_parse(CAST(${value} AS VARCHAR))`;
  return `CAST(${value} AS ${duckType(typeOfField(to))})`;
}
