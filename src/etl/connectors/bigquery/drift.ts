/** What pipeline.yaml declares of a source, against what the source is: found by name, before any work. */
import type { Columns } from "../../../spec/column.ts";
import { typeOfBigquery, type BigqueryField } from "../../../spec/formats/bigquery.ts";
import { formatType, type Type } from "../../../spec/type.ts";
import type { Problem, Where } from "../../../util/error.ts";
import { didYouMean } from "../../../util/suggest.ts";

export interface Compared {
  /** The fields to read, in the source's own order. */
  fields: BigqueryField[];
  /** Fields that the source has, and that nobody declares. */
  undeclared: BigqueryField[];
  problems: Problem[];
}

export interface Compare {
  /** The source's name, and what it reads, for messages. */
  source: string;
  shown: string;
  found: BigqueryField[];
  /** Undefined: all that is found is read. */
  declared: Columns | undefined;
  /** Place of a column, and without one of the source. */
  where: (column?: string) => Where;
}

export function compareColumns(options: Compare): Compared {
  const { found, declared } = options;
  if (!declared)
    return { fields: found, undeclared: [], problems: found.flatMap((field) => refusedType(field, options)) };
  const problems = Object.entries(declared).flatMap(([name, { type }]) => {
    const field = found.find((one) => sameName(one.name, name));
    return field ? retyped({ name, declared: type, field }, options) : [missing(name, type, options)];
  });
  const isDeclared = (field: BigqueryField) => Object.keys(declared).some((name) => sameName(name, field.name));
  return { fields: found.filter(isDeclared), undeclared: found.filter((field) => !isDeclared(field)), problems };
}

/** BigQuery's names of columns are case-insensitive. */
export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function missing(name: string, type: Type, { source, shown, found, declared, where }: Compare): Problem {
  const others = found.map((field) => field.name).filter((other) => !Object.hasOwn(declared!, other));
  return {
    severity: "error",
    rule: "source-drift",
    message: `the source \`${source}\` has no column \`${name}\` (${formatType(type)}): ${shown} lacks it`,
    hint: `${others.length === 0 ? "" : `${didYouMean(name, others)} `}If there is no such column, or it is gone for good, remove it here and where models use it.`,
    where: where(name),
  };
}

interface Pair {
  name: string;
  declared: Type;
  field: BigqueryField;
}

function retyped({ name, declared, field }: Pair, { source, shown, where }: Compare): Problem[] {
  const type = typeOfBigquery(field);
  const problem = type === undefined ? "" : difference(type, declared);
  if (problem === undefined) return [];
  return [
    {
      severity: "error",
      rule: "source-drift",
      message: `the column \`${name}\` of the source \`${source}\` is ${shownType(field)} in ${shown}, and declared ${formatType(declared)}${problem}`,
      hint: "Declare the type that it has, and convert it in a model; or convert it in `query:`.",
      where: where(name),
    },
  ];
}

/**
 * Why values of a type are not of the declared one: what follows the two types in a sentence; undefined where they are.
 * A declared STRUCT may name some of the fields. Lengths and precisions are looked at value by value.
 */
function difference(found: Type, declared: Type, path = ""): string | undefined {
  if (found.kind === "ARRAY" && declared.kind === "ARRAY") return difference(found.element, declared.element, path);
  if (found.kind !== "STRUCT" || declared.kind !== "STRUCT")
    return found.kind === declared.kind ? undefined : path === "" ? "" : `: \`${path}\` differs`;
  for (const { name, type } of declared.fields) {
    const inner = path === "" ? name : `${path}.${name}`;
    const field = found.fields.find((one) => sameName(one.name, name));
    if (!field) return `: there is no \`${inner}\``;
    const problem = difference(field.type, type, inner);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function refusedType(field: BigqueryField, { source, shown, where }: Compare): Problem[] {
  if (typeOfBigquery(field)) return [];
  return [
    {
      severity: "error",
      rule: "source-type",
      message: `the column \`${field.name}\` of the source \`${source}\` is ${shownType(field)} in ${shown}, which cannot be read`,
      hint: "Name the columns to read under `columns:`, without this one; or convert it in `query:` (ST_ASTEXT of a GEOGRAPHY).",
      where: where(),
    },
  ];
}

/** Also of types that the product has no name for. */
function shownType(field: BigqueryField): string {
  const type = typeOfBigquery(field);
  if (type) return formatType(type);
  return field.mode === "REPEATED" ? `ARRAY<${field.type}>` : field.type;
}
