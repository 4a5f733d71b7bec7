/** From declared checks to queries: each check is a query that returns the offending rows. */
import type { Check } from "./check.ts";
import type { Columns } from "../../spec/column.ts";
import type { CheckKind, DeclaredCheck } from "../../spec/check.ts";
import { checkKinds, freshnessName } from "../../spec/check.ts";
import { canonicalText } from "../../spec/literal.ts";
import type { Path } from "../../spec/document.ts";
import { formatType, type Type } from "../../spec/type.ts";
import { EtlError, type Where } from "../../util/error.ts";
import type { Dialect } from "../engine/dialect.ts";
import { both, duplicates, missingSteps, notAmong, only, repeated } from "./queries.ts";

export interface CheckedTable {
  group: "sources" | "models";
  name: string;
  /** What is queried, where it is not a table of that name. */
  relation?: string;
  /** Declared and computed columns with their types. */
  types: ReadonlyMap<string, Type>;
  columns: Columns | undefined;
  checks: DeclaredCheck[] | undefined;
  /** Where a part of pipeline.yaml stands, for errors. */
  locate?: (path: Path) => Where;
}

/** Every check of a table and of its columns, in declared order: columns first. */
export function compileChecks(table: CheckedTable, dialect: Dialect): Check[] {
  const ofColumns = Object.entries(table.columns ?? {}).flatMap(([column, { checks }]) =>
    (checks ?? []).map((check, i) =>
      compile({ check, column, table, dialect, path: [table.group, table.name, "columns", column, "checks", i] }),
    ),
  );
  const ofTable = (table.checks ?? []).map((check, i) =>
    compile({ check, column: undefined, table, dialect, path: [table.group, table.name, "checks", i] }),
  );
  return [...ofColumns, ...ofTable].flat();
}

interface Compile {
  check: DeclaredCheck;
  column: string | undefined;
  table: CheckedTable;
  dialect: Dialect;
  path: Path;
}

function compile({ check, column, table, dialect, path }: Compile): Check[] {
  const kind = checkKinds.find((candidate) => check[candidate] !== undefined)!;
  const relation = table.relation ?? dialect.quoteIdentifier(table.name);
  const base = {
    kind,
    table: table.name,
    severity: check.severity ?? ("error" as const),
    tolerate: check.tolerate ?? (check.on_fail === "quarantine" ? 1 : 0),
    quarantine: check.on_fail === "quarantine",
    where: check.where,
    path,
  };
  const rowCheck = (columns: string[], offends: string): Check => ({
    ...base,
    name: check.name ?? `${kind}(${columns.join(", ")})`,
    columns,
    offends,
    condition: both(check.where, offends),
    query: `SELECT * FROM ${relation} WHERE ${both(check.where, offends)}`,
  });
  switch (kind) {
    case "not_null":
      return columnsOf(check.not_null, column).map((name) =>
        rowCheck([name], `${dialect.quoteIdentifier(name)} IS NULL`),
      );
    case "accepted_values":
      return [rowCheck([column!], notIn(column!, check.accepted_values!, table, dialect, path))];
    case "range":
      return [rowCheck([column!], outside(column!, check.range!, table, dialect, path))];
    case "matches":
      return [rowCheck([column!], `NOT ${dialect.matches(textOf(column!, table, dialect), check.matches!)}`)];
    case "unique": {
      const columns = columnsOf(check.unique, column);
      return [
        {
          ...base,
          name: check.name ?? `unique(${columns.join(", ")})`,
          columns,
          query: duplicates(relation, columns, check.where, dialect),
          condition: repeated(relation, columns, check.where, dialect),
        },
      ];
    }
    case "row_count":
      return [
        {
          ...base,
          name: check.name ?? "row_count",
          columns: [],
          bounds: check.row_count!,
          query: `SELECT count(*) AS ${dialect.quoteIdentifier("rows")} FROM ${relation}${only(check.where)}`,
        },
      ];
    case "sql":
      return [{ ...base, name: check.name ?? "sql", columns: [], query: check.sql!.trim().replace(/;\s*$/, "") }];
    case "freshness":
      refuseTimeless("freshness", check.freshness!.column, table, path);
      return [
        {
          ...base,
          name: check.name ?? freshnessName(check.freshness!.column),
          columns: [check.freshness!.column],
          freshness: check.freshness!,
          query: `SELECT max(${dialect.quoteIdentifier(check.freshness!.column)}) AS newest FROM ${relation}${only(check.where)}`,
        },
      ];
    case "relationships":
      return [
        { ...rowCheck([column!], notAmong(column!, check.relationships!, dialect)), to: check.relationships!.to },
      ];
    case "completeness": {
      const { column: name, every } = check.completeness!;
      refuseTimeless(kind, name, table, path);
      const { missing, expected } = missingSteps({ relation, column: name, every, where: check.where, dialect });
      const called = check.name ?? `completeness(${name})`;
      return [{ ...base, name: called, columns: [name], query: missing, expected: { query: expected, every } }];
    }
  }
}

function refuseTimeless(kind: CheckKind, column: string, { name, types, locate }: CheckedTable, path: Path): void {
  const type = types.get(column);
  if (!type || ["DATE", "DATETIME", "TIMESTAMP"].includes(type.kind)) return;
  throw new EtlError({
    code: "invalid",
    message: `\`${kind}\` of \`${name}\` needs a time: \`${column}\` is ${formatType(type)}`,
    hint: "Say a column of type DATE, DATETIME or TIMESTAMP.",
    where: locate?.(path),
  });
}

function columnsOf(argument: true | string[] | undefined, column: string | undefined): string[] {
  return Array.isArray(argument) ? argument : [column!];
}

function textOf(column: string, { types }: CheckedTable, dialect: Dialect): string {
  const name = dialect.quoteIdentifier(column);
  return (types.get(column)?.kind ?? "STRING") === "STRING" ? name : dialect.asText(name);
}

/** Compared as the column's own type, so that 1 and 1.0 are the same number and not different texts. NULL passes. */
function notIn(
  column: string,
  values: (string | number | boolean)[],
  table: CheckedTable,
  dialect: Dialect,
  path: Path,
): string {
  const literals = values.map((value) => literalFor(value, column, table, dialect, path));
  return `${dialect.quoteIdentifier(column)} NOT IN (${literals.join(", ")})`;
}

function outside(
  column: string,
  { min, max }: { min?: string | number | undefined; max?: string | number | undefined },
  table: CheckedTable,
  dialect: Dialect,
  path: Path,
): string {
  const name = dialect.quoteIdentifier(column);
  const low = min === undefined ? undefined : `${name} < ${literalFor(min, column, table, dialect, path)}`;
  const high = max === undefined ? undefined : `${name} > ${literalFor(max, column, table, dialect, path)}`;
  return [low, high].filter((part) => part !== undefined).join(" OR ");
}

function literalFor(
  value: string | number | boolean,
  column: string,
  table: CheckedTable,
  dialect: Dialect,
  path: Path,
): string {
  const type = table.types.get(column) ?? { kind: "STRING" as const };
  // A bound of a whole-number column may well be 1.5: it is compared, not stored.
  if (typeof value === "number" && (type.kind === "INT64" || type.kind === "NUMERIC")) return String(value);
  const result = canonicalText(value, type);
  if ("text" in result) return dialect.literal(result.text, type);
  throw new EtlError({
    code: "invalid",
    message: `in the check of \`${table.name}.${column}\`: ${result.problem}`,
    hint: "Write values of the column's type.",
    where: table.locate?.(path),
  });
}
