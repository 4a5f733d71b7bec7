/** A model's declared columns against what its query makes. */
import type { Columns } from "../../spec/column.ts";
import { duckdbType } from "../../spec/formats/duckdb.ts";
import { formatType, type Type } from "../../spec/type.ts";
import type { Problem, Where } from "../../util/error.ts";
import { didYouMean, nearest } from "../../util/suggest.ts";
import type { ComputedColumn } from "../engine/engine.ts";

export interface ContractColumn {
  name: string;
  type: Type;
  /**
   * `exact` values are taken as they are or widened without loss; `null` values can only be NULL
   * (a bare NULL in a query has the type of an integer), and any other is an error at run time.
   */
  cast: "exact" | "null";
}

export interface Contract {
  columns: ContractColumn[];
  problems: Problem[];
}

/**
 * The columns that a table has, in declared order, or as computed where none are declared.
 * @param where place of a declared column, and without one of the contract, or of the query
 */
export function applyContract({
  name,
  declared,
  computed,
  where,
  cures = queryCures,
}: {
  name: string;
  declared: Columns | undefined;
  computed: ComputedColumn[];
  where: (column?: string) => Where;
  cures?: Cures;
}): Contract {
  const problems: Problem[] = [];
  const add: Add = (message, hint, column) =>
    problems.push({ severity: "error", rule: "contract", message, hint, where: where(column) });
  for (const twice of duplicates(computed))
    add(`\`${name}\` makes two columns named \`${twice}\``, "Give one of them another name: AS other_name.");
  const columns = declared
    ? declaredColumns({ name, declared, cures, add }, computed)
    : computedColumns(name, computed, add);
  return { columns, problems };
}

/** How what made the columns is mended, in words of its own language. */
export interface Cures {
  /** Ends `Declare it under columns:, or …`. */
  drop: (column: string) => string;
  /** Where a column is missing and none has a name like it. */
  add: (column: string) => string;
  convert: (column: string, from: ComputedColumn, to: Type) => string;
}

const queryCures: Cures = {
  drop: () => "take it out of the query.",
  add: () => "Add it to the query.",
  convert: castHint,
};

type Add = (message: string, hint: string, column?: string) => unknown;

interface Declared {
  name: string;
  declared: Columns;
  cures: Cures;
  add: Add;
}

function declaredColumns({ name, declared, cures, add }: Declared, computed: ComputedColumn[]): ContractColumn[] {
  const made = new Map(computed.map((column) => [column.name, column]));
  const extra = computed.filter((column) => !Object.hasOwn(declared, column.name));
  for (const column of extra) {
    const type = column.type ? formatType(column.type) : column.engineType;
    add(
      `\`${name}\` makes a column \`${column.name}\` (${type}) that its contract does not have`,
      `${suggestDeclared(column.name, declared, made)}Declare it under \`columns:\`, or ${cures.drop(column.name)}`,
    );
  }
  return Object.entries(declared).flatMap(([column, { type }]) => {
    const found = made.get(column);
    if (!found) {
      add(
        `\`${name}\` does not make the column \`${column}\` (${formatType(type)}) of its contract`,
        didYouMean(
          column,
          extra.map((other) => other.name),
        ).replace("There are none here.", cures.add(column)),
        column,
      );
      return [];
    }
    const cast = castOf(found, type);
    if (!cast) {
      const is = found.type ? formatType(found.type) : found.engineType;
      add(
        `the column \`${column}\` of \`${name}\` is ${is}, and its contract says ${formatType(type)}`,
        cures.convert(column, found, type),
        column,
      );
      return [];
    }
    return [{ name: column, type, cast }];
  });
}

function suggestDeclared(column: string, declared: Columns, made: ReadonlyMap<string, unknown>): string {
  const near = nearest(
    column,
    Object.keys(declared).filter((name) => !made.has(name)),
  );
  return near ? `Did you mean \`${near}\`? ` : "";
}

function computedColumns(name: string, computed: ComputedColumn[], add: Add): ContractColumn[] {
  return computed.flatMap((column) => {
    if (column.type) return [{ name: column.name, type: column.type, cast: "exact" as const }];
    add(
      `the column \`${column.name}\` of \`${name}\` is ${column.engineType}, which is not a type of a table in BigQuery`,
      "Cast it in the query, to STRING or INT64 for example.",
    );
    return [];
  });
}

/** How values of the computed type become the declared one without losing anything, or undefined where they may not. */
function castOf({ type, engineType }: ComputedColumn, to: Type): ContractColumn["cast"] | undefined {
  if (type && isLossless(type, to, engineType)) return "exact";
  return engineType === "INTEGER" ? "null" : undefined;
}

/** Source: https://cloud.google.com/bigquery/docs/reference/standard-sql/conversion_rules, where these are coercions. */
const widenings: Record<string, string[]> = {
  INT64: ["NUMERIC", "BIGNUMERIC", "FLOAT64"],
  NUMERIC: ["BIGNUMERIC"],
  STRING: ["JSON", "BIGNUMERIC"],
  DATE: ["DATETIME", "TIMESTAMP"],
  // The engine's time zone is UTC, so nothing is lost in either direction.
  DATETIME: ["TIMESTAMP"],
  TIMESTAMP: ["DATETIME"],
};

function isLossless(from: Type, to: Type, engineType: string): boolean {
  if (from.kind === "ARRAY" && to.kind === "ARRAY") return isLossless(from.element, to.element, "");
  if (from.kind === "STRUCT" && to.kind === "STRUCT") {
    const fields = new Map(from.fields.map((field) => [field.name, field.type]));
    return (
      fields.size === to.fields.length &&
      to.fields.every((field) => fields.has(field.name) && isLossless(fields.get(field.name)!, field.type, ""))
    );
  }
  if (from.kind === to.kind) return true;
  // DECIMAL(38,0) is what integer arithmetic on decimals gives; its values are whole.
  if (to.kind === "INT64" && /^DECIMAL\(\d+,0\)$/.test(engineType)) return true;
  return widenings[from.kind]?.includes(to.kind) ?? false;
}

const engineNames: Partial<Record<Type["kind"], string>> = {
  STRING: "VARCHAR",
  INT64: "BIGINT",
  FLOAT64: "DOUBLE",
  NUMERIC: "DECIMAL(38, 9)",
  BIGNUMERIC: "VARCHAR",
  BOOL: "BOOLEAN",
  DATETIME: "TIMESTAMP",
  TIMESTAMP: "TIMESTAMPTZ",
  BYTES: "BLOB",
};

/** Types of which the engine can make each other; STRING goes with all. */
const castable = [
  ["INT64", "FLOAT64", "NUMERIC", "BIGNUMERIC", "BOOL"],
  ["DATE", "DATETIME", "TIMESTAMP"],
  ["DATETIME", "TIMESTAMP", "TIME"],
  ["ARRAY"],
  ["STRUCT"],
];

function castHint(column: string, { type: from }: ComputedColumn, to: Type): string {
  const kinds = [from?.kind ?? "", to.kind];
  if (to.kind === "JSON") return `Convert it in the query: to_json(${column}), or change the contract.`;
  if (!kinds.includes("STRING") && !castable.some((group) => kinds.every((kind) => group.includes(kind))))
    return `Write the query so that \`${column}\` is ${formatType(to)}, or change the contract.`;
  const whole = to.kind === "INT64" && (from?.kind === "FLOAT64" || from?.kind === "NUMERIC");
  return `Convert it in the query: CAST(${whole ? `round(${column})` : column} AS ${engineName(to)}), or change the contract.`;
}

function engineName(type: Type): string {
  if (type.kind === "NUMERIC" && type.parameters) return duckdbType(type).replace(",", ", ");
  return engineNames[type.kind] ?? duckdbType(type);
}

function duplicates(columns: ComputedColumn[]): string[] {
  const names = columns.map((column) => column.name.toLowerCase());
  return [
    ...new Set(
      columns.filter((column, i) => names.indexOf(column.name.toLowerCase()) !== i).map((column) => column.name),
    ),
  ];
}
