/** What objects are held against: the columns that are declared, or columns that are found out on the way. */
import type { Columns } from "../../../spec/column.ts";
import type { Type } from "../../../spec/type.ts";
import type { Problem } from "../../../util/error.ts";
import { nearest } from "../../../util/suggest.ts";
import { describeCell } from "./cell-problem.ts";
import { createFields, type Fields } from "./json-fields.ts";
import type { JsonInference } from "./json-infer.ts";
import { JsonFault, sourceOf } from "./json-source.ts";
import { skipObject, type JsonReader } from "./json-value.ts";

/** What the objects of all files of a source are held against. */
export interface JsonJudge {
  fields(): Fields;
  /** Called for an object that does not fit. @returns whether it does now */
  adapt(source: string): boolean;
  describe(field: number, type: Type, source: string): { message: string; hint: string };
  /** What is to be said after the last file. */
  conclude(shown: string): Problem[];
}

interface Judge {
  columns: Columns;
  showValues: boolean;
}

export function judgeDeclaredJson({ columns, showValues }: Judge): JsonJudge {
  const fields = createFields(Object.entries(columns).map(([name, { type }]) => ({ name, type })));
  const names = Object.keys(columns);
  return {
    fields: () => fields,
    adapt: () => false,
    describe(field, type, source) {
      const column = names[field]!;
      return describeJson({ column, type, source, show: showValues && !columns[column]!.sensitive });
    },
    conclude: (shown) =>
      names.filter((_, i) => !fields.wasSeen(i)).flatMap((name) => misspelt(name, fields.others(), shown)),
  };
}

export function judgeInferredJson(inference: JsonInference): JsonJudge {
  let fields = createFields([]);
  return {
    fields: () => fields,
    adapt(source) {
      inference.add(source);
      fields = createFields(inference.fields());
      return true;
    },
    describe: (_field, type, source) => describeJson({ column: "", type, source, show: false }),
    conclude: () => [],
  };
}

/** A key may be absent from an object. A column that no object has, and a key nearly of its name that nobody asked for, are a slip. */
function misspelt(name: string, others: string[], shown: string): Problem[] {
  const best = nearest(name, others);
  if (best === undefined) return [];
  return [
    {
      severity: "error",
      rule: "header",
      message: `no object has the declared column \`${name}\``,
      hint: `Did you mean \`${best}\`? If that is another column, declare it, too.`,
      where: { file: shown },
    },
  ];
}

function describeJson({ column, type, source, show }: { column: string; type: Type; source: string; show: boolean }) {
  const isText = source.startsWith('"');
  const text = isText ? (JSON.parse(source) as string) : source;
  const isDecimal = type.kind === "NUMERIC" || type.kind === "BIGNUMERIC";
  const needsQuotes = !isText && (type.kind === "STRING" || (isDecimal && /^-?[\d.]+$/.test(source)));
  return describeCell({ column, type, text, decimal: ".", show }, needsQuotes ? inQuotes : undefined);
}

const inQuotes = { cure: "Put it in quotes: JSON's numbers are read as FLOAT64, and lose what it cannot hold." };

export interface Misfit {
  message: string;
  hint: string;
  /** Name of the key whose value it is in. */
  key: string;
  /** Index in the bytes. */
  at: number;
}

/**
 * Goes through one object.
 * @returns the index behind it, and the values in it that are none of their columns' types
 * @throws {JsonFault}
 */
export function checkObject(judge: JsonJudge, bytes: Uint8Array, start: number): { end: number; misfits: Misfit[] } {
  const fields = judge.fields();
  const others = fields.others().length;
  const found: { field: number; type: Type; start: number; end: number }[] = [];
  const reader: JsonReader = {
    bytes,
    misfit: (type, from, to) => found.push({ field: fields.latest(), type, start: from, end: to }),
  };
  fields.restart();
  if (bytes[start] !== 0x7b) throw new JsonFault("this is no object", start);
  const end = skipObject(reader, start, 0, (keyStart, keyEnd) => fields.next(bytes, keyStart, keyEnd));
  const isNew = found.length > 0 || fields.others().length > others;
  if (isNew && judge.adapt(sourceOf(bytes, start, end))) return { end, misfits: [] };
  const misfits = found.map(({ field, type, start: from, end: to }) => ({
    ...judge.describe(field, type, sourceOf(bytes, from, to)),
    key: fields.name(field),
    at: from,
  }));
  return { end, misfits };
}
