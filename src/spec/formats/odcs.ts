/**
 * The data contract, in the Open Data Contract Standard, version 3.1.0.
 * Source: https://bitol-io.github.io/open-data-contract-standard/v3.1.0/
 */
import { shortHash } from "../../util/short-hash.ts";
import type { DeclaredCheck } from "../check.ts";
import type { Pipeline } from "../pipeline.ts";
import { isAbsolute, keyOf, type Table, type TableColumn } from "../table.ts";
import { formatType, type ScalarName, type Type } from "../type.ts";
import { checkSentence, kindOf, percent } from "./check-sentence.ts";

type Element = Record<string, unknown>;

/** JSON may be anything, so that it has no logical type. */
const logicalTypes: Record<ScalarName, string | undefined> = {
  STRING: "string",
  BYTES: "string",
  INT64: "integer",
  FLOAT64: "number",
  NUMERIC: "number",
  BIGNUMERIC: "number",
  BOOL: "boolean",
  DATE: "date",
  DATETIME: "timestamp",
  TIME: "time",
  TIMESTAMP: "timestamp",
  JSON: undefined,
};

/**
 * One contract for the tables of a pipeline. Its version is made from what it says: it changes when, and only when,
 * the contract does.
 */
export function odcsContract(spec: Pipeline, tables: readonly Table[]): Element {
  const said = {
    name: spec.name,
    status: "active",
    ...(spec.description !== undefined && { description: { purpose: spec.description } }),
    ...(spec.team !== undefined && { team: { name: spec.team } }),
    schema: tables.map(odcsObject),
  };
  const version = shortHash(JSON.stringify(said));
  const id = spec.team === undefined ? spec.name : `${spec.team}.${spec.name}`;
  return { apiVersion: "v3.1.0", kind: "DataContract", id, version, ...said };
}

function odcsObject(table: Table): Element {
  const [output] = table.outputs;
  const key = keyOf(table) ?? [];
  return {
    name: table.name,
    logicalType: "object",
    ...(output && { physicalType: "table" in output ? "table" : "file" }),
    ...(output && { physicalName: "table" in output ? output.table : output.path }),
    ...described(table.description),
    properties: table.columns.map((column) => odcsColumn(column, { table, position: key.indexOf(column.name) + 1 })),
    ...qualityOf(table.checks),
  };
}

function odcsColumn(column: TableColumn, { table, position }: { table: Table; position: number }): Element {
  const { name, type, description, required, sensitive, checks } = column;
  const partition = table.outputs.find((output) => output.partition)?.partition;
  const absolute = checks.filter(isAbsolute);
  return {
    name,
    ...odcsType(type, absolute),
    ...described(description),
    ...(position > 0 && { primaryKey: true, primaryKeyPosition: position }),
    ...(required && { required }),
    ...(absolute.some((check) => check.unique) && { unique: true }),
    ...(partition?.column === name && { partitioned: true, partitionKeyPosition: 1 }),
    ...(sensitive && { classification: "sensitive" }),
    ...qualityOf(checks),
  };
}

function odcsType(type: Type, checks: readonly DeclaredCheck[] = []): Element {
  const physicalType = formatType(type);
  if (type.kind === "ARRAY") return { logicalType: "array", physicalType, items: odcsType(type.element) };
  if (type.kind === "STRUCT") {
    const properties = type.fields.map((field) => ({ name: field.name, ...odcsType(field.type) }));
    return { logicalType: "object", physicalType, properties };
  }
  const logicalType = logicalTypes[type.kind];
  const options = { ...typeOptions(type.kind, type.parameters), ...rangeOptions(logicalType, checks) };
  return {
    ...(logicalType !== undefined && { logicalType }),
    physicalType,
    ...(Object.keys(options).length > 0 && { logicalTypeOptions: options }),
  };
}

function typeOptions(kind: ScalarName, parameters: number[] | undefined): Element {
  switch (kind) {
    case "STRING":
      return parameters ? { maxLength: parameters[0] } : {};
    case "BYTES":
      return { format: "byte" };
    case "INT64":
      return { format: "i64" };
    case "FLOAT64":
      return { format: "f64" };
    case "TIMESTAMP":
      return { timezone: true };
    case "DATETIME":
      return { timezone: false };
    default:
      return {};
  }
}

/** Ends of a range that holds for every row. Of dates and times the ends are texts, of numbers numbers; texts have none. */
function rangeOptions(logicalType: string | undefined, checks: readonly DeclaredCheck[]): Element {
  const range = checks.find((check) => check.range)?.range;
  if (!range || logicalType === undefined || logicalType === "string") return {};
  const isNumber = logicalType === "integer" || logicalType === "number";
  const ends = Object.entries({ minimum: range.min, maximum: range.max }).filter(([, end]) => end !== undefined);
  return Object.fromEntries(ends.map(([key, end]) => [key, isNumber ? Number(end) : String(end)]));
}

function qualityOf(checks: readonly DeclaredCheck[]): Element {
  const quality = checks.flatMap(odcsRules);
  return quality.length === 0 ? {} : { quality };
}

/** What the standard's library can say, it says; any other check stands whole, for this program as its engine. */
function odcsRules(check: DeclaredCheck): Element[] {
  const common = {
    ...(check.name !== undefined && { name: check.name }),
    description: checkSentence(check),
    severity: check.severity === "warn" ? "warning" : "error",
  };
  const measured = check.where === undefined ? libraryRules(check) : undefined;
  if (measured) return measured.map((rule) => ({ ...common, ...rule }));
  const { name: _name, severity: _severity, ...implementation } = check;
  return [{ ...common, type: "custom", engine: "nais-etl", implementation }];
}

/** A rule has one operator, and `mustBeBetween` leaves open whether its ends count: hence two rules for a row count's two. */
function libraryRules(check: DeclaredCheck): Element[] | undefined {
  const { tolerate } = check;
  const most = tolerate === undefined ? { mustBe: 0 } : { mustBeLessOrEqualTo: percent(tolerate), unit: "percent" };
  switch (kindOf(check)) {
    case "not_null":
      return check.not_null === true ? [{ metric: "nullValues", ...most }] : undefined;
    case "unique":
      return [
        {
          metric: "duplicateValues",
          ...(check.unique !== true && { arguments: { properties: check.unique } }),
          ...most,
        },
      ];
    case "accepted_values":
      return [{ metric: "invalidValues", arguments: { validValues: check.accepted_values }, ...most }];
    case "matches":
      return [{ metric: "invalidValues", arguments: { pattern: check.matches }, ...most }];
    case "row_count": {
      const { min, max } = check.row_count!;
      return [
        ...(min === undefined ? [] : [{ metric: "rowCount", mustBeGreaterOrEqualTo: min }]),
        ...(max === undefined ? [] : [{ metric: "rowCount", mustBeLessOrEqualTo: max }]),
      ];
    }
    default:
      return undefined;
  }
}

function described(description: string | undefined): Element {
  return description === undefined ? {} : { description };
}
